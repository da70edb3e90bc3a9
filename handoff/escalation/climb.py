"""The climb of an escalation policy: whom to call next, when, and who stops it.

A climb is a value: its position in the snapshot of the policy that was taken when the clock
started. Each decision gives the next call and the position after it.

Source: rules.md "Escalation and guardrail", product.md section 6.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from handoff.brief import PersonKey
from handoff.calendars import BusinessCalendar
from handoff.escalation.policy import EscalationPolicy
from handoff.model import Instant, Value
from handoff.states import step

HOLD_MINUTES = 120
"""How long an acknowledgement without a promise holds, in minutes of the design's clock."""

Reachable = Callable[[int], Sequence[PersonKey]]
"""Who can be reached for a step (0-based): its holders in order, groups by their key."""

Members = Mapping[PersonKey, Sequence[PersonKey]]
"""The persons of each user group, by its key."""


class EscalationState(StrEnum):
    """Where a running climb stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    VOIDED = "voided"


TRANSITIONS: Mapping[EscalationState, frozenset[EscalationState]] = {
    EscalationState.OPEN: frozenset(
        {EscalationState.ACKNOWLEDGED, EscalationState.RESOLVED, EscalationState.VOIDED}
    ),
    EscalationState.ACKNOWLEDGED: frozenset(
        {EscalationState.OPEN, EscalationState.RESOLVED, EscalationState.VOIDED}
    ),
    EscalationState.RESOLVED: frozenset(),
    EscalationState.VOIDED: frozenset(),
}


class SkipReason(StrEnum):
    """Why a step called nobody."""

    NOBODY_REACHABLE = "nobody_reachable"
    STANDS_IN_EARLIER_STEP = "stands_in_earlier_step"


class Skip(Value):
    """A step that was passed over at once; `person` is who already stands in an earlier one."""

    step: int
    reason: SkipReason
    person: PersonKey | None = None


class Position(Value):
    """How far a climb has come.

    `calls` counts the calls of the current round on this step; `repeats` gives each step's next
    repeat number, which goes on over re-opens so that no call is mistaken for an earlier one;
    `standing` is who was last called in each step; `final` counts the repeats after the last
    step; `reopens` how often the climb was taken up again.
    """

    step: int
    calls: int = 1
    final: int = 0
    reopens: int = 0
    repeats: dict[int, int] = Field(default_factory=dict)
    standing: dict[int, PersonKey] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Call:
    """Call `person` for a step now; if nobody acknowledges, decide again at `next_at`."""

    step: int
    repeat: int
    reopen: int
    person: PersonKey
    skipped: tuple[Skip, ...]
    position: Position
    next_at: Instant


@dataclass(frozen=True, kw_only=True)
class NobodyToCall:
    """No step reaches anybody: say so, and decide again at `next_at`, the next opening."""

    skipped: tuple[Skip, ...]
    position: Position | None
    next_at: Instant


def next_call(
    *,
    policy: EscalationPolicy,
    position: Position | None,
    reachable: Reachable,
    now: datetime,
    calendar: BusinessCalendar,
    members: Members | None = None,
) -> Call | NobodyToCall:
    """Decide the next call of an open climb.

    Args:
        policy: The snapshot from when the clock started.
        position: Where the climb stands; None before its first call, which comes at once.
        reachable: Who can be reached for a step now, asked only for steps that come into turn.
        now: Decision instant, aware.
        calendar: The design's clock, on which the times to acknowledge run.
        members: Who stands in a step when a user group does; None where there is no group.

    Returns:
        The call with the steps skipped before it, or that nobody is left to call.
    """
    climber = _Climber(
        policy=policy,
        position=position,
        reachable=reachable,
        now=now,
        calendar=calendar,
        members=members or {},
    )
    return climber.decide()


def reopen(*, policy: EscalationPolicy, position: Position) -> Position:
    """Return the position from which `next_call` calls the same step once more, then climbs on.

    After a broken promise, or when an acknowledgement without one has held long enough.
    """
    calls = policy.steps[position.step].repeats
    return position.model_copy(update={"calls": calls, "reopens": position.reopens + 1})


def not_reached(position: Position) -> Position:
    """Return the position from which `next_call` makes up for a call that reached nobody.

    The step's other holders come before the next step, as if it had not been called. After the
    last step each call counts, whether it arrived or not.
    """
    if position.final:
        return position
    return position.model_copy(update={"calls": position.calls - 1})


def held_until(
    *, acknowledged_at: datetime, promised_at: datetime | None, calendar: BusinessCalendar
) -> datetime:
    """Return until when an acknowledgement holds: the promise, else two working hours."""
    return promised_at or calendar.add(acknowledged_at, HOLD_MINUTES)


def may_acknowledge(
    *,
    person: PersonKey,
    owner: PersonKey | None,
    reached: Sequence[PersonKey],
    managers: Sequence[PersonKey],
    revops: Sequence[PersonKey],
) -> bool:
    """Return True for a reached recipient, the pod's manager and RevOps; never for the owner."""
    return person != owner and person in {*reached, *managers, *revops}


def change(*, before: EscalationState, after: EscalationState) -> EscalationState:
    """Return `after` when an escalation in state `before` may become it.

    Raises:
        NotAllowed: if the table has no such step.
    """
    return step(subject="an escalation", table=TRANSITIONS, before=before, after=after)


@dataclass(kw_only=True)
class _Climber:
    """Walks the steps from a position, noting those it passes over."""

    policy: EscalationPolicy
    position: Position | None
    reachable: Reachable
    now: datetime
    calendar: BusinessCalendar
    members: Members
    skipped: list[Skip] = field(default_factory=list)

    @property
    def here(self) -> Position:
        """Return where the climb stands, before the first step if it has not begun."""
        return self.position or Position(step=-1, calls=0)

    def decide(self) -> Call | NobodyToCall:
        here = self.here
        steps = self.policy.steps
        is_repeat = here.step >= 0 and here.calls <= steps[here.step].repeats
        for index in range(here.step if is_repeat else here.step + 1, len(steps)):
            person = self._person_for(index)
            if person is not None:
                calls = here.calls + 1 if index == here.step else 1
                return self._call(index, person, calls=calls, final=here.final)
        return self._repeat_the_last()

    def _repeat_the_last(self) -> Call | NobodyToCall:
        """Call the highest step that reaches anybody again, at last once a day."""
        here = self.here
        if self.position is not None:
            for index in reversed(range(len(self.policy.steps))):
                person = self._person_for(index, is_noted=False)
                if person is not None:
                    return self._call(index, person, calls=here.calls, final=here.final + 1)
        return NobodyToCall(
            skipped=tuple(self.skipped),
            position=self.position,
            next_at=self._next_opening(),
        )

    def _person_for(self, index: int, *, is_noted: bool = True) -> PersonKey | None:
        """Return whom a step calls: who stood there before, else the first who is free."""
        standing = self.here.standing
        others = [key for at, key in standing.items() if at != index]
        elsewhere = {person for key in others for person in self._stand_for(key)}
        people = self.reachable(index)
        free = [key for key in people if not elsewhere.issuperset(self._stand_for(key))]
        if free:
            return standing[index] if standing.get(index) in free else free[0]
        if is_noted:
            reason = SkipReason.STANDS_IN_EARLIER_STEP if people else SkipReason.NOBODY_REACHABLE
            who = people[0] if people else None
            self.skipped.append(Skip(step=index, reason=reason, person=who))
        return None

    def _stand_for(self, key: PersonKey) -> Sequence[PersonKey]:
        """Return the persons behind a key: a user group's members, or the person."""
        return self.members.get(key) or (key,)

    def _call(self, index: int, person: PersonKey, *, calls: int, final: int) -> Call:
        here = self.here
        repeat = here.repeats.get(index, 0)
        position = Position(
            step=index,
            calls=calls,
            final=final,
            reopens=here.reopens,
            repeats={**here.repeats, index: repeat + 1},
            standing={**here.standing, index: person},
        )
        wait = self.policy.steps[index].acknowledge_minutes
        is_daily = final > 0 and final >= self.policy.final_repeats
        return Call(
            step=index,
            repeat=repeat,
            reopen=here.reopens,
            person=person,
            skipped=tuple(self.skipped),
            position=position,
            next_at=self._next_opening() if is_daily else self.calendar.add(self.now, wait),
        )

    def _next_opening(self) -> datetime:
        """Return when the day opens, today's opening included if it is still to come."""
        today = self.calendar.local_date(self.now)
        opens_at = self.calendar.opens_on(today)
        return (
            opens_at if opens_at > self.now else self.calendar.opens_on(today + timedelta(days=1))
        )
