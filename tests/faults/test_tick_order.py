"""On PostgreSQL ticks and flows lock in one order: nobody waits for who waits for them."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from bot.flows.audit.check import check
from bot.flows.escalate.acknowledge import acknowledge
from bot.flows.escalate.case import lock
from bot.flows.escalate.climb import stop_waiting
from bot.flows.signoff.outcomes import Done
from handoff.escalation.climb import EscalationState
from storage import escalations
from storage.database import StorageBusy
from tests.support.escalations import climb_of
from tests.support.house import House, open_house
from tests.support.leads import activate_design, arrive
from tests.support.team import set_up_team

pytestmark = pytest.mark.postgres

_LEADS = 12


@pytest.fixture(params=["postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """SQLite has one writer, so there is nothing to order."""
    return str(request.param)


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    """The app on PostgreSQL."""
    with open_house(tmp_path, handoff_database_url=url) as opened:
        yield opened
        opened.take()


@contextmanager
def conflicts(house: House) -> Iterator[list[str]]:
    """Collect the conflicts that the database resolved by ending a transaction."""
    seen: list[str] = []

    def note(context: ExceptionContext) -> None:
        state = getattr(context.original_exception, "sqlstate", None)
        if state in {"40001", "40P01"}:
            seen.append(str(state))

    event.listen(house.app.database._writers, "handle_error", note)
    yield seen
    event.remove(house.app.database._writers, "handle_error", note)


def unanswered(house: House, *, count: int) -> list[str]:
    """Let leads breach, and come to where each climb's next step is due; return their ids."""
    design = activate_design(house, set_up_team(house))
    leads = [arrive(house, design=design) for _ in range(count)]
    house.step(minutes=30)
    house.clocks.advance(minutes=15)
    return leads


def insist(house: House, lead: str) -> object:
    """Acknowledge a lead's climb, as a person does who is told to press again if all is busy."""
    while True:
        with suppress(StorageBusy):
            return acknowledge(
                database=house.app.database,
                workspace=house.workspace,
                now=house.clocks.now(),
                by=house.person("ben").id,
                escalation_id=climb_of(house, lead).id,
            )


def until_somebody_waits(url: str) -> None:
    """Return once a session of the test's database waits for a lock."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while not (connection.execute(waiting).fetchone() or (0,))[0]:
            pass


def test_a_tick_holds_no_timer_while_it_waits_for_a_lead(house: House, url: str) -> None:
    """A flow that holds the lead cancels its timers, and the tick then finds nothing to do."""
    (lead,) = unanswered(house, count=1)
    climb, database = climb_of(house, lead), house.app.database

    with conflicts(house) as seen, ThreadPoolExecutor(1) as pool:
        with database.write() as connection:
            case = lock(
                connection,
                workspace=house.workspace,
                escalation_id=climb.id,
                now=house.clocks.now(),
            )
            assert case is not None
            ticked = pool.submit(house.app._tick)
            until_somebody_waits(url)
            stop_waiting(case)
        ticked.result()

    assert seen == []
    assert climb_of(house, lead).revision == climb.revision, "the tick changed nothing"


def test_two_ticks_and_acknowledgements_at_once(house: House) -> None:
    """No conflict, nothing lost: each climb went on before it was taken, or was taken."""
    leads = unanswered(house, count=_LEADS)
    start = Barrier(3)

    def tick() -> None:
        start.wait()
        while house.app._tick():
            pass

    def take() -> None:
        start.wait()
        for lead in reversed(leads):
            assert isinstance(insist(house, lead), Done)

    with conflicts(house) as seen, ThreadPoolExecutor(3) as pool:
        works: list[Callable[[], None]] = [tick, tick, take]
        for done in [pool.submit(work) for work in works]:
            done.result()

    assert seen == []
    assert {climb_of(house, lead).state for lead in leads} == {EscalationState.ACKNOWLEDGED}
    with house.app.database.read() as connection:
        for lead in leads:
            made = escalations.calls_of(
                connection, workspace=house.workspace, escalation=climb_of(house, lead).id
            )
            steps = [call.step for call in made if call.step >= 0]
            assert steps in ([0], [0, 1])
    assert check(database=house.app.database, now=house.clocks.now()) == ()
    house.step(timedelta(hours=2) + house.clocks.now())
    assert {climb_of(house, lead).state for lead in leads} == {EscalationState.OPEN}
