"""Die at every commit and every call to Slack of the main running flow, one after the other.

Run as a program of its own, for it forks. Each death has three processes: a host, which is Slack
and never dies; the app, which plays the scene against it and ends with `os._exit` at its
failpoint, so that nothing is tidied up; and a second app, started by the host in its place on the
files as they were left, which goes on as the operator's would. A first life, in which nobody
dies, tells which failpoints there are: those at which the files, Slack or the time have changed
since the last one, so that a death leaves something new.

The app is built once, and has lived the scene before the forks, so that no process prepares
statements anew; it is closed then, and its database is `handoff.db` of whichever folder a process
is in.

    python -m tests.faults.failpoints TEMPLATE FOLDER
"""

import json
import logging
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection as Wire
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import select

from bot.app import App
from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import RequestKey, receive_leads
from bot.sandbox.outward.link import Answer, Outgoing
from storage import tables
from tests.faults.checker import final_problems
from tests.faults.killing import SharedClocks
from tests.faults.world import World, build_app, make_sandbox
from tests.support.clocks import MONDAY
from tests.support.house import BOT_TOKEN

#: A lease and the quiet period after it; then an unclear message was looked up and sent again.
_SETTLED = timedelta(minutes=3)

#: Two leads, each answered by nobody: two breaches, three steps each, and the guardrail.
_DUE = MONDAY + timedelta(minutes=30)
_SCENE = (MONDAY, _DUE, _DUE + timedelta(minutes=15), _DUE + timedelta(minutes=45))

#: How many hosts there may be at once.
_AT_ONCE = 2

#: Each so manieth world is lived to its very end.
_TO_THE_END = 10

#: The database of the folder that a process is in when it connects.
_HERE = "sqlite:///file:handoff.db?uri=true"

#: How the app ends at its failpoint, and how it ends when something is wrong.
_DEAD, _WRONG = 9, 1


def live(world: World, *, start: int = 0) -> None:
    """Play the scene from one of its instants on; what was done before changes nothing."""
    for instant in _SCENE[start:]:
        if instant == MONDAY:
            send(world)
        world.step(instant)


def send(world: World) -> None:
    """Send two requests with a lead each, as a sender does who had no answer yet."""
    for name in ("one", "two"):
        results = receive_leads(
            database=world.app.database,
            caller=Caller(workspace=world.workspace, source="default", is_on=True),
            items=[
                {
                    "external_id": name,
                    "email": f"{name}@{name}.example",
                    "company": name,
                    "employees": 5000,
                    "country": "US",
                    "title": "VP Operations",
                    "score": 90,
                }
            ],
            key=RequestKey(key=name, body_hash="h"),
            now=MONDAY,
            wall=MONDAY,
        )
        assert results[0].status == "accepted"


class FarSlack:
    """Slack as the app sees it that will die: in another process, through a wire.

    Attributes:
        workspace: Its seed; what happens later happens in the host.
        calls: How many were made.
    """

    def __init__(self, wire: Wire, workspace: Any) -> None:  # noqa: ANN401 - the sandbox's
        self.workspace = workspace
        self.calls = 0
        self._wire = wire
        self._api = self.faults = self.journal = self

    def answer(self, method: str, args: dict[str, Any], _token: str) -> Any:  # noqa: ANN401
        """Have a call answered."""
        self.calls += 1
        self._wire.send((method, args))
        return self._wire.recv()

    def take(self, _method: str) -> None:
        """Have no fault."""

    def write(self, *_entry: object) -> None:
        """Leave the journal to the host."""


class Dying:
    """The app that plays the scene and dies at one failpoint, or tells which there are.

    Attributes:
        at: The number of the failpoint at which it dies; 0: it lives.
        found: The number and the place of each that leaves something new.
    """

    def __init__(self, app: App, wire: Wire, workspace: Any, *, at: int) -> None:  # noqa: ANN401
        self.at = at
        self.found: list[tuple[int, str]] = []
        self._passed = 0
        self._left: object = None
        self._wire = wire
        self._slack = FarSlack(wire, workspace)
        self._world = in_place(app, self._slack)

    def run(self) -> NoReturn:
        """Live through the scene, or until the failpoint."""
        self._world.step()
        self._world.point = self._pass
        live(self._world)
        self._wire.send(("", self.found))
        os._exit(0)

    def _pass(self, where: str) -> None:
        self._passed += 1
        if self._passed == self.at:
            self._wire.send(("", where))
            os._exit(_DEAD)
        left = self._left_behind()
        if not self.at and left != self._left:
            self.found.append((self._passed, where))
        self._left = left

    def _left_behind(self) -> object:
        """Return what tells apart what two deaths would leave: the files, Slack, and the time."""
        wal = self._world.path.with_name(self._world.path.name + "-wal").stat()
        return wal.st_size, wal.st_mtime_ns, self._slack.calls, self._world.clocks.now()


class Host:
    """Slack, and whoever starts the app: it sees one app die, and starts another in its place.

    Args:
        app: Is started here; built, and not open.
        template: A database with a team and an active design.
        folder: Where this world is; made here.
    """

    def __init__(self, app: App, template: Path, folder: Path) -> None:
        folder.mkdir()
        os.chdir(folder)
        self._app = app
        self._folder = folder
        shutil.copy(template, folder / "handoff.db")
        assert isinstance(app.clocks, SharedClocks)
        app.clocks.share(Path("clock"))
        self._sandbox = make_sandbox(app.clocks, deliver=refuse)

    def watch(self, *, at: int) -> Any:  # noqa: ANN401 - see returns
        """Let an app live until it ends.

        Args:
            at: The number of the failpoint at which it dies; 0: it lives.

        Returns:
            Where it died; the failpoints that it passed if it lived.
        """
        ours, theirs = Pipe()
        child = os.fork()
        if not child:
            ours.close()
            with ending():
                Dying(self._app, theirs, self._sandbox.workspace, at=at).run()
        theirs.close()
        said: Any = None
        while True:
            try:
                method, args = ours.recv()
            except EOFError:
                break
            if not method:
                said = args
                continue
            answer = self._sandbox._api.answer(method, args, BOT_TOKEN)
            self._sandbox.journal.write("from_app", method, args, answer, 200)
            ours.send(answer)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == (_DEAD if at else 0)
        return said

    def go_on(self, *, to_the_end: bool) -> list[str]:
        """Start an app on the files as they are, let it go on, and return what is wrong then."""
        world = in_place(self._app, self._sandbox)
        found = aftermath(world, to_the_end=to_the_end)
        world.abandon()
        self._app._is_open = False
        shutil.rmtree(self._folder)
        return found


def in_place(app: App, slack: Any) -> World:  # noqa: ANN401 - Slack, or its far end
    """Start the app on the database of this folder."""
    assert isinstance(app.clocks, SharedClocks)
    return World(Path(), clocks=app.clocks, sandbox=slack, app=app)


@contextmanager
def ending() -> Iterator[None]:
    """Never return from a forked process; whatever goes wrong in it is told."""
    try:
        yield
    except BaseException:  # noqa: BLE001 - whatever it is must be told
        sys.stderr.write(traceback.format_exc())
        os._exit(_WRONG)
    os._exit(0)


def refuse(outgoing: Outgoing) -> Answer:
    """Expect no click: nobody is there to make one."""
    raise AssertionError(outgoing)


def aftermath(world: World, *, to_the_end: bool) -> list[str]:
    """Let everybody go on from where the world stands, and return what is wrong then."""
    here = max(index for index, at in enumerate(_SCENE) if at <= world.clocks.now())
    if to_the_end:
        live(world, start=here)
    elif here == 0:
        send(world)
    world.step(world.clocks.now() + _SETTLED)
    return [*final_problems(world), *_miscounted(world)]


def _miscounted(world: World) -> list[str]:
    """Compare what was stored with what the scene must bring about by now."""
    now = world.clocks.now()
    steps = sum(at <= now for at in _SCENE[1:])
    wanted = {"leads": 2, "incidents": 2 * (steps > 0), "guardrails": int(steps > 0)}
    wanted["calls"] = 2 * steps
    calls = tables.escalation_call_table.c
    queries: dict[str, Callable[[], object]] = {
        "leads": lambda: select(tables.lead_table.c.id),
        "incidents": lambda: select(tables.incident_table.c.id),
        "guardrails": lambda: select(tables.escalation_table.c.id).where(
            tables.escalation_table.c.kind == "guardrail"
        ),
        "calls": lambda: select(calls.escalation).where(
            calls.step >= 0, ~calls.escalation.startswith("grd")
        ),
    }
    with world.app.database.read() as connection:
        found = {
            name: len(connection.execute(query()).all())  # type: ignore[call-overload]
            for name, query in queries.items()
        }
    return [] if found == wanted else [f"expected {wanted}, found {found}"]


def main() -> None:
    """Die everywhere, and print where, and what failed, as JSON."""
    logging.disable(logging.CRITICAL)
    template, folder = (Path(path) for path in sys.argv[1:])
    app = build_app(_HERE, clocks=SharedClocks(folder / "clock"))
    failed = Host(app, template, folder / "rehearsal").go_on(to_the_end=True)
    first = Host(app, template, folder / "first")
    failpoints = first.watch(at=0)
    failed += first.go_on(to_the_end=True)
    running: dict[int, str] = {}
    for number, (at, where) in enumerate(failpoints):
        if len(running) == _AT_ONCE:
            failed += _wait(running)
        child = os.fork()
        if not child:
            with ending():
                _die(
                    Host(app, template, folder / str(at)),
                    at,
                    where,
                    is_long=not number % _TO_THE_END,
                )
        running[child] = f"failpoint {at}, {where}"
    while running:
        failed += _wait(running)
    reached = Counter(where for _, where in failpoints)
    sys.stdout.write(json.dumps({"reached": reached, "failed": failed}))


def _die(host: Host, at: int, where: str, *, is_long: bool) -> None:
    """Have an app die at a failpoint, and another one go on; raise if anything is wrong."""
    died = host.watch(at=at)
    assert died == where, f"died {died}"
    found = host.go_on(to_the_end=is_long)
    assert found == [], "\n".join(found)


def _wait(running: dict[int, str]) -> list[str]:
    """Wait for one of the hosts; return its name if something was wrong there."""
    child, status = os.wait()
    name = running.pop(child)
    return [name] if status else []


if __name__ == "__main__":
    main()
