"""The commands around the app: they do their work, or say in a sentence what to do first."""

import json
import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.cli.logs import set_up_logs
from bot.settings import LogFormat, Settings
from handoff.audit import AuditFact
from storage import audit, leads, migrations, workspaces
from storage.database import Database
from storage.leads import Lead
from tests.support.clocks import MONDAY
from tests.support.house import ROOT

WORKSPACE = "T0NORTHWND"
TEAM = ROOT / "bot" / "cli" / "demo_team.yaml"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Return the database that commands run in this folder work with."""
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
    yield opened
    opened.close()


def handoff(*arguments: str, **variables: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, arguments, env=variables)


def test_db_upgrade_makes_the_tables(tmp_path: Path) -> None:
    """It works on an empty database, and again on a current one."""
    url = f"sqlite:///{tmp_path / 'new.db'}"

    for _ in range(2):
        assert "up to date" in handoff("db", "upgrade", HANDOFF_DATABASE_URL=url).output

    with closing(Database(url)) as made:
        assert migrations.is_current(made)


def test_audit_verify_says_so_when_there_is_nothing_to_verify() -> None:
    """An empty database is an answer, not silence."""
    nothing = handoff("audit", "verify")

    assert nothing.exit_code == 0
    assert "no facts yet" in nothing.output


def test_audit_verify_finds_a_changed_fact(database: Database) -> None:
    """A whole chain is said to be whole; a changed one is named, with exit code 1."""
    database.run(
        lambda connection: audit.record(
            connection,
            workspace=WORKSPACE,
            kind=AuditFact.CAPS_CHANGED,
            actor="cli",
            subject="s",
            now=MONDAY,
        )
    )
    whole = handoff("audit", "verify")
    with database.write() as connection:
        for name in connection.execute(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'audit%'"
            )
        ).scalars():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE audit_fact SET actor = 'somebody'"))
    changed = handoff("audit", "verify")

    assert (whole.exit_code, changed.exit_code) == (0, 1)
    assert "1 facts, all whole" in whole.output
    assert "fact 1 does not fit" in changed.output


@pytest.mark.usefixtures("database")
def test_team_import_and_export() -> None:
    """What was imported is exported; people who are not in Slack yet are named."""
    imported = handoff("team", "import", str(TEAM))
    exported = handoff("team", "export")

    assert imported.exit_code == 0, imported.output
    assert "Not in Slack yet" in imported.output
    assert "ben@example.com" in exported.output


@pytest.mark.usefixtures("database")
def test_team_import_explains_a_bad_file(tmp_path: Path) -> None:
    """The line and what to do, and exit code 2."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("rolls: {}\n")

    result = handoff("team", "import", str(bad))

    assert result.exit_code == 2
    assert f"{bad}:1: rolls: is not a known field; did you mean `roles`?" in result.stderr


@pytest.mark.usefixtures("database")
def test_run_says_what_is_missing() -> None:
    """Without tokens it does not start, and points to the doctor."""
    result = handoff("run")

    assert result.exit_code == 1
    assert "SLACK_BOT_TOKEN is not set" in result.output
    assert "handoff doctor" in result.output


def test_run_refuses_a_second_engine(database: Database) -> None:
    """One process works on a SQLite file; the second one says so."""
    with database.engine_lock():
        result = handoff("run", SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET="s")

    assert result.exit_code == 1
    assert "Another `handoff run` already works on this database" in result.output


@pytest.mark.parametrize("form", list(LogFormat))
def test_logs_never_show_a_token(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in a message, its facts or a traceback, whatever the format."""
    set_up_logs(form)
    log = logging.getLogger("bot.test")
    error = ValueError("the token xoxb-canary-1 is bad")

    log.error("Failed with xapp-canary-2", exc_info=error, extra={"subject": "xoxe.xoxb-canary-3"})

    said = capsys.readouterr().err

    assert "Failed with xapp-…" in said
    assert "canary" not in said
    if form is LogFormat.JSON:
        assert json.loads(said)["level"] == "error"


@pytest.mark.usefixtures("database")
def test_team_import_refuses_what_is_no_text(tmp_path: Path) -> None:
    """A file in another encoding is named, without a traceback."""
    bad = tmp_path / "bad.yaml"
    bad.write_bytes("roles: é".encode("latin-1"))

    result = handoff("team", "import", str(bad))

    assert result.exit_code == 2
    assert result.stderr == f"{bad}: This is not a text in UTF-8. Save it as UTF-8.\n"


def test_why_says_when_no_such_lead_is_known(database: Database) -> None:
    """With what to give instead."""
    del database

    result = handoff("why", "nobody@example.com")

    assert result.exit_code == 1
    assert "No lead is known as “nobody@example.com”" in result.output


def test_why_tells_the_story_of_a_lead(database: Database) -> None:
    """Found by its address, in whatever workspace it is."""
    lead = Lead(
        workspace=WORKSPACE,
        id="lead_1",
        root="lead_1",
        source="website",
        email_key="ann@acme.example",
        attributes={"first_name": "Ann"},
        arrived_at=MONDAY,
    )
    database.run(lambda connection: leads.add(connection, lead=lead))

    result = handoff("why", "Ann@Acme.example")

    assert result.exit_code == 0
    assert "Ann · no design takes it · new, with nobody" in result.output
    assert "Way: arrived 2026-11-23 14:00 UTC" in result.output


def test_why_asks_which_workspace_is_meant_where_there_are_several(database: Database) -> None:
    """The same name may be another person's next door; nobody is told of the wrong one."""
    for team, name in ((WORKSPACE, "Ann"), ("T0SOUTHWND", "Bea")):
        lead = Lead(
            workspace=team,
            id=f"lead_{name}",
            root=f"lead_{name}",
            source="website",
            email_key="info@acme.example",
            attributes={"first_name": name},
            arrived_at=MONDAY,
        )
        database.run(
            lambda connection, team=team: workspaces.save(  # type: ignore[misc]
                connection, workspace=team, name=team, timezone="UTC", now=MONDAY
            )
        )
        database.run(lambda connection, lead=lead: leads.add(connection, lead=lead))  # type: ignore[misc]

    unclear = handoff("why", "info@acme.example")
    south = handoff("why", "info@acme.example", "--workspace", "T0SOUTHWND")
    next_door = handoff("why", "lead_Ann", "--workspace", "T0SOUTHWND")

    assert unclear.exit_code == 1
    assert "name one with --workspace. Known: T0NORTHWND, T0SOUTHWND." in unclear.output
    assert south.exit_code == 0
    assert "Bea" in south.output
    assert "No lead is known as “lead_Ann”" in next_door.output


_UNUSABLE = {
    "no address": ("handoff.db", "It looks like sqlite:///handoff.db or postgresql://"),
    "no port": ("postgresql://u:canary@127.0.0.1:port/x", "It looks like sqlite:///"),
    "nobody there": ("postgresql://u:canary@127.0.0.1:9/x", "server may be written to from here"),
    "no folder": ("sqlite:///no/such/folder/handoff.db", "the file or server may be written to"),
    "no database": ("sqlite:///notes.txt", "file is not a database. Check HANDOFF_DATABASE_URL"),
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("url", "advice"), _UNUSABLE.values(), ids=_UNUSABLE)
@pytest.mark.parametrize("command", ["run", "db upgrade", "audit verify", "why x", "doctor"])
def test_a_database_that_cannot_be_used_is_a_sentence(
    command: str, url: str, advice: str, tmp_path: Path
) -> None:
    """Whichever command needs it says what to do, shows no traceback and no password."""
    (tmp_path / "notes.txt").write_text("just text " * 100)

    result = handoff(
        *command.split(),
        HANDOFF_DATABASE_URL=url,
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_SIGNING_SECRET="s",
        SLACK_API_URL="http://127.0.0.1:9/api/",
    )

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    made = "Make the folder" in result.output and command == "doctor"
    assert advice in result.output or made
    assert "canary" not in result.output


@pytest.mark.parametrize("command", ["run", "db upgrade", "audit verify", "doctor"])
def test_a_database_of_a_later_version_is_left_alone(command: str, database: Database) -> None:
    """After a step back there is no traceback, and no word of an upgrade."""
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))

    result = handoff(
        *command.split(),
        SLACK_BOT_TOKEN="xoxb-1",
        SLACK_SIGNING_SECRET="s",
        SLACK_API_URL="http://127.0.0.1:9/api/",
    )

    assert isinstance(result.exception, SystemExit)
    assert result.exit_code == 1
    assert "A later version of Handoff has changed the tables" in result.output
    assert "db upgrade" not in result.output
