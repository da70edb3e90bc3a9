"""The feasibility proof: verdicts, risks in plain words, and changes that help when applied."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.brief import Capacity, ClockBasis, HandoffBrief, OwnerModel, ResponseTargets
from handoff.calendars import clock_calendar
from handoff.directory import CalendarSpec, Directory, Pod, PodMember, TimeOff
from handoff.documents.proof import verdict_callout
from handoff.people import calendar_named
from handoff.sla.feasibility import prove
from handoff.sla.model import Depth, Feasibility, Risk, Verdict
from tests.handoff.samples import NEW_YORK, brief, directory, people, with_change

AS_OF = datetime(2026, 8, 3, 12, tzinfo=UTC)  # four weeks without a holiday in New York
GO_LIVE = date(2026, 8, 3)
REPS = ("UDANA", "UELI", "UFAY", "UGUS", "UHANA", "UIVO")


def team(
    reps: int = 4, *, model: OwnerModel = OwnerModel.LEAST_LOADED, **changes: object
) -> Directory:
    """One pod of so many reps on New York office hours."""
    members = tuple(PodMember(person=key) for key in REPS[:reps])
    pod = Pod(name="core", segments=("enterprise",), manager="USAM", model=model, members=members)
    return directory(pods=(pod,), **changes)


def wanted(
    *,
    leads: float | None = 60,
    sla: int = 120,
    clock: ClockBasis = ClockBasis.BUSINESS_HOURS,
    target: float = 90,
    handling: float = 25,
    go_live: date = GO_LIVE,
) -> HandoffBrief:
    """A brief for that pod."""
    return brief(
        go_live=go_live,
        people=people(pods=("core",), owner_models=(OwnerModel.POD,)),
        targets=ResponseTargets(
            response_sla_minutes=sla,
            a_minutes=min(sla, 30),
            attainment_target_percent=target,
            clock=clock,
        ),
        capacity=Capacity(leads_per_week=leads, handling_minutes=handling, handling_cv=0.7),
    )


def proof(
    asked: HandoffBrief, staff: Directory | None = None, depth: Depth = Depth.FULL
) -> Feasibility:
    """Run the proof on the brief's own calendar."""
    staff = staff or team()
    spec = calendar_named(directory=staff, name=asked.targets.calendar)
    clock = clock_calendar(spec=spec, clock=asked.targets.clock, years=range(2025, 2029))
    return prove(brief=asked, directory=staff, calendar=clock, as_of=AS_OF, depth=depth)


def risk(found: Feasibility, code: str) -> Risk:
    """Return the one risk with this code."""
    (only,) = [entry for entry in found.risks if entry.code == code]
    return only


def test_a_team_that_can_is_told_so_with_all_figures() -> None:
    """Four reps hold two hours for sixty leads, and the proof says how sure it is."""
    found = proof(wanted())

    assert found.verdict is Verdict.HOLDS
    assert found.method == "simulation"
    assert found.ci_low_percent <= found.attainment_percent <= found.ci_high_percent
    assert found.error_points < 2
    assert found.p50_minutes <= found.p90_minutes <= found.p95_minutes <= found.p99_minutes
    assert found.utilisation_percent == pytest.approx(60 * 25 / (4 * 0.6 * 45 * 60) * 100, abs=0.1)
    assert (found.team_size, len(found.backlog_by_hour), len(found.late_by_hour)) == (4, 168, 168)
    assert found.smallest_team <= 4
    assert found.tightest_sla_minutes <= 120
    assert found.depth is Depth.FULL


def test_the_same_brief_gives_the_same_proof() -> None:
    """Nothing in a proof is left to chance."""
    assert proof(wanted()) == proof(wanted())


def test_what_if_directions() -> None:
    """A rep more helps, one fewer hurts; more leads hurt, fewer help; longer days help."""
    found = proof(wanted(leads=160))
    by = {entry.label: entry.attainment_percent for entry in found.what_ifs}
    base = found.attainment_percent

    assert by["one rep more"] > base > by["one rep fewer"]
    assert by["20% fewer leads"] > base > by["20% more leads"]
    assert by["reps stay an hour longer"] > base


def test_too_few_reps_are_caught_and_the_proposed_volume_passes() -> None:
    """Two reps cannot hold 115 leads; the proof says how many reps could, and how many leads."""
    asked = wanted(leads=115, sla=60)

    found = proof(asked, team(2))

    below = risk(found, "below_target")
    assert found.verdict is Verdict.FAILS
    assert f"{found.smallest_team} reps instead of 2" in below.message
    assert risk(found, "utilisation").severity == 2
    assert proof(asked, team(found.smallest_team)).verdict is Verdict.HOLDS
    assert proof(asked, team(found.smallest_team - 1)).verdict is Verdict.FAILS
    changed = with_change(asked, below.change)
    assert proof(changed, team(2)).verdict is Verdict.HOLDS


def test_an_sla_too_tight_is_caught_and_the_proposed_one_passes() -> None:
    """Two reps miss half an hour too often; the longer response SLA that they hold is named."""
    asked = wanted(leads=48, sla=30)

    found = proof(asked, team(2))

    below = risk(found, "below_target")
    assert found.verdict is Verdict.FAILS
    assert below.change.path == "targets.response_sla_minutes"
    assert below.change.value >= found.tightest_sla_minutes > 30
    changed = with_change(asked, below.change)
    assert proof(changed, team(2)).verdict is Verdict.HOLDS


def test_overload_is_caught_and_a_lighter_load_passes() -> None:
    """Work beyond the team's time grows a queue without end; the proposed load ends that."""
    asked = wanted(leads=500)

    found = proof(asked, team(2))

    assert (found.verdict, found.attainment_percent, found.p50_minutes) == (Verdict.FAILS, 0, None)
    over = risk(found, "utilisation")
    assert over.severity == 3
    lighter = with_change(asked, over.change)
    assert proof(lighter, team(2)).utilisation_percent <= 86


def test_more_time_for_leads_is_proposed_where_it_is_enough() -> None:
    """A team just over the edge is asked for time first, not for fewer leads."""
    found = proof(wanted(leads=230, sla=600))

    change = risk(found, "utilisation").change
    assert change.path == "capacity.time_available_percent"
    assert 60 < change.value <= 90


def test_a_night_time_gap_is_caught_and_business_hours_pass() -> None:
    """A clock that never stops, over reps who sleep, fails; counting office hours holds."""
    asked = wanted(leads=40, clock=ClockBasis.ELAPSED)

    found = proof(asked)

    gap = risk(found, "uncovered_hours")
    assert found.verdict is Verdict.FAILS
    assert "Mon-Fri 00:00-09:00 and 18:00-24:00, Sat-Sun 00:00-24:00" in gap.message
    changed = with_change(asked, gap.change)
    assert proof(changed).verdict is Verdict.HOLDS
    assert {entry.code for entry in proof(changed).risks}.isdisjoint({"uncovered_hours"})


def test_a_pod_of_one_on_leave_is_caught_and_going_live_later_passes() -> None:
    """The only rep is away from the first day; starting when she is back holds."""
    away = (TimeOff(person="UDANA", first=date(2026, 8, 3), last=date(2026, 8, 7)),)
    asked = wanted(leads=12, sla=240)

    found = proof(asked, team(1, time_off=away))

    gone = risk(found, "nobody_at_work")
    assert found.verdict is Verdict.FAILS
    assert "Dana SDR away" in gone.message
    assert "5 days from 03 Aug" in gone.message
    assert "Dana SDR" in risk(found, "pod_of_one").message
    changed = with_change(asked, gone.change)
    later = proof(changed, team(1, time_off=away))
    assert changed.go_live == date(2026, 8, 10)
    assert later.verdict is Verdict.HOLDS
    assert "nobody_at_work" not in {entry.code for entry in later.risks}


def test_a_clock_that_runs_when_nobody_works_gets_the_calendar_of_the_reps() -> None:
    """Long office hours over reps who come later and go earlier: their own calendar holds."""
    long = CalendarSpec(name="long", timezone="America/New_York", hours={"mon-fri": "06:00-21:00"})
    staff = team(calendars=(NEW_YORK, long))
    targets = wanted(leads=30, sla=30).targets.model_copy(update={"calendar": "long"})
    asked = wanted().model_copy(update={"targets": targets})

    found = proof(asked, staff)

    gap = risk(found, "uncovered_hours")
    assert found.verdict is Verdict.FAILS
    assert "Mon-Fri 06:00-09:00 and 18:00-21:00" in gap.message
    changed = with_change(asked, gap.change)
    assert changed.targets.calendar == "default"
    after = proof(changed, staff)
    assert "uncovered_hours" not in {entry.code for entry in after.risks}
    assert after.attainment_percent > found.attainment_percent


def test_a_rep_who_stands_alone_gets_another_pod() -> None:
    """A pod of the same segment and region takes turns; one elsewhere, or for others, does not."""

    def pod(name: str, segment: str, *reps: str, calendar: str | None = None) -> Pod:
        members = tuple(PodMember(person=rep, calendar=calendar) for rep in reps)
        return Pod(name=name, segments=(segment,), manager="USAM", members=members)

    core, east = pod("core", "enterprise", "UDANA"), pod("east", "enterprise", "UELI", "UFAY")
    others = (
        pod("smb", "smb", "UELI", "UFAY"),
        pod("emea", "enterprise", "UHANA", calendar="berlin"),
    )
    asked = wanted(leads=40)

    alone = proof(asked, directory(pods=(core, *others)), Depth.QUICK)
    found = proof(asked, directory(pods=(core, *others, east)))

    assert risk(alone, "pod_of_one").change is None
    one = risk(found, "pod_of_one")
    assert one.change.value == "east"
    after = proof(with_change(asked, one.change), directory(pods=(core, *others, east)))
    assert "pod_of_one" not in {entry.code for entry in after.risks}
    assert found.verdict is Verdict.FAILS
    assert after.verdict is Verdict.HOLDS


def test_an_sla_shorter_than_handling_is_named() -> None:
    """Ten minutes for leads that take twenty-five each."""
    found = proof(wanted(sla=10), depth=Depth.QUICK)

    assert risk(found, "sla_under_handling").change.value == 25


def test_an_empty_pod_touches_nobody() -> None:
    """Without reps nothing is touched, and no team size is guessed from nothing."""
    found = proof(wanted(), team(0))

    assert (found.verdict, found.attainment_percent, found.team_size) == (Verdict.FAILS, 0, 0)
    assert "Nobody" in risk(found, "utilisation").message


@pytest.mark.parametrize("leads", [None, 60])
def test_an_empty_pod_is_no_matter_of_hours(leads: float | None) -> None:
    """No clock stands and no hours are too short where there is nobody at all."""
    found = proof(wanted(leads=leads), team(0))

    assert "arrivals_outside_hours" not in {entry.code for entry in found.risks}


def test_unknown_volume_is_unproven_and_the_proposed_volume_passes() -> None:
    """Without a volume the proof says what the team can take, and that much holds."""
    found = proof(wanted(leads=None))

    assert found.verdict is Verdict.UNPROVEN
    assert found.attainment_percent is None
    planned = with_change(wanted(leads=None), risk(found, "volume_unknown").change)
    assert proof(planned).verdict is Verdict.HOLDS
    assert planned.capacity.leads_per_week == int(found.sustainable_leads_per_week)


def test_the_volume_that_is_named_is_the_one_that_is_proposed() -> None:
    """Rounded up it would be more than the team holds, and not the figure on the button."""
    found = proof(wanted(leads=None), team(2), Depth.QUICK)

    unknown = risk(found, "volume_unknown")

    assert found.sustainable_leads_per_week == 88.8
    assert "about 88 a week" in unknown.message
    assert "88 leads a week" in unknown.change.label
    assert "about 88 leads a week" in verdict_callout(found).text


def test_a_guardrail_that_would_ring_daily_gets_a_better_count() -> None:
    """More than weekly is too often; the suggested count rings at most weekly."""
    asked = wanted(leads=160)
    found = proof(asked)

    often = risk(found, "guardrail_often")

    assert found.guardrail_fires_per_week > 1
    assert often.change.value == found.suggested_guardrail_count > 2
    changed = proof(with_change(asked, often.change))
    assert changed.guardrail_fires_per_week <= 1


def test_a_close_call_is_named() -> None:
    """A prediction whose interval spans the target says that chance decides."""
    base = proof(wanted(leads=100)).attainment_percent

    found = proof(wanted(leads=100, target=int(base * 10) / 10))

    close = risk(found, "close_call")
    assert found.verdict is Verdict.HOLDS
    assert close.severity == 1
    assert close.change.path == "targets.response_sla_minutes"
    changed = with_change(wanted(leads=100, target=int(base * 10) / 10), close.change)
    assert proof(changed).ci_low_percent >= changed.targets.attainment_target_percent


def leads_at_any_hour(*, by_night: float = 1.0) -> HandoffBrief:
    """A brief with so many leads in an hour by night and at weekends for one in the daytime."""
    asked = wanted()
    weights = (
        1.0 if day < 5 and 9 <= hour < 18 else by_night for day in range(7) for hour in range(24)
    )
    capacity = asked.capacity.model_copy(update={"arrival_weights": tuple(weights)})
    return asked.model_copy(update={"capacity": capacity})


def test_leads_while_the_clock_stands_get_a_clock_on_which_the_team_passes() -> None:
    """Without a wider calendar every hour counts, with the response SLA that holds then."""
    asked = leads_at_any_hour(by_night=0.16)

    outside = risk(proof(asked), "arrivals_outside_hours")

    (longer,) = outside.change.also
    assert outside.change.value == "elapsed"
    assert longer.path == "targets.response_sla_minutes"
    assert outside.change.label.startswith("Count every hour, with a response SLA of ")
    assert proof(with_change(asked, outside.change)).verdict is Verdict.HOLDS
    assert risk(proof(asked, depth=Depth.QUICK), "arrivals_outside_hours").change is None


def test_what_no_change_of_the_design_helps_is_said_to_need_longer_hours() -> None:
    """Three of four leads come outside of hours: hot ones can never be touched in time."""
    outside = risk(proof(leads_at_any_hour()), "arrivals_outside_hours")

    assert outside.change is None
    assert outside.message.endswith("Reps with longer hours would reach them.")


def test_leads_while_the_clock_stands_get_the_hours_that_reps_work_anyway() -> None:
    """The clock keeps office hours, the reps work every day until late: so may the clock."""
    late = CalendarSpec(name="late", timezone="America/New_York", hours={"mon-sun": "07:00-22:00"})
    members = tuple(PodMember(person=key, calendar="late") for key in REPS[:4])
    pod = Pod(name="core", segments=("enterprise",), manager="USAM", members=members)
    staff = directory(pods=(pod,), calendars=(NEW_YORK, late))
    asked = leads_at_any_hour()

    outside = risk(proof(asked, staff), "arrivals_outside_hours")

    assert (outside.change.path, outside.change.value) == ("targets.calendar", "late")
    after = proof(with_change(asked, outside.change), staff)
    assert after.verdict is Verdict.HOLDS


def test_the_quick_answer_is_near_the_full_one() -> None:
    """By day, with one pod, the formula and the simulation tell the same story."""
    asked = wanted(leads=70)

    quick, full = proof(asked, depth=Depth.QUICK), proof(asked)

    assert quick.method == "closed form (Erlang C)"
    assert quick.attainment_percent == pytest.approx(full.attainment_percent, abs=5)
    assert quick.utilisation_percent == pytest.approx(full.utilisation_percent, abs=0.5)


volumes = st.floats(10, 140)
slas = st.sampled_from([30, 60, 120, 240])


@pytest.mark.untraced
@settings(max_examples=25, deadline=None)
@given(
    leads=volumes,
    sla=slas,
    reps=st.integers(1, 5),
    model=st.sampled_from([OwnerModel.ROUND_ROBIN, OwnerModel.LEAST_LOADED]),
)
def test_the_obvious_directions_at_once(
    leads: float, sla: int, reps: int, model: OwnerModel
) -> None:
    """More reps and a longer SLA never lower the prediction, more volume never raises it."""

    def attained(leads: float, sla: int, reps: int) -> float:
        found = proof(wanted(leads=leads, sla=sla), team(reps, model=model), Depth.QUICK)
        return found.attainment_percent

    base = attained(leads, sla, reps)

    assert attained(leads, sla, reps + 1) >= base - 0.01
    assert attained(leads, sla * 2, reps) >= base - 0.01
    assert attained(leads * 1.3, sla, reps) <= base + 0.01


def test_the_team_curve_rises() -> None:
    """The sizes that were tried are kept for the picture, and more never does worse."""
    curve = proof(wanted(leads=115), team(2)).team_curve

    assert len(curve) >= 2
    assert all(low[1] <= high[1] + 0.5 for low, high in pairwise(curve))
