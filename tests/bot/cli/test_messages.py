"""`handoff messages list` and `resend`: what Slack would not take is shown, and sent once more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.settings import Settings
from handoff.audit import AuditFact
from storage import audit, migrations, outbox, workspaces
from storage.database import Database
from storage.outbox import MessageState, NewMessage, Priority
from tests.support.clocks import MONDAY

WORKSPACE = "T0NORTHWND"
LEASE = timedelta(seconds=60)


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Return a database with a failed, a held and a sent message, where commands run."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    opened = Database("sqlite:///handoff.db")
    migrations.upgrade(opened)
    with opened.write() as connection:
        workspaces.save(
            connection, workspace=WORKSPACE, name="Northwind", timezone="UTC", now=MONDAY
        )
        new = [message(name) for name in ("failed", "held", "sent")]
        outbox.enqueue(connection, *new, now=MONDAY)
        failed, held, sent = outbox.claim(connection, wall=MONDAY, lease=LEASE)
        outbox.fail(connection, failed, now=MONDAY, error="not_in_channel")
        outbox.hold(connection, held, now=MONDAY, error="missing_scope")
        outbox.sent(connection, sent, channel="C1", ts="1.0", now=MONDAY)
    yield opened
    opened.close()


def message(name: str) -> NewMessage:
    """Return a message of its own conversation."""
    return NewMessage(
        workspace=WORKSPACE,
        kind="activated",
        subject=f"ENT-1/{name}",
        recipient="C1",
        priority=Priority.SIGN_OFF,
        dedupe_key=name,
        order_key=name,
    )


def run(*words: str) -> Result:
    """Run one of the commands."""
    return CliRunner().invoke(main, ["messages", *words])


def states(database: Database) -> list[MessageState]:
    """Return the states of failed, held and sent."""
    with database.read() as connection:
        found = outbox.in_state(connection, workspace=WORKSPACE, states=set(MessageState))
    return [one.state for one in found]


def test_what_failed_or_is_held_is_listed_with_what_to_do(database: Database) -> None:
    """Each by its number, with Slack's reason; what arrived is not there."""
    assert database
    text = run("list").output

    assert "1  failed since 2026-11-23" in text
    assert "activated of ENT-1/failed to C1: not_in_channel" in text
    assert "/invite @handoff" in text
    assert "2  held since" in text
    assert "It may have arrived" in text
    assert "ENT-1/sent" not in text
    listed = json.loads(run("list", "--format", "json").output)
    assert [one["seq"] for one in listed] == [1, 2]


def test_a_message_is_sent_again_once(database: Database) -> None:
    """A second wish changes nothing; who wished it is in the audit log."""
    first, second = run("resend", "1"), run("resend", "1")

    assert first.output == "1 is on its way again.\n"
    assert second.output == "1 needs nothing: it is pending.\n"
    assert second.exit_code == 0
    assert states(database) == [MessageState.PENDING, MessageState.HELD, MessageState.SENT]
    with database.read() as connection:
        (fact,) = audit.walk(connection, workspace=WORKSPACE)
    assert (fact.kind, fact.actor) == (AuditFact.MESSAGE_SENT_AGAIN, "cli")
    assert fact.subject == "ENT-1/failed"
    assert fact.data["message"] == 1
    assert fact.data["by"]


def test_all_are_sent_again_and_what_may_be_there_is_looked_up(database: Database) -> None:
    """What has arrived stays as it is."""
    output = run("resend", "--all").output

    assert "1 is on its way again." in output
    assert "2 is looked up first, and sent if it is not there." in output
    assert states(database) == [MessageState.PENDING, MessageState.UNKNOWN, MessageState.SENT]
    assert "Slack took every message." in run("list").output
    assert "Slack took every message." in run("resend", "--all").output


def test_numbers_that_cannot_be_sent_again(database: Database) -> None:
    """A message that arrived never is; a number that is none is an error."""
    arrived, unknown, nothing = run("resend", "3"), run("resend", "99"), run("resend")

    assert arrived.output == "3 needs nothing: it is sent.\n"
    assert "99 is unknown; see `handoff messages list`." in unknown.output
    assert (arrived.exit_code, unknown.exit_code, nothing.exit_code) == (0, 1, 2)
    assert states(database)[2] is MessageState.SENT


def test_the_doctor_says_how_to_send_them(database: Database) -> None:
    """A warning for each, with what to do first."""
    assert database

    output = CliRunner().invoke(main, ["doctor"]).output

    assert "`handoff messages resend 1`" in output
    assert "/invite @handoff" in output
