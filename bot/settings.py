"""Settings, read from the environment and from a `.env` file."""

from base64 import b64decode
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SLACK_API = "https://slack.com/api/"

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class LogFormat(StrEnum):
    """How log lines are written: for people, or one JSON object a line for machines."""

    TEXT = "text"
    JSON = "json"


class BadSettings(ValueError):
    """Some settings cannot be used.

    Attributes:
        problems: One sentence for each setting, naming it and saying what to do.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(BaseSettings):
    """Everything the person who deploys Handoff may choose; field names are the variables."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    slack_bot_token: SecretStr | None = Field(
        None, description="The bot's token, xoxb-…, from OAuth & Permissions in the app's page."
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="The signing secret from Basic Information in the app's page."
    )
    slack_app_token: SecretStr | None = Field(
        None, description="An app-level token, xapp-…; set it to use Socket Mode."
    )
    slack_api_url: str = Field(SLACK_API, description="Where Slack's Web API is.")
    slack_client_id: str | None = Field(None, description="For installing by OAuth.")
    slack_client_secret: SecretStr | None = Field(None, description="For installing by OAuth.")
    handoff_database_url: str = Field(
        "sqlite:///handoff.db", description="Where everything is kept: SQLite or PostgreSQL."
    )
    handoff_host: str = Field("127.0.0.1", description="The address to listen on.")
    handoff_port: int = Field(3000, ge=0, le=65535, description="The port; 0 picks a free one.")
    handoff_webhook_secret: SecretStr | None = Field(
        None, description="The secret of the built-in lead source `default`."
    )
    handoff_time_scale: float = Field(
        1, ge=1, le=100_000, description="How much faster the app's clock runs; demos only."
    )
    handoff_log_format: LogFormat = Field(LogFormat.TEXT, description="`text` or `json`.")
    handoff_public_url: str | None = Field(
        None, description="Where people and Slack reach this server from outside."
    )
    handoff_encryption_key: SecretStr | None = Field(
        None, description="What the signing secrets of lead sources are derived from."
    )
    handoff_heartbeat_url: str | None = Field(
        None, description="Called after each clean check, for an outside dead-man switch."
    )
    handoff_quiet_seconds: float = Field(
        30,
        gt=0,
        le=600,
        description="How long after an unclear answer Slack is asked whether a message arrived.",
    )

    @field_validator("slack_api_url", "handoff_public_url", "handoff_heartbeat_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an address that starts with https:// or http://")
        _ = parts.port  # one that is no port raises
        return value

    @field_validator("handoff_webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            key = b64decode(value.get_secret_value().removeprefix("whsec_"), validate=True)
        except ValueError:
            key = b""
        if not 24 <= len(key) <= 64:
            raise ValueError(
                "must be whsec_ and 24 to 64 random bytes in base64; make one with "
                "`openssl rand -base64 32`"
            )
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _ends_with_slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @model_validator(mode="after")
    def _only_the_sandbox_is_fast(self) -> Self:
        if self.handoff_time_scale != 1 and urlsplit(self.slack_api_url).hostname not in _LOOPBACK:
            raise ValueError(
                "HANDOFF_TIME_SCALE may only be raised against a Slack on this machine, because "
                "real people would be called at the wrong time. Remove it, or set SLACK_API_URL "
                "to a local sandbox."
            )
        return self

    @property
    def uses_socket_mode(self) -> bool:
        """True if Slack is reached by a web socket instead of calling our HTTP address."""
        return self.slack_app_token is not None

    def missing(self) -> tuple[str, ...]:
        """Return one sentence for each setting that `handoff run` needs and does not have."""
        problems = []
        if self.slack_bot_token is None:
            problems.append(
                "SLACK_BOT_TOKEN is not set. Copy the Bot User OAuth Token (xoxb-…) from "
                "OAuth & Permissions of your app at https://api.slack.com/apps."
            )
        if self.slack_signing_secret is None and not self.uses_socket_mode:
            problems.append(
                "SLACK_SIGNING_SECRET is not set. Copy it from Basic Information of your app, or "
                "set SLACK_APP_TOKEN to use Socket Mode, which needs no signing secret."
            )
        return (*problems, *self._mistaken_tokens())

    def _mistaken_tokens(self) -> list[str]:
        """Name tokens that were pasted into the wrong variable, without showing them."""
        shapes = (
            ("SLACK_BOT_TOKEN", self.slack_bot_token, ("xoxb-", "xoxe.xoxb-")),
            ("SLACK_APP_TOKEN", self.slack_app_token, ("xapp-",)),
        )
        return [
            f"{name} does not start with {prefixes[0]}; it looks like another kind of token. "
            "Check which one you copied."
            for name, token, prefixes in shapes
            if token is not None and not token.get_secret_value().startswith(prefixes)
        ]


def read_settings(*, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings from the environment and `env_file`.

    Raises:
        BadSettings: if a value cannot be used; lists every one of them.
    """
    try:
        return Settings(_env_file=env_file)
    except ValidationError as exc:
        raise BadSettings(tuple(_sentence(error) for error in exc.errors())) from None
    except UnicodeDecodeError:
        raise BadSettings((f"{env_file} is no text in UTF-8; save it as such.",)) from None
    except OSError as exc:
        raise BadSettings(
            (f"{env_file} cannot be read ({exc.strerror}); let this user read it.",)
        ) from None


def _sentence(error: object) -> str:
    """Say what is wrong with a setting, without its value: it may be a secret."""
    assert isinstance(error, dict)
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0]).upper()
    return f"{name}: {message[0].lower()}{message[1:]}. See the configuration table in README."
