"""What is done when which kind of timer is due. One line a kind."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from bot.flows.escalate.acknowledge import on_acknowledge_expired
from bot.flows.escalate.climb import on_step_due
from bot.flows.escalate.guardrail import on_call_due, on_join_due, on_overdue_due
from bot.flows.escalate.promise_due import on_promise_due
from bot.flows.lead.accept import on_accept_by_due
from bot.flows.lead.breach import on_breach_due
from bot.flows.lead.notify import on_notify_due
from bot.flows.lead.pause import on_resume_due
from bot.flows.lead.route import on_hold_over, on_retry_due
from bot.flows.lead.time_off import on_away
from bot.flows.lead.warn import on_warning_due
from bot.flows.signoff.activate import on_activation_due
from bot.flows.signoff.due import on_item_overdue, on_item_remind_due
from bot.flows.signoff.prove_again import on_proof_late
from bot.flows.signoff.remind import on_reminder_due, on_substitute_due
from bot.flows.signoff.supersede import on_expiry_due
from bot.gateways.slack import SlackGateway
from bot.watch.backtests import run_backtest
from bot.watch.people_sync import Reading, reroute_next, sync_people
from bot.watch.proofs import prove_again, prove_draft, show_proof
from bot.watch.reactions import compare_reactions
from bot.watch.retention import sweep
from bot.watch.tick import Handler, SlowHandler
from storage.database import Database
from storage.timers import TimerKind

#: Carried out in the tick's transaction.
CLOCK_HANDLERS: dict[TimerKind, Handler] = {
    TimerKind.SIGNOFF_REMIND: on_reminder_due,
    TimerKind.SIGNOFF_SUBSTITUTE: on_substitute_due,
    TimerKind.SIGNOFF_EXPIRE: on_expiry_due,
    TimerKind.PROOF_LATE: on_proof_late,
    TimerKind.DESIGN_ACTIVATE: on_activation_due,
    TimerKind.ESCALATION_STEP: on_step_due,
    TimerKind.ACKNOWLEDGE_EXPIRE: on_acknowledge_expired,
    TimerKind.PROMISE_DUE: on_promise_due,
    TimerKind.GUARDRAIL_CALL: on_call_due,
    TimerKind.GUARDRAIL_JOIN: on_join_due,
    TimerKind.GUARDRAIL_OVERDUE: on_overdue_due,
    TimerKind.ITEM_REMIND: on_item_remind_due,
    TimerKind.ITEM_DUE: on_item_overdue,
    TimerKind.CLOCK_WARN: on_warning_due,
    TimerKind.CLOCK_ACCEPT: on_accept_by_due,
    TimerKind.CLOCK_BREACH: on_breach_due,
    TimerKind.CLOCK_RESUME: on_resume_due,
    TimerKind.LEAD_HOLD: on_hold_over,
    TimerKind.LEAD_NOTIFY: on_notify_due,
    TimerKind.ROUTE_RETRY: on_retry_due,
    TimerKind.AWAY_START: on_away,
}


def slow_handlers(
    *, slack: SlackGateway, database: Database, wall: Callable[[], datetime]
) -> Mapping[TimerKind, SlowHandler]:
    """Return what is worked on outside any transaction."""
    return {
        TimerKind.PEOPLE_SYNC: partial(sync_people, slack=slack, reading=Reading(slack)),
        TimerKind.AWAY_MOVE: reroute_next,
        TimerKind.PROOF_RUN: partial(prove_again, database=database),
        TimerKind.PROOF_DRAFT: partial(prove_draft, database=database),
        TimerKind.PROOF_SHOW: partial(show_proof, slack=slack, database=database),
        TimerKind.BACKTEST_RUN: partial(run_backtest, slack=slack, database=database),
        TimerKind.RETENTION_SWEEP: partial(sweep, database=database, wall=wall),
        TimerKind.SIGNOFF_RECONCILE: partial(compare_reactions, slack=slack, database=database),
    }
