"""What reaches `/slack/events`: only what Slack signed, and never a 5xx for junk."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.house import House, open_house
from tests.support.signing import FORM, JSON, command, interaction, signed

BODY = command()

#: The house is looked at, not changed, so that all examples may share it.
_many = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

#: What Bolt logs for a workspace that the token does not belong to.
_NOT_OURS = "for it was not found"

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "user",
                    "team",
                    "view",
                    "id",
                    "actions",
                    "event",
                    "channel",
                    "authorizations",
                    "enterprise",
                    "message",
                    "container",
                    "action_id",
                    "block_id",
                    "event_id",
                    "team_id",
                    "callback_id",
                    "value",
                    "trigger_id",
                    "is_enterprise_install",
                    "state",
                    "response_url",
                    "blocks",
                    "text",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
_types = st.sampled_from(
    [
        "block_actions",
        "view_submission",
        "view_closed",
        "shortcut",
        "message_action",
        "block_suggestion",
        "event_callback",
        "url_verification",
        "app_rate_limited",
        "workflow_step_edit",
    ]
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401 - yields a House
    """Return one house for all requests of this module that change nothing."""
    with open_house(tmp_path_factory.mktemp("house")) as house:
        yield house


def post(house: House, body: bytes, headers: dict[str, str]) -> int:
    """Send a request; return the status."""
    return house.client.post("/slack/events", content=body, headers=headers).status_code


def test_a_signed_command_is_answered(shared: House) -> None:
    """What Slack signed now gets through."""
    assert post(shared, BODY, signed(BODY, at=shared.clocks.wall())) == 200
    shared.take()


@pytest.mark.parametrize(("seconds", "status"), [(-300, 200), (-301, 401), (300, 200), (301, 401)])
def test_requests_age(shared: House, seconds: int, status: int) -> None:
    """Five minutes either way are allowed, and not a second more."""
    at = shared.clocks.wall() + timedelta(seconds=seconds)

    assert post(shared, BODY, signed(BODY, at=at)) == status
    shared.take()


@pytest.mark.parametrize("header", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
def test_a_missing_header_is_a_401(shared: House, header: str) -> None:
    """Both headers are needed."""
    headers = signed(BODY, at=shared.clocks.wall())
    del headers[header]

    assert post(shared, BODY, headers) == 401


@given(
    timestamp=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20),
    signature=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
)
@example(timestamp="１７９５４４２４００", signature="v0=" + "0" * 64)
@example(timestamp="1" * 400, signature="v0=" + "0" * 64)
@example(timestamp="nan", signature="v0=é")
@_many
def test_junk_headers_are_a_401(shared: House, timestamp: str, signature: str) -> None:
    """Whatever stands in the headers, the answer is 401."""
    raw = [
        (b"content-type", FORM.encode()),
        (b"x-slack-request-timestamp", timestamp.encode("latin-1", "ignore").strip()),
        (b"x-slack-signature", signature.encode("latin-1", "ignore").strip()),
    ]

    answer = shared.client.request("POST", "/slack/events", content=BODY, headers=raw)

    assert answer.status_code == 401


@given(place=st.integers(0, len(BODY) - 1), change=st.integers(1, 255))
@_many
def test_one_changed_byte_is_a_401(shared: House, place: int, change: int) -> None:
    """The signature covers every byte of the body."""
    headers = signed(BODY, at=shared.clocks.wall())
    mutated = bytearray(BODY)
    mutated[place] ^= change

    assert post(shared, bytes(mutated), headers) == 401


@given(body=st.binary(max_size=80), content_type=st.sampled_from([FORM, JSON, "text/plain", ""]))
@example(body=b"", content_type=FORM)
@example(body=b"payload={", content_type=FORM)
@example(body=b"payload=[]", content_type=FORM)
@example(body=b"command=handoff", content_type=FORM)
@example(body=b"command=%2Fh&command=%2Fx&user_id=U&team_id=T&channel_id=C", content_type=FORM)
@example(body=b"[" * 100_000, content_type=JSON)
@example(body=b'{"type": "event_callback"}', content_type=JSON)
@_many
def test_signed_junk_is_a_400(shared: House, body: bytes, content_type: str) -> None:
    """A signature does not make junk a payload; bytes that are no text cannot be signed."""
    headers = signed(body, at=shared.clocks.wall(), content_type=content_type)

    assert post(shared, body, headers) in {400, 401}


@given(payload=_json, kind=_types)
@_many
def test_a_junk_payload_is_never_a_5xx(shared: House, payload: Any, kind: str) -> None:  # noqa: ANN401 - any JSON
    """JSON of any shape is refused with a 400, or answered if it happens to be a payload."""
    if isinstance(payload, dict):
        payload = {**payload, "type": kind}
    at = shared.clocks.wall()
    form, event = interaction(payload), json.dumps(payload).encode()

    statuses = {
        post(shared, form, signed(form, at=at)),
        post(shared, event, signed(event, at=at, content_type=JSON)),
    }

    assert statuses <= {200, 400}
    shared.take_errors()


def test_a_huge_body_is_refused(shared: House) -> None:
    """Nobody fills the memory: more than any view can be is a 413."""
    assert post(shared, b"x" * (3 * 1024 * 1024), {}) == 413


def test_slacks_own_checks_are_answered(shared: House) -> None:
    """Slack checks the certificate of a distributed app, and the address of events."""
    at = shared.clocks.wall()
    check = b"ssl_check=1&token=x"
    challenge = json.dumps({"type": "url_verification", "token": "x", "challenge": "abc"}).encode()

    headers = signed(challenge, at=at, content_type=f"{JSON}; charset=utf-8")
    answer = shared.client.post("/slack/events", content=challenge, headers=headers)

    assert post(shared, check, signed(check, at=at)) == 200
    assert answer.json() == {"challenge": "abc"}


def test_another_workspace_gets_nothing(shared: House) -> None:
    """The token belongs to one workspace; a request that names another does nothing."""
    body = command(team_id="T0OTHER001")

    answer = shared.client.post(
        "/slack/events", content=body, headers=signed(body, at=shared.clocks.wall())
    )

    assert answer.status_code == 200
    assert "install" in answer.text.lower()
    assert [line for line in shared.take_errors() if _NOT_OURS not in line] == []


def test_without_a_signing_secret_nothing_gets_in(tmp_path: Path) -> None:
    """In Socket Mode without a signing secret the HTTP endpoint refuses everything."""
    with open_house(tmp_path, slack_signing_secret=None) as house:
        assert post(house, BODY, signed(BODY, at=house.clocks.wall())) == 401


def test_an_event_is_handled_once(house: House) -> None:
    """The same event delivered four times at once, and again later, changes one thing once."""
    person = {"id": "U0NEW00001", "name": "new", "profile": {"email": "new@example.com"}}
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": house.workspace,
            "event_id": "Ev1",
            "event": {"type": "team_join", "user": person},
        }
    ).encode()
    headers = signed(body, at=house.clocks.wall(), content_type=JSON)

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: post(house, body, headers), range(4)))
    late = {**headers, "X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    statuses.append(post(house, body, late))

    assert statuses == [200] * 5


def test_a_hundred_requests_at_once_do_not_stall(house: House) -> None:
    """All are answered, although only some are worked on at a time, and health is not blocked."""
    headers = signed(BODY, at=house.clocks.wall())

    with ThreadPoolExecutor(100) as pool:
        answers = [pool.submit(post, house, BODY, headers) for _ in range(100)]
        assert house.client.get("/healthz").status_code == 200

    assert {answer.result() for answer in answers} == {200}
    house.take()
