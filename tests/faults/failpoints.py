"""Die at every commit and every call to Slack of the main running flow, one after the other.

Run as a program of its own, for it forks at each failpoint: the child is what a dead process
leaves behind, the files as they are at that instant and a Slack that has done what it has done.
It starts a new app on them, as the operator would, lets its senders and timers go on, and checks.
The parent lives on to the next failpoint. Nothing of the parent's memory reaches the new app, and
the child ends with `os._exit`, so that nothing is tidied up.

    python -m tests.faults.failpoints TEMPLATE FOLDER
"""

import json
import logging
import os
import shutil
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.flows.keep.sources import Caller
from bot.flows.lead.receive import RequestKey, receive_leads
from storage import tables
from tests.faults.checker import final_problems
from tests.faults.world import World
from tests.support.clocks import MONDAY

#: A lease and the quiet period after it; then an unclear message was looked up and sent again.
_SETTLED = timedelta(minutes=3)

#: Two leads, each answered by nobody: two breaches, three steps each, and the guardrail.
_DUE = MONDAY + timedelta(minutes=30)
_SCENE = (MONDAY, _DUE, _DUE + timedelta(minutes=15), _DUE + timedelta(minutes=45))

#: How many worlds may be looked at beside the one that lives on.
_AT_ONCE = 2

#: Each so manieth world is lived to its very end.
_TO_THE_END = 10


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


class Spine:
    """The world that lives on, and those that die beside it.

    Attributes:
        reached: At how many of each kind of failpoint a world died.
        failed: What was wrong in which of the worlds that died.
    """

    def __init__(self, template: Path, folder: Path) -> None:
        self.folder = folder
        self.reached: Counter[str] = Counter()
        self.failed: list[str] = []
        self.running: dict[int, int] = {}
        self.left: object = None
        self.world = World(folder, template=template)

    def run(self) -> None:
        """Live through the scene, dying beside it at each failpoint."""
        self.world.step()
        self.world.point = self._die_here
        live(self.world)
        while self.running:
            self._wait()
        self.world.point = lambda _: None
        self.failed += aftermath(self.world, to_the_end=True)

    def _die_here(self, where: str) -> None:
        left = self._left_behind()
        if left == self.left:
            return  # a death here leaves just what the one before it left
        self.left = left
        self.reached[where] += 1
        number = self.reached.total()
        if len(self.running) == _AT_ONCE:
            self._wait()
        child = os.fork()
        if child:
            self.running[child] = number
            return
        os._exit(self._afterwards(number, where))

    def _left_behind(self) -> object:
        """Return what tells apart what two deaths would leave: the files, Slack, and the time."""
        wal = self.world.path.with_name(self.world.path.name + "-wal").stat()
        calls = len(self.world.sandbox.journal.entries)
        return wal.st_size, wal.st_mtime_ns, calls, self.world.clocks.now()

    def _wait(self) -> None:
        child, status = os.wait()
        number = self.running.pop(child)
        if status:
            report = self.folder / f"{number}.txt"
            said = report.read_text() if report.exists() else f"ended with status {status}"
            self.failed.append(f"failpoint {number}: {said}")

    def _afterwards(self, number: int, where: str) -> int:
        """Start again on what is left, and return 0 if all is well."""
        try:
            found = self._start_again(number)
        except BaseException:  # noqa: BLE001 - whatever it is must be told, and ends this world
            found = [traceback.format_exc()]
        if found:
            (self.folder / f"{number}.txt").write_text(f"{where}: " + "\n".join(found))
        return int(bool(found))

    def _start_again(self, number: int) -> list[str]:
        world, folder = self.world, self.folder / str(number)
        folder.mkdir()
        for suffix in ("", "-wal"):
            left = world.path.with_name(world.path.name + suffix)
            if left.exists():
                shutil.copy(left, folder)
        world.path = folder / world.path.name
        world.point = lambda _: None
        world.start()
        found = aftermath(world, to_the_end=number % _TO_THE_END == 0)
        shutil.rmtree(folder)
        return found


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
    """Run it all, and print what was reached and what failed as JSON."""
    logging.disable(logging.CRITICAL)
    template, folder = (Path(path) for path in sys.argv[1:])
    spine = Spine(template, folder)
    spine.run()
    sys.stdout.write(json.dumps({"reached": spine.reached, "failed": spine.failed}))


if __name__ == "__main__":
    main()
