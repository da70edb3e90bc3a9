"""The replay by column agrees with the plain loop over live routing, on random worlds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.backtest import Fate, PastLead, PastLeads, explain_lead, fields_read, replay
from handoff.brief import Band, ClockBasis, OnMissing, OwnerModel
from handoff.design import HandoffDesign, PodRules
from handoff.directory import CalendarSpec, Directory, Person, Pod, PodMember, TimeOff
from handoff.routing.rules import RoutingMatrix, RoutingRow, Rule
from tests.handoff import samples
from tests.handoff.replay.plain import plain_replay
from tests.handoff.routing import strategies

PEOPLE = tuple(f"U{letter}" for letter in "ABCDEFG")
ZONES = ("America/New_York", "Europe/Berlin", "Australia/Sydney", "America/Havana", "UTC")
HOURS = (
    {"mon-fri": "09:00-18:00"},
    {"mon-sun": "00:00-24:00"},
    {"mon-sat": "08:30-12:00, 13:00-17:15", "sun": "22:00-03:00"},
)
STARTS = (
    datetime(2026, 10, 22, 20, tzinfo=UTC),  # the clocks change in this week and the next
    datetime(2025, 12, 30, 9, tzinfo=UTC),  # over the turn of the year
    datetime(2026, 6, 3, 12, tzinfo=UTC),
)
BASE = samples.design()

calendars = st.builds(
    CalendarSpec,
    name=st.sampled_from(("default", "second")),
    timezone=st.sampled_from(ZONES),
    hours=st.sampled_from(HOURS),
    holidays=st.sampled_from((None, "US", "DE-BE")),
)
members = st.builds(
    PodMember,
    person=st.sampled_from(PEOPLE),
    weight=st.integers(1, 5),
    daily_cap=st.none() | st.integers(0, 4),
    open_cap=st.none() | st.integers(0, 4),
    calendar=st.sampled_from((None, "second")),
)
pods = st.builds(
    Pod,
    name=st.sampled_from(("one", "two", "three")),
    manager=st.sampled_from(PEOPLE),
    model=st.sampled_from(OwnerModel),
    members=st.lists(members, max_size=5, unique_by=lambda member: member.person).map(tuple),
)


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    """People in zones, some inactive or bots; calendars, pods, time off."""
    people = tuple(
        Person(
            key=key,
            name=key,
            timezone=draw(st.sampled_from(ZONES)),
            is_active=draw(st.integers(0, 6)) > 0,
            is_bot=draw(st.integers(0, 8)) == 0,
        )
        for key in PEOPLE[:-1]  # the last is not known
    )
    off = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.sampled_from(STARTS)).date() + timedelta(days=draw(st.integers(-3, 12)))
        last = first + timedelta(days=draw(st.integers(0, 9)))
        off.append(TimeOff(person=draw(st.sampled_from(PEOPLE)), first=first, last=last))
    return Directory(
        people=people,
        roles={"sales_manager": tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=3)))},
        calendars=tuple(draw(st.lists(calendars, max_size=2, unique_by=lambda c: c.name))),
        pods=tuple(draw(st.lists(pods, max_size=3, unique_by=lambda pod: pod.name))),
        time_off=tuple(off),
    )


@st.composite
def rows(draw: st.DrawFn, number: int) -> RoutingRow:
    """A row of any owner model."""
    names = draw(st.lists(st.sampled_from(("one", "two", "three")), max_size=3, unique=True))
    return RoutingRow(
        id=f"r{number}",
        name=f"Row {number}",
        when=draw(st.just(Rule()) | strategies.rules),
        owner_model=draw(st.sampled_from(OwnerModel)),
        pod=names[0] if names else None,
        share_with=tuple(names[1:]),
        named_rep=draw(st.none() | st.sampled_from(PEOPLE)),
        fallback=draw(st.sampled_from(PEOPLE)),
        band_targets=draw(
            st.dictionaries(st.sampled_from(Band), st.sampled_from((7, 30, 480, 40_000)))
        ),
        required_fields=tuple(draw(st.lists(st.sampled_from(strategies.FIELDS), max_size=2))),
        on_missing=draw(st.sampled_from(OnMissing)),
    )


@st.composite
def designs(draw: st.DrawFn) -> HandoffDesign:
    """A version with random rows, caps, models, clock, and handling time."""
    count = draw(st.integers(1, 4))
    matrix = RoutingMatrix(
        entry=draw(st.just(Rule()) | strategies.rules),
        gates=tuple(draw(st.lists(strategies.rules, max_size=1))),
        rows=tuple(draw(rows(number)) for number in range(count)),
    )
    frozen = tuple(
        PodRules(
            name=name,
            model=draw(st.sampled_from(OwnerModel)),
            default_daily_cap=draw(st.integers(1, 6)),
            default_open_cap=draw(st.integers(1, 6)),
        )
        for name in draw(st.sampled_from((("one", "two", "three"), ("two",))))
    )
    clock = draw(st.sampled_from(ClockBasis))
    capacity = BASE.brief.capacity.model_copy(
        update={
            "handling_minutes": draw(st.sampled_from((1, 7, 25, 333))),
            "time_available_percent": draw(st.sampled_from((45, 60, 100))),
        }
    )
    binding = BASE.binding.model_copy(
        update={
            "routing": matrix,
            "pods": frozen,
            "sla": BASE.binding.sla.model_copy(update={"clock": clock}),
        }
    )
    brief = BASE.brief.model_copy(update={"capacity": capacity})
    return BASE.model_copy(update={"binding": binding, "brief": brief})


people_named = st.none() | st.sampled_from((*PEOPLE, "", 5, "nobody"))


@st.composite
def histories(draw: st.DrawFn) -> list[PastLead]:
    """Leads in bursts and with gaps, several at one instant."""
    at = draw(st.sampled_from(STARTS))
    found = []
    for number in range(draw(st.integers(0, 40))):
        seconds = draw(st.sampled_from((0, 0, 1, 59.5, 60, 600, 3_600, 20_000, 90_000)))
        at += timedelta(seconds=seconds, microseconds=draw(st.sampled_from((0, 0, 333_333))))
        fields = draw(strategies.leads) | {
            "score": draw(st.sampled_from((0, 45, 70, 90, 90, 90, "90", None))),
            "hand_raise": draw(st.sampled_from((True, False, "yes", None))),
            "account_owner": draw(people_named),
            "named_rep": draw(people_named),
        }
        found.append(PastLead(id=f"L{97 * number % 41:02}-{number}", arrived_at=at, fields=fields))
    return found


@pytest.mark.untraced
@settings(max_examples=100, deadline=None)
@given(design=designs(), directory=directories(), leads=histories())
def test_equal_to_the_plain_loop(
    design: HandoffDesign, directory: Directory, leads: list[PastLead]
) -> None:
    """Owner, row, reason, due instant, touch and wait of every lead are exactly the same."""
    found = replay(design=design, directory=directory, leads=leads)

    expected = plain_replay(design=design, directory=directory, leads=leads)
    assert list(found.leads) == list(expected.leads)
    assert found.load() == expected.load()
    assert found.by_row() == expected.by_row()
    assert found.attainment_percent == expected.attainment_percent


@settings(max_examples=40, deadline=None)
@given(design=designs(), directory=directories(), leads=histories(), data=st.data())
def test_every_lead_can_be_explained(
    design: HandoffDesign, directory: Directory, leads: list[PastLead], data: st.DataObject
) -> None:
    """Live routing, asked at a lead's moment of the replay, gives it to the same person."""
    past = PastLeads(fields=fields_read(design.binding.routing))
    for lead in leads:
        past.add(id=lead.id, arrived_at=lead.arrived_at, fields=lead.fields)
    names = data.draw(st.lists(st.sampled_from(past.ids), max_size=4)) if leads else []
    found = {
        lead.id: lead for lead in replay(design=design, directory=directory, leads=past).leads
    }

    for name in names:
        (why,) = explain_lead(design=design, directory=directory, leads=past, lead=name)

        assert why.lead == found[name]
        assert why.explanation.row == why.lead.row or why.lead.fate is Fate.UNROUTABLE
        clock = why.explanation.clock
        assert (clock and clock.due_at) == why.lead.due_at
