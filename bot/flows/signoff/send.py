"""Send a draft for sign-off: it becomes the next version, which never changes again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.drafting import own_draft, reviewed
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.defaults.catalogue import catalogue
from handoff.design import HandoffDesign
from handoff.form import InvalidDraft
from handoff.routing.rules import LintSeverity
from storage import audit, designs, drafts, outbox, plans, versions
from storage import directory as directories
from storage.database import Database
from storage.drafts import Draft
from storage.outbox import NewMessage, Priority

_SUPERSEDED_BY_AN_EDIT = {VersionState.IN_REVIEW, VersionState.APPROVED}


@dataclass(frozen=True)
class Sent:
    """The version that now waits for sign-off, and the channel that gets its packet."""

    design: str
    version: int
    channel: str


@dataclass(frozen=True)
class CannotSend:
    """Why it was not sent, in words that say what to do."""

    reason: str


def send(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    draft_id: str,
    revision: int,
    by: str,
) -> Sent | CannotSend:
    """Make a version of a draft, open its review, and post the packet.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        draft_id: Id of the draft; it is gone afterwards.
        revision: The revision whose review the author saw and confirmed.
        by: Slack id of the author.
    """

    def work(connection: Connection) -> Sent | CannotSend:
        stored = own_draft(connection, workspace=workspace, draft=draft_id, by=by)
        if stored is None:
            return CannotSend("This draft was sent or discarded already.")
        if stored.revision != revision:
            return CannotSend("This draft was changed in another window; please review it again.")
        try:
            return _send(connection, stored, workspace=workspace, now=now)
        except InvalidDraft as exc:
            problems = [text for errors in exc.errors.values() for text in errors.values()]
            return CannotSend(f"Please go back and correct this: {' '.join(problems)}")

    return database.run(work)


def _send(
    connection: Connection, stored: Draft, *, workspace: str, now: datetime
) -> Sent | CannotSend:
    if stored.design is not None:
        designs.lock(connection, workspace=workspace, key=stored.design)
    directory = directories.load(connection, workspace=workspace).directory
    review = reviewed(connection, workspace=workspace, draft=stored, directory=directory, now=now)
    errors = [item for item in review.design.lint if item.severity is LintSeverity.ERROR]
    if errors:
        return CannotSend("Please correct this first: " + " ".join(e.message for e in errors))
    named = stored
    if stored.design is None:
        key = _create(connection, review.design, stored, workspace=workspace, now=now)
        named = stored.model_copy(update={"design": key})
        review = reviewed(
            connection, workspace=workspace, draft=named, directory=directory, now=now
        )
    _supersede(connection, review.design, by=stored.author, workspace=workspace, now=now)
    _store(connection, review.design, stored, workspace=workspace, now=now)
    return Sent(
        design=review.design.key,
        version=review.design.version,
        channel=review.design.brief.people.channel,
    )


def _create(
    connection: Connection, design: HandoffDesign, stored: Draft, *, workspace: str, now: datetime
) -> str:
    """Create the design row under its next free key."""
    created = designs.create(
        connection,
        workspace=workspace,
        prefix=catalogue().segments[design.brief.segment.base].prefix,
        segment=design.brief.segment.key,
        goal=design.brief.goal.value,
        by=stored.author,
        now=now,
    )
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.DESIGN_CREATED,
        actor=stored.author,
        subject=created.key,
        now=now,
    )
    return created.key


def _supersede(
    connection: Connection, design: HandoffDesign, *, by: str, workspace: str, now: datetime
) -> None:
    """End the version before, if it still waited: an edit voids its sign-offs."""
    newest = versions.latest(connection, workspace=workspace, design=design.key)
    if newest is None or newest.state not in _SUPERSEDED_BY_AN_EDIT:
        return
    versions.move(
        connection,
        workspace=workspace,
        design=design.key,
        number=newest.number,
        expected=newest.state,
        to=VersionState.SUPERSEDED,
        now=now,
    )
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.VERSION_SUPERSEDED,
        actor=by,
        subject=design.key,
        now=now,
        data={"version": newest.number},
    )
    _show_packet(
        connection,
        workspace=workspace,
        design=design.key,
        version=newest.number,
        channel=newest.channel,
        now=now,
    )


def _store(
    connection: Connection, design: HandoffDesign, stored: Draft, *, workspace: str, now: datetime
) -> None:
    """Store the version in review with its plan, and enqueue its packet."""
    channel = design.brief.people.channel
    versions.add(
        connection,
        workspace=workspace,
        body=design,
        author=stored.author,
        now=now,
        channel=channel,
    )
    versions.move(
        connection,
        workspace=workspace,
        design=design.key,
        number=design.version,
        expected=VersionState.DRAFT,
        to=VersionState.IN_REVIEW,
        now=now,
    )
    plans.save(
        connection,
        workspace=workspace,
        plan=design.plan,
        change=f"Version {design.version} was sent for sign-off",
        by=stored.author,
        now=now,
    )
    drafts.discard(connection, workspace=workspace, draft=stored.id)
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.VERSION_SENT,
        actor=stored.author,
        subject=design.key,
        now=now,
        data={"version": design.version, "hash": design.content_hash},
    )
    _show_packet(
        connection,
        workspace=workspace,
        design=design.key,
        version=design.version,
        channel=channel,
        now=now,
    )


def _show_packet(
    connection: Connection,
    *,
    workspace: str,
    design: str,
    version: int,
    channel: str | None,
    now: datetime,
) -> None:
    """Post a version's packet, or update it in place."""
    if channel is None:
        return
    message = NewMessage(
        workspace=workspace,
        kind="packet",
        subject=design,
        recipient=channel,
        priority=Priority.SIGN_OFF,
        card=f"packet:{design}:{version}",
        facts={"design": design, "version": version},
    )
    outbox.enqueue(connection, message, now=now)
