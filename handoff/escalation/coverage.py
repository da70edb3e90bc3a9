"""The coverage proof: in every hour a climb could run, each step reaches a distinct person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import Field

from handoff.brief import PersonKey, ShortText
from handoff.calendars import BusinessCalendar
from handoff.directory import Directory, role_title
from handoff.escalation.policy import EscalationPolicy, EscalationStep
from handoff.model import Instant, Value
from handoff.people import display_name, holders, is_reachable

COVERAGE_DAYS = 14
_HOUR = timedelta(hours=1)
_SUGGESTED_PEOPLE = 3


class CoverageGap(Value):
    """A span in which a step reaches nobody; `could_fill` names people who would be there."""

    step: int = Field(description="0-based index into the policy's steps")
    role: ShortText
    starts_at: Instant
    ends_at: Instant
    could_fill: tuple[str, ...] = ()


class CoverageProof(Value):
    """The next `days` days from `from_at`: gaps forbid a silent sign-off, warnings are shown."""

    from_at: Instant
    days: int = COVERAGE_DAYS
    gaps: tuple[CoverageGap, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Return True when every step reaches somebody in every hour."""
        return not self.gaps


def prove_coverage(
    *,
    policy: EscalationPolicy,
    directory: Directory,
    calendar: BusinessCalendar,
    from_at: datetime,
    days: int = COVERAGE_DAYS,
) -> CoverageProof:
    """Prove that every step of a policy reaches a distinct, real person, hour by hour.

    Args:
        policy: The steps, with a design's own holders where it has them.
        directory: Role holders with substitutes, time off, user groups, who is active.
        calendar: The design's clock; a climb runs in its open hours only.
        from_at: Start of the proof, aware.
        days: How many days from there.

    Returns:
        A gap where a step reaches nobody, or only people who stand in earlier steps while fewer
        than two people remain in the whole climb; a warning for the latter while two do.

    Source: rules.md "Escalation and guardrail" (one step per person and climb; coverage proof).
    """
    spans: dict[int, list[_Span]] = {}
    doubled: dict[tuple[int, PersonKey], list[_Span]] = {}
    before = from_at
    for start, end in _hours(calendar, from_at, from_at + timedelta(days=days)):
        climb = _climb(policy, directory, start)
        for index in climb.missing:
            _extend(spans.setdefault(index, []), start, end, before=before)
        for index, person in climb.doubled.items():
            _extend(doubled.setdefault((index, person), []), start, end, before=before)
        before = end
    return CoverageProof(
        from_at=from_at,
        days=days,
        gaps=tuple(
            _gap(index, span, policy, directory)
            for index, found in sorted(spans.items())
            for span in found
        ),
        warnings=tuple(
            _warning(
                f"Step {index + 1} ({role_title(policy.steps[index].role)})",
                display_name(directory=directory, key=person),
                calendar.local_date(span.start).isoformat(),
                calendar.local_date(span.end).isoformat(),
            )
            for (index, person), found in sorted(doubled.items())
            for span in found
        ),
    )


@dataclass
class _Span:
    start: datetime
    end: datetime


@dataclass
class _Climb:
    """A climb at one instant: who stands in it, which steps are empty or covered twice."""

    standing: set[PersonKey] = field(default_factory=set)
    missing: list[int] = field(default_factory=list)
    doubled: dict[int, PersonKey] = field(default_factory=dict)


def _hours(
    calendar: BusinessCalendar, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in calendar.intervals(start, end):
        at = opens
        while at < closes:
            until = min(at + _HOUR, closes)
            yield at, until
            at = until


def _climb(policy: EscalationPolicy, directory: Directory, at: datetime) -> _Climb:
    """Walk the steps as a climb would: the first holder who can be reached and stands nowhere.

    A user group stands with all its members; it is free as long as one of them is.
    """
    climb = _Climb()
    for index, step in enumerate(policy.steps):
        reached = _reachable(step, directory, at)
        free = [people for people in reached if not climb.standing.issuperset(people)]
        if free:
            climb.standing.update(free[0])
        elif reached:
            climb.doubled[index] = reached[0][0]
        else:
            climb.missing.append(index)
    if len(climb.standing) < 2:
        climb.missing += climb.doubled
        climb.doubled = {}
    return climb


def _reachable(
    step: EscalationStep, directory: Directory, at: datetime
) -> list[Sequence[PersonKey]]:
    """Return the persons behind each holder of a step who can be reached, in order."""
    groups = {group.key: group.members for group in directory.groups}
    keys = step.holders or holders(directory=directory, role=step.role)
    found = (
        [
            person
            for person in groups.get(key, (key,))
            if is_reachable(directory=directory, person=person, at=at)
        ]
        for key in keys
    )
    return [people for people in found if people]


def _extend(spans: list[_Span], start: datetime, end: datetime, *, before: datetime) -> None:
    """Join an hour to the last span if that ends where the open hour before it did."""
    if spans and spans[-1].end == before:
        spans[-1].end = end
    else:
        spans.append(_Span(start, end))


def _gap(index: int, span: _Span, policy: EscalationPolicy, directory: Directory) -> CoverageGap:
    standing = _climb(policy, directory, span.start).standing
    candidates = dict.fromkeys(
        key for keys in directory.roles.values() for key in keys if key not in standing
    )
    there = [
        key for key in candidates if is_reachable(directory=directory, person=key, at=span.start)
    ]
    return CoverageGap(
        step=index,
        role=policy.steps[index].role,
        starts_at=span.start,
        ends_at=span.end,
        could_fill=tuple(there[:_SUGGESTED_PEOPLE]),
    )


def _warning(step: str, person: str, first: str, last: str) -> str:
    when = f"on {first}" if first == last else f"from {first} to {last}"
    return (
        f"{step} is skipped {when}: {person} already stands in an earlier step. Name another "
        "substitute to keep it."
    )
