"""From signed to live: the readiness gate, activation, retirement of the version before."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet, show_readiness, tell_channel
from bot.flows.signoff.case import Case, lock
from bot.flows.signoff.due import plan_item_reminders
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.go_live import go_live_opening
from handoff.readiness import ActivateNow, decide_activation
from storage import timers
from storage.timers import NewTimer, Timer, TimerKind


def prepare_go_live(case: Case) -> None:
    """Show what is still to be done, and look again when go-live opens."""
    show_readiness(case)
    plan_item_reminders(case)
    opens_at = go_live_opening(case.design)
    timers.schedule(
        case.connection,
        NewTimer(case.workspace, TimerKind.DESIGN_ACTIVATE, case.subject, max(opens_at, case.now)),
    )


def try_activate(case: Case) -> bool:
    """Activate a signed version if its readiness gate is passed and go-live has opened.

    Returns:
        True if it went live.
    """
    if case.version.state is not VersionState.APPROVED:
        return False
    decision = decide_activation(
        binding=case.design.binding,
        statuses=case.statuses(),
        opens_at=go_live_opening(case.design),
        now=case.now,
    )
    if not isinstance(decision, ActivateNow):
        return False
    earlier = case.sibling(case.active) if case.active is not None else None
    if earlier is not None:
        retire(earlier, by="handoff", reason=f"version {case.version.number} went live")
        show_packet(earlier)
    case.move(VersionState.ACTIVE)
    case.record(
        AuditFact.VERSION_ACTIVATED,
        data={"hash": case.version.content_hash, "before": case.active},
    )
    show_packet(case)
    show_readiness(case)
    tell_channel(case, event="active", facts={"event": "active"})
    return True


def on_activation_due(connection: Connection, timer: Timer, now: datetime) -> None:
    """Handle `design.activate`: go-live has opened; activate unless items are still open."""
    case = lock(connection, workspace=timer.workspace, subject=timer.subject, now=now)
    if case is not None:
        try_activate(case)


def retire(case: Case, *, by: str, reason: str) -> None:
    """Retire a version: it takes no new leads; those in flight stay with it."""
    case.move(VersionState.RETIRED)
    case.record(AuditFact.VERSION_RETIRED, by=by, data={"reason": reason})
