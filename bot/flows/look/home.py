"""What the Home tab shows a person: what waits for them, their drafts, the designs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.resume import DraftSummary, summaries
from bot.flows.escalate.shown import calls_for
from bot.flows.lead.repair import refused_for
from bot.flows.lead.view import my_cards
from bot.flows.signoff.reference import Reference
from handoff.approval import Side, VersionState
from handoff.defaults.catalogue import title_of
from handoff.directory import Directory, Role
from handoff.escalation.shown import ClimbShown, GuardrailShown
from handoff.lead_card import LeadCard
from storage import directory as directories
from storage import drafts, versions, views
from storage.database import Database
from storage.views import DesignLine, ReviewLine

_SIDES = {Side.REVOPS: Role.REVOPS_APPROVER, Side.SALES: Role.SALES_APPROVER}
_STATES = {
    VersionState.DRAFT: "being drafted",
    VersionState.IN_REVIEW: "waiting for sign-off",
    VersionState.APPROVED: "signed, getting ready",
    VersionState.ACTIVE: "active",
    VersionState.PAUSED: "paused",
    VersionState.RETIRED: "retired",
    VersionState.SUPERSEDED: "superseded",
}

#: What is not shown is counted at least.
_ALL = 1000

#: More than are shown, so that the Home tab can say that there are more.
_CALLS = 8


@dataclass(frozen=True, kw_only=True)
class WaitingVersion:
    """A version that a person may still sign."""

    design: str
    version: int
    content_hash: str
    title: str
    channel: str | None
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class KnownDesign:
    """A design with its state in plain words.

    Attributes:
        latest_version: Number of the newest version; None while nothing was sent.
        running: What a button carries for the version that runs or is paused, or None.
    """

    design: str
    title: str
    state: str
    latest_version: int | None
    running: str | None


@dataclass(frozen=True, kw_only=True)
class Home:
    """One person's Home tab.

    Attributes:
        waiting: Versions that this person may still sign.
        has_directory: Whether the team has been set up.
        leads: The person's open leads, the one that is due first first.
        refused: How many refused leads wait for repair; 0 for those who may not mend them.
        calls: Escalations that the person was called about and nobody has, the oldest first.
    """

    waiting: tuple[WaitingVersion, ...]
    drafts: tuple[DraftSummary, ...]
    designs: tuple[KnownDesign, ...]
    has_directory: bool
    leads: tuple[LeadCard, ...] = ()
    refused: int = 0
    calls: tuple[ClimbShown | GuardrailShown, ...] = ()


def home(*, database: Database, workspace: str, by: str) -> Home:
    """Return what waits for a person, their leads, their drafts, and all designs."""
    with database.read() as connection:
        found = directories.load(connection, workspace=workspace)
        in_review = views.in_review(connection, workspace=workspace, limit=_ALL)
        return Home(
            waiting=tuple(
                _waiting(line) for line in in_review if waits_for(found.directory, line, by)
            ),
            drafts=summaries(drafts.of_author(connection, workspace=workspace, author=by)),
            designs=_known(connection, workspace),
            has_directory=found.directory.is_set_up,
            leads=my_cards(connection, workspace=workspace, by=by),
            refused=refused_for(connection, workspace=workspace, by=by),
            calls=tuple(calls_for(connection, workspace=workspace, person=by, most=_CALLS)),
        )


def known_designs(*, database: Database, workspace: str) -> tuple[KnownDesign, ...]:
    """Return all designs with their state."""
    with database.read() as connection:
        return _known(connection, workspace)


def waits_for(directory: Directory, line: ReviewLine, person: str) -> bool:
    """Return True if a side of the version is open that `person` may sign, and has not signed."""
    signed = {sign_off.side for sign_off in line.signed}
    if person in {sign_off.person for sign_off in line.signed}:
        return False
    return any(
        side not in signed and person in directory.roles.get(role, ())
        for side, role in _SIDES.items()
    )


def state_of(line: DesignLine) -> str:
    """Return where a design stands: what runs, and what is on its way."""
    if line.latest_version is None or line.latest_state is None:
        return "Nothing was sent for sign-off yet"
    newest = f"v{line.latest_version} is {_STATES[line.latest_state]}"
    if line.latest_state is VersionState.APPROVED and line.blocking:
        newest += f" ({line.blocking} required items open)"
    if line.active_version not in {None, line.latest_version}:
        return f"v{line.active_version} is active; {newest}"
    return newest


def _known(connection: Connection, workspace: str) -> tuple[KnownDesign, ...]:
    running = {
        head.design: Reference(head.design, head.number, head.content_hash)
        for head in versions.running(connection, workspace=workspace)
    }
    return tuple(
        KnownDesign(
            design=line.design,
            title=title_of(line.segment, line.goal),
            state=state_of(line),
            latest_version=line.latest_version,
            running=str(running[line.design]) if line.design in running else None,
        )
        for line in views.all_designs(connection, workspace=workspace, limit=_ALL)
    )


def _waiting(line: ReviewLine) -> WaitingVersion:
    return WaitingVersion(
        design=line.design,
        version=line.version,
        content_hash=line.content_hash,
        title=title_of(line.segment, line.goal),
        channel=line.channel,
        sent_at=line.sent_at,
    )
