"""What stored leads tell of the leads to come."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.arrival_history import ArrivalHistory, learn_arrivals
from handoff.brief import Segment
from handoff.defaults.catalogue import catalogue
from handoff.form import to_brief
from handoff.form_choices import form_choices
from handoff.form_data import LEARNED
from handoff.form_edit import draft_of
from handoff.sla.basis import basis_of
from tests.handoff.samples import directory
from tests.handoff.test_form import TODAY, filled
from tests.handoff.test_form_edit import TEAM

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
USUAL = catalogue().arrival_weights(segment=Segment.ENTERPRISE)


def learn(*arrived_at: datetime) -> ArrivalHistory | None:
    """Learn on New York's clock, leaning on the enterprise profile."""
    return learn_arrivals(arrived_at=arrived_at, zone=NEW_YORK, usual=USUAL, now=NOW)


def weekly(*, leads: int, weeks: int, hour: int = 15) -> list[datetime]:
    """Return so many leads in one hour of each of the last Wednesdays, UTC."""
    wednesday = datetime(2026, 11, 18, hour, tzinfo=UTC)
    return [
        wednesday - timedelta(weeks=week, seconds=-lead)
        for week in range(weeks)
        for lead in range(leads)
    ]


def test_a_week_is_needed_before_anything_is_said() -> None:
    """A lead of yesterday is no volume, no lead is none either."""
    assert learn() is None
    assert learn(NOW - timedelta(days=6, hours=23)) is None


def test_the_volume_is_that_of_the_last_four_weeks() -> None:
    """Older leads do not count, and a shorter history is divided by what there is."""
    six_weeks = weekly(leads=10, weeks=4) + [NOW - timedelta(weeks=6)] * 500
    two_weeks = [NOW - timedelta(weeks=2), *[NOW - timedelta(days=1)] * 29]

    assert learn(*six_weeks).leads_per_week == 10
    assert learn(*two_weeks).leads_per_week == 15
    assert learn(*[NOW - timedelta(weeks=6)] * 9).leads_per_week is None


def test_the_hours_are_the_office_s_and_lean_on_what_is_usual() -> None:
    """15:00 UTC is 10:00 in New York, and 11:00 before the clocks change; 100 usual ones stay."""
    history = learn(*weekly(leads=50, weeks=6))

    assert history.leads == 250, "only whole weeks, so that each weekday counts as often"
    for hour, came in ((2 * 24 + 10, 150), (2 * 24 + 11, 100), (0, 0)):
        expected = (came + 100 * USUAL[hour]) / 350
        assert history.weights[hour] == pytest.approx(expected, abs=1e-6)


def test_few_leads_leave_the_assumption() -> None:
    """One lead short of enough, or enough of them in too short a time, teach no profile."""
    assert learn(*weekly(leads=39, weeks=5)).weights == ()
    assert learn(*weekly(leads=200, weeks=3)).weights == ()
    assert learn(*weekly(leads=40, weeks=6)).weights != ()


@given(hours=st.lists(st.integers(0, 13 * 168), min_size=200, max_size=300))
def test_weights_are_shares(hours: list[int]) -> None:
    """Whatever came, the weights are positive where it is usual, and add up to 1."""
    history = learn(*(NOW - timedelta(hours=hour) for hour in hours), NOW - timedelta(weeks=12))

    if history.weights:
        assert len(history.weights) == 168
        assert sum(history.weights) == pytest.approx(1, abs=1e-3)
        assert min(history.weights) > 0


def test_what_was_learned_survives_the_form_and_is_named_in_the_proof() -> None:
    """Prefilled volume and learned hours come back equal; a typed volume is as given."""
    history = ArrivalHistory(leads=412, leads_per_week=52.5, weights=USUAL[1:] + USUAL[:1])
    data = filled()
    capacity = data.capacity.model_copy(
        update={"history": history, "arrival_profile": LEARNED, "leads_per_week": "52.5"}
    )
    data = data.model_copy(update={"capacity": capacity})

    brief = to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA")
    again = to_brief(
        data=draft_of(brief=brief, directory=TEAM), directory=TEAM, as_of=TODAY, author="U01RIA"
    )

    assert again == brief
    assert brief.capacity.arrival_weights == history.weights
    assert "52.5 leads a week, the average of the last four weeks" in basis_of(brief=brief)
    assert "learned from 412 leads" in basis_of(brief=brief)
    offered = form_choices(data=data, directory=directory()).profiles
    assert offered[0].label == "Learned from 412 leads"
    typed = data.model_copy(
        update={"capacity": capacity.model_copy(update={"leads_per_week": "60"})}
    )
    brief = to_brief(data=typed, directory=TEAM, as_of=TODAY, author="U01RIA")
    assert "60 leads a week, as given" in basis_of(brief=brief)


def test_weights_of_a_brief_file_survive_the_form() -> None:
    """Exact arrivals that nobody learned are offered as given, and not lost by an edit."""
    brief = to_brief(data=filled(), directory=TEAM, as_of=TODAY, author="U01RIA")
    own = brief.capacity.model_copy(update={"arrival_weights": (1.0,) * 168})
    brief = brief.model_copy(update={"capacity": own})

    data = draft_of(brief=brief, directory=TEAM)

    assert to_brief(data=data, directory=TEAM, as_of=TODAY, author="U01RIA") == brief
    assert form_choices(data=data, directory=TEAM).profiles[0].label == "As given in the brief"
    assert "When they arrive is as given" in basis_of(brief=brief)
