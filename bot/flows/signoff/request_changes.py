"""Send a version back: it is superseded, and its author gets the next one as a draft."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.announce import tell_channel, tell_people
from bot.flows.signoff.approve import attempt_of, deny
from bot.flows.signoff.case import Case, lock_shown
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.supersede import open_next, supersede
from handoff.approval import Via, decide_request_changes
from handoff.audit import AuditFact
from storage.database import Database


def request_changes(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    reference: Reference,
    reason: str,
) -> Done | Denied:
    """Ask for changes to a version in review or approved.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload; must be an approver of either side.
        reference: Version and hash as the person was shown them.
        reason: What should change; not blank.

    Returns:
        Done, or that nothing changed, and why.
    """

    def work(connection: Connection) -> Done | Denied:
        case = lock_shown(connection, workspace=workspace, reference=reference, now=now)
        if isinstance(case, Denied):
            return case
        denied = refuse_changes(case, by=by, reference=reference, via=Via.BUTTON)
        if denied is not None:
            return denied
        _send_back(case, by=by, reason=reason.strip())
        return Done("The author has your words and a draft of the next version.")

    if not reason.strip():
        return Denied("Please say what should change.")
    return database.run(work)


def refuse_changes(case: Case, *, by: str, reference: Reference, via: Via) -> Denied | None:
    """Return the logged denial of a request for changes, or None when it may go ahead."""
    refused = decide_request_changes(
        standing=case.standing(with_proofs=False),
        attempt=attempt_of(case, by=by, reference=reference, via=via),
    )
    return None if refused is None else deny(case, by=by, refused=refused)


def _send_back(case: Case, *, by: str, reason: str) -> None:
    case.record(AuditFact.CHANGES_REQUESTED, by=by, data={"reason": reason})
    draft = open_next(case)
    supersede(case, by=by, because="changes_requested")
    facts = {"event": "changes_requested", "by": by, "reason": reason}
    tell_channel(case, event="changes_requested", facts=facts)
    author = (case.design.brief.author,)
    tell_people(case, people=author, event="changes_requested", facts=facts | {"draft": draft})
