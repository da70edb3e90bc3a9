"""What the models say of replayed arrivals: an interval, and the right direction."""

from datetime import UTC, datetime, timedelta

from handoff.backtest import Backtest, PastLead, clock_of, replay
from handoff.brief import OwnerModel
from handoff.directory import Directory, Pod, PodMember
from handoff.replay.prediction import predict
from handoff.sla.queue import QueueOutcome
from tests.handoff.samples import AS_OF, NEW_YORK, brief, design, directory, people
from tests.handoff.test_backtest import FITTING

START = datetime(2026, 8, 3, 13, 0, tzinfo=UTC)


def team(*pods: tuple[str, ...]) -> Directory:
    """Pods of these reps."""
    return directory(
        pods=tuple(
            Pod(
                name=f"pod{number}",
                segments=("enterprise",),
                manager="USAM",
                members=tuple(PodMember(person=key) for key in reps),
            )
            for number, reps in enumerate(pods)
        )
    )


def predicted(
    count: int, staff: Directory, *, every: float = 60, start: datetime = START
) -> QueueOutcome | None:
    """Replay so many leads, and ask the models."""
    names = tuple(pod.name for pod in staff.pods)
    asked = brief(people=people(pods=names, owner_models=(OwnerModel.ROUND_ROBIN,)))
    version = design(brief=asked, directory=staff)
    leads = [
        PastLead(
            id=str(number), arrived_at=start + timedelta(minutes=every * number), fields=FITTING
        )
        for number in range(count)
    ]
    found: Backtest = replay(design=version, directory=staff, leads=leads)
    return predict(
        backtest=found,
        design=version,
        directory=staff,
        clock=clock_of(version),
        as_of=AS_OF,
    )


def test_too_few_leads_are_no_prediction() -> None:
    """Nine are not enough, and none are no error."""
    assert predicted(9, team(("UDANA",))) is None
    assert predicted(0, team(("UDANA",))) is None


def test_it_comes_with_its_interval_and_more_reps_help() -> None:
    """The same arrivals on a larger team are touched sooner."""
    few = predicted(120, team(("UDANA",)))
    many = predicted(120, team(("UDANA", "UELI", "UFAY")))

    assert few is not None
    assert many is not None
    assert few.ci_low <= few.attainment <= few.ci_high
    assert few.attainment < many.attainment
    assert few.utilisation > many.utilisation


def test_pods_count_with_the_leads_that_they_got() -> None:
    """Two pods in one rotation are predicted together."""
    found = predicted(60, team(("UDANA",), ("UELI",)))

    assert found is not None
    assert 0 < found.attainment <= 1


def test_hours_are_those_of_the_team_where_they_begin_on_the_half_hour() -> None:
    """Leads of 09:10 in India come to an open office: none waits for it at half past eight."""
    india = NEW_YORK.model_copy(update={"timezone": "Asia/Kolkata", "holidays": None})
    staff = team(("UDANA",)).model_copy(update={"calendars": (india,)})

    found = predicted(60, staff, every=24 * 60, start=datetime(2026, 8, 3, 3, 40, tzinfo=UTC))

    assert found is not None
    tuesday = 24
    assert found.backlog[tuesday + 8] == 0
    assert found.backlog[tuesday + 9] > 0
