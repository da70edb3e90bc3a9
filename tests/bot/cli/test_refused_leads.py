"""`handoff leads refused`, `retry` and `dismiss`: what could not be taken is mended."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import receive_leads
from bot.settings import Settings
from handoff.audit import AuditFact
from storage import audit, migrations, workspaces
from storage.database import Database
from storage.tables import lead_table
from tests.support.clocks import MONDAY

WORKSPACE = "T0NORTHWND"
BAD: list[Any] = [
    {
        "external_id": "a",
        "email": "nope",
        "score": 90,
        "tags": ["x", "y"],
        "phone": "+442079460958",
    },
    {"Email": "bea@b.example", "score": 300, "note": "=HYPERLINK(1)"},
    ["no object"],
]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Return a database with three refused leads, in the folder where commands run."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    opened = Database("sqlite:///handoff.db")
    migrations.upgrade(opened)
    opened.run(
        lambda connection: workspaces.save(
            connection, workspace=WORKSPACE, name="Northwind", timezone="UTC", now=MONDAY
        )
    )
    for source, items in (("website", BAD[:2]), ("events", BAD[2:])):
        receive_leads(
            database=opened,
            caller=Caller(WORKSPACE, source, is_on=True),
            items=items,
            key=None,
            now=MONDAY,
            wall=MONDAY,
        )
    yield opened
    opened.close()


def handoff(*arguments: str) -> Result:
    """Run a command about leads."""
    return CliRunner().invoke(main, ["leads", *arguments])


def waiting(*options: str) -> list[dict[str, Any]]:
    """Return the refused leads that wait."""
    found: list[dict[str, Any]] = json.loads(
        handoff("refused", "--format", "json", *options).output
    )
    return found


def attributes(database: Database) -> dict[str | None, dict[str, Any]]:
    """Return the fields of every lead by its external id."""
    with database.read() as connection:
        rows = connection.execute(select(lead_table.c.external_id, lead_table.c.attributes))
        return {row[0]: json.loads(row[1]) for row in rows}


@pytest.mark.usefixtures("database")
def test_refused_leads_are_listed_with_what_is_wrong() -> None:
    """In words, and whole as JSON; by source on demand."""
    shown = handoff("refused").output

    assert "email is not an e-mail address" in shown
    assert "score must be a number from 0 to 100" in shown
    assert "the lead must be a JSON object" in shown
    assert [one["body"] for one in waiting("--source", "events")] == [["no object"]]
    assert {one["source"] for one in waiting()} == {"website", "events"}


def test_one_is_mended_by_name(database: Database) -> None:
    """What is corrected is corrected, the rest stays what it was; who did what is audited."""
    (one,) = [lead for lead in waiting() if "external_id" in lead["body"]]

    still = handoff("retry", one["id"])
    done = handoff("retry", one["id"], "--set", "email=ann@a.example")
    again = handoff("retry", one["id"])

    assert still.exit_code == 1
    assert "email is not an e-mail address" in still.output
    assert (done.exit_code, "taken in" in done.output) == (0, True)
    assert "settled already" in again.output
    lead = attributes(database)["a"]
    assert (lead["email"], lead["extra"]) == ("ann@a.example", {"tags": ["x", "y"]})
    assert len(waiting()) == 2
    with database.read() as connection:
        (refusal, repair) = audit.history(connection, workspace=WORKSPACE, subject=one["id"])
    assert refusal.kind is AuditFact.LEAD_REFUSED
    assert repair.kind is AuditFact.LEAD_REPAIRED
    assert repair.data["fields"] == ["email", "submitted_at"]


def test_many_are_mended_in_a_file(database: Database, tmp_path: Path) -> None:
    """The file goes round: mended rows are taken in, the others go out again, nothing twice."""
    file = tmp_path / "refused.csv"
    handoff("refused", "--format", "csv", "--out", str(file))
    text = file.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    note = next(row["note"] for row in rows if row["note"])
    assert note == "'=HYPERLINK(1)"  # no spreadsheet takes it for a formula
    assert all(row["problem"] for row in rows)

    file.write_text(text.replace('"300"', '"30"'), encoding="utf-8")
    first = handoff("retry", str(file))
    repair = tmp_path / "refused.repair.csv"
    left = repair.read_text(encoding="utf-8-sig")
    repair.write_text(left.replace('"nope"', '"ann@a.example"'), encoding="utf-8")
    second = handoff("retry", str(repair))
    again = handoff("retry", str(file))

    assert first.exit_code == 1
    assert "1 taken in." in first.output
    assert "1 taken in." in second.output
    assert "2 settled already." in again.output
    found = attributes(database)
    assert found["a"]["phone"] == "+442079460958"
    assert next(lead for key, lead in found.items() if key is None)["note"] == "=HYPERLINK(1)"
    assert [one["body"] for one in waiting()] == [["no object"]]


def test_what_is_no_lead_is_dismissed(database: Database) -> None:
    """With a reason, which is kept; the list is shorter, and nothing is lost."""
    (one,) = waiting("--source", "events")

    silent = handoff("dismiss", one["id"], "--reason", " ")
    done = handoff("dismiss", one["id"], "--reason", "a test of the form")

    assert "say why" in silent.output
    assert done.exit_code == 0
    assert waiting("--source", "events") == []
    with database.read() as connection:
        fact = audit.history(connection, workspace=WORKSPACE, subject=one["id"])[-1]
    assert (fact.kind, fact.data) == (AuditFact.LEAD_DISMISSED, {"reason": "a test of the form"})


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry", "refused_x"), "No refused lead “refused_x” is known"),
        (("retry", "refused_x", "--set", "email"), "write it as `field=value`"),
        (("retry", "no.csv"), "cannot be read"),
        (("retry", "empty.csv"), "first line must name the fields"),
        (("retry", "leads.csv"), "must name `refused_id`"),
        (("retry", "leads.csv", "--set", "a=b"), "correct its cells"),
        (("dismiss", "refused_x", "--reason", "spam"), "is known"),
        (("refused", "--format", "csv", "--out", "no/such/file.csv"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """One sentence with what to do."""
    (tmp_path / "leads.csv").write_text("email\nann@a.example\n")
    (tmp_path / "empty.csv").write_text("")

    result = handoff(*arguments)

    assert result.exit_code != 0
    assert said in result.output


@pytest.mark.usefixtures("database")
def test_rows_that_name_nothing_go_out_again(tmp_path: Path) -> None:
    """Unknown ids and torn rows are told in the repair file."""
    file = tmp_path / "mine.csv"
    file.write_text("refused_id,email\nrefused_x,a@a.example\nrefused_y,b@b.example,more\n")

    result = handoff("retry", str(file))

    assert result.exit_code == 1
    rows = list(csv.reader((tmp_path / "mine.repair.csv").read_text("utf-8-sig").splitlines()))
    assert "is known" in rows[1][2]
    assert "has 3 cells" in rows[2][2]
