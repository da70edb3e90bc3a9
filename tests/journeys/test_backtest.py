"""Past leads are replayed from Slack and from the command line, and who asked gets the answer."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.flows.backtest import work
from bot.flows.backtest.ask import Asked, ask
from bot.flows.backtest.replay import find_subject, run_backtest, stored_leads
from bot.flows.keep.retain import BACKTESTS_STAY
from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.backtest import Fate
from handoff.brief import OwnerModel
from handoff.brief_file import example_brief
from handoff.design import HandoffDesign
from handoff.plan import dump_plan
from storage import accounts, backtests
from storage.accounts import Account
from storage.backtests import StoredBacktest
from tests.handoff import samples
from tests.support.clocks import MONDAY
from tests.support.forms import walk_to
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

CHANNEL = "#revops"
HEADER = "Id,Email,Created,Employees,Score,Title,Country"


@pytest.fixture
def house(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The app, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with open_house(tmp_path, handoff_database_url=url, handoff_webhook_secret=SECRET) as opened:
        yield opened


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design."""
    return activate_design(house, set_up_team(house))


def leads(count: int = 12, *more: str) -> bytes:
    """A CSV file of leads an hour apart in the week before."""
    start = MONDAY - timedelta(days=5)
    rows = [
        f"{n},p{n}@firm{n}.com,{(start + timedelta(hours=n)).isoformat()},5000,{85 - n},VP,US"
        for n in range(count)
    ]
    return "\n".join((HEADER, *rows, *more, "")).encode()


def fill(house: House, name: str, content: bytes | None, **values: object) -> dict[str, str]:
    """Submit the open form of a backtest as Ria; return the errors."""
    ria = house.person("ria")
    given: dict[Any, Any] = {Field.BACKTEST_FILE.value: None}
    if content is not None:
        given[Field.BACKTEST_FILE.value] = [ria.upload(name, content)]
    given |= {getattr(Field, f"BACKTEST_{key.upper()}").value: it for key, it in values.items()}
    return ria.submit(values=given)


def answers(house: House) -> list[Message]:
    """What Handoff wrote to Ria about backtests."""
    house.step()
    return [one for one in house.take_direct("ria") if "acktest" in one.text]


def files_of(house: House, message: Message) -> dict[str, bytes]:
    """The files of a message by name."""
    stored = (house.sandbox.workspace.files[one] for one in message.files)
    return {file.name: file.content or b"" for file in stored}


def backtest(house: House, design: str, *options: str) -> Result:
    """Run the command beside the house's database, with twelve leads."""
    url = str(house.app.settings.handoff_database_url)
    Path("leads.csv").write_bytes(leads())
    runner = CliRunner(env={"HANDOFF_DATABASE_URL": url})
    return runner.invoke(main, ["backtest", design, "leads.csv", *options])


def shown(house: House) -> str:
    """What the window in front says."""
    view = house.person("ria").view
    assert view is not None
    return str(view.blocks)


def test_a_file_is_replayed_through_a_version(house: House, design: HandoffDesign) -> None:
    """The window shows the result; the message has every lead, the bad rows and the pictures."""
    house.person("ria").command(CHANNEL, f"/handoff backtest {design.key.lower()}")
    bad = ("90,nope,2026-11-17 10:00,5000,80,VP,US", "91,a@b.com,17/11/2026,5000,80,VP,=1")

    assert fill(house, "leads.csv", leads(12, *bad)) == {}
    assert "being replayed" in shown(house)
    (message,) = answers(house)

    assert "12 assigned" in message.text
    assert "2 rows could not be read" in message.text
    assert "12 assigned" in shown(house)
    found = files_of(house, message)
    stem = f"backtest-{design.key}-v1"
    pictures = {f"{stem}-load-per-rep.png", f"{stem}-load-over-time.png"}
    assert set(found) == {f"{stem}.csv", f"{stem}-to-repair.csv", *pictures}
    rows = list(csv.DictReader(found[f"{stem}.csv"].decode("utf-8-sig").splitlines()))
    assert [row["fate"] for row in rows] == ["assigned"] * 12
    repair = found[f"{stem}-to-repair.csv"].decode("utf-8-sig")
    assert "line 14: email: is not an e-mail address" in repair
    assert '"\'=1"' in repair
    assert all(found[name].startswith(b"\x89PNG") for name in pictures)


def test_the_review_has_a_backtest_and_keeps_what_was_ticked(house: House) -> None:
    """The draft as it stands is replayed, though nothing of it is stored as a version."""
    set_up_team(house)
    ria = house.person("ria")
    ria.command(CHANNEL, "/define-handoff --segment enterprise --goal pipeline")
    review = walk_to(ria, 5)

    ria.click(review, Action.DEFINE_BACKTEST)
    assert len(ria.views) == 2
    assert fill(house, "leads.csv", leads()) == {}
    (message,) = answers(house)

    assert "12 leads from" in message.text
    ria.cancel()
    assert ria.view is not None
    assert ria.view.title.startswith("5 of 5")
    # the window that waited for the full proof was drawn anew under the backtest
    assert set(house.take_refusals()) <= {"views.update: not_found"}


def test_leads_that_were_taken_in_are_replayed(house: House, design: HandoffDesign) -> None:
    """Of the last days, from the database, with the owners of their companies' accounts."""
    eli = house.person("eli").id
    account = Account(domain="acme.com", name="Acme", name_key="acme", owner=eli)
    house.app.database.run(
        lambda connection: accounts.save(
            connection, workspace=house.workspace, new=[account], now=house.clocks.now()
        )
    )
    for number in range(3):
        email = "ann@acme.com" if number == 0 else f"p{number}@firm{number}.com"
        sent = send(house, {**LEAD, "external_id": f"x{number}", "email": email})
        assert sent.status_code == 202
    house.step(hours=1)
    house.take()

    house.person("ria").command(CHANNEL, "/handoff backtest")
    assert fill(house, "", None, days="7") == {}
    (message,) = answers(house)

    assert "3 leads from" in message.text
    subject = find_subject(
        database=house.app.database, workspace=house.workspace, asked=f"{design.key}@1"
    )
    past = stored_leads(
        database=house.app.database,
        workspace=house.workspace,
        subject=subject,
        since=house.clocks.now() - timedelta(days=1),
    )
    tested = run_backtest(subject=subject, leads=past, now=house.clocks.now())
    assert subject.against is None  # it is the active version itself
    assert tested.backtest.count(Fate.ASSIGNED) == 3
    owners = [lead.owner for lead in tested.backtest.leads if lead.because == "account_owner"]
    assert owners == [eli]


def test_another_version_says_who_changes_owner(house: House, design: HandoffDesign) -> None:
    """The draft's version is compared with the active one."""
    other = activate_design(
        house,
        set_up_team(house),
        people=design.brief.people.model_copy(update={"owner_models": (OwnerModel.LEAST_LOADED,)}),
        qualification=samples.brief().qualification.model_copy(update={"mql_minimum": 65}),
    )

    result = backtest(house, other.key, "--against", design.key.lower())

    assert result.exit_code == 0, result.output
    assert "of 12 leads change owner, compared with" in " ".join(result.stdout.split())


def test_a_plan_file_stands_for_its_version(house: House, design: HandoffDesign) -> None:
    """As long as it says what is stored; the plan of a version that was changed is refused."""
    Path("plan.json").write_text(dump_plan(design.plan), encoding="utf-8")
    other = design.plan.model_copy(update={"content_hash": "0" * 64})
    Path("other.json").write_text(dump_plan(other), encoding="utf-8")

    done, refused = (backtest(house, name) for name in ("plan.json", "other.json"))

    assert done.exit_code == 0, done.output
    assert f"{design.key} v1" in done.stdout
    assert "12 assigned" in done.stdout
    assert refused.exit_code == 2
    assert f"{design.key} v1 was changed since this plan was written" in refused.stderr


def test_a_brief_is_compared_with_a_stored_design(house: House, design: HandoffDesign) -> None:
    """Both with the team of the workspace; a brief that brings its own team is refused."""
    text, _, team = example_brief().partition("\nteam:")
    text = text.replace("mql_minimum: 50", "mql_minimum: 65")
    Path("brief.yaml").write_text(text, encoding="utf-8")
    Path("teamed.yaml").write_text(f"{text}\nteam:{team}", encoding="utf-8")

    done = backtest(house, "brief.yaml", "--against", f"{design.key}@1")
    refused = backtest(house, "teamed.yaml", "--against", design.key)

    assert done.exit_code == 0, done.output
    told = " ".join(done.stdout.split())
    assert f"of 12 leads change owner, compared with {design.key} v1" in told
    assert refused.exit_code == 2
    assert "A brief with a team of its own cannot be compared" in refused.stderr


def test_a_file_too_long_for_slack_goes_by_the_host(
    house: House, design: HandoffDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the last row that may be there it is replayed, one more and it says what to do."""
    monkeypatch.setattr(work, "MOST_ROWS", 12)
    told = []

    for count in (12, 13):
        house.person("ria").command(CHANNEL, f"/handoff backtest {design.key}")
        assert fill(house, "leads.csv", leads(count)) == {}
        (message,) = answers(house)
        told.append(message.text)
        house.person("ria").cancel()

    assert "12 assigned" in told[0]
    assert (
        "The file has more than 12 rows. Send a part of it, or use `handoff backtest`" in told[1]
    )


@pytest.mark.parametrize(
    ("name", "content", "values", "field", "says"),
    [
        ("leads.xlsx", b"PK", {}, Field.BACKTEST_FILE, "is no CSV file"),
        ("", None, {}, Field.BACKTEST_FILE, "Add a CSV file"),
        ("leads.csv", leads(1), {"days": "7"}, Field.BACKTEST_DAYS, "Choose one"),
        ("leads.csv", leads(1), {"mapping": "x"}, Field.BACKTEST_MAPPING, "FIELD=COLUMN"),
        ("leads.csv", b"x" * 10_000_001, {}, Field.BACKTEST_FILE, "larger than 10 MB"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(  # noqa: PLR0917 - pytest's
    house: House,
    design: HandoffDesign,
    name: str,
    content: bytes | None,
    values: dict[str, object],
    field: Field,
    says: str,
) -> None:
    """Nothing is started, and what was typed stays."""
    house.person("ria").command(CHANNEL, f"/handoff backtest {design.key}@1")

    errors = fill(house, name, content, **values)

    assert list(errors) == [field]
    assert says in errors[field]
    assert answers(house) == []


@pytest.mark.parametrize(
    ("content", "mapping", "says"),
    [
        (b"Email\na@b.com\n", None, "No column says when the leads came in"),
        (leads(1), "score=Fit", "There is no column “Fit”"),
        (b"Id,Created\n\xff\xfe\n", None, "not a text in UTF-8"),
        (f"{HEADER}\n".encode(), None, "There are no rows in the file"),
        (
            f"{HEADER}\n1,nope,2026-11-17 10:00,,,,\n".encode(),
            None,
            "No row of the file can be read; line 2",
        ),
        (b'Id,Created\n"1,2\n', None, "Line 2"),
    ],
)
def test_a_file_that_is_no_table_of_leads(
    house: House, design: HandoffDesign, content: bytes, mapping: str | None, says: str
) -> None:
    """The window and a message say what to do."""
    house.person("ria").command(CHANNEL, f"/handoff backtest {design.key}@1")

    assert fill(house, "leads.csv", content, mapping=mapping) == {}
    (message,) = answers(house)

    assert says in message.text
    assert says in shown(house)
    assert message.files == []


def test_no_design_and_no_leads(house: House) -> None:
    """Both say what to do next."""
    ria = house.person("ria")
    assert ria.command(CHANNEL, "/handoff backtest") is None
    (said,) = house.take(CHANNEL)
    assert "no design yet" in said.text

    activate_design(house, set_up_team(house))
    ria.command(CHANNEL, "/handoff backtest NONE-9")
    assert "is no design; choose one here" in shown(house)
    assert fill(house, "", None, days="3") == {}
    (message,) = answers(house)
    assert "No lead arrived in the last 3 days" in message.text


def test_slack_may_lose_the_file_or_fail_for_a_while(house: House, design: HandoffDesign) -> None:
    """A file that is gone is said; an outage is waited for."""
    ria = house.person("ria")
    ria.command(CHANNEL, f"/handoff backtest {design.key}")
    assert fill(house, "leads.csv", leads()) == {}
    house.sandbox.workspace.files.clear()
    (message,) = answers(house)
    assert "Slack does not have the file any more" in message.text
    assert house.take_refusals() == ["files.info: file_not_found"]

    ria.cancel()
    ria.command(CHANNEL, f"/handoff backtest {design.key}")
    assert fill(house, "leads.csv", leads()) == {}
    house.sandbox.faults.add("files.info", "500")
    house.step()
    assert answers(house) == []
    house.step(minutes=5)
    assert "12 assigned" in answers(house)[0].text
    assert any("SlackUnavailable" in line for line in house.take_errors())


def test_old_answers_are_forgotten(house: House, design: HandoffDesign) -> None:
    """In the night after a month; a younger one stays."""
    database, workspace = house.app.database, house.workspace
    asked = Asked(design=design.key, draft=None, file=None, days="1", mapping="")

    def again() -> StoredBacktest:
        stored = ask(
            database=database,
            workspace=workspace,
            now=house.clocks.now(),
            by=house.person("ria").id,
            asked=asked,
        )
        assert isinstance(stored, StoredBacktest)
        house.step()
        assert house.take_refusals() == ["views.update: not_found"]  # nobody has a window open
        house.take()
        return stored

    first = again()
    house.step(days=BACKTESTS_STAY.days - 1)
    second = again()
    with database.read() as connection:
        assert backtests.get(connection, workspace=workspace, id=first.id) is not None
    house.step(days=2)

    with database.read() as connection:
        assert backtests.get(connection, workspace=workspace, id=first.id) is None
        assert backtests.get(connection, workspace=workspace, id=second.id) is not None
