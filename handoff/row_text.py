r"""Routing rows as one types them, one a line: `condition → owner model → pod → fallback`.

A fifth part says what becomes of leads that still lack a blocking field after the hold. A line
that ends with `\` goes on in the next one, so that a long row fits into fields of any length.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from handoff.brief import OnMissing, OwnerModel
from handoff.form_data import RowText
from handoff.routing.conditions import BadCondition, format_rule, parse_rule
from handoff.routing.rules import RoutingRow

OTHERWISE = "otherwise"
MOST_ROWS = 40

_GOES_ON = "\\"
_ARROW = re.compile(r"\s*(?:→|->|=>|—>|\|)\s*")
_EVERY = {OTHERWISE, "always", "*", "else", "every other lead"}
_EXAMPLE = "Write for example “country in [US, CA] → round_robin → enterprise-east”."
_NEED_POD = {OwnerModel.ROUND_ROBIN, OwnerModel.LEAST_LOADED, OwnerModel.POD}


class BadRow(ValueError):
    """A line does not describe a routing row; the message names the line and what to write."""


def format_rows(*, rows: Sequence[RoutingRow], names: Mapping[str, str]) -> str:
    """Return the lines that `read_rows` reads back as the same rows.

    Args:
        rows: The rows of a design, in order.
        names: Display names of people by key.
    """
    return "\n".join(_format_row(row, names) for row in rows)


def _format_row(row: RoutingRow, names: Mapping[str, str]) -> str:
    when = OTHERWISE if row.when.is_always else format_rule(row.when)
    model = row.owner_model.value
    if row.named_rep:
        model += f" {names.get(row.named_rep, row.named_rep)}"
    parts = [when, model, row.pod or "-", names.get(row.fallback, row.fallback)]
    if row.on_missing is not OnMissing.FALLBACK or parts[-1].endswith(_GOES_ON):
        parts.append(_words(row.on_missing))
    return " → ".join(parts)


def read_rows(
    *, text: str, pods: Sequence[str], people: Mapping[str, str]
) -> tuple[RowText, ...] | None:
    r"""Read the lines of the row editor.

    Args:
        text: One row a line, or several lines if all but the last end with `\`; pod and fallback
            may be left out or be `-`, and so may the fifth part: `route anyway`, `ask marketing`,
            or `fallback`, which is meant without it.
        pods: Names of the directory's pods.
        people: Display names of the workspace's people by key.

    Returns:
        The rows in order, or None for an empty text: the drafter's own rows.

    Raises:
        BadRow: for the first line that cannot be read.
    """
    lines = [line.strip() for line in _whole(text) if line.strip()]
    if not lines:
        return None
    if len(lines) > MOST_ROWS:
        raise BadRow(f"There are {len(lines)} rows; at most {MOST_ROWS} are possible.")
    return tuple(
        _read_row(line, number=number, pods=pods, people=people)
        for number, line in enumerate(lines, start=1)
    )


def in_fields(*, text: str, longest: int) -> list[str]:
    """Return rows in as few texts as it takes; `read_rows` reads them joined by line ends.

    Args:
        text: As `format_rows` writes it.
        longest: What one text may have. Only a row that is longer is cut, with a mark.
    """
    parts = [""]
    for line in (piece for row in text.split("\n") for piece in _pieces(row, longest)):
        longer = f"{parts[-1]}\n{line}" if parts[-1] else line
        if len(longer) <= longest:
            parts[-1] = longer
        else:
            parts.append(line)
    return parts


def _pieces(row: str, longest: int) -> Iterator[str]:
    """Yield a row in lines that go on in the next one; cut after a blank where there is one."""
    while len(row) > longest:
        room = longest - len(_GOES_ON)
        at = row.rfind(" ", 1, room) + 1 or room
        yield row[:at] + _GOES_ON
        row = row[at:]
    yield row


def _whole(text: str) -> list[str]:
    """Return the lines, each with those that it goes on in; a mark on the last one is nothing."""
    rows = [""]
    for line in text.splitlines():
        bare = line.rstrip()
        goes_on = bare.endswith(_GOES_ON)
        rows[-1] += bare.removesuffix(_GOES_ON) if goes_on else line
        if not goes_on:
            rows.append("")
    return rows


def _read_row(
    line: str, *, number: int, pods: Sequence[str], people: Mapping[str, str]
) -> RowText:
    parts = _ARROW.split(line)
    if not 2 <= len(parts) <= 5:
        raise BadRow(f"Row {number}: needs two to five parts with → between them. {_EXAMPLE}")
    when, model, pod, fallback, missing = (part.strip() for part in [*parts, "", "", ""][:5])
    owner_model, rep = _owner_model(model, number=number, people=people)
    chosen = _pod(pod, number=number, pods=pods)
    if owner_model in _NEED_POD and chosen is None:
        raise BadRow(f"Row {number}: {owner_model} needs a pod. There are: {_list(pods)}.")
    return RowText(
        when=_when(when, number=number),
        owner_model=owner_model,
        pod=chosen,
        named_rep=rep,
        fallback=None if fallback in {"", "-"} else _person(fallback, number, people),
        on_missing=_on_missing(missing, number=number),
    )


def _when(text: str, *, number: int) -> str:
    if text.casefold() in _EVERY:
        return ""
    try:
        parse_rule(text)
    except BadCondition as exc:
        raise BadRow(f"Row {number}: {exc}") from exc
    return text


def _owner_model(
    text: str, *, number: int, people: Mapping[str, str]
) -> tuple[OwnerModel, str | None]:
    """Return the owner model and, for a named rep, who it is (None: the form's named rep)."""
    tidy = text.casefold().replace(" ", "_")
    for model in OwnerModel:
        if tidy == model:
            return model, None
    prefix = OwnerModel.NAMED_REP.value
    if tidy.startswith(prefix):
        return OwnerModel.NAMED_REP, _person(text[len(prefix) :].strip(), number, people)
    raise BadRow(f"Row {number}: “{text}” is no owner model. There are: {_list(OwnerModel)}.")


def _on_missing(text: str, *, number: int) -> OnMissing:
    if text in {"", "-"}:
        return OnMissing.FALLBACK
    for choice in OnMissing:
        if text.casefold().replace("_", " ") == _words(choice):
            return choice
    raise BadRow(
        f"Row {number}: “{text}” does not say what happens to a lead that lacks a field. "
        f"There are: {_list(map(_words, OnMissing))}."
    )


def _words(choice: OnMissing) -> str:
    return choice.value.replace("_", " ")


def _pod(text: str, *, number: int, pods: Sequence[str]) -> str | None:
    if text in {"", "-"}:
        return None
    for pod in pods:
        if pod.casefold() == text.casefold():
            return pod
    raise BadRow(f"Row {number}: there is no pod “{text}”. There are: {_list(pods)}.")


def _person(text: str, number: int, people: Mapping[str, str]) -> str:
    """Return the key of the one person whose key, name or first name is `text`."""
    wanted = text.lstrip("@").casefold()
    for key, name in people.items():
        if wanted in {key.casefold(), name.casefold()}:
            return key
    first = [key for key, name in people.items() if name.casefold().split()[:1] == [wanted]]
    if len(first) == 1:
        return first[0]
    reason = "several people are called" if first else "nobody here is called"
    raise BadRow(f"Row {number}: {reason} “{text}”. Write the full name.")


def _list(items: Iterable[str]) -> str:
    return ", ".join(str(item) for item in items) or "none"
