"""What a source sends about a touch: which lead, what, when, and by whom."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handoff.intake.arriving import NotUnderstood, Problem, is_storable, read_instant
from handoff.intake.contact import BadEmail, read_email
from handoff.lead import Outcome
from handoff.model import Instant, Value
from handoff.sla.clock import FUTURE_SLACK

_LONGEST = 200
_BOOKING = "booking"
_ONLY_OUTCOME = "outcome"


class IncomingTouch(Value):
    """A touch as it was understood.

    Attributes:
        lead_id: Our id of the lead, or None: then it is found by its other names.
        source: The source whose name `external_id` is, or None for the sender's.
        external_id: The lead's name at that source.
        email_key: The lead's e-mail key.
        kind: Call, email, message, meeting, booking, … as the source calls it.
        counts: It is sales' own contact: outbound and by a human, or a booking.
        name: The touch's name at its source; the same twice is one touch.
        outcome: What became of the lead, if the source says so.
    """

    lead_id: str | None = None
    source: str | None = None
    external_id: str | None = None
    email_key: str | None = None
    kind: str
    counts: bool
    occurred_at: Instant
    actor: str | None = None
    name: str
    outcome: Outcome | None = None


def read_touch(*, body: Mapping[str, Any], now: datetime) -> IncomingTouch:
    """Read a touch as a source sent it.

    A prospect's own doing (inbound) and robots do not count; a booking does by policy.

    Args:
        body: The JSON object.
        now: The instant of its receipt, UTC-aware.

    Raises:
        NotUnderstood: with every problem.

    Source: rules.md "Clocks", crm-intake.md section 4.
    """
    problems: list[Problem] = []
    lead = body.get("lead")
    inner = lead if isinstance(lead, dict) else {}
    names = {
        name: _text(inner, name, problems, at=f"/lead/{name}")
        for name in ("id", "source", "external_id", "email")
    }
    kind = _text(body, "type", problems, at="/type")
    if kind is None:
        _wrong(problems, "/type", "is missing: call, email, message, meeting, booking, …")
    if not any(names[name] for name in ("id", "external_id", "email")):
        _wrong(problems, "/lead", "must name the lead by `id`, `external_id` or `email`")
    outcome = _outcome(body, problems, is_needed=kind == _ONLY_OUTCOME)
    occurred_at = _occurred_at(body, problems, now, is_needed=kind != _ONLY_OUTCOME)
    direction = _text(body, "direction", problems, at="/direction") or "outbound"
    told = _text(body, "external_id", problems, at="/external_id")
    actor = _text(body, "actor_email", problems, at="/actor_email")
    email_key = _email_key(names["email"], problems)
    if problems:
        raise NotUnderstood(tuple(problems))
    assert kind is not None, "its absence is a problem"
    assert occurred_at is not None, "its absence is a problem"
    is_ours = direction.casefold() == "outbound" and body.get("automated") is not True
    parts = "\n".join(map(str, (sorted(inner.items()), kind, occurred_at, actor)))
    return IncomingTouch(
        lead_id=names["id"],
        source=names["source"],
        external_id=names["external_id"],
        email_key=email_key,
        kind=kind.casefold(),
        counts=kind != _ONLY_OUTCOME and (is_ours or kind.casefold() == _BOOKING),
        occurred_at=occurred_at,
        actor=actor and actor.lower(),
        name=told or hashlib.sha256(parts.encode()).hexdigest(),
        outcome=outcome,
    )


def _outcome(
    body: Mapping[str, Any], problems: list[Problem], *, is_needed: bool
) -> Outcome | None:
    told = _text(body, "outcome", problems, at="/outcome")
    known = {one.value: one for one in Outcome}
    if (told is None and is_needed) or (told is not None and told.casefold() not in known):
        _wrong(problems, "/outcome", f"must be one of {', '.join(known)}")
        return None
    return known[told.casefold()] if told else None


def _occurred_at(
    body: Mapping[str, Any], problems: list[Problem], now: datetime, *, is_needed: bool
) -> datetime | None:
    told = body.get("occurred_at")
    if told is None and not is_needed:
        return now
    instant = read_instant(told)
    if instant is None:
        _wrong(problems, "/occurred_at", "must be a time with a zone, like 2025-10-09T08:00:00Z")
    elif instant > now + FUTURE_SLACK:
        _wrong(problems, "/occurred_at", "is more than 5 minutes in the future; check the clock")
    return instant


def _email_key(told: str | None, problems: list[Problem]) -> str | None:
    if told is None:
        return None
    try:
        return read_email(told).key
    except BadEmail as exc:
        _wrong(problems, "/lead/email", f"is not an e-mail address: {exc}")
        return None


def _text(body: Mapping[str, Any], name: str, problems: list[Problem], *, at: str) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text or isinstance(value, bool) or len(text) > _LONGEST or not is_storable(text):
        _wrong(problems, at, f"must be text of 1 to {_LONGEST} characters")
        return None
    return text


def _wrong(problems: list[Problem], pointer: str, detail: str) -> None:
    problems.append(Problem(pointer=pointer, detail=detail))
