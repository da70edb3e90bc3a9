"""The climb calls the right person next, skips what reaches nobody, and stops for good."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calendars import calendar_of
from handoff.escalation.climb import (
    TRANSITIONS,
    Call,
    EscalationState,
    NobodyToCall,
    Position,
    Skip,
    SkipReason,
    change,
    held_until,
    may_acknowledge,
    next_call,
    not_reached,
    reopen,
)
from handoff.escalation.policy import EscalationPolicy, EscalationStep
from handoff.states import NotAllowed
from tests.handoff.samples import NEW_YORK

CALENDAR = calendar_of(spec=NEW_YORK, years=range(2025, 2029))
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 10:00
TUESDAY_OPENING = datetime(2026, 3, 3, 14, 0, tzinfo=UTC)
EVERYBODY = {0: ("ben", "sam"), 1: ("sam",), 2: ("cleo",)}


def test_a_climb_nobody_acknowledges_goes_all_the_way() -> None:
    """Each step after its time; after the last three repeats, then daily at opening."""
    calls = _climb(EVERYBODY, 8)

    assert [(call.step, call.person) for call in calls] == [
        (0, "ben"),
        (1, "sam"),
        *[(2, "cleo")] * 6,
    ]
    minutes = [(call.next_at - MONDAY) / timedelta(minutes=1) for call in calls[:5]]
    assert minutes == [15, 45, 105, 165, 225]
    assert [call.next_at for call in calls[5:7]] == [
        TUESDAY_OPENING,
        TUESDAY_OPENING + timedelta(days=1),
    ]


def test_repeats_of_a_step_come_before_the_next_step() -> None:
    """Each call of a step has its own repeat number."""
    calls = _climb(EVERYBODY, 5, policy=_policy(repeats=(1, 0, 2)))

    assert [(call.step, call.repeat) for call in calls] == [
        (0, 0),
        (0, 1),
        (1, 0),
        (2, 0),
        (2, 1),
    ]


def test_a_step_with_nobody_reachable_is_skipped_at_once() -> None:
    """And says so."""
    (call,) = _climb({2: ("cleo",)}, 1)

    assert (call.step, call.person) == (2, "cleo")
    assert call.skipped == (
        Skip(step=0, reason=SkipReason.NOBODY_REACHABLE),
        Skip(step=1, reason=SkipReason.NOBODY_REACHABLE),
    )


def test_each_person_stands_in_one_step() -> None:
    """The substitute who also holds a later step covers both; the later one is skipped."""
    calls = _climb({**EVERYBODY, 0: ("sam",)}, 2)

    assert [(call.step, call.person) for call in calls] == [(0, "sam"), (2, "cleo")]
    assert calls[1].skipped == (
        Skip(step=1, reason=SkipReason.STANDS_IN_EARLIER_STEP, person="sam"),
    )


def test_a_repeat_goes_to_the_substitute_when_the_first_left() -> None:
    """People are live: who stood there is called again only while reachable."""
    policy = _policy(repeats=(1, 0, 0))
    first = _call(policy, None, EVERYBODY)

    again = _call(policy, first.position, {**EVERYBODY, 0: ("una",)})
    gone = _call(policy, first.position, {**EVERYBODY, 0: ()})

    assert (again.step, again.repeat, again.person) == (0, 1, "una")
    assert (gone.step, gone.person) == (1, "sam")
    assert gone.skipped[0].reason is SkipReason.NOBODY_REACHABLE


def test_nobody_at_all_is_tried_again_at_the_next_opening() -> None:
    """The climb neither ends nor counts calls that were not made."""
    decided = next_call(
        policy=_policy(), position=None, reachable=lambda _: (), now=MONDAY, calendar=CALENDAR
    )

    assert isinstance(decided, NobodyToCall)
    assert (decided.position, decided.next_at) == (None, TUESDAY_OPENING)
    assert [skip.step for skip in decided.skipped] == [0, 1, 2]


@pytest.mark.parametrize("before", [timedelta(hours=7), timedelta(seconds=1)])
def test_nobody_at_night_is_tried_again_in_the_morning(before: timedelta) -> None:
    """A lead that nobody can be called about before the day opens does not lose that day."""
    now = TUESDAY_OPENING - before

    decided = next_call(
        policy=_policy(), position=None, reachable=lambda _: (), now=now, calendar=CALENDAR
    )

    assert decided.next_at == TUESDAY_OPENING


def test_nobody_left_after_a_call_waits_for_the_next_opening() -> None:
    """The position stays, so that whoever comes back is called."""
    first = _call(_policy(), None, EVERYBODY)

    decided = next_call(
        policy=_policy(),
        position=first.position,
        reachable=lambda _: (),
        now=MONDAY,
        calendar=CALENDAR,
    )

    assert isinstance(decided, NobodyToCall)
    assert decided.position == first.position


def test_a_reopened_climb_calls_the_same_step_once_and_climbs_on() -> None:
    """With the next repeat number; also when the step has repeats of its own."""
    for repeats in ((0, 0, 0), (2, 0, 0)):
        policy = _policy(repeats=repeats)
        first = _call(policy, None, EVERYBODY)

        again = _call(policy, reopen(policy=policy, position=first.position), EVERYBODY)
        then = _call(policy, again.position, EVERYBODY)

        assert (again.step, again.repeat, again.reopen) == (0, 1, 1)
        assert (then.step, then.reopen) == (1, 1)


def test_a_climb_reopened_at_the_end_calls_the_last_step_again() -> None:
    """Then it goes on where it was."""
    last = _climb(EVERYBODY, 4)[-1]
    position = reopen(policy=_policy(), position=last.position)

    again = _call(_policy(), position, EVERYBODY)

    assert (again.step, again.repeat, again.reopen) == (2, last.repeat + 1, 1)


@pytest.mark.parametrize("repeats", [(0, 0, 0), (2, 0, 0)])
def test_a_call_that_reached_nobody_is_made_up_for(repeats: tuple[int, int, int]) -> None:
    """By the step's other holder, who gets as many calls; without one, by the next step."""
    policy = _policy(repeats=repeats)
    without_ben = {**EVERYBODY, 0: ("mia",)}
    position = not_reached(_call(policy, None, EVERYBODY).position)

    instead = _call(policy, position, without_ben)
    after = _call(policy, position, {**EVERYBODY, 0: ()})

    assert (instead.step, instead.person, instead.repeat) == (0, "mia", 1)
    assert instead.position.calls == 1
    assert (after.step, after.person) == (1, "sam")
    assert [skip.reason for skip in after.skipped] == [SkipReason.NOBODY_REACHABLE]


def test_after_the_last_step_a_call_that_reached_nobody_counts() -> None:
    """Or a climb whose calls never arrive would not come to rest at one a day."""
    last = _climb(EVERYBODY, 5)[-1].position

    assert last.final > 0
    assert not_reached(last) == last


@given(
    people=st.dictionaries(
        st.integers(0, 2), st.lists(st.sampled_from("abcd"), max_size=3, unique=True)
    ),
    repeats=st.tuples(*[st.integers(0, 2)] * 3),
    length=st.integers(1, 12),
)
def test_a_climb_never_steps_back_or_calls_twice_as_one(
    people: dict[int, list[str]], repeats: tuple[int, int, int], length: int
) -> None:
    """Steps only rise, call keys are unique, one step a person, and time moves on."""
    calls = _climb(people, length, policy=_policy(repeats=repeats))

    steps = [call.step for call in calls]
    keys = [(call.reopen, call.step, call.repeat) for call in calls]
    stands = {(call.person, call.step) for call in calls}
    assert steps == sorted(steps)
    assert len(set(keys)) == len(keys)
    assert len({person for person, _ in stands}) == len(stands)
    assert [call.next_at for call in calls] == sorted({call.next_at for call in calls})
    assert bool(calls) is any(people.values())


@pytest.mark.parametrize(
    ("person", "may"),
    [("reached", True), ("manager", True), ("revops", True), ("owner", False), ("else", False)],
)
def test_who_may_acknowledge(person: str, may: bool) -> None:
    """A reached recipient, the pod's manager, RevOps; never the owner."""
    allowed = may_acknowledge(
        person=person,
        owner="owner",
        reached=("reached", "owner"),
        managers=("manager",),
        revops=("revops",),
    )

    assert allowed is may


def test_an_acknowledgement_holds_until_the_promise_or_two_working_hours() -> None:
    """Friday 17:00 holds until Monday 10:00."""
    friday = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
    promise = friday + timedelta(minutes=30)

    held = held_until(acknowledged_at=friday, promised_at=None, calendar=CALENDAR)
    promised = held_until(acknowledged_at=friday, promised_at=promise, calendar=CALENDAR)

    assert held == datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
    assert promised == promise


@pytest.mark.parametrize(("before", "after"), list(product(EscalationState, EscalationState)))
def test_only_the_steps_of_the_table_are_taken(
    before: EscalationState, after: EscalationState
) -> None:
    """Resolved and voided are final."""
    allowed = {
        ("open", "acknowledged"),
        ("open", "resolved"),
        ("open", "voided"),
        ("acknowledged", "open"),
        ("acknowledged", "resolved"),
        ("acknowledged", "voided"),
    }

    if (before, after) in allowed:
        assert change(before=before, after=after) is after
    else:
        with pytest.raises(NotAllowed):
            change(before=before, after=after)
    assert set(TRANSITIONS) == set(EscalationState)


def _climb(
    people: Mapping[int, Sequence[str]], length: int, *, policy: EscalationPolicy | None = None
) -> list[Call]:
    """Call without an answer, `length` times at most, each when the one before says."""
    calls: list[Call] = []
    now, position = MONDAY, None
    for _ in range(length):
        decided = next_call(
            policy=policy or _policy(),
            position=position,
            reachable=lambda step: people.get(step, ()),
            now=now,
            calendar=CALENDAR,
        )
        if isinstance(decided, NobodyToCall):
            break
        calls.append(decided)
        now, position = decided.next_at, decided.position
    return calls


def _call(
    policy: EscalationPolicy, position: Position | None, people: Mapping[int, Sequence[str]]
) -> Call:
    decided = next_call(
        policy=policy,
        position=position,
        reachable=lambda step: people.get(step, ()),
        now=MONDAY,
        calendar=CALENDAR,
    )
    assert isinstance(decided, Call)
    return decided


def _policy(*, repeats: tuple[int, int, int] = (0, 0, 0)) -> EscalationPolicy:
    waits = {"revops_director": 15, "sales_manager": 30, "cro": 60}
    return EscalationPolicy(
        steps=tuple(
            EscalationStep(role=role, acknowledge_minutes=minutes, repeats=repeat)
            for (role, minutes), repeat in zip(waits.items(), repeats, strict=True)
        )
    )


def test_a_group_stands_for_its_members() -> None:
    """A member of a group that was called is not called in a later step; the rest of one is."""
    members = {"group": ("ben", "sam"), "leads": ("sam", "cleo")}
    reachable = {0: ("group",), 1: ("sam",), 2: ("leads",)}
    found: list[Call] = []
    position = None
    for _ in range(2):
        decided = next_call(
            policy=_policy(),
            position=position,
            reachable=lambda step: reachable[step],
            now=MONDAY,
            calendar=CALENDAR,
            members=members,
        )
        assert isinstance(decided, Call)
        found.append(decided)
        position = decided.position

    assert [(call.step, call.person) for call in found] == [(0, "group"), (2, "leads")]
    assert found[1].skipped == (
        Skip(step=1, reason=SkipReason.STANDS_IN_EARLIER_STEP, person="sam"),
    )
