"""Refused leads as people mend them: fields as text, and back without losing what they are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from handoff.intake.csv_rows import PROBLEM

#: The column of a file of refused leads that names each one; it is no field.
REFUSED_ID = "refused_id"

_RESERVED = {PROBLEM, REFUSED_ID}


def shown_fields(body: object) -> dict[str, str]:
    """Return the fields of a lead as text, in the order in which they came.

    Lists, objects and numbers are shown as JSON. A field whose name could not be told from
    another's in the first line of a file is left out; `mended` keeps it as it is.
    """
    shown: dict[str, str] = {}
    taken = set(_RESERVED)
    for name, value in body.items() if isinstance(body, Mapping) else ():
        is_name = name == name.strip() and name.isprintable() and name != ""
        if is_name and name.casefold() not in taken:
            taken.add(name.casefold())
            shown[name] = _text(value)
    return shown


def asked_fields(*, body: object, pointers: Sequence[str]) -> dict[str, str]:
    """Return the fields of a lead as text, those with a problem first.

    Args:
        body: What came.
        pointers: RFC 6901 pointers to what is wrong; a field that is missing is shown empty.
    """
    shown = shown_fields(body)
    wrong = [name for name in map(field_of, pointers) if name]
    if "" in pointers and not wrong:
        wrong = ["external_id", "email"]  # the lead as such: nobody could know it again
    first = {name: shown.get(name, "") for name in wrong if name.casefold() not in _RESERVED}
    return first | shown


def field_of(pointer: str) -> str:
    """Return the name of the field that a pointer into a lead leads to; empty for the whole."""
    return pointer.removeprefix("/").replace("~1", "/").replace("~0", "~")


def mended(*, body: object, changes: Mapping[str, str]) -> dict[str, Any]:
    """Return a lead with some fields changed.

    Args:
        body: What came; what was no object becomes one.
        changes: Text by name. One that still is what `shown_fields` shows changes nothing, so
            that numbers and lists stay what they are; an empty one takes the field away.
    """
    before = dict(body) if isinstance(body, Mapping) else {}
    shown = shown_fields(before)
    spelled = {name.casefold(): name for name in shown}
    for told, text in changes.items():
        name = spelled.get(told.casefold(), told)
        if name.casefold() in _RESERVED or _lines(text) == _lines(shown.get(name, "")):
            continue
        if text.strip() == "":
            before.pop(name, None)
        else:
            before[name] = text
    return before


def _text(value: object) -> str:
    """Return a value as text that can be typed: NUL and the like stay visible as escapes."""
    if value is None:
        return ""
    if isinstance(value, str) and "\0" not in value and _is_whole(value):
        return value.strip()
    return json.dumps(value, ensure_ascii=not _is_whole(str(value)))


def _lines(text: str) -> str:
    """Return a text with the line ends that forms and files give back."""
    return text.replace("\r\n", "\n").strip()


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)
