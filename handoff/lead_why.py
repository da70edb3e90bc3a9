"""Why a lead went where it went: the story of its assignments and its clock, in plain lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from handoff.brief import Band
from handoff.durations import format_minutes
from handoff.intake.accounts import Suggestion
from handoff.lead import LeadState
from handoff.lead_card import LeadCard, lead_name
from handoff.routing.assignment import ClockArithmetic, Explanation, Reason
from handoff.routing.eligibility import Excluded, Exclusion
from handoff.sla.clock import Clock, ClockTimes, TimeChain, TimeLost

_REASONS = {
    Reason.ACCOUNT_OWNER: "owns the account",
    Reason.NAMED_REP: "is named for such leads",
    Reason.ROUND_ROBIN: "was next in turn",
    Reason.LEAST_LOADED: "had the fewest waiting leads",
    Reason.LAST_OWNER: "had this lead the last time",
    Reason.COMPANY_OWNER: "has another open lead of this company",
    Reason.FALLBACK: "is the fallback",
    Reason.FALLBACK_SUBSTITUTE: "stands in for the fallback",
    Reason.POD_MANAGER: "manages the pod, and the fallback was away",
    Reason.REASSIGNED: "was named by a person",
}
_EXCLUSIONS = {
    Exclusion.UNKNOWN: "not known in Slack",
    Exclusion.DEACTIVATED: "left Slack",
    Exclusion.TIME_OFF: "on time off",
    Exclusion.DECLINED: "declined this lead",
    Exclusion.SILENT: "did not accept in time",
    Exclusion.DAILY_CAP: "daily cap reached",
    Exclusion.OPEN_CAP: "too many waiting leads",
    Exclusion.NOT_WORKING: "not working then",
    Exclusion.STARTS_LATER: "starts later",
}

_OBSTACLES = {
    LeadState.UNROUTABLE: "Routing failed",
    LeadState.NURTURED: "Kept, but not handed over",
    LeadState.HELD: "Waits for",
}

When = Callable[[datetime], str]
Who = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One assignment with all that was weighed; instants are UTC, persons Slack ids."""

    number: int
    rep: str
    reason: Reason
    explanation: Explanation
    at: datetime
    notify_at: datetime
    ended_at: datetime | None = None
    end: str | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class LeadWhy:
    """A lead's story.

    Attributes:
        card: The lead as it stands.
        attempts: To whom it was given, the first one first.
        chain: Its instants from arrival to touch, as far as it came.
        lost: Open minutes lost by the system and by people; None without a clock.
        obstacles: What keeps it from an owner: why nobody could be found, which gates it fails,
            or which fields it waits for.
        suggestion: The account that its company may be, by name; None if that is not clear.
        rows: Names of the design's routing rows, by id.
        may_manage: The reader may take it or give it to somebody else.
    """

    card: LeadCard
    attempts: tuple[Attempt, ...]
    chain: TimeChain
    lost: TimeLost | None = None
    obstacles: tuple[str, ...] = ()
    suggestion: Suggestion | None = None
    rows: Mapping[str, str] = field(default_factory=dict)
    may_manage: bool = False


def why_lines(
    *, why: LeadWhy, when: When, who: Who, say: Callable[[str], str], most: int | None = None
) -> tuple[str, ...]:
    """Return the story as lines of text.

    Args:
        why: The story.
        when: Writes an instant for the reader.
        who: Writes a person, by Slack id.
        say: Makes words that people wrote safe for where the lines are shown.
        most: Tell of so many rows and candidates that were passed over, and count the rest; None
            for all.
    """
    return tuple(_lines(why, when, who, say, most))


def clock_arithmetic(
    *, clock: Clock, times: ClockTimes, band: Band, calendar: str
) -> ClockArithmetic:
    """Return how the due instant of a lead came about, on a calendar of that name."""
    return ClockArithmetic(
        calendar=calendar,
        band=band.value,
        target_minutes=clock.target_minutes,
        arrived_at=clock.arrived_at,
        due_at=clock.due_at,
        warn_50_at=times.warn_50_at,
        warn_80_at=times.warn_80_at,
        accept_by_at=times.accept_by_at,
    )


def owner_line(
    *, owner: str, reason: Reason, weighed: Explanation, say: Callable[[str], str]
) -> str:
    """Return who got a lead, why, and by which row."""
    row = f", row “{say(weighed.row_name)}”" if weighed.row_name else ""
    rule = f" ({say(weighed.rule)})" if weighed.rule else ""
    return f"{owner}, who {_REASONS[reason]}{row}{rule}"


def weighed_lines(
    *,
    weighed: Explanation,
    who: Who,
    say: Callable[[str], str],
    rows: Mapping[str, str],
    most: int | None = None,
) -> Iterator[str]:
    """Yield the rows that were passed over, the candidates who were left out, and notes."""
    for skipped in weighed.skipped[:most]:
        name = f"row “{rows[skipped.row]}”" if skipped.row in rows else skipped.row
        yield f"passed over {say(name)}: {say(skipped.because)}"
    yield from _more(weighed.skipped, most, "rows that did not take it")
    for excluded in weighed.excluded[:most]:
        yield f"not {who(excluded.person)}: {_exclusion(excluded)}"
    yield from _more(weighed.excluded, most, "who could not take it")
    for note in weighed.notes:
        yield say(note)


def clock_line(*, clock: ClockArithmetic, when: When, say: Callable[[str], str]) -> str:
    """Return how a due instant was reckoned."""
    steps = [
        ("50%", clock.warn_50_at),
        ("80%", clock.warn_80_at),
        ("accept by", clock.accept_by_at),
        ("due", clock.due_at),
    ]
    in_order = sorted(((at, label) for label, at in steps if at is not None))
    told = " → ".join(f"{label} {when(at)}" for at, label in in_order)
    target = format_minutes(clock.target_minutes)
    return (
        f"Clock: band {clock.band}, {target} on calendar {say(clock.calendar)}: "
        f"arrived {when(clock.arrived_at)} → {told}"
    )


def _more(told: Sequence[object], most: int | None, what: str) -> Iterator[str]:
    """Yield how many are not told."""
    if most is not None and len(told) > most:
        yield f"and {len(told) - most} more {what}"


def _lines(
    why: LeadWhy, when: When, who: Who, say: Callable[[str], str], most: int | None
) -> Iterator[str]:
    card = why.card
    holder = who(card.owner) if card.owner else "nobody"
    design = f" · {say(card.design)}" if card.design else " · no design takes it"
    yield f"{say(lead_name(card.fields))}{design} · {card.state.value}, with {holder}"
    for attempt in why.attempts:
        weighed = weighed_lines(
            weighed=attempt.explanation, who=who, say=say, rows=why.rows, most=most
        )
        yield from _attempt(attempt, when, who, say, weighed)
    if why.obstacles:
        yield f"{_OBSTACLES[card.state]}: {'; '.join(map(say, why.obstacles))}"
    if why.suggestion:
        yield _suggestion(why.suggestion, who, say)
    clock = next((one.explanation.clock for one in why.attempts if one.explanation.clock), None)
    if clock is not None:
        yield clock_line(clock=clock, when=when, say=say)
    yield _way(why, when)


def _suggestion(found: Suggestion, who: Who, say: Callable[[str], str]) -> str:
    account = found.account
    owner = f", which {who(account.owner)} owns" if account.owner else ""
    return (
        f"The company may be the account {say(account.name)} ({say(account.domain)}){owner}: the "
        f"names are {found.percent}% alike. It only suggests; give the lead to somebody if so."
    )


def _attempt(
    one: Attempt, when: When, who: Who, say: Callable[[str], str], weighed: Iterator[str]
) -> Iterator[str]:
    told = owner_line(owner=who(one.rep), reason=one.reason, weighed=one.explanation, say=say)
    yield f"{one.number}. {told}, {when(one.at)}"
    for line in weighed:
        yield f"    {line}"
    if one.notify_at > one.at:
        yield f"    told when work starts, {when(one.notify_at)}"
    if one.ended_at is not None and one.end is not None:
        note = f" “{say(one.note)}”" if one.note else ""
        yield f"    ended: {one.end}{note}, {when(one.ended_at)}"


def _exclusion(excluded: Excluded) -> str:
    words = _EXCLUSIONS[excluded.reason]
    return f"{words} ({excluded.detail})" if excluded.detail else words


def _way(why: LeadWhy, when: When) -> str:
    steps = ("arrived", "assigned", "notified", "accepted", "touched")
    found = [(step, getattr(why.chain, f"{step}_at")) for step in steps]
    told = " → ".join(f"{step} {when(at)}" for step, at in found if at is not None)
    if why.lost is None:
        return f"Way: {told}"
    system, people = why.lost.system_minutes, why.lost.people_minutes
    return f"Way: {told} (system {format_minutes(system)}, people {format_minutes(people)})"
