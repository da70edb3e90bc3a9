"""Pause, resume, retire or roll back a running design."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.flows.signoff.activate import retire
from bot.flows.signoff.announce import show_packet, tell_channel, tell_people
from bot.flows.signoff.case import Case, lock_shown
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.supersede import supersede
from handoff.approval import VersionState
from handoff.audit import AuditFact
from storage import versions
from storage.database import Database

ROLLBACK_WINDOW = timedelta(days=14)


class Choice(StrEnum):
    """What can be done with a running design."""

    PAUSE = "pause"
    RESUME = "resume"
    RETIRE = "retire"
    ROLLBACK = "rollback"


_PAUSING = {
    Choice.PAUSE: (VersionState.ACTIVE, VersionState.PAUSED, AuditFact.VERSION_PAUSED),
    Choice.RESUME: (VersionState.PAUSED, VersionState.ACTIVE, AuditFact.VERSION_RESUMED),
}


def manage(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    reference: Reference,
    choice: str,
    reason: str,
) -> Done | Denied:
    """Change what a running version does; one approver, with a reason.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload; must be an approver of either side.
        reference: The running version, as the person was shown it.
        choice: What should happen, one of `Choice`; anything else is denied.
        reason: Why; kept in the audit log and told to both signers.

    Returns:
        Done, or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock_shown(connection, workspace=workspace, reference=reference, now=now)
        if isinstance(case, Denied):
            return case
        denied = refuse_manager(case, by) or refuse_state(case, reference)
        if denied is None:
            denied = _carry_out(case, Choice(choice), by, reason.strip())
        if denied is not None:
            return denied
        ended = _end_signed(case, by) if choice == Choice.RETIRE else None
        _tell(case, Choice(choice), by, reason.strip(), ended=ended)
        return Done()

    if choice not in set(Choice):
        return Denied("Please choose what should happen.")
    if not reason.strip():
        return Denied("Please say why.")
    return database.run(work)


def refuse_manager(case: Case, by: str) -> Denied | None:
    """Return the denial unless `by` is an approver and a full, active member."""
    person = case.person(by)
    approvers = case.approvers()
    is_member = person is not None and person.is_active and not (person.is_guest or person.is_bot)
    if is_member and any(by in keys for keys in approvers.values()):
        return None
    in_charge = tuple(dict.fromkeys(keys[0] for keys in approvers.values() if keys))
    return Denied("Only a RevOps or Sales approver can do this.", in_charge)


def version_before(case: Case) -> int | None:
    """Return the version to roll back to: the last one that ran, within 14 days; or None."""
    heads = versions.of_design(
        case.connection, workspace=case.workspace, design=case.version.design
    )
    ended = [
        (head.ended_at, head.number)
        for head in heads
        if head.state is VersionState.RETIRED
        and head.number < case.version.number
        and head.ended_at is not None
    ]
    # After a rollback the newest of them was rolled back from; the last to run ended last.
    ended_at, number = max(ended, default=(None, None))
    is_recent = ended_at is not None and case.now - ended_at <= ROLLBACK_WINDOW
    return number if is_recent else None


def refuse_state(case: Case, reference: Reference) -> Denied | None:
    """Return the denial unless the version is the one shown, and runs or is paused."""
    if case.version.content_hash != reference.content_hash:
        return Denied("This button does not belong to this version. Please use its packet.")
    if case.version.state not in {VersionState.ACTIVE, VersionState.PAUSED}:
        return Denied(f"Nothing to do: version {case.version.number} is {case.version.state}.")
    return None


def _carry_out(case: Case, choice: Choice, by: str, reason: str) -> Denied | None:
    match choice:
        case Choice.PAUSE | Choice.RESUME:
            before, after, fact = _PAUSING[choice]
            if case.version.state is not before:
                return Denied(f"Nothing to do: the design is {case.version.state} already.")
            case.move(after)
            case.record(fact, by=by, data={"reason": reason})
        case Choice.RETIRE:
            retire(case, by=by, reason=reason)
        case Choice.ROLLBACK:
            return _roll_back(case, by, reason)
    return None


def _end_signed(case: Case, by: str) -> Case | None:
    """End the signed version that waits for its go-live: a retired design takes no new leads.

    What is still in review stays: signing it is a decision to start over.

    Returns:
        That version, None if there is none.
    """
    heads = versions.of_design(
        case.connection, workspace=case.workspace, design=case.version.design
    )
    signed = (head.number for head in heads if head.state is VersionState.APPROVED)
    number = next(signed, None)
    waiting = case.sibling(number) if number is not None else None
    if waiting is not None:
        supersede(waiting, by=by, because="retired")
    return waiting


def _roll_back(case: Case, by: str, reason: str) -> Denied | None:
    number = version_before(case)
    earlier = case.sibling(number) if number is not None else None
    if earlier is None:
        return Denied("There is no signed version of the last 14 days to go back to.")
    retire(case, by=by, reason=reason)
    earlier.move(VersionState.ACTIVE)
    data = {"reason": reason, "from": case.version.number}
    earlier.record(AuditFact.VERSION_ROLLED_BACK, by=by, data=data)
    show_packet(earlier)
    return None


def _tell(case: Case, choice: Choice, by: str, reason: str, *, ended: Case | None = None) -> None:
    facts: dict[str, Any] = {"event": choice.value, "by": by, "reason": reason}
    if ended is not None:
        facts["ended"] = ended.version.number
    event = f"{choice.value}:{case.now.isoformat()}"
    show_packet(case)
    tell_channel(case, event=event, facts=facts)
    signed = (*case.sign_offs, *(ended.sign_offs if ended is not None else ()))
    others = [sign_off.person for sign_off in signed if sign_off.person != by]
    tell_people(case, people=others, event=event, facts=facts)
