"""`handoff doctor` explains each missing setting or scope, and what to do."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.cli.manifest import needed_scopes
from bot.sandbox import Sandbox, ScaledClock, load_seed
from bot.settings import Settings
from tests.support.clocks import MONDAY
from tests.support.house import BOT_TOKEN, manifest


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start in an empty folder without any of our variables."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def doctor(**variables: str) -> Result:
    """Run the command with some variables set."""
    return CliRunner().invoke(main, ["doctor"], env=variables)


def sandbox_with(scopes: list[str]) -> Sandbox:
    """Return a workspace in which the app has these scopes."""
    installed = manifest()
    installed["oauth_config"]["scopes"]["bot"] = scopes
    return Sandbox(
        manifest=installed,
        seed=load_seed(),
        signing_secret="s",
        bot_token=BOT_TOKEN,
        app_url="http://127.0.0.1:1/slack/events",
        clock=ScaledClock(start=MONDAY),
    )


def test_nothing_is_set() -> None:
    """Each missing setting is named with where to find it; no file is made."""
    result = doctor()

    assert result.exit_code == 1
    assert "SLACK_BOT_TOKEN is not set. Copy the Bot User OAuth Token" in result.output
    assert "SLACK_SIGNING_SECRET is not set" in result.output
    assert "will be created" in result.output
    assert not Path("handoff.db").exists()


def test_all_is_well() -> None:
    """With every scope and a database that can be opened, Handoff can run."""
    sandbox = sandbox_with(sorted(needed_scopes()))
    with sandbox.running():
        result = doctor(
            SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET="s", SLACK_API_URL=sandbox.api_url
        )

    assert result.exit_code == 0, result.output
    assert f"It has all {len(needed_scopes())} scopes." in result.output
    assert "Handoff can run." in result.output


def test_scopes_that_are_missing_or_too_many_are_named() -> None:
    """A missing scope is a problem, one that is never used a warning."""
    sandbox = sandbox_with([*sorted(needed_scopes() - {"reactions:read"}), "pins:write"])
    with sandbox.running():
        result = doctor(
            SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_SIGNING_SECRET="s", SLACK_API_URL=sandbox.api_url
        )

    assert result.exit_code == 1
    assert "lacks the scope reactions:read" in result.output
    assert "reinstall the app" in result.output
    assert "pins:write, which Handoff never uses" in result.output


def test_a_token_that_slack_does_not_know() -> None:
    """Slack's code is translated into what to do."""
    sandbox = sandbox_with([])
    with sandbox.running():
        result = doctor(
            SLACK_BOT_TOKEN="xoxb-canary", SLACK_SIGNING_SECRET="s", SLACK_API_URL=sandbox.api_url
        )

    assert result.exit_code == 1
    assert "Slack does not know this token" in result.output
    assert "canary" not in result.output


def test_slack_cannot_be_reached() -> None:
    """A network that is in the way is told apart from a bad token."""
    result = doctor(
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_APP_TOKEN="xapp-1",
        SLACK_API_URL="http://127.0.0.1:9/api/",
    )

    assert result.exit_code == 1
    assert "Slack did not answer at http://127.0.0.1:9/api/" in result.output
    assert "connections:write" in result.output


def test_a_setting_that_cannot_be_used() -> None:
    """A bad value ends the examination with a sentence, not a traceback."""
    result = doctor(HANDOFF_PORT="many")

    assert result.exit_code == 1
    assert "HANDOFF_PORT" in result.output


def test_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    """Another kind of database, and a file that is none, are explained."""
    (tmp_path / "not-a-database.db").write_text("just text " * 100)

    other = doctor(HANDOFF_DATABASE_URL="mysql://host/name")
    broken = doctor(HANDOFF_DATABASE_URL="sqlite:///not-a-database.db")

    assert "SQLite file or in PostgreSQL" in other.output
    assert "The database cannot be opened" in broken.output


def run(**variables: str) -> Result:
    """Start the app with some variables set."""
    return CliRunner().invoke(main, ["run"], env={"SLACK_SIGNING_SECRET": "s", **variables})


def test_run_says_what_to_do_about_a_token_that_slack_does_not_know() -> None:
    """Nobody has to read what the program calls it inside."""
    sandbox = sandbox_with([])
    with sandbox.running():
        result = run(SLACK_BOT_TOKEN="xoxb-canary", SLACK_API_URL=sandbox.api_url)

    assert isinstance(result.exception, SystemExit)
    assert "SLACK_BOT_TOKEN: Slack does not know this token. Copy it again" in result.output
    assert "handoff doctor" in result.output
    assert "Refused(" not in result.output
    assert "canary" not in result.output


def test_run_says_so_when_slack_cannot_be_reached() -> None:
    """The address that was tried is named."""
    result = run(SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_API_URL="http://127.0.0.1:9/api/")

    assert isinstance(result.exception, SystemExit)
    assert "Slack did not answer at http://127.0.0.1:9/api/" in result.output
    assert "Unreachable(" not in result.output


def test_run_says_what_to_do_about_an_app_token_that_slack_does_not_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before the server starts: what fails in there is a traceback."""
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("the server was started"))
    sandbox = sandbox_with([])
    with sandbox.running():
        result = run(
            SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_APP_TOKEN="xapp-1", SLACK_API_URL=sandbox.api_url
        )

    assert isinstance(result.exception, SystemExit)
    assert "SLACK_APP_TOKEN: Slack refuses it" in result.output
    assert "connections:write" in result.output
