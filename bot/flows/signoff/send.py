"""Send a draft for sign-off: it becomes the next version, which never changes again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.drafting import data_of, own_draft, reviewed, today_in
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.defaults.catalogue import catalogue
from handoff.design import HandoffDesign
from handoff.form import InvalidDraft, to_brief
from handoff.routing.lint import is_signable
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


class _NotSignable(Exception):
    """The routing lint forbids sign-off; what was created for it is rolled back."""


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
        return _send(connection, stored, workspace=workspace, now=now)

    try:
        return database.run(work)
    except InvalidDraft as exc:
        problems = [text for errors in exc.errors.values() for text in errors.values()]
        return CannotSend(f"Please go back and correct this: {' '.join(problems)}")
    except _NotSignable as exc:
        return CannotSend(f"Please correct this first: {exc}")


def _send(connection: Connection, stored: Draft, *, workspace: str, now: datetime) -> Sent:
    key = stored.design or _create(connection, stored, workspace=workspace, now=now)
    designs.lock(connection, workspace=workspace, key=key)
    directory = directories.load(connection, workspace=workspace).directory
    named = stored.model_copy(update={"design": key})
    design = reviewed(
        connection, workspace=workspace, draft=named, directory=directory, now=now
    ).design
    if not is_signable(design.lint):
        errors = [item for item in design.lint if item.severity is LintSeverity.ERROR]
        raise _NotSignable(" ".join(item.message for item in errors))
    _supersede(connection, design, by=stored.author, workspace=workspace, now=now)
    _store(connection, design, stored, workspace=workspace, now=now)
    return Sent(design=key, version=design.version, channel=design.brief.people.channel)


def _create(connection: Connection, stored: Draft, *, workspace: str, now: datetime) -> str:
    """Create the design row under its next free key."""
    directory = directories.load(connection, workspace=workspace).directory
    today = today_in(connection, workspace=workspace, now=now)
    brief = to_brief(data=data_of(stored), directory=directory, as_of=today, author=stored.author)
    created = designs.create(
        connection,
        workspace=workspace,
        prefix=catalogue().segments[brief.segment.base].prefix,
        segment=brief.segment.key,
        goal=brief.goal.value,
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
