"""Settings: what can be chosen, and what is said when a choice cannot be used."""

from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without any of our variables."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    """Read settings with some variables set."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings(env_file=None)


def test_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any variable the defaults of the product's table hold."""
    settings = read(monkeypatch)

    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.handoff_database_url == "sqlite:///handoff.db"
    assert (settings.handoff_host, settings.handoff_port) == ("127.0.0.1", 3000)
    assert settings.handoff_time_scale == 1
    assert not settings.uses_socket_mode


def test_a_file_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.env` is for convenience; what is set in the environment comes first."""
    file = tmp_path / ".env"
    file.write_text("HANDOFF_PORT=4000\nHANDOFF_HOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("HANDOFF_PORT", "5000")

    settings = read_settings(env_file=file)

    assert (settings.handoff_host, settings.handoff_port) == ("0.0.0.0", 5000)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A shell on Windows writes UTF-16."""
    file = tmp_path / ".env"
    file.write_bytes("HANDOFF_PORT=4000\n".encode("utf-16"))

    with pytest.raises(BadSettings, match=r"\.env is no text in UTF-8; save it as such"):
        read_settings(env_file=file)


def test_a_file_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is readable for its owner alone, and the app runs as somebody else."""
    file = tmp_path / ".env"
    file.touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("dotenv.main.open", refuse, raising=False)

    with pytest.raises(BadSettings, match="let this user read it"):
        read_settings(env_file=file)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"HANDOFF_PORT": "many"}, "HANDOFF_PORT: input should be a valid integer"),
        ({"HANDOFF_PORT": "70000"}, "HANDOFF_PORT: input should be less than or equal to 65535"),
        ({"HANDOFF_LOG_FORMAT": "xml"}, "HANDOFF_LOG_FORMAT: input should be 'text' or 'json'"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: must be an address that starts with"),
        ({"HANDOFF_PUBLIC_URL": "ftp://x"}, "HANDOFF_PUBLIC_URL: must be an address"),
        ({"HANDOFF_HEARTBEAT_URL": "http://x:99999/"}, "HANDOFF_HEARTBEAT_URL: port out of range"),
        ({"HANDOFF_TIME_SCALE": "0.5"}, "HANDOFF_TIME_SCALE: input should be greater than"),
        ({"HANDOFF_TIME_SCALE": "60"}, "may only be raised against a Slack on this machine"),
    ],
)
def test_what_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], said: str
) -> None:
    """The message names the variable and what is wrong with it."""
    with pytest.raises(BadSettings) as caught:
        read(monkeypatch, **variables)

    assert said in caught.value.problems[0]


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a bad value's message nor the settings themselves show a token."""
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxp-canary")

    assert "canary" not in repr(settings)
    assert "canary" not in " ".join(settings.missing())


def test_a_fast_clock_is_for_a_local_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a sandbox on this machine the clock may run faster."""
    settings = read(
        monkeypatch, HANDOFF_TIME_SCALE="60", SLACK_API_URL="http://127.0.0.1:3100/api"
    )

    assert settings.handoff_time_scale == 60
    assert settings.slack_api_url.endswith("/")


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, ["SLACK_BOT_TOKEN is not set", "SLACK_SIGNING_SECRET is not set"]),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, []),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"}, []),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": ""}, ["SLACK_SIGNING_SECRET"]),
        (
            {"SLACK_BOT_TOKEN": "xapp-1", "SLACK_APP_TOKEN": "xoxb-1"},
            ["SLACK_BOT_TOKEN does not start with xoxb-", "SLACK_APP_TOKEN does not start with"],
        ),
    ],
)
def test_missing(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], missing: list[str]
) -> None:
    """What `handoff run` lacks is said, one sentence each."""
    problems = read(monkeypatch, **variables).missing()

    assert len(problems) == len(missing)
    assert all(start in problem for start, problem in zip(missing, problems, strict=True))
