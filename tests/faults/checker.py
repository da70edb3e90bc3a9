"""The checker: all invariants at once, from the database, the audit log and Slack's journal.

The database's own contradictions are the auditor's (`bot.flows.audit.check`). What is added here
needs Slack, or is reckoned once more by plain rules that share nothing with the product: how often
each message arrived, which calls each climb should have made by now, and when the guardrail should
have fired.

Source: reliability.md sections 2 and 3, rules.md "Escalation and guardrail".
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.flows.audit.check import check
from handoff.audit import AuditFact
from storage import audit, tables
from storage.audit import RecordedFact
from storage.checks import Check
from storage.outbox import MessageState
from tests.faults import working_time
from tests.faults.world import World

#: Whom the design's three steps call, and within how many open minutes each should acknowledge.
_STEPS = (("ben", 15), ("sam", 30), ("cleo", 60))
_FINAL_REPEATS = 3
_NEVER = datetime.min.replace(tzinfo=UTC)
_COUNT, _WINDOW = 2, timedelta(hours=48)

#: What an app that is down for days is behind with; it is caught up by draining.
_LATE = (Check.TIMER_MISSED, Check.MESSAGE_STUCK)

#: Tells a test lead or an integration from the rest; nothing here uses either.
_ENDED = (AuditFact.ESCALATION_RESOLVED, AuditFact.ESCALATION_VOIDED)


def problems(world: World, *, is_drained: bool = False) -> list[str]:
    """Return what contradicts an invariant now.

    Args:
        world: Whose database and Slack.
        is_drained: All that is due was done, so that nothing may be late.
    """
    now = world.clocks.now()
    found = [
        f"{one.check}: {one.subject}"
        for one in check(database=world.app.database, now=now)
        if is_drained or one.check not in _LATE
    ]
    return [*found, *arrivals(world, is_settled=False), *fired_wrongly(facts_of(world))]


def final_problems(world: World) -> list[str]:
    """Return what is wrong once everything was drained and nothing fails any more."""
    climbs = ClimbReplay(world)
    return [
        *problems(world, is_drained=True),
        *arrivals(world, is_settled=True),
        *climbs.problems(facts_of(world), until=world.clocks.now()),
    ]


def facts_of(world: World) -> list[RecordedFact]:
    """Return the whole audit log."""
    with world.app.database.read() as connection:
        return list(audit.walk(connection, workspace=world.workspace))


def arrivals(world: World, *, is_settled: bool) -> list[str]:
    """Compare the outbox with what Slack has: LOST, DUPLICATE, UNEXPECTED (I8, I9).

    While something is on its way, a message may be in Slack and not settled yet, never twice.
    """
    with world.app.database.read() as connection:
        rows = connection.execute(select(tables.outbox_table)).all()
    in_slack = Counter(_keys(world))
    known = {row.dedupe_key: row for row in rows}
    found = [f"UNEXPECTED: {key}" for key in in_slack if key not in known]
    posts: Counter[str] = Counter()
    repeats = set()
    for key, row in known.items():
        name = f"{row.card} to {row.recipient}" if row.card else key
        posts[name] += in_slack[key]
        if row.is_possible_repeat:
            repeats.add(name)
    found += [f"DUPLICATE: {n} × {name}" for name, n in posts.items() if n > 1 + (name in repeats)]
    if is_settled:
        found += [f"UNSETTLED: {row.kind} {row.state}" for row in rows if row.settled_at is None]
        # Files and what one person alone saw carry no key; Slack gives no name of them either.
        sent = [row for row in rows if row.state == MessageState.SENT.value and row.ts]
        names = {f"{row.card} to {row.recipient}" if row.card else row.dedupe_key for row in sent}
        found += [f"LOST: {name}" for name in names if not posts[name]]
        gone = [row for row in rows if row.state in ("failed", "held")]
        found += [f"GIVEN UP: {row.kind} {row.error}" for row in gone]
    return found


def _keys(world: World) -> Iterable[str]:
    workspace = world.sandbox.workspace
    for channel in workspace.channels.values():
        for message in workspace.messages.in_channel(channel.id):
            if message.user == workspace.bot_user and message.metadata:
                yield str(message.metadata["event_payload"]["key"])


def fired_wrongly(facts: Iterable[RecordedFact]) -> list[str]:
    """Replay all incidents by the rule's own words, and compare with what fired and joined.

    `t` runs over the incidents' own times; a window holds those with t - 48 h < tᵢ ≤ t that came
    after the last resolve; while the guardrail is open an incident joins.
    """
    replay = _Guardrail()
    actual: list[tuple[str, set[str]]] = []
    for fact in facts:
        replay.take(fact)
        if fact.kind is AuditFact.GUARDRAIL_FIRED:
            actual.append(("fired", set(fact.data["incidents"])))
        if fact.kind is AuditFact.GUARDRAIL_JOINED:
            actual.append(("joined", {fact.data["incident"]}))
    is_same = len(replay.expected) == len(actual) and all(
        what == done and name in names
        for (what, name), (done, names) in zip(replay.expected, actual, strict=False)
    )
    return [] if is_same else [f"GUARDRAIL: expected {replay.expected}, got {actual}"]


@dataclass
class _Guardrail:
    """One design's incidents that count, and what each of them should have brought about."""

    counted: dict[str, datetime] = field(default_factory=dict)
    expected: list[tuple[str, str]] = field(default_factory=list)
    is_open: bool = False
    resolved_at: datetime = _NEVER

    def take(self, fact: RecordedFact) -> None:
        match fact.kind:
            case AuditFact.INCIDENT_RECORDED:
                at = datetime.fromisoformat(fact.data["occurred_at"])
                self._count(fact.data["incident"], at)
            case AuditFact.INCIDENT_VOIDED:
                self.counted.pop(fact.data["incident"], None)
            case AuditFact.GUARDRAIL_RESOLVED:
                self.is_open, self.resolved_at = False, fact.at
                left = {name: at for name, at in self.counted.items() if at > fact.at}
                self.counted = left

    def _count(self, name: str, at: datetime) -> None:
        if at <= self.resolved_at:
            return
        self.counted[name] = at
        if self.is_open:
            self.expected.append(("joined", name))
        elif _is_full(at, self.counted.values()):
            self.expected.append(("fired", name))
            self.is_open = True


def _is_full(new: datetime, counted: Iterable[datetime]) -> bool:
    times = list(counted)
    for end in times:
        inside = [at for at in times if end - _WINDOW < at <= end]
        if len(inside) >= _COUNT and end - _WINDOW < new <= end:
            return True
    return False


@dataclass
class _Climb:
    lead: str
    next_at: datetime | None
    step: int = -1
    final: int = 0
    is_reopened: bool = False


@dataclass
class ClimbReplay:
    """Climbs once more, from who owned what and who acknowledged when.

    Attributes:
        owners: Of each lead, as the audit log tells.
        climbs: By id.
    """

    world: World
    owners: dict[str, str | None] = field(default_factory=dict)
    climbs: dict[str, _Climb] = field(default_factory=dict)
    found: list[str] = field(default_factory=list)

    def problems(self, facts: Iterable[RecordedFact], *, until: datetime) -> list[str]:
        """Return each call that came early, out of order or not at all until an instant."""
        for fact in facts:
            self._take(fact)
        self.found += [
            f"LATE: step after {one.step} of {name} was due at {one.next_at}"
            for name, one in self.climbs.items()
            if one.next_at is not None and one.next_at <= until
        ]
        return self.found

    def _take(self, fact: RecordedFact) -> None:
        climb = self.climbs.get(fact.subject)
        match fact.kind:
            case AuditFact.LEAD_ASSIGNED | AuditFact.LEAD_REASSIGNED:
                self.owners[fact.subject] = fact.data["to"]
            case AuditFact.ROUTING_FAILED:
                self.owners[fact.subject] = None
            case AuditFact.ESCALATION_OPENED:
                self.climbs[fact.subject] = _Climb(lead=fact.data["lead"], next_at=fact.at)
            case AuditFact.STEP_CALLED if climb is not None:
                self._called(climb, fact)
            case AuditFact.ESCALATION_ACKNOWLEDGED if climb is not None:
                climb.next_at = None
            case AuditFact.ESCALATION_REOPENED if climb is not None:
                climb.next_at, climb.is_reopened = fact.at, True
            case _ if fact.kind in _ENDED and climb is not None:
                climb.next_at = None

    def _called(self, climb: _Climb, fact: RecordedFact) -> None:
        step, is_repeat = self._expected(climb)
        if climb.next_at is None or fact.at < climb.next_at or fact.data["step"] != step:
            self.found.append(
                f"CALL: {fact.subject} called step {fact.data['step']} at {fact.at}, "
                f"expected step {step} not before {climb.next_at}"
            )
        if is_repeat:
            climb.final += 1
        climb.step, climb.is_reopened = step, False
        is_daily = climb.final >= _FINAL_REPEATS
        climb.next_at = (
            working_time.next_opening(fact.at)
            if is_daily
            else working_time.add(fact.at, _STEPS[step][1])
        )

    def _expected(self, climb: _Climb) -> tuple[int, bool]:
        """Return the step that is called next, and whether it is a repeat after the last."""
        owner = self.owners.get(climb.lead)
        free = [i for i, (name, _) in enumerate(_STEPS) if self.world.person(name).id != owner]
        first = climb.step if climb.is_reopened else climb.step + 1
        later = [step for step in free if step >= first]
        return (later[0], False) if later else (free[-1], True)
