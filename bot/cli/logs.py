"""Log lines: for people, or one JSON object a line; never with a token in them."""

import json
import logging
import re
from datetime import UTC, datetime

from bot.settings import LogFormat

_SECRET = re.compile(r"\b(xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+")

#: Libraries that tell of every single job, request or migration step.
_CHATTY = ("apscheduler", "alembic", "slack_sdk", "slack_bolt", "httpx", "uvicorn.access")

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message"}


class _Redacting(logging.Formatter):
    """Hides tokens, wherever in a line or a traceback they are."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1-…", super().format(record))


class _Text(_Redacting):
    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        facts = _facts(record)
        if not facts:
            return line
        told = " ".join(f"{name}={value}" for name, value in facts.items())
        first, newline, rest = line.partition("\n")
        return _SECRET.sub(r"\1-…", f"{first} [{told}]") + newline + rest


class _Json(_Redacting):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_facts(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return _SECRET.sub(r"\1-…", json.dumps(line, default=str))


def set_up_logs(form: LogFormat, *, quiet: bool = False) -> None:
    """Send log lines to standard error; `quiet` leaves out all but errors."""
    handler = logging.StreamHandler()
    is_json = form is LogFormat.JSON
    handler.setFormatter(
        _Json() if is_json else _Text("%(asctime)s %(levelname)-8s %(name)s: %(message)s")
    )
    logging.basicConfig(
        level=logging.ERROR if quiet else logging.INFO, handlers=[handler], force=True
    )
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    """Return what was given to the log call beside its message."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
