"""One call of a Web API method: its arguments, and the rules that every method shares."""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.outward.events import Events
from bot.sandbox.workspace import Workspace

_FALSE = ("", "0", "false", "False", False, None)
_PAGE = 100
_LONGEST_PAGE = 1000


@dataclass(frozen=True)
class Call:
    """A call with decoded arguments; forms carry JSON inside, JSON bodies do not."""

    workspace: Workspace
    events: Events
    args: dict[str, Any]

    def text(self, name: str) -> str:
        """Return an argument as text, empty if it is missing."""
        value = self.args.get(name)
        return "" if value is None else str(value)

    def required(self, name: str) -> str:
        """Return an argument that must be there.

        Raises:
            SlackRefusal: `invalid_arguments`.
        """
        value = self.text(name)
        if not value:
            raise SlackRefusal.with_messages(
                "invalid_arguments", [f"[ERROR] missing required field: {name}"]
            )
        return value

    def flag(self, name: str) -> bool:
        """Return an argument as a yes or no."""
        return self.args.get(name) not in _FALSE

    def data(self, name: str) -> Any:  # noqa: ANN401  # whatever JSON the app sent
        """Return a structured argument, decoded if it came as a JSON string; None if missing.

        Raises:
            SlackRefusal: `invalid_arguments` for text that is not JSON.
        """
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value.strip() else None
        except ValueError as error:
            raise SlackRefusal.with_messages(
                "invalid_arguments", [f"[ERROR] {name} is not valid JSON"]
            ) from error

    def needs(self, *scopes: str) -> None:
        """Refuse the call unless the manifest grants all of `scopes`.

        Raises:
            SlackRefusal: `missing_scope` with `needed` and `provided`.
        """
        granted = self.workspace.manifest.scopes
        missing = [scope for scope in scopes if scope not in granted]
        if missing:
            provided = ",".join(sorted(granted))
            raise SlackRefusal("missing_scope", needed=",".join(missing), provided=provided)

    def page(self, items: list[Any]) -> tuple[list[Any], str]:
        """Return the page of `items` that `limit` and `cursor` ask for, and the next cursor.

        Raises:
            SlackRefusal: `invalid_limit` or `invalid_cursor`.
        """
        try:
            limit = int(self.text("limit") or _PAGE)
        except ValueError as error:
            raise SlackRefusal("invalid_limit") from error
        if not 1 <= limit <= _LONGEST_PAGE:
            raise SlackRefusal("invalid_limit")
        try:
            start = int(b64decode(self.text("cursor"), validate=True).decode() or 0)
        except (Base64Error, ValueError) as error:
            raise SlackRefusal("invalid_cursor") from error
        rest = items[start + limit :]
        cursor = b64encode(str(start + limit).encode()).decode() if rest else ""
        return items[start : start + limit], cursor


Handler = Callable[[Call], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """A Web API method and the scopes it always needs."""

    run: Handler
    scopes: tuple[str, ...] = ()


def paged(name: str, items: list[Any], cursor: str) -> dict[str, Any]:
    """Return a page of results as Slack wraps it."""
    return {name: items, "response_metadata": {"next_cursor": cursor}}
