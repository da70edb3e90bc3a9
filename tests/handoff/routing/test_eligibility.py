"""What is kept of a person's hours is what one would find by looking again."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.directory import Directory, TimeOff
from handoff.routing.eligibility import Availability, availability, local_date
from tests.handoff.samples import directory

#: New York and Berlin change their clocks in these weeks, on different days.
START = datetime(2026, 3, 6, tzinfo=UTC)
DAYS = 25


@st.composite
def _teams(draw: st.DrawFn) -> Directory:
    """Return a team some of whose people are away some days."""
    team = directory()
    everybody = [person.key for person in team.people]
    spans = draw(
        st.lists(
            st.tuples(st.sampled_from(everybody), st.integers(0, DAYS), st.integers(0, 3)),
            max_size=6,
        )
    )
    first = START.date()
    time_off = tuple(
        TimeOff(
            person=person,
            first=first + timedelta(days=day),
            last=first + timedelta(days=day + more),
        )
        for person, day, more in spans
    )
    return team.model_copy(update={"time_off": time_off})


@settings(max_examples=60)
@given(
    team=_teams(),
    minutes=st.lists(st.integers(0, DAYS * 1440), min_size=2, max_size=40),
    seconds=st.sampled_from((0, 1, 59.999999)),
)
def test_availability_is_kept_only_while_it_stays_the_same(
    team: Directory, minutes: list[int], seconds: float
) -> None:
    """Asked in any order of instants, forward and backward, by one after the other."""
    for minute in minutes:
        at = START + timedelta(minutes=minute, seconds=seconds)
        asked = Availability(directory=team, at=at)
        for person in (*(one.key for one in team.people), "UNOBODY"):
            found = asked.of(person)
            works_at, out = availability(directory=team, person=person, at=at)

            assert (found.works_at, found.excluded) == (works_at, out)
            assert found.day == (
                None
                if works_at is None
                else local_date(directory=team, person=person, at=works_at)
            )


def test_time_off_that_is_entered_counts_at_once() -> None:
    """It comes with another directory; what was kept of the one before says nothing about it."""
    team = directory()
    (rep, *_) = team.pods[0].members
    monday = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)
    away = TimeOff(person=rep.person, first=date(2026, 3, 9), last=date(2026, 3, 9))
    absent = team.model_copy(update={"time_off": (away,)})

    assert Availability(directory=team, at=monday).of(rep.person).excluded is None
    assert Availability(directory=absent, at=monday).of(rep.person).excluded is not None
    assert Availability(directory=team, at=monday).of(rep.person).excluded is None
