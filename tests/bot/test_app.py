"""The app as a whole: its clocks, its health, and how it starts."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.clocks import RunningClocks
from bot.flows.keep.clock import last_instant, save_instant
from bot.flows.keep.opening import CannotStart, prepare_tables
from bot.settings import Settings
from storage import migrations, outbox, timers
from storage.database import Database
from storage.outbox import NewMessage, Priority
from storage.timers import NewTimer, TimerKind
from tests.support.house import BOT_TOKEN, House, open_house


def test_a_real_clock_is_the_computers() -> None:
    """At speed 1 the domain's clock steps with the wall clock."""
    clocks = RunningClocks()

    assert clocks.is_real
    assert abs(clocks.now() - clocks.wall()) < timedelta(seconds=1)
    assert clocks.seconds_until(clocks.now() + timedelta(hours=1)) == pytest.approx(3600, abs=1)


def test_a_fast_clock_never_jumps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new speed starts from the instant shown; 0 stands still."""
    seconds = [0.0]
    monkeypatch.setattr("bot.clocks.time.monotonic", lambda: seconds[0])
    clocks = RunningClocks(speed=60)
    start = clocks.now()

    seconds[0] = 10
    assert clocks.now() - start == timedelta(minutes=10)
    clocks.set_speed(3600)
    assert clocks.now() - start == timedelta(minutes=10)
    seconds[0] = 11
    assert clocks.now() - start == timedelta(hours=1, minutes=10)
    assert clocks.seconds_until(clocks.now() + timedelta(hours=1)) == pytest.approx(1)
    clocks.set_speed(0)
    seconds[0] = 99
    assert clocks.now() - start == timedelta(hours=1, minutes=10)
    assert clocks.seconds_until(clocks.now() + timedelta(hours=1)) == float("inf")


def test_a_fast_clock_goes_on_where_it_stopped() -> None:
    """It resumes from the later of the stored and the real instant."""
    clocks = RunningClocks(speed=60)
    ahead = datetime.now(UTC) + timedelta(days=30)

    clocks.resume(ahead - timedelta(days=60))
    assert clocks.now() < ahead
    clocks.resume(ahead)

    assert clocks.now() >= ahead
    assert not clocks.is_real


def test_a_fast_run_saves_its_clock(tmp_path: Path) -> None:
    """What one run has reached is where the next one starts at the earliest."""
    with open_house(tmp_path, handoff_time_scale=60) as house:
        house.step(days=30)
        reached = house.clocks.now()
        settings = house.app.settings

        fast = App(settings, clocks=RunningClocks(speed=60))
        fast._resume_clock()

        assert fast.clocks.now() >= reached
        fast.database.close()


def test_a_run_after_a_fast_one_saves_its_clock_as_well(tmp_path: Path) -> None:
    """It goes on ahead of real time at its own speed, and the next one must not step back."""
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    settings = Settings(_env_file=None, slack_bot_token=BOT_TOKEN, handoff_database_url=url)
    app = App(settings, clocks=RunningClocks())
    migrations.upgrade(app.database)
    (clock,) = [loop for loop in app.loops if loop.name == "clock"]
    clock.drain()
    assert last_instant(database=app.database) is None, "it shows real time"
    ahead = datetime.now(UTC) + timedelta(days=30)
    save_instant(database=app.database, now=ahead)

    app._resume_clock()
    clock.drain()

    saved = last_instant(database=app.database)
    assert saved is not None
    assert saved > ahead
    app.database.close()


def test_only_still_clocks_can_be_stepped(tmp_path: Path) -> None:
    """Stepping a clock that runs by itself is a mistake in a test."""
    url = f"sqlite:///{tmp_path / 'handoff.db'}"
    app = App(Settings(_env_file=None, slack_bot_token=BOT_TOKEN, handoff_database_url=url))

    with pytest.raises(TypeError):
        app.step(datetime.now(UTC))

    app.database.close()


def test_ready_means_that_work_is_done(house: House) -> None:
    """A timer or a message that waits too long makes the process not ready, and says why."""
    assert house.client.get("/healthz").json() == {"status": "alive"}
    assert house.client.get("/readyz").json() == {"status": "ready", "problems": []}
    now, database = house.clocks.now(), house.app.database
    message = NewMessage(
        workspace="T1",
        kind="k",
        subject="s",
        recipient="C1",
        priority=Priority.REP,
        dedupe_key="k",
    )
    database.run(lambda connection: outbox.enqueue(connection, message, now=now))
    timer = NewTimer("T1", TimerKind.REVIEW_DUE, "s", now)
    database.run(lambda connection: timers.schedule(connection, timer))

    house.clocks.advance(minutes=6)
    answer = house.client.get("/readyz")

    assert answer.status_code == 503
    problems = " ".join(answer.json()["problems"])
    assert "A timer has been due for 360 s." in problems
    assert "A message has been waiting for 6 min." in problems


def test_slow_work_and_a_slow_slack_are_no_standstill(house: House) -> None:
    """A proof may take minutes, and a call to Slack its timeout: requests are answered still."""
    ready = {loop.name for loop in house.app.loops if loop.name != "tick"}

    house.clocks.advance(seconds=40)

    assert ready
    assert not {loop.name for loop in house.app.loops if loop.is_stalled} & ready


def test_a_database_that_takes_no_write_is_not_ready(house: House) -> None:
    """The lock is to be had on a full disk as well; only a write tells."""
    with house.app.database.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON checkpoint "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )

    problems = house.client.get("/readyz").json()["problems"]
    with house.app.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")

    assert any("cannot be written to" in problem for problem in problems)
    assert house.client.get("/readyz").json() == {"status": "ready", "problems": []}


def test_a_database_that_cannot_be_written_to_is_not_ready(house: House) -> None:
    """Ready means that a write succeeds."""
    with house.app.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE outbox")

    problems = house.client.get("/readyz").json()["problems"]

    assert any("cannot be written to" in problem for problem in problems)


def test_metrics_are_served(house: House) -> None:
    """Prometheus finds the process's figures."""
    assert "python_info" in house.client.get("/metrics").text


def test_an_unexpected_error_tells_a_reference(house: House) -> None:
    """A route that fails answers with a problem document and logs the same reference."""

    async def fail() -> None:
        raise RuntimeError("no")

    house.app.api.add_api_route("/fails", fail)

    answer = house.client.get("/fails")

    assert answer.status_code == 500
    reference = answer.json()["detail"].rpartition(" ")[2].rstrip(".")
    assert reference in house.take_errors()[0]


def test_postgresql_is_upgraded_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several processes share a database, somebody chooses the moment."""
    database = Database(f"sqlite:///{tmp_path / 'handoff.db'}")
    monkeypatch.setattr(database, "is_sqlite", False)

    with pytest.raises(CannotStart, match="handoff db upgrade"):
        prepare_tables(database)

    database.close()


def test_the_command_line_loads_no_tables_before_a_command_needs_them() -> None:
    """`handoff --help` and `handoff draft` are there at once."""
    heavy = ("sqlalchemy", "slack_sdk", "fastapi")
    code = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_heavy_libraries_are_not_imported_at_the_start() -> None:
    """They come only when they are used."""
    heavy = (
        *("numpy", "matplotlib", "typst", "psycopg", "alembic", "jinja2", "phonenumbers"),
        "prometheus_client",
    )
    code = f"import sys, bot.app; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_command_on_the_database_does_not_load_the_app() -> None:
    """Nobody waits for web servers and Slack's libraries to see a list."""
    heavy = ("fastapi", "slack_bolt", "slack_sdk", "apscheduler", "uvicorn")
    used = "bot.cli.opening, bot.clocks, bot.flows.keep.opening, bot.flows.keep.sources"
    code = f"import sys, {used}; print([name for name in {heavy} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_routes_do_not_load_an_older_pydantic() -> None:
    """FastAPI would load it to look at the type of any answer that is not a response."""
    code = (
        "import sys; from bot.http.api import build_api; "
        "build_api(slack=print, desk=None, problems=list, start=print, stop=print); "
        "print('pydantic.v1' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
