"""The full proofs of versions: after sending, when the team changes, when the day does."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet, show_thread, tell_people
from bot.flows.signoff.case import Case, load, lock, subject_of
from bot.flows.signoff.summary import last_proof
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.escalation.coverage import CoverageProof
from handoff.sign_off_check import doubt_kinds, proof_doubts
from handoff.sla.model import Depth, Feasibility
from storage import proofs, timers, versions, views
from storage.database import Database
from storage.timers import NewTimer, Timer, TimerKind

#: States in which a proof still tells somebody something.
_PROVEN = frozenset(
    {
        VersionState.IN_REVIEW,
        VersionState.APPROVED,
        VersionState.ACTIVE,
        VersionState.PAUSED,
    }
)

#: How long the thread waits for the full proof before it shows the first estimate.
_PATIENCE = timedelta(minutes=2)
_DAY = "day:"


@dataclass(frozen=True)
class Proven:
    """Both proofs of a version at one instant; `key` is the feasibility proof's."""

    key: str
    feasibility: Feasibility
    coverage: CoverageProof

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what they say against signing."""
        return proof_doubts(feasibility=self.feasibility, coverage=self.coverage)


def prove_soon(connection: Connection, *, workspace: str, now: datetime) -> None:
    """Have every version that waits or runs proved again, because the team has changed.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.

    Source: rules.md, "Versions, hash, sign-off" (people are not in the hash).
    """
    heads = versions.running(connection, workspace=workspace)
    subjects = {subject_of(head.design, head.number) for head in heads}
    subjects |= {
        subject_of(line.design, line.latest_version)
        for line in views.all_designs(connection, workspace=workspace, limit=1000)
        if line.latest_state in _PROVEN and line.latest_version is not None
    }
    slot = f"team:{now.isoformat()}"
    timers.schedule(
        connection,
        *(
            NewTimer(workspace, TimerKind.PROOF_RUN, subject, now, slot=slot)
            for subject in sorted(subjects)
        ),
    )


def prove_now(case: Case) -> None:
    """Have one version proved for the present, as soon as the slow lane comes to it."""
    _schedule(case, TimerKind.PROOF_RUN, slot=f"now:{case.now.isoformat()}", due_at=case.now)


def start_proving(case: Case) -> None:
    """Show a version's thread with its full proof: at once if that is there, else when it is.

    Args:
        case: The version that was sent just now, its design locked.
    """
    if case.version.proof is not None:
        found = proof_doubts(feasibility=case.design.feasibility, coverage=case.design.coverage)
        _record(case, doubts=found, because="sent")
        show_thread(case)
    else:
        prove_now(case)
        _schedule(case, TimerKind.PROOF_LATE, due_at=case.now + _PATIENCE)
    _prove_tomorrow(case)


def proof_of(*, database: Database, workspace: str, subject: str, now: datetime) -> Proven | None:
    """Return both proofs of a version now; None for one that nobody asks about any more.

    The full proof takes a while, so this runs outside any transaction that writes.
    """
    with database.read() as connection:
        case = load(connection, workspace=workspace, subject=subject, now=now)
        if case is None or case.version.state not in _PROVEN:
            return None
        question = case.question
        known = case.find_proof(question.key)
    return Proven(
        key=question.key,
        feasibility=known or question.feasibility(depth=Depth.FULL),
        coverage=question.coverage(),
    )


def save_proof(
    connection: Connection,
    *,
    workspace: str,
    subject: str,
    proven: Proven | None,
    slot: str,
    now: datetime,
) -> None:
    """Show what was proved of a version; tell the signers if it got worse.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        subject: Id of the version.
        proven: What `proof_of()` found at `now`.
        slot: Of the timer that asked.
        now: The domain's instant, UTC-aware.
    """
    case = lock(connection, workspace=workspace, subject=subject, now=now)
    if case is None or proven is None or case.version.state not in _PROVEN:
        return
    is_first = case.version.proof is None
    because = "first" if is_first else "day" if slot.startswith(_DAY) else "team"
    proved = _keep(case, proven)
    before, after = doubt_kinds(_before(case)), doubt_kinds(proven.doubts)
    if is_first or before != after:
        _record(case, doubts=proven.doubts, because=because)
    if is_first:
        show_thread(proved)
    if before != after or case.version.proof != proven.key:
        show_packet(proved)
    if after - before:
        facts = {"event": "proof", "doubts": list(proven.doubts), "because": because}
        signers = [sign_off.person for sign_off in case.sign_offs]
        tell_people(proved, people=signers, event=f"proof:{now.isoformat()}", facts=facts)
    _prove_tomorrow(case)


def on_proof_late(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `proof.late`: the thread does not wait any longer, it shows the first estimate."""
    case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
    if case is not None and case.version.proof is None and case.version.state in _PROVEN:
        show_thread(case)


# Private functions


def _keep(case: Case, proven: Proven) -> Case:
    """Store a proof as the version's newest; return the version as it shows it."""
    of = {"workspace": case.workspace}
    proofs.save(case.connection, **of, key=proven.key, proof=proven.feasibility, now=case.now)
    design, number = case.version.design, case.version.number
    versions.prove(case.connection, **of, design=design, number=number, proof=proven.key)
    proved = case.sibling(number)
    assert proved is not None, "its design is locked"
    return proved


def _before(case: Case) -> tuple[str, ...]:
    """Return the doubts of the last run; before the first, those of the estimate."""
    known = last_proof(case)
    if known is not None:
        return known.doubts
    return proof_doubts(feasibility=case.design.feasibility, coverage=case.design.coverage)


def _record(case: Case, *, doubts: tuple[str, ...], because: str) -> None:
    case.record(AuditFact.PROOF_COMPUTED, data={"doubts": list(doubts), "because": because})


def _prove_tomorrow(case: Case) -> None:
    """While a version waits, each day of the office has a proof of its own."""
    if case.version.state is not VersionState.IN_REVIEW:
        return
    zone = ZoneInfo(case.version.body.binding.calendar.spec.timezone)
    day = case.now.astimezone(zone).date() + timedelta(days=1)
    midnight = datetime.combine(day, time(), zone)
    _schedule(case, TimerKind.PROOF_RUN, slot=f"{_DAY}{day}", due_at=midnight)


def _schedule(case: Case, kind: TimerKind, *, due_at: datetime, slot: str = "") -> None:
    timers.schedule(
        case.connection, NewTimer(case.workspace, kind, case.subject, due_at, slot=slot)
    )
