"""T4: whatever people, other systems, clocks, Slack and crashes do, every invariant holds.

A state machine over the whole app. After every step the checker looks; at the end of each run
everything is drained and compared with what an independent model expects.

`HANDOFF_FAULTS_RUNS` and `HANDOFF_FAULTS_STEPS` make it larger.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot.flows.escalate.acknowledge import acknowledge
from bot.flows.escalate.resolve import resolve
from bot.flows.keep.sources import Caller
from bot.flows.lead.decline import decline
from bot.flows.lead.outcomes import Done
from bot.flows.lead.pause import pause
from bot.flows.lead.reassign import reassign
from bot.flows.lead.receive import RequestKey, receive_leads
from bot.flows.lead.receive_touch import receive_touch
from bot.ids import Action
from bot.sandbox.errors import AppFailed
from bot.sandbox.messages import Message
from handoff.escalation.causes import CauseCode
from handoff.lead import DeclineReason
from storage import leads, outbox, tables
from storage.leads import Lead
from tests.faults import working_time
from tests.faults.checker import final_problems, problems
from tests.faults.world import Crash, World

_RUNS = int(os.environ.get("HANDOFF_FAULTS_RUNS", "12"))
_STEPS = int(os.environ.get("HANDOFF_FAULTS_STEPS", "25"))

_REPS = ("dana", "noor", "eli")
_CALLED = ("ben", "sam", "cleo", "mia")
_MINUTES = {90: 30, 60: 120}
_FAULTS = ("429", "500-after", "timeout", "drop", "error")
_METHODS = ("chat.postMessage", "chat.update", "conversations.open", "conversations.history")


@dataclass
class Expected:
    """What the model knows of a lead: when it is due, or that it need not be touched any more."""

    due_at: datetime | None
    left: float
    since: datetime
    resume_at: datetime | None = None
    breached_at: datetime | None = None

    def at(self, now: datetime) -> "Expected":
        """Let time pass: pauses end, and what is due breaches."""
        if self.resume_at is not None and self.resume_at <= now:
            self.due_at = working_time.add(self.resume_at, self.left)
            self.since, self.resume_at = self.resume_at, None
        if self.due_at is not None and self.due_at <= now:
            self.breached_at, self.due_at = self.due_at, None
        return self

    def pause(self, now: datetime, until: datetime) -> None:
        """Stand still; what is left is left."""
        self.left = max(0.0, self.left - working_time.between(self.since, now))
        self.due_at, self.resume_at = None, until

    def end(self) -> None:
        """Be touched or disposed of."""
        self.due_at = self.resume_at = None


class FaultMachine(RuleBasedStateMachine):
    """Leads, people, Slack, clocks and crashes."""

    template: ClassVar[Path]
    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        shared = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="faults-", dir=shared))
        self.fuse: int | None = None
        self.world = World(self.folder, template=self.template, point=self._point)
        self.world.step()
        self.expected: dict[str, Expected] = {}
        self.numbers = count(1)
        self.is_late = False

    def _point(self, _where: str) -> None:
        """Die when the fuse has burnt down."""
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                raise Crash

    # What other systems do

    @rule(target=names, score=st.sampled_from(sorted(_MINUTES)))
    def a_lead_arrives(self, score: int) -> str:
        """A new lead, acknowledged to its sender, who tries again until it is."""
        name = f"ext-{next(self.numbers)}"
        self._send([name], score=score, key=f"request {name}")
        return name

    @rule(score=st.sampled_from(sorted(_MINUTES)), size=st.integers(2, 4))
    def a_batch_arrives(self, score: int, size: int) -> None:
        """Several at once."""
        names = [f"ext-{next(self.numbers)}" for _ in range(size)]
        self._send(names, score=score, key=f"request {names}")

    @rule(name=names, is_same_request=st.booleans())
    def a_lead_is_sent_again(self, name: str, is_same_request: bool) -> None:
        """The same request, or another one with the same lead: nothing new."""
        key = f"request {name}" if is_same_request else f"again {next(self.numbers)}"
        before = self._lead(name)
        score = before.score or 0
        self._send([name], score=score, key=key, is_new=False)

    @rule(name=names, minutes=st.sampled_from((0, 10, 45, 300)))
    def a_touch_is_reported(self, name: str, minutes: int) -> None:
        """By another system, with its own time, which may prove a breach wrong."""
        now, lead = self.world.clocks.now(), self._lead(name)
        at = max(now - timedelta(minutes=minutes), lead.arrived_at)
        key = f"touch-{next(self.numbers)}"
        item = {"type": "call", "occurred_at": at.isoformat(), "external_id": key}
        item["lead"] = {"external_id": name}
        was_open = lead.touched_at is None and lead.ended_at is None
        known = self.expected[name].at(now)

        def report() -> object:
            return receive_touch(
                database=self.world.app.database,
                caller=self._caller(),
                item=item,
                key=RequestKey(key=key, body_hash="h"),
                now=now,
                wall=now,
            )

        assert self._insist(report).status == "accepted"
        if known.breached_at is not None and at < known.breached_at:
            known.breached_at = None
            known.end()
        elif was_open:
            known.end()

    # What people do

    @rule(name=names, action=st.sampled_from((Action.LEAD_ACCEPT, Action.LEAD_CONTACTED)))
    def the_owner_taps(self, name: str, action: Action) -> None:
        """On the message, if it arrived and still has the button."""
        lead, now = self._lead(name), self.world.clocks.now()
        card = self._card_of(lead)
        if lead.owner is None or card is None or not _has(card, action):
            return
        try:
            self.world.person(lead.owner).click(card, action)
        except AppFailed:
            self.world.die()
        after = self._lead(name)
        if lead.touched_at is None and after.touched_at is not None:
            self.expected[name].at(now).end()

    @rule(name=names, reason=st.sampled_from(DeclineReason))
    def the_owner_declines(self, name: str, reason: DeclineReason) -> None:
        """The lead goes to somebody else, or is disposed of."""
        lead = self._lead(name)
        if lead.owner is not None:
            self._act(decline, by=lead.owner, lead_id=lead.id, reason=reason)
            self._note_end(name)

    @rule(name=names, to=st.sampled_from(_REPS))
    def a_manager_reassigns(self, name: str, to: str) -> None:
        """To somebody of the pod."""
        ben, rep = self.world.person("ben").id, self.world.person(to).id
        self._act(reassign, by=ben, lead_id=self._lead(name).id, to=rep)

    @rule(name=names, minutes=st.sampled_from((5, 60, 400)))
    def a_manager_pauses(self, name: str, minutes: int) -> None:
        """Until some time today or tomorrow."""
        now = self.world.clocks.now()
        latest = working_time.add(now, 9 * 60)
        until = min(now + timedelta(minutes=minutes), latest)
        before = self.expected[name].at(now)
        ben, lead = self.world.person("ben").id, self._lead(name)
        done = self._act(pause, by=ben, lead_id=lead.id, reason="asked to wait", until=until)
        if isinstance(done, Done):
            before.pause(now, until)

    @rule(who=st.sampled_from(_CALLED), minutes=st.sampled_from((None, 20, 240)), data=st.data())
    def somebody_acknowledges(self, who: str, minutes: int | None, data: st.DataObject) -> None:
        """With or without a promise."""
        promised_at = minutes and self.world.clocks.now() + timedelta(minutes=minutes)
        self._on_climb(data, acknowledge, who, promised_at=promised_at)

    @rule(who=st.sampled_from(_CALLED), data=st.data())
    def somebody_resolves(self, who: str, data: st.DataObject) -> None:
        """A climb, or the guardrail, which then counts anew."""
        self._on_climb(data, resolve, who, cause=CauseCode.NOBODY_FREE)

    # What time, Slack and fate do

    @rule(minutes=st.sampled_from((1, 5, 15, 30, 60, 240, 1440)))
    def time_passes(self, minutes: int) -> None:
        """All that becomes due is done at its time."""
        until = self.world.clocks.now() + timedelta(minutes=minutes)
        while self.world.clocks.now() < until:
            self.world.survive(lambda: self.world.step(until))
        self.is_late = False

    @rule(minutes=st.sampled_from((1, 45, 600)))
    def the_app_is_down(self, minutes: int) -> None:
        """Nothing is done meanwhile."""
        self.world.clocks.advance(minutes=minutes)
        self.world.die()
        self.is_late = True

    @rule(loop=st.integers(0, 4))
    def one_part_works(self, loop: int) -> None:
        """The tick alone, or a delivery alone."""
        self.world.survive(lambda: self.world.app.loops[loop].drain())

    @rule(points=st.integers(0, 40))
    def the_app_will_die(self, points: int) -> None:
        """At one of the next commits or calls."""
        self.fuse = points

    @rule()
    def the_app_dies_now(self) -> None:
        """Between two transactions."""
        self.world.die()

    @rule(method=st.sampled_from(_METHODS), kind=st.sampled_from(_FAULTS), times=st.integers(1, 3))
    def slack_fails(self, method: str, kind: str, times: int) -> None:
        """Before or after it did what it was asked for."""
        self.world.sandbox.faults.add(method, kind, count=times, code="fatal_error")

    @precondition(lambda self: self.expected)
    @rule()
    def somebody_looks(self) -> None:
        """Everything is drained, and the model compared."""
        self.time_passes(1)
        self._compare()

    @invariant()
    def nothing_contradicts(self) -> None:
        """After every step."""
        assert problems(self.world, is_drained=False) == []

    def teardown(self) -> None:
        """Let all that is under way come to rest, and compare it with the model."""
        try:
            self.fuse = None
            self.world.sandbox.faults.clear()
            self.world.die()
            self.world.step(hours=3)
            self.world.step(minutes=10)
            self._compare()
            assert final_problems(self.world) == []
        finally:
            self.world.abandon()
            shutil.rmtree(self.folder, ignore_errors=True)

    # How they do it

    def _compare(self) -> None:
        """Compare every lead's incident with the model's breach."""
        now = self.world.clocks.now()
        with self.world.app.database.read() as connection:
            rows = connection.execute(
                select(tables.lead_table.c.external_id, tables.incident_table.c.occurred_at)
                .join(
                    tables.incident_table,
                    tables.incident_table.c.lead == tables.lead_table.c.id,
                )
                .where(tables.incident_table.c.voided_at.is_(None))
            ).all()
        wanted = {
            name: one.breached_at
            for name, one in self.expected.items()
            if one.at(now).breached_at is not None
        }
        assert dict(tuple(row) for row in rows) == wanted

    def _send(self, names: list[str], *, score: int, key: str, is_new: bool = True) -> None:
        now = self.world.clocks.now()
        items = [
            {
                "external_id": name,
                "email": f"{name}@{name}.example",
                "company": name,
                "employees": 5000,
                "country": "US",
                "score": score,
                "title": "VP Operations",
            }
            for name in names
        ]

        def receive() -> object:
            return receive_leads(
                database=self.world.app.database,
                caller=self._caller(),
                items=items,
                key=RequestKey(key=key, body_hash="h"),
                now=now,
                wall=now,
            )

        results = self._insist(receive)
        assert [one.status for one in results] == ["accepted"] * len(names)
        for name in names if is_new else ():
            minutes = _MINUTES[score]
            due_at = working_time.add(now, minutes)
            self.expected[name] = Expected(due_at=due_at, left=minutes, since=now)

    def _insist(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Do what a sender does: without an answer it sends the same again."""
        while True:
            try:
                return work()
            except Crash:
                self.world.die()

    def _act(self, flow: Callable[..., object], **asked: object) -> object:
        """Do what a person does: without an answer they press again."""
        common = {"workspace": self.world.workspace, "now": self.world.clocks.now()}
        return self._insist(lambda: flow(database=self.world.app.database, **common, **asked))

    def _on_climb(
        self, data: st.DataObject, flow: Callable[..., object], who: str, **asked: object
    ) -> None:
        with self.world.app.database.read() as connection:
            known = list(
                connection.execute(
                    select(tables.escalation_table.c.id).order_by(
                        tables.escalation_table.c.opened_at, tables.escalation_table.c.kind
                    )
                ).scalars()
            )
        if known:
            place = data.draw(st.integers(0, len(known) - 1))
            by = self.world.person(who).id
            self._act(flow, by=by, escalation_id=known[place], **asked)

    def _caller(self) -> Caller:
        return Caller(workspace=self.world.workspace, source="default", is_on=True)

    def _lead(self, name: str) -> Lead:
        with self.world.app.database.read() as connection:
            found = leads.find(
                connection,
                workspace=self.world.workspace,
                source="default",
                external_id=name,
                email_key=None,
            )
        assert found is not None, f"{name} was acknowledged and is lost"
        return found

    def _card_of(self, lead: Lead) -> Message | None:
        """Return the newest message about a lead that its owner has."""
        with self.world.app.database.read() as connection:
            shown = [
                one
                for attempt in range(1, 9)
                for one in outbox.card_messages(
                    connection,
                    workspace=self.world.workspace,
                    card=f"lead:{lead.id}/{attempt}",
                )
                if one.recipient == lead.owner
            ]
        if not shown:
            return None
        return self.world.sandbox.workspace.messages.find(shown[-1].channel, shown[-1].ts)

    def _note_end(self, name: str) -> None:
        if self._lead(name).ended_at is not None:
            self.expected[name].at(self.world.clocks.now()).end()


def _has(message: Message, action: Action) -> bool:
    return any(
        element.get("action_id") == action
        for block in message.blocks
        for element in block.get("elements", ())
    )


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Crashes are the point here; their tracebacks are not."""
    caplog.set_level(1000)


@pytest.mark.timeout(0)
def test_whatever_happens_every_invariant_holds(template: Path) -> None:
    """The size is that of a minute; a failure prints how to repeat it."""
    FaultMachine.template = template
    run_state_machine_as_test(
        FaultMachine,
        settings=settings(
            max_examples=_RUNS,
            stateful_step_count=_STEPS,
            deadline=None,
            print_blob=True,
            phases=[Phase.reuse, Phase.generate],  # a run takes seconds, shrinking hundreds
            suppress_health_check=list(HealthCheck),
        ),
    )
