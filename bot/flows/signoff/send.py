"""Send a draft for sign-off: it becomes the next version, which never changes again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.drafting import Review, data_of, own_draft, reviewed, today_in
from bot.flows.signoff.announce import show_packet, tell_people
from bot.flows.signoff.case import Case, lock, subject_of
from bot.flows.signoff.prove_again import start_proving
from bot.flows.signoff.remind import ask_approvers
from bot.flows.signoff.supersede import supersede
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.defaults.catalogue import catalogue
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.form import InvalidDraft, to_brief
from handoff.people import holders
from handoff.readiness import item_name, items_of
from handoff.sign_off_check import blockers
from storage import designs, drafts, plans, readiness, versions
from storage import directory as directories
from storage.database import Database
from storage.drafts import Draft
from storage.readiness import ReadinessItem


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


class _NotSignable(Exception):
    """The design has errors, so nothing of it is kept, not even its key."""


def send(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    draft_id: str,
    revision: int,
    by: str,
) -> Sent | CannotSend:
    """Make a version of a draft, open its review, post the packet and ask the approvers.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        draft_id: Id of the draft; it is gone afterwards, so that sending twice sends once.
        revision: The revision whose review the author saw and confirmed.
        by: Slack id of the author; nobody else sends it.
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
    directory = directories.load(connection, workspace=workspace).directory
    key = stored.design or _create(
        connection, stored, directory=directory, workspace=workspace, now=now
    )
    designs.lock(connection, workspace=workspace, key=key)
    named = stored.model_copy(update={"design": key})
    review = reviewed(connection, workspace=workspace, draft=named, directory=directory, now=now)
    design = review.design
    against = blockers(design=design, directory=directory)
    if against:
        raise _NotSignable(" ".join(against))
    drafts.discard(connection, workspace=workspace, draft=stored.id)
    case = _store(connection, review, directory, workspace=workspace, now=now)
    _supersede_before(case)
    show_packet(case)
    start_proving(case)
    ask_approvers(case)
    return Sent(key, design.version, case.channel)


def _create(
    connection: Connection, stored: Draft, *, directory: Directory, workspace: str, now: datetime
) -> str:
    """Create the design row under its next free key."""
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
    return created.key


def _store(
    connection: Connection,
    review: Review,
    directory: Directory,
    *,
    workspace: str,
    now: datetime,
) -> Case:
    """Store the version with its items and plan, and open its review."""
    design = review.design
    author, channel = design.brief.author, design.brief.people.channel
    versions.add(
        connection,
        workspace=workspace,
        body=design,
        author=author,
        now=now,
        channel=channel,
        proof=None if review.is_estimate else review.proof,
    )
    readiness.add(connection, workspace=workspace, new=_items(design, directory))
    plans.save(
        connection,
        workspace=workspace,
        plan=design.plan,
        change=f"Version {design.version} was sent for sign-off",
        by=author,
        now=now,
    )
    subject = subject_of(design.key, design.version)
    drafted = lock(connection, workspace=workspace, subject=subject, now=now)
    assert drafted is not None, "it was stored a few lines above"
    if design.version == 1:
        drafted.record(AuditFact.DESIGN_CREATED, by=author)
    drafted.record(AuditFact.VERSION_DRAFTED, by=author, data={"hash": design.content_hash})
    drafted.move(VersionState.IN_REVIEW)
    sent = lock(connection, workspace=workspace, subject=subject, now=now)
    assert sent is not None, "it was moved a line above"
    sent.record(AuditFact.VERSION_SENT, by=author, data={"channel": channel})
    return sent


def _supersede_before(case: Case) -> None:
    """End the version before, if it still waited: an edit voids its sign-offs."""
    before = case.sibling(case.version.number - 1)
    if before is not None and before.version.state in {
        VersionState.IN_REVIEW,
        VersionState.APPROVED,
    }:
        supersede(before, by=case.design.brief.author, because="edited")
        asked = set(case.asked().values())
        signers = [s.person for s in before.sign_offs if s.person not in asked]
        tell_people(before, people=signers, event="voided", facts={"event": "voided"})


def _items(design: HandoffDesign, directory: Directory) -> list[ReadinessItem]:
    """Return the design's items; one whose owner role has a holder is theirs."""
    return [
        ReadinessItem(
            design=design.key,
            version=design.version,
            item=item.id,
            is_required=item.is_required,
            title=item_name(item),
            owner_role=item.owner_role,
            owner=next(iter(holders(directory=directory, role=item.owner_role)), None),
            due=item.due,
        )
        for item in items_of(design.binding)
    ]
