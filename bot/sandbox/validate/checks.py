"""Small checks that combine into the rules of Block Kit; each collects problems, none raises."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

ID_LENGTH = 255


@dataclass
class Problems:
    """What is wrong, in Slack's manner of speaking, each with a JSON pointer."""

    messages: list[str] = field(default_factory=list)

    def add(self, pointer: str, text: str) -> None:
        """Note a problem at `pointer`."""
        self.messages.append(f"[ERROR] {text} [json-pointer:{pointer or '/'}]")


Check = Callable[[Any, str, Problems], None]


def boolean(value: object, pointer: str, problems: Problems) -> None:
    """Must be true or false."""
    if not isinstance(value, bool):
        problems.add(pointer, "must be a boolean")


def anything(value: object, pointer: str, problems: Problems) -> None:
    """Is not looked at."""


def string(
    max_length: int, min_length: int = 1, *, pattern: str | None = None, what: str = ""
) -> Check:
    """Return a check for text of `min_length` to `max_length` characters."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, str):
            problems.add(pointer, "must be a string")
        elif len(value) < min_length:
            problems.add(pointer, f"must be more than {min_length - 1} characters")
        elif len(value) > max_length:
            problems.add(pointer, f"must be less than {max_length + 1} characters")
        elif pattern and not re.fullmatch(pattern, value):
            problems.add(pointer, f"must be {what}")

    return check


def url(max_length: int, schemes: str = "https?://") -> Check:
    """Return a check for a web address; `schemes` is a pattern for how it may start."""
    return string(max_length, pattern=rf"({schemes})\S+", what="a URL")


def integer(lowest: int, highest: int) -> Check:
    """Return a check for a whole number in the range."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            problems.add(pointer, "must be an integer")
        elif not lowest <= value <= highest:
            problems.add(pointer, f"must be from {lowest} to {highest}")

    return check


def one_of(*allowed: object) -> Check:
    """Return a check for one of a few values."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if value not in allowed:
            problems.add(pointer, f"must be one of {', '.join(map(str, allowed))}")

    return check


def array(item: Check, lowest: int, highest: int) -> Check:
    """Return a check for a list of `lowest` to `highest` items."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, list):
            problems.add(pointer, "must be an array")
            return
        if len(value) < lowest:
            problems.add(pointer, f"no fewer than {lowest} items required")
        if len(value) > highest:
            problems.add(pointer, f"no more than {highest} items allowed")
        for index, one in enumerate(value):
            item(one, f"{pointer}/{index}", problems)

    return check


def shape(
    fields: dict[str, Check], *, required: Collection[str] = (), also: Check = anything
) -> Check:
    """Return a check for an object with these fields and no others.

    Args:
        fields: The check of each field.
        required: The fields that must be there.
        also: A check of the whole, run only when the fields are right.
    """

    def check(value: object, pointer: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            problems.add(pointer, "must be an object")
            return
        before = len(problems.messages)
        for name in required:
            if value.get(name) is None:
                problems.add(pointer, f"missing required field: {name}")
        _check_fields(value, fields, pointer, problems)
        if len(problems.messages) == before:
            # null counts as left out, for Slack as for these rules
            also({k: v for k, v in value.items() if v is not None}, pointer, problems)

    return check


def _check_fields(
    value: dict[str, Any], fields: dict[str, Check], pointer: str, problems: Problems
) -> None:
    for name, one in value.items():
        if name not in fields:
            problems.add(pointer, f"invalid additional property: {name}")
        elif one is not None:
            fields[name](one, f"{pointer}/{name}", problems)


def tagged(kinds: dict[str, Check], *, what: str) -> Check:
    """Return a check for an object whose `type` says which of `kinds` it must fit."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            problems.add(pointer, f"missing required field: type of {what}")
        elif kind not in kinds:
            problems.add(pointer, f"unsupported type: {kind}")
        else:
            kinds[kind](value, pointer, problems)

    return check


def all_of(*checks: Check) -> Check:
    """Return a check that runs several in turn."""

    def check(value: object, pointer: str, problems: Problems) -> None:
        for one in checks:
            one(value, pointer, problems)

    return check


def exactly_one(*names: str) -> Check:
    """Return a check that an object has exactly one of these fields."""

    def check(value: Any, pointer: str, problems: Problems) -> None:  # noqa: ANN401
        if sum(value.get(name) is not None for name in names) != 1:
            problems.add(pointer, f"must have exactly one of {', '.join(names)}")

    return check


def at_least_one(*names: str) -> Check:
    """Return a check that an object has at least one of these fields."""

    def check(value: Any, pointer: str, problems: Problems) -> None:  # noqa: ANN401
        if not any(value.get(name) for name in names):
            problems.add(pointer, f"must have at least one of {', '.join(names)}")

    return check


identifier = string(ID_LENGTH)
