"""Replace a version that is not live: its sign-offs are void, its packet says so."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.drafting import draft_for
from bot.flows.signoff.announce import show_packet, tell_people
from bot.flows.signoff.case import Case, lock
from handoff.approval import VersionState
from handoff.audit import AuditFact
from storage import outbox, timers
from storage.timers import Timer


def supersede(case: Case, *, by: str, because: str) -> None:
    """Supersede a version in review or approved.

    Args:
        case: The version, its design locked.
        by: Slack id, or `handoff` for the clock.
        because: `edited`, `changes_requested`, `expired` or `retired`; shown on the packet.
    """
    case.move(VersionState.SUPERSEDED)
    of = {"workspace": case.workspace, "subject": case.subject, "now": case.now}
    timers.cancel(case.connection, **of)  # type: ignore[arg-type]  # three keywords, three types
    outbox.cancel(case.connection, **of, kinds=("signoff.remind",))  # type: ignore[arg-type]
    for sign_off in case.sign_offs:
        data = {"side": sign_off.side.value, "person": sign_off.person}
        case.record(AuditFact.SIGN_OFF_VOIDED, by=by, data=data)
    expired = because == "expired"
    kind = AuditFact.VERSION_EXPIRED if expired else AuditFact.VERSION_SUPERSEDED
    case.record(kind, by=by, data={"because": because})
    show_packet(case)


def open_next(case: Case) -> str:
    """Open the next version as a draft for the author, filled with this one; return its id."""
    draft = draft_for(
        case.connection,
        workspace=case.workspace,
        now=case.now,
        by=case.design.brief.author,
        design=case.version.design,
    )
    return draft.id if draft is not None else ""


def on_expiry_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `signoff.expire`: 14 days unsigned; a copy opens as the next draft."""
    case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
    if case is None or case.version.state is not VersionState.IN_REVIEW:
        return
    facts = {"event": "expired", "draft": open_next(case)}
    supersede(case, by="handoff", because="expired")
    tell_people(case, people=(case.design.brief.author,), event="expired", facts=facts)
