"""Reading one field of the form: a value, or an error that says what to do, never both."""

import math
import re
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from handoff.durations import BadDuration, parse_duration
from handoff.routing.conditions import BadCondition, parse_rule

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_TEXT = 3000
_NUMBER = re.compile(r"[~≈]?\s*([+-]?\d+(?:[.,]\d+)?)\s*%?")


class FieldReader:
    """Reads typed strings into values and collects the errors by field.

    Every method returns a value that is valid of its type; after an error it is a placeholder,
    so the caller looks at `errors` before using any of them.
    """

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def fail(self, name: str, error: str) -> None:
        """Record an error; the first one of a field stays."""
        self.errors.setdefault(name, error)

    def text(self, name: str, value: str | None, *, ask: str, longest: int = LONGEST_TEXT) -> str:
        """Read a text that must not be blank; `ask` says what to write."""
        text = (value or "").strip()
        if not text:
            self.fail(name, ask)
        elif len(text) > longest:
            self.fail(name, f"This has {len(text):,} characters; shorten it to {longest:,}.")
        return text[:longest]

    def choice(self, name: str, value: str | None, kind: type[Choice], *, ask: str) -> Choice:
        """Read one of a closed list; `ask` says what to pick."""
        for member in kind:
            if member.value == value:
                return member
        self.fail(name, ask)
        return next(iter(kind))

    def one_of(self, name: str, value: str | None, offered: Collection[str], *, ask: str) -> str:
        """Read one of the offered keys; `ask` says what to pick."""
        if value is None or value not in offered:
            self.fail(name, ask)
        return value or ""

    def number(
        self, name: str, value: str | None, *, what: str, above: float, up_to: float
    ) -> float:
        """Read a number over `above`, at most `up_to`; a decimal comma, `~` and `%` are fine."""
        found = _NUMBER.fullmatch((value or "").strip())
        number = float(found[1].replace(",", ".")) if found else math.nan
        if not above < number <= up_to:
            self.fail(
                name, f"{what} must be a number over {_plain(above)}, up to {_plain(up_to)}."
            )
            return up_to
        return number

    def optional_number(
        self, name: str, value: str | None, *, what: str, above: float, up_to: float
    ) -> float | None:
        """Read a number as `number` does; blank is None."""
        if not (value or "").strip():
            return None
        return self.number(name, value, what=what, above=above, up_to=up_to)

    def score(self, name: str, value: str | None, *, what: str) -> int:
        """Read a whole score from 0 to 100."""
        return self.whole(name, value, what=what, low=0, high=100)

    def whole(self, name: str, value: str | None, *, what: str, low: int, high: int) -> int:
        """Read a whole number from `low` to `high`, both included."""
        text = (value or "").strip()
        plain = text[:-2] if text.endswith(".0") else text
        if plain.isascii() and plain.isdigit() and len(plain) < 10 and low <= int(plain) <= high:
            return int(plain)
        self.fail(name, f"{what} must be a whole number from {low} to {high}.")
        return low

    def duration(self, name: str, value: str | None, *, day: timedelta) -> int:
        """Read a duration in minutes of the clock on which `day` is one day."""
        try:
            return parse_duration(value or "", day=day).minutes
        except BadDuration as exc:
            self.fail(name, exc.reason)
            return 1

    def rule(self, name: str, text: str, *, where: str = "") -> None:
        """Check a condition text; `where` goes before the error (`Line 2: `)."""
        try:
            parse_rule(text)
        except BadCondition as exc:
            problem = exc.problem if where else exc.problem[:1].upper() + exc.problem[1:]
            self.fail(name, f"{where}{problem}.")

    def day(self, name: str, value: str | None, *, earliest: date) -> date:
        """Read a date that is not before `earliest`."""
        try:
            found = date.fromisoformat((value or "").strip())
        except ValueError:
            self.fail(name, "Pick the day on which the handoff goes live.")
            return earliest
        if found < earliest:
            self.fail(
                name, f"{found.day} {found:%B %Y} is in the past; pick today or a later day."
            )
        elif found > earliest + timedelta(days=730):
            self.fail(name, "That is over two years ahead; pick a nearer day.")
        return found


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,}"
