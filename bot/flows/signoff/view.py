"""What a packet's form needs to know before it opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.flows.signoff.announce import whisper
from bot.flows.signoff.case import Case, load, lock_shown, subject_of
from bot.flows.signoff.manage import refuse_manager, refuse_state, version_before
from bot.flows.signoff.outcomes import Denied
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.request_changes import refuse_changes
from bot.flows.signoff.settle import refuse_settling
from bot.flows.signoff.summary import packet_state
from handoff.approval import VersionState, Via
from handoff.enablement import ItemState
from handoff.packet import PacketState
from handoff.readiness import Item, items_of
from storage.database import Database

Wish = Literal["changes", "items", "manage"]


@dataclass(frozen=True)
class Seen:
    """A version, as far as its forms need it.

    Attributes:
        state: The version's state.
        open_items: Required items that are still open, by kind, then the earliest due first.
        is_approver: Whether the person may waive items and manage the design.
        can_roll_back: Whether there is a version to go back to.
    """

    state: VersionState
    open_items: Sequence[Item]
    is_approver: bool
    can_roll_back: bool


def look(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    reference: Reference,
    wants: Wish,
    channel: str | None,
) -> Seen | Denied:
    """Look at a version before a form opens; a person who may not go on is told privately.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        reference: Version and hash as the person was shown them.
        wants: What the form is for.
        channel: Where to tell the person when it is denied.

    Returns:
        What the form needs, or that it does not open, and why.
    """

    def work(connection: Connection) -> Seen | Denied:
        case = lock_shown(connection, workspace=workspace, reference=reference, now=now)
        seen = case if isinstance(case, Denied) else _look(case, by, reference, wants)
        if isinstance(seen, Denied):
            key = f"{wants}:{now.isoformat()}"
            whisper(
                connection,
                workspace=workspace,
                channel=channel,
                person=by,
                denied=seen,
                key=key,
                now=now,
            )
        return seen

    return database.run(work)


def open_packet(
    *, database: Database, workspace: str, now: datetime, design: str, version: int
) -> PacketState | Denied:
    """Return what the packet of a version shows now; every member of the workspace may look.

    Args:
        database: Where the design is.
        workspace: The Slack team of the verified request.
        now: The domain's instant, UTC-aware.
        design: Its key.
        version: Number of the version.
    """
    subject = subject_of(design, version)
    with database.read() as connection:
        case = load(connection, workspace=workspace, subject=subject, now=now)
        if case is None:
            return Denied("I do not know this version. Please look at the newest packet.")
        return packet_state(case)


def _look(case: Case, by: str, reference: Reference, wants: Wish) -> Seen | Denied:
    seen = Seen(
        state=case.version.state,
        open_items=_open_items(case),
        is_approver=refuse_manager(case, by) is None,
        can_roll_back=version_before(case) is not None,
    )
    match wants:
        case "manage":
            denied = refuse_manager(case, by) or refuse_state(case, reference)
        case "items":
            denied = refuse_settling(case, by, reference) or _nothing_open(seen)
        case "changes":
            denied = refuse_changes(case, by=by, reference=reference, via=Via.BUTTON)
    return denied or seen


def _nothing_open(seen: Seen) -> Denied | None:
    return None if seen.open_items else Denied("Every required item is settled already.")


def _open_items(case: Case) -> list[Item]:
    statuses = case.statuses()
    settled = {key for key, status in statuses.items() if status.state is not ItemState.OPEN}
    items = [
        item
        for item in items_of(case.design.binding)
        if item.is_required and item.id not in settled
    ]
    return sorted(items, key=lambda item: (item.kind.value, item.due, item.id))
