"""From brief and directory to seats: zones, leave, regions, shared reps, what-ifs."""

from datetime import UTC, date, datetime

import pytest

from handoff.brief import ClockBasis, HandoffBrief, OwnerModel, ResponseTargets
from handoff.calendars import clock_calendar
from handoff.directory import CalendarSpec, Directory, Person, Pod, PodMember, TimeOff
from handoff.people import calendar_named
from handoff.sla.queue import HOUR_SLOTS
from handoff.sla.staffing import Staffing, staffing
from handoff.sla.uncovered import describe, empty_days, next_day_at_work, outside_share
from tests.handoff.samples import ALWAYS, BERLIN, NEW_YORK, brief, directory, people
from tests.handoff.sla.worlds import OFFICE

AS_OF = datetime(2026, 8, 3, 12, tzinfo=UTC)
NINE, SIX = 9 * HOUR_SLOTS, 18 * HOUR_SLOTS


def pod(name: str, *members: PodMember, model: OwnerModel = OwnerModel.ROUND_ROBIN) -> Pod:
    """A pod of these members."""
    return Pod(name=name, manager="USAM", members=members, model=model)


def asked(
    *pods: str, clock: ClockBasis = ClockBasis.BUSINESS_HOURS, **changes: object
) -> HandoffBrief:
    """A brief for these pods that lets each pod deal out its leads itself."""
    targets = ResponseTargets(
        response_sla_minutes=60, a_minutes=30, attainment_target_percent=90, clock=clock
    )
    values = {
        "go_live": date(2026, 8, 3),
        "targets": targets,
        "people": people(pods=pods, owner_models=(OwnerModel.POD,)),
    }
    return brief(**(values | changes))


def laid_out(wanted: HandoffBrief, staff: Directory) -> Staffing:
    """Lay out the brief on its own calendar."""
    spec = calendar_named(directory=staff, name=wanted.targets.calendar)
    calendar = clock_calendar(spec=spec, clock=wanted.targets.clock, years=range(2025, 2029))
    return staffing(brief=wanted, directory=staff, calendar=calendar, as_of=AS_OF)


def test_alike_weeks_become_one() -> None:
    """Without leave or holidays one office week stands for all."""
    staff = directory(pods=(pod("core", PodMember(person="UDANA", weight=3)),))

    (only,) = laid_out(asked("core"), staff).pods

    assert only.crew.weeks == 1
    assert only.crew.clock == only.crew.seats[0].hours == OFFICE
    assert (only.crew.seats[0].weight, only.crew.seats[0].time_share) == (3, 0.6)
    assert (only.share, only.reps, only.hours_ahead) == (1, ("UDANA",), 0)


def test_leave_is_cut_out_where_the_person_is() -> None:
    """A Londoner's day off ends at midnight in London, seven in the evening in New York."""
    away = TimeOff(person="ULON", first=date(2026, 8, 12), last=date(2026, 8, 12))
    londoner = Person(key="ULON", name="Lon", timezone="Europe/London")
    late = CalendarSpec(name="late", timezone="America/New_York", hours={"mon-sun": "12:00-22:00"})
    base = directory()
    staff = directory(
        people=(*base.people, londoner),
        calendars=(NEW_YORK, late),
        pods=(pod("core", PodMember(person="ULON", calendar="late")),),
        time_off=(away,),
    )

    (only,) = laid_out(asked("core"), staff).pods

    start = 9 * 96  # Wednesday of the second week
    on_the_day = [run for run in only.crew.seats[0].hours if start <= run[0] < start + 96]
    assert only.crew.weeks == 4
    assert on_the_day == [(start + 19 * HOUR_SLOTS, start + 22 * HOUR_SLOTS)]


def test_a_go_live_in_midweek_takes_its_first_days_from_the_end() -> None:
    """From a Wednesday on, the layout's Monday and Tuesday are those four weeks later."""
    leave = TimeOff(person="UDANA", first=date(2026, 8, 3), last=date(2026, 8, 4))
    later = TimeOff(person="UDANA", first=date(2026, 9, 1), last=date(2026, 9, 1))
    wanted = asked("core", go_live=date(2026, 8, 5))
    core = pod("core", PodMember(person="UDANA"))

    before = laid_out(wanted, directory(pods=(core,), time_off=(leave,)))
    after = laid_out(wanted, directory(pods=(core,), time_off=(later,)))

    assert before.pods[0].crew.weeks == 1  # leave before go-live does not matter
    assert [run[0] // 96 for run in after.pods[0].crew.seats[0].hours][:2] == [0, 2]
    assert empty_days(pod=after.pods[0], first=after.first) == [date(2026, 9, 1)]
    assert (
        next_day_at_work(pod=after.pods[0], first=after.first, after=date(2026, 9, 1)) is None
    )  # the last of the days looked at


def test_regions_have_queues_and_daytimes_of_their_own() -> None:
    """Berlin's leads arrive six hours earlier than New York's, to Berlin's reps."""
    staff = directory(
        pods=(
            pod("east", PodMember(person="UDANA"), PodMember(person="UELI")),
            pod("west", PodMember(person="UFAY")),
            pod("emea", PodMember(person="UGUS", calendar="berlin")),
        )
    )

    laid = laid_out(asked("east", "west", "emea"), staff)

    by_name = {entry.name: entry for entry in laid.pods}
    assert set(by_name) == {"east + west", "emea"}
    emea = by_name["emea"]
    assert (emea.share, emea.hours_ahead) == (0.25, 6)
    here, there = laid.demand.hour_weights, emea.demand(laid.demand).hour_weights
    assert there[3] == here[9]
    assert emea.demand(laid.demand).leads_per_week == 15


def test_a_rep_in_two_regions_gives_half_the_time_to_each() -> None:
    """Nobody works twice the hours."""
    staff = directory(
        pods=(
            pod("east", PodMember(person="UDANA"), PodMember(person="UELI")),
            pod(
                "emea",
                PodMember(person="UGUS", calendar="berlin"),
                PodMember(person="UELI", calendar="berlin"),
            ),
        )
    )

    shares = {
        rep: seat.time_share
        for entry in laid_out(asked("east", "emea"), staff).pods
        for rep, seat in zip(entry.reps, entry.crew.seats, strict=True)
    }

    assert shares["UDANA"] == 0.6
    assert shares["UELI"] == 0.3


@pytest.mark.parametrize(
    ("models", "own", "strategy"),
    [
        ((OwnerModel.POD,), OwnerModel.LEAST_LOADED, "least_loaded"),
        (
            (OwnerModel.ACCOUNT_OWNER, OwnerModel.ROUND_ROBIN),
            OwnerModel.LEAST_LOADED,
            "round_robin",
        ),
        ((OwnerModel.POD,), OwnerModel.NAMED_REP, "owner"),
    ],
)
def test_the_brief_or_else_the_pod_decides_the_strategy(
    models: tuple[OwnerModel, ...], own: OwnerModel, strategy: str
) -> None:
    """The brief's strategy comes before the pod's own."""
    staff = directory(pods=(pod("core", PodMember(person="UDANA"), model=own),))
    wanted = asked("core", people=people(pods=("core",), owner_models=models))

    assert laid_out(wanted, staff).pods[0].crew.strategy == strategy


def test_people_who_left_have_no_seat() -> None:
    """Deactivated members, bots and people unknown to Slack take no leads."""
    base = directory()
    gone = Person(key="UGONE", name="Gone", is_active=False)
    robot = Person(key="UBOT", name="Robo", is_bot=True)
    members = tuple(PodMember(person=key) for key in ("UDANA", "UGONE", "UBOT", "UNKNOWN"))
    staff = directory(people=(*base.people, gone, robot), pods=(pod("core", *members),))

    assert laid_out(asked("core"), staff).pods[0].reps == ("UDANA",)


def test_pods_without_anybody_share_the_leads_evenly() -> None:
    """Empty pods still get their leads, so that nobody overlooks them."""
    staff = directory(pods=(pod("core"),))

    laid = laid_out(asked("core"), staff)

    assert (laid.pods[0].share, laid.team_size) == (1, 0)
    assert len(laid.with_team(2).pods[0].crew.seats) == 2
    assert outside_share(staffed=laid) == pytest.approx(1)


def test_team_sizes_follow_the_shares() -> None:
    """A larger team is spread like the leads; a smaller one loses its last members."""
    staff = directory(
        pods=(
            pod("east", PodMember(person="UDANA"), PodMember(person="UELI")),
            pod("emea", PodMember(person="UGUS", calendar="berlin")),
        )
    )
    laid = laid_out(asked("east", "emea"), staff)

    def sizes(changed: Staffing) -> dict[str, int]:
        return {entry.name: len(entry.crew.seats) for entry in changed.pods}

    assert sizes(laid.with_team(10)) == {"east": 7, "emea": 3}
    assert sizes(laid.with_team(1)) == {"east": 1, "emea": 0}
    assert sizes(laid.with_changed_pod("emea", -2)) == {"east": 2, "emea": 0}
    assert laid.with_changed_pod("east", -1).pods[-1].reps == ("UDANA",)


def test_longer_days_meet_the_next_morning() -> None:
    """Staying on stretches every shift, and never past the end or into the next one."""
    always = directory(
        calendars=(NEW_YORK, BERLIN, ALWAYS),
        pods=(pod("core", PodMember(person="UDANA", calendar="always")),),
    )
    nights = asked("core", clock=ClockBasis.ELAPSED)

    longer = laid_out(asked("core"), directory(pods=(pod("core", PodMember(person="UDANA")),)))
    stayed = longer.with_longer_days(HOUR_SLOTS).pods[0].crew
    unending = laid_out(nights, always).with_longer_days(HOUR_SLOTS).pods[0].crew

    assert stayed.seats[0].hours[0] == (NINE, SIX + HOUR_SLOTS)
    assert longer.with_longer_days(24 * HOUR_SLOTS).pods[0].crew.clock[0][1] <= 672
    assert unending.clock == ((0, 672),)


def test_hours_are_described_as_people_say_them() -> None:
    """Neighbouring days with the same hours are one entry."""
    evening = [day * 96 + slot for day in range(5) for slot in range(68, 72)]

    assert describe(evening) == "Mon-Fri 17:00-18:00"
    assert describe([*range(36, 40), *range(60, 62), 6 * 96]) == (
        "Mon 09:00-10:00 and 15:00-15:30, Sun 00:00-00:15"
    )
