"""`handoff backtest` with a brief file: what it prints and writes, and what it refuses."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.settings import Settings
from handoff.brief_file import example_brief

HEADER = "Record ID,Email,Create Date,Number of Employees,HubSpot Score,Job Title,Country,Hue"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of its own, with a brief, its variant and forty leads."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    text = example_brief()
    Path("brief.yaml").write_text(text, encoding="utf-8")
    assert "owner_models: [account_owner, round_robin]" in text
    other = text.replace("owner_models: [account_owner, round_robin]", "owner_models: [pod]")
    assert "fallback: sam@example.com" in other
    Path("other.yaml").write_text(other.replace("mql_minimum: 50", "mql_minimum: 65"), "utf-8")
    leads = [
        f'{n},p{n}@firm{n}.com,2026-08-0{3 + n % 5} 1{n % 8}:00,"1,000-5,000",{50 + n},VP,US,red'
        for n in range(40)
    ]
    write(*leads)
    return tmp_path


def write(*leads: str) -> None:
    """Write the file of leads."""
    Path("leads.csv").write_text("\n".join((HEADER, *leads, "")), encoding="utf-8")


def run(*arguments: str) -> Result:
    """Run `handoff backtest`."""
    return CliRunner().invoke(main, ["backtest", *arguments])


def test_it_prints_a_table_that_a_person_can_read() -> None:
    """Verdict, prediction, rules, load, and the columns that nothing reads."""
    done = run("brief.yaml", "leads.csv")

    assert done.exit_code == 0, done.output
    assert "ON TIME IN THE REPLAY" in done.stdout
    assert "40 leads from 3 Aug 2026 to 7 Aug 2026: 40 assigned" in done.stdout
    assert "Columns that no rule reads: Hue." in done.stdout
    assert "Most in a day" in done.stdout


def test_every_lead_goes_to_a_file() -> None:
    """Figures, assignments, load by day and the picture, together."""
    done = run("brief.yaml", "leads.csv", "--out", "found", "--format", "json")

    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["fates"]["assigned"] == 40
    written = Path("found")
    assert json.loads((written / "backtest.json").read_text("utf-8")) == figures
    text = (written / "assignments.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 40
    assert all(row["owner"] and row["rule"] for row in rows)
    assert (written / "load.csv").read_text("utf-8-sig").startswith('"rep","name","day","leads"')
    for name in ("load-per-rep", "load-over-time"):
        assert (written / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "prefers-color-scheme: dark" in (written / f"{name}.svg").read_text("utf-8")
    assert len(figures["load"][0]["by_period"]) == len(figures["periods"]["starts"]) == 5


def test_one_lead_is_explained() -> None:
    """Rows passed over, who was left out, clock and way to the first touch; as JSON, too."""
    text = Path("brief.yaml").read_text("utf-8")
    off = "\n  time_off:\n    - {person: dana@example.com, from: 2026-08-01, to: 2026-08-30}\n"
    Path("brief.yaml").write_text(text.rstrip() + off, "utf-8")

    done = run("brief.yaml", "leads.csv", "--why", " 7 ")

    assert done.exit_code == 0, done.output
    head, owner, *more = done.stdout.splitlines()
    assert head == "7 · ENT-1 v1 · came 2026-08-05 21:00 UTC"
    assert owner.endswith("who was next in turn, row “Everyone else” (always)")
    assert "    passed over row “Accounts with an owner”: not account_owner is set" in more
    assert "    not Dana: on time off" in " ".join(more)
    assert any(line.startswith("Clock: band ") for line in more)
    assert "by the replay" in more[-1]
    as_json = json.loads(run("brief.yaml", "leads.csv", "--why", "7", "--format", "json").stdout)
    assert as_json["explanation"]["excluded"][0]["reason"] == "time_off"
    unknown = run("brief.yaml", "leads.csv", "--why", "77")
    assert unknown.exit_code == 1
    assert "No lead of the file is called “77”. They are called like “0”." in unknown.stderr


def test_leads_of_one_name_and_leads_that_nobody_gets() -> None:
    """Each is told by itself; one below the gates, one that is another design's."""
    write(
        "7,a@b.com,2026-08-03 10:00,5000,80,VP,US,",
        "7,a@gmail.com,2026-08-03 11:00,5000,80,VP,US,",
        "7,c@b.com,2026-08-03 12:00,5,80,VP,US,",
    )

    done = run("brief.yaml", "leads.csv", "--why", "7")

    first, second, third = done.stdout.split("\n\n")
    assert "first touch" in first
    assert "below the gates: needs work_email = true" in second
    assert "not taken: another design's lead" in third


def test_two_briefs_are_compared() -> None:
    """The second one's higher minimum lets fewer leads in."""
    done = run("brief.yaml", "leads.csv", "--against", "other.yaml", "--out", "found")

    assert done.exit_code == 0, done.output
    assert "of 40 leads change owner, compared with ENT-1 v1" in " ".join(done.stdout.split())
    header = (Path("found") / "assignments.csv").read_text("utf-8-sig").splitlines()[0]
    assert "owner_before" in header


def test_bad_rows_are_named_and_kept_for_repair() -> None:
    """The others are replayed; the repair file is read again once it is mended."""
    write(
        "1,a@b.com,2026-08-03 10:00,5000,80,VP,US,",
        "2,nope,2026-08-03 10:00,5000,80,VP,US,=1+1",
        "3,c@b.com,03/08/2026,5000,80,VP,US,",
    )

    done = run("brief.yaml", "leads.csv")

    assert done.exit_code == 1
    assert "leads.csv:3: email: is not an e-mail address" in done.stderr
    assert "leads.csv:4: arrived_at: “03/08/2026” is no time" in done.stderr
    assert "2 rows. See leads.repair.csv, mend it and run the backtest with it." in done.stderr
    assert "1 lead from" in done.stdout
    mended = Path("leads.repair.csv").read_text("utf-8-sig")
    mended = mended.replace("nope", "b@b.com").replace("03/08/2026", "2026-08-03 11:00")
    Path("leads.repair.csv").write_text(mended, encoding="utf-8")
    again = run("brief.yaml", "leads.repair.csv")
    assert again.exit_code == 0, again.output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["brief.yaml", "leads.csv", "--map", "score=Hubspot Skore"], 2, "Did you mean"),
        (["brief.yaml", "leads.csv", "--map", "score"], 2, "must be FIELD=COLUMN"),
        (["brief.yaml", "leads.csv", "--against", "active"], 2, "A brief has no active version"),
        (["brief.yaml", "leads.csv", "--against", "ENT-1"], 1, "Handoff has not met a workspace"),
        (["ENT-1", "leads.csv"], 1, "Handoff has not met a workspace"),
        (["leads.csv", "leads.csv"], 2, "leads.csv"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], code: int, says: str) -> None:
    """One sentence that says what to do next."""
    migrated = CliRunner().invoke(main, ["db", "upgrade"])
    assert migrated.exit_code == 0, migrated.output

    done = run(*arguments)

    assert done.exit_code == code, done.output
    assert says in done.stderr


def test_files_that_are_no_table_of_leads() -> None:
    """No arrival column, no rows, another encoding, a NUL, a plan that is none."""
    Path("leads.csv").write_text("Email\na@b.com\n", encoding="utf-8")
    assert "--map arrived_at=COLUMN" in run("brief.yaml", "leads.csv").stderr
    write()
    assert "There are no rows in the file." in run("brief.yaml", "leads.csv").stderr
    Path("leads.csv").write_bytes(b"Email,Created\n\xff\xfe")
    assert "not a text in UTF-8" in run("brief.yaml", "leads.csv").stderr
    Path("leads.csv").write_bytes(b"Email,Created\na\x00,b\n")
    assert "NUL" in run("brief.yaml", "leads.csv").stderr
    Path("plan.json").write_text('{"format": "handoff-plan/1"}', encoding="utf-8")
    assert "not a valid plan file" in run("plan.json", "leads.csv").stderr


def test_a_folder_that_cannot_be_written_to(folder: Path) -> None:
    """A file stands in its place."""
    (folder / "taken").write_text("", encoding="utf-8")

    done = run("brief.yaml", "leads.csv", "--out", "taken/found")

    assert done.exit_code == 1
    assert "cannot be written" in done.stderr
