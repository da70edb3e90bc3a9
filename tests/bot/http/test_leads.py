"""`POST /v1/leads` and `/v1/leads/batch`: signed, stored, answered as the contract says."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.flows.keep import sources as keep
from bot.http.receiving import LARGEST_BODY
from storage import intake, leads
from storage.database import Database, StorageBusy
from storage.leads import Lead
from storage.sources import KeyKind
from tests.support.house import House, open_house
from tests.support.intake import send
from tests.support.webhooks import SECRET, as_json, signed

LEAD = {
    "external_id": "web-1",
    "email": "Jane@Acme.example",
    "company": "Acme Ltd",
    "employees": "1,200",
    "country": "United Kingdom",
    "favourite colour": "green",
    "consent": {"basis": "consent"},
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house whose built-in source has a secret."""
    with open_house(tmp_path, handoff_webhook_secret=SECRET) as opened:
        yield opened


def post(house: House, body: object, *, message: str = "msg_1", **changes: str) -> httpx.Response:
    """Send a signed request, by default always under the same name."""
    return send(house, body, message=message, **changes)


def stored(house: House, lead_id: str) -> Lead:
    """Return a stored lead."""
    with house.app.database.read() as connection:
        lead = leads.get(connection, workspace=house.workspace, lead=lead_id)
    assert lead is not None
    return lead


def refused(house: House) -> list[intake.RefusedLead]:
    """Return what is kept for repair."""
    with house.app.database.read() as connection:
        return intake.refused_leads(connection, workspace=house.workspace)


def bearer_key(house: House, name: str = "website") -> keep.NewKey:
    """Add a source with a bearer key."""
    database, now = house.app.database, house.clocks.now()
    keep.add_source(database=database, name=name, now=now)
    return keep.add_key(
        database=database, name=name, kind=KeyKind.BEARER, now=now, encryption_key=None
    )


def test_a_signed_lead_is_stored_before_the_answer(house: House) -> None:
    """202 with its id; the fields are normalised and unknown ones are kept."""
    answer = post(house, LEAD)

    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["duplicate"], told["nurtured"]) == ("accepted", False, False)
    lead = stored(house, told["id"])
    assert (lead.source, lead.external_id, lead.email_key) == (
        "default",
        "web-1",
        "jane@acme.example",
    )
    assert lead.arrived_at == house.clocks.now()
    assert lead.attributes["employees"] == 1200
    assert lead.attributes["country"] == "GB"
    assert lead.attributes["favourite_colour"] == "green"
    assert lead.attributes["extra"] == {"consent": {"basis": "consent"}}
    assert lead.attributes["raw"]["country"] == "United Kingdom"


@pytest.mark.parametrize(
    "body", ['{"email": "é@b.example"}'.encode("latin-1"), gzip.compress(b"{}", mtime=0)]
)
def test_a_body_that_is_no_text_is_told_so(house: House, body: bytes) -> None:
    """Not that its signature is wrong, which it is not."""
    answer = send(house, body)

    assert answer.status_code == 400
    assert "UTF-8" in answer.json()["detail"]


def test_a_repeated_request_gets_the_first_answer(house: House) -> None:
    """The same `webhook-id` stores nothing again, and says that it is a duplicate."""
    first = post(house, LEAD).json()

    again = post(house, LEAD)

    assert again.status_code == 202
    assert again.json() == {**first, "duplicate": True}


def test_the_same_lead_in_another_request_is_one_lead(house: House) -> None:
    """(source, external id) decides, whatever the request is called."""
    first = post(house, LEAD, message="msg_1").json()

    again = post(house, LEAD, message="msg_2").json()

    assert again == {**first, "duplicate": True}


def test_a_key_with_another_body_is_refused(house: House) -> None:
    """422, and the second body is not taken."""
    post(house, LEAD)

    answer = post(house, {**LEAD, "external_id": "web-2"})

    assert answer.status_code == 422
    assert "new key" in answer.json()["detail"]


def test_a_key_is_forgotten_after_three_days(house: House) -> None:
    """Then the same `webhook-id` may name another request."""
    post(house, LEAD)
    house.clocks.advance(hours=72, seconds=1)

    answer = post(house, {**LEAD, "external_id": "web-2"})

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1,\u00e9"},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": " ".join(["v1,AAAA"] * 11)},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "99999999999"},
        {"webhook-id": "msg_2"},
        {"authorization": "Bearer hfk_unknown"},
        {"authorization": "Basic abc"},
    ],
)
def test_a_request_that_proves_nothing_is_refused(house: House, changes: dict[str, str]) -> None:
    """401 with one and the same body, and nothing is stored."""
    raw = as_json(LEAD)
    headers = {**signed(raw, at=house.clocks.wall()), **changes}
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}

    answer = house.client.post("/v1/leads", content=raw, headers=encoded)

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("The request is not signed")
    assert refused(house) == []


@pytest.mark.parametrize("shift", [timedelta(minutes=-5, seconds=-1), timedelta(minutes=6)])
def test_a_stale_signature_is_refused(house: House, shift: timedelta) -> None:
    """A request may be five minutes old, or ahead, and no more."""
    raw = as_json(LEAD)
    headers = signed(raw, at=house.clocks.wall() + shift)

    assert house.client.post("/v1/leads", content=raw, headers=headers).status_code == 401


def test_an_unsigned_request_and_an_unknown_source_are_refused(house: House) -> None:
    """No header at all, a source or a workspace that is not there: nobody would see the lead."""
    raw = as_json(LEAD)
    headers = signed(raw, at=house.clocks.wall())

    bare = house.client.post("/v1/leads", content=raw)
    unknown = house.client.post("/v1/leads?source=other", content=raw, headers=headers)
    elsewhere = house.client.post("/v1/leads?workspace=T0", content=raw, headers=headers)

    here = house.client.post(
        f"/v1/leads?workspace={house.workspace}", content=raw, headers=headers
    )

    assert (bare.status_code, unknown.status_code, elsewhere.status_code) == (401, 401, 401)
    assert here.status_code == 202


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"a": NaN}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"a": ' + b"9" * 5000 + b"}", 400),
        (b'{"a": "' + b"x" * LARGEST_BODY + b'"}', 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(house: House, body: bytes, status: int) -> None:
    """400 with the place where known; too large is 413 before anything is checked."""
    answer = post(house, body)

    assert answer.status_code == status
    assert answer.json()["status"] == status


def test_only_json_is_read(house: House) -> None:
    """Any other media type is 415."""
    assert post(house, LEAD, **{"Content-Type": "text/plain"}).status_code == 415


def test_a_bad_lead_is_refused_field_by_field_and_kept(house: House) -> None:
    """422 with a pointer for each problem; the whole lead is kept for repair."""
    bad = {**LEAD, "email": "nope", "score": 120, "submitted_at": "yesterday", "hand_raise": "?"}

    answer = post(house, bad)

    told = answer.json()
    assert answer.status_code == 422
    assert {error["pointer"] for error in told["errors"]} == {
        "/email",
        "/score",
        "/submitted_at",
        "/hand_raise",
    }
    (kept,) = refused(house)
    assert (kept.id, kept.external_id) == (told["kept_as"], "web-1")
    assert '"nope"' in kept.body
    assert post(house, bad).json()["kept_as"] == kept.id
    assert len(refused(house)) == 1


@pytest.mark.parametrize("bad", ["a\0b", "\ud800"])
def test_text_that_cannot_be_stored_is_refused(house: House, bad: str) -> None:
    """NUL and half a surrogate pair are named, in keys as well as in values."""
    answer = post(house, {"external_id": bad, bad: 1, "inner": [{"x": bad}]})

    assert answer.status_code == 422
    pointers = [error["pointer"] for error in answer.json()["errors"]]
    assert len(pointers) == 3
    assert {"/external_id", "/inner"} < set(pointers)


def test_a_batch_of_a_hundred_with_seven_bad(house: House) -> None:
    """207 with a result for each in order; the good ones are stored, the bad ones kept."""
    items: list[Any] = [
        {**LEAD, "external_id": f"w{n}", "email": f"p{n}@a.example"} for n in range(100)
    ]
    bad = [3, 14, 15, 92, 65, 35, 89]
    for n in bad[:-1]:
        items[n] = {**items[n], "email": "nope"}
    items[89] = "not an object"

    answer = post(house, {"leads": items}, path="/v1/leads/batch")

    results = answer.json()["results"]
    assert answer.status_code == 207
    assert [result["index"] for result in results] == list(range(100))
    assert [n for n, result in enumerate(results) if result["status"] == "refused"] == sorted(bad)
    assert results[3]["problem"]["errors"][0]["pointer"] == "/email"
    assert results[4]["external_id"] == "w4"
    assert stored(house, results[4]["id"]).external_id == "w4"
    assert len(refused(house)) == 7


def test_the_same_lead_twice_in_a_batch_is_one(house: House) -> None:
    """The second is a duplicate of the first."""
    answer = post(house, {"leads": [LEAD, LEAD]}, path="/v1/leads/batch").json()["results"]

    assert [one["duplicate"] for one in answer] == [False, True]
    assert answer[0]["id"] == answer[1]["id"]


@pytest.mark.parametrize(
    ("body", "status"),
    [([], 400), ({}, 400), ({"leads": []}, 400), ({"leads": 1}, 400), ({"leads": [1] * 101}, 422)],
)
def test_a_batch_that_is_none_is_refused(house: House, body: object, status: int) -> None:
    """Whatever is not `{"leads": […]}` with 1 to 100 items."""
    assert post(house, body, path="/v1/leads/batch").status_code == status
    assert refused(house) == []


def test_a_fault_of_ours_stays_with_its_lead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One item that breaks is kept and says 500; the others are stored."""
    whole = leads.add

    def broken(connection: Any, *, lead: Lead) -> bool:  # noqa: ANN401 - passed on
        if lead.external_id == "w1":
            raise RuntimeError("broken")
        return whole(connection, lead=lead)

    monkeypatch.setattr(leads, "add", broken)
    items = [{"external_id": f"w{n}"} for n in range(3)]

    results = post(house, {"leads": items}, path="/v1/leads/batch").json()["results"]

    assert [one["status"] for one in results] == ["accepted", "failed", "accepted"]
    assert results[1]["problem"]["status"] == 500
    assert [kept.id for kept in refused(house)] == [results[1]["id"]]
    assert len(house.take_errors()) == 1


def test_a_busy_database_says_when_to_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with `Retry-After`, and nothing was stored."""

    def busy(*_: object, **__: object) -> None:
        raise StorageBusy(timedelta(seconds=1))

    monkeypatch.setattr(Database, "run", busy)

    answer = post(house, LEAD)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_rush_is_sent_away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """429 with `Retry-After` while too many wait."""
    monkeypatch.setattr("bot.http.receiving._MOST_WAITING", 0)

    answer = post(house, LEAD)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


def test_a_bearer_key_opens_its_own_source_only(house: House) -> None:
    """The lead belongs to the key's source, and may not name another one."""
    key = bearer_key(house)
    headers = {"Authorization": f"Bearer {key.secret}"}

    good = house.client.post("/v1/leads", json=LEAD, headers=headers)
    other = house.client.post("/v1/leads", json={**LEAD, "source": "crm"}, headers=headers)

    assert good.status_code == 202
    assert stored(house, good.json()["id"]).source == "website"
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "/source"


def test_the_built_in_source_speaks_for_sources_without_keys(house: House) -> None:
    """It may name a source of its own accord, but not one that has been added."""
    bearer_key(house, "website")

    free = post(house, {**LEAD, "source": "form"}, message="msg_1")
    taken = post(house, {**LEAD, "source": "website"}, message="msg_2")

    assert stored(house, free.json()["id"]).source == "form"
    assert taken.status_code == 422


def test_an_idempotency_key_works_with_and_without_quotes(house: House) -> None:
    """A structured-field string, or bare; anything else is 400."""
    key = bearer_key(house)
    headers = {"Authorization": f"Bearer {key.secret}"}

    def send(told: str) -> httpx.Response:
        return house.client.post(
            "/v1/leads", json=LEAD, headers={**headers, "Idempotency-Key": told}
        )

    first, again, bad = send('"8e03"'), send("8e03"), send('"8e03')

    assert again.json() == {**first.json(), "duplicate": True}
    assert bad.status_code == 400


def test_two_secrets_are_live_while_one_is_exchanged(house: House) -> None:
    """Both sign; a revoked one does not; a third is refused."""
    database, now = house.app.database, house.clocks.now()
    keep.add_source(database=database, name="website", now=now)

    def new() -> keep.NewKey:
        return keep.add_key(
            database=database,
            name="website",
            kind=KeyKind.SIGNATURE,
            now=now,
            encryption_key=None,
        )

    old, young = new(), new()

    def send(key: keep.NewKey, n: int) -> int:
        raw = as_json({"external_id": f"w{n}"})
        headers = signed(raw, at=house.clocks.wall(), message=f"m{n}", secret=key.secret)
        answer = house.client.post("/v1/leads?source=website", content=raw, headers=headers)
        return answer.status_code

    assert (send(old, 1), send(young, 2)) == (202, 202)
    with pytest.raises(keep.SourceRefused, match="2 signing secrets"):
        new()
    keep.revoke_key(database=database, key=old.id, now=now)
    assert (send(old, 3), send(young, 4)) == (401, 202)


def test_a_source_that_is_off_is_told_so(house: House) -> None:
    """403 with what to do; a revoked bearer key is 401."""
    key = bearer_key(house)
    database, now = house.app.database, house.clocks.now()
    keep.change_source(database=database, name="website", now=now, changes={"is_on": False})
    headers = {"Authorization": f"Bearer {key.secret}"}

    off = house.client.post("/v1/leads", json=LEAD, headers=headers)
    keep.revoke_key(database=database, key=key.id, now=now)
    gone = house.client.post("/v1/leads", json=LEAD, headers=headers)

    assert (off.status_code, gone.status_code) == (403, 401)
    assert "handoff sources on website" in off.json()["detail"]


def test_the_routes_are_documented_with_examples(house: House) -> None:
    """`/docs` is there, and its description has a body, examples and every answer."""
    document = house.client.get("/openapi.json").json()

    assert house.client.get("/docs").status_code == 200
    for path in ("/v1/leads", "/v1/leads/batch"):
        route = document["paths"][path]["post"]
        content = route["requestBody"]["content"]["application/json"]
        assert content["examples"]
        assert content["schema"]["type"] == "object"
        assert {"400", "401", "403", "409", "413", "415", "422", "429", "503"} <= set(
            route["responses"]
        )


@pytest.mark.parametrize("path", ["/v1/leads", "/v1/leads/batch", "/v1/touches"])
def test_what_is_documented_is_what_is_answered(house: House, path: str) -> None:
    """Each example is taken as it is shown, and answers have the fields that the schema names."""
    document = house.client.get("/openapi.json").json()
    headers = {"Authorization": f"Bearer {bearer_key(house).secret}"}
    house.client.post(
        "/v1/leads", json=document_examples(document, "/v1/leads")[0], headers=headers
    )
    (good,) = (
        status for status in document["paths"][path]["post"]["responses"] if status[0] == "2"
    )
    told = document["paths"][path]["post"]["responses"][good]["content"]["application/json"]

    for example in document_examples(document, path):
        answer = house.client.post(path, json=example, headers=headers)

        assert answer.status_code == int(good), answer.text
        assert_fits(told["schema"], answer.json())
        assert_fits(told["schema"], told["example"])


def document_examples(document: dict[str, Any], path: str) -> list[Any]:
    """Return the bodies that a route's description shows."""
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return [example["value"] for example in body["examples"].values()]


def assert_fits(schema: dict[str, Any], shown: dict[str, Any]) -> None:
    """Fail unless an object has the fields that its schema names, and so have its items.

    A description leaves out what is null.
    """
    nulls = {name for name, field in schema["properties"].items() if "anyOf" in field}
    assert set(schema["properties"]) - nulls == set(shown) - nulls
    for name, field in schema["properties"].items():
        for item in shown[name] if field.get("type") == "array" else ():
            assert_fits(field["items"], item)


def test_a_documented_refusal_says_what_becomes_of_what_was_sent(house: House) -> None:
    """A bad lead is kept for repair and a bad touch is not; our own faults are told as well."""
    paths = house.client.get("/openapi.json").json()["paths"]
    told = {path: paths[path]["post"]["responses"] for path in paths if path.startswith("/v1/")}

    assert "kept for repair" in told["/v1/leads"]["422"]["description"]
    assert "kept for repair" not in told["/v1/touches"]["422"]["description"]
    assert "Nothing was stored" in told["/v1/touches"]["422"]["description"]
    for responses in told.values():
        problem = responses["422"]["content"]["application/problem+json"]["schema"]
        assert "kept_as" in problem["properties"]
        assert "500" in responses


def test_a_compressed_body_of_a_bearer_is_told_to_be_sent_plainly(house: House) -> None:
    """The sender learns what to change, not that its JSON is wrong."""
    key = bearer_key(house)
    headers = {
        "Authorization": f"Bearer {key.secret}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
    }

    answer = house.client.post("/v1/leads", content=gzip.compress(as_json(LEAD)), headers=headers)

    assert answer.status_code == 415
    assert "compress" in answer.json()["detail"]
