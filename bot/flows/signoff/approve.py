"""Sign a version: by button, by reaction, or with a written reason."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.activate import prepare_go_live
from bot.flows.signoff.announce import show_packet, tell_people, whisper
from bot.flows.signoff.case import Case, lock_shown
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.signoff.prove_again import prove_now
from bot.flows.signoff.reference import Reference
from handoff.approval import (
    Attempt,
    ReasonNeeded,
    Refused,
    Signed,
    VersionState,
    Via,
    decide_sign_off,
)
from handoff.audit import AuditFact
from storage import sign_offs, timers
from storage.database import Database
from storage.timers import TimerKind

_WAITING = (
    TimerKind.SIGNOFF_REMIND,
    TimerKind.SIGNOFF_SUBSTITUTE,
    TimerKind.SIGNOFF_EXPIRE,
    TimerKind.SIGNOFF_RECONCILE,
)


def approve(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    reference: Reference,
    reason: str = "",
    channel: str | None = None,
) -> Done | ReasonNeeded | Denied:
    """Sign one side of a version by button.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload; nobody signs for another.
        reference: Version and hash as the person was shown them.
        reason: The written reason, needed when the version has doubts.
        channel: Where to tell the person privately when it is denied; None: the caller does.

    Returns:
        Done; or that a reason is needed; or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | ReasonNeeded | Denied:
        case = lock_shown(connection, workspace=workspace, reference=reference, now=now)
        outcome = (
            case
            if isinstance(case, Denied)
            else sign(case, by=by, reference=reference, via=Via.BUTTON, reason=reason)
        )
        if isinstance(outcome, Denied):
            key = f"approve:{now.isoformat()}"
            whisper(
                connection,
                workspace=workspace,
                channel=channel,
                person=by,
                denied=outcome,
                key=key,
                now=now,
            )
        return outcome

    return database.run(work)


def sign(
    case: Case, *, by: str, reference: Reference, via: Via, reason: str = ""
) -> Done | ReasonNeeded | Denied:
    """Sign a version whose design is locked; see `approve()`."""
    decision = decide_sign_off(
        standing=case.standing(with_proofs=True),
        attempt=attempt_of(case, by=by, reference=reference, via=via, reason=reason),
        now=case.now,
    )
    match decision:
        case ReasonNeeded():
            _prove_if_stale(case)
            return decision
        case Refused():
            return deny(case, by=by, refused=decision)
        case Signed():
            return _store(case, decision)


def _prove_if_stale(case: Case) -> None:
    """Have the present proved if it is not yet, so that the next attempt finds a verdict."""
    if case.find_proof(case.question.key) is None:
        prove_now(case)


def attempt_of(
    case: Case, *, by: str, reference: Reference, via: Via, reason: str = ""
) -> Attempt:
    """Return the attempt; what a newer version replaced counts as stale whatever its state."""
    return Attempt(
        person=case.person(by),
        version=reference.version if reference.version == case.newest else 0,
        content_hash=reference.content_hash,
        via=via,
        reason=reason,
    )


def deny(case: Case, *, by: str, refused: Refused) -> Denied:
    """Log a refusal; it changes nothing else."""
    case.record(AuditFact.SIGN_OFF_REFUSED, by=by, data={"code": refused.code.value})
    if case.newest > case.version.number:
        return Denied(
            f"Version {case.version.number} was replaced by version {case.newest}. "
            "Please look at the newest packet."
        )
    return Denied(refused.message, refused.people)


def _store(case: Case, signed: Signed) -> Done:
    sign_off = signed.sign_off
    stored = sign_offs.sign(
        case.connection, workspace=case.workspace, design=case.version.design, sign_off=sign_off
    )
    if not stored:
        return Done("Already signed.")
    case.record(
        AuditFact.SIGNED_OFF,
        by=sign_off.person,
        data={
            "side": sign_off.side.value,
            "hash": sign_off.content_hash,
            "via": sign_off.via.value,
            "reason": sign_off.reason,
        },
    )
    if signed.completes:
        _complete(case)
    show_packet(case)
    return Done(f"Signed for {sign_off.side.title}.")


def _complete(case: Case) -> None:
    """Both sides signed: the version is approved and gets ready to go live."""
    case.move(VersionState.APPROVED)
    timers.cancel(
        case.connection,
        workspace=case.workspace,
        subject=case.subject,
        now=case.now,
        kinds=_WAITING,
    )
    case.record(AuditFact.VERSION_APPROVED, data={"hash": case.version.content_hash})
    prepare_go_live(case)
    author = case.design.brief.author
    tell_people(case, people=(author,), event="approved", facts={"event": "approved"})
