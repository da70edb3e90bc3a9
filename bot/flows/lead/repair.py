"""Refused leads: seen, mended and taken in after all, or dismissed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.lead.hand_over import HandedOver
from bot.flows.lead.take_in import Arrival, names_of, take_in
from bot.flows.lead.take_in import Refused as StillRefused
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from handoff.directory import Role
from handoff.intake.arriving import Problem, field_name
from handoff.intake.mending import mended
from handoff.model import Instant, Value
from handoff.people import holders, holds_any
from storage import audit, intake, leads
from storage import directory as directories
from storage.database import Database
from storage.intake import RefusedLead

#: Who sees and mends refused leads, besides the workspace's admins and owners.
_ROLES = (Role.MARKETING_LEADERSHIP, Role.REVOPS_DIRECTOR, Role.REVOPS_APPROVER)
_PAGE = 500


class WaitingLead(Value):
    """A refused lead that waits for repair.

    Attributes:
        source: Whose key the request had.
        body: The JSON value as it came.
        problems: What is wrong, field by field.
        received_at: When it was refused.
    """

    id: str
    source: str
    body: Any
    problems: tuple[Problem, ...]
    received_at: Instant


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Refused leads, the newest first: one page of them, and how many there are."""

    leads: tuple[WaitingLead, ...]
    total: int


class Settled(Denied):
    """It was taken in, or dismissed, before."""


Mended = HandedOver | StillRefused | Denied


def may_mend(*, database: Database, workspace: str, by: str) -> Denied | None:
    """Return the denial unless a person may see and mend refused leads."""
    with database.read() as connection:
        return _refuse_person(connection, workspace, by)


def refused_for(connection: Connection, *, workspace: str, by: str) -> int:
    """Return how many refused leads wait for somebody's repair; 0 if they may not mend them."""
    if _refuse_person(connection, workspace, by) is not None:
        return 0
    return intake.count_refused(connection, workspace=workspace)


def waiting_leads(
    *,
    database: Database,
    workspace: str | None = None,
    source: str | None = None,
    limit: int = _PAGE,
    offset: int = 0,
) -> Waiting:
    """Return refused leads that wait for repair, the newest first.

    Args:
        database: Where leads are.
        workspace: The Slack team; None for the only one.
        source: Only of this source.
        limit: At most so many.
        offset: Leave out so many of the newest.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        found = intake.refused_leads(
            connection, workspace=team, source=source, limit=limit, offset=offset
        )
        total = intake.count_refused(connection, workspace=team, source=source)
    return Waiting(leads=tuple(map(_shown, found)), total=total)


def all_waiting_leads(
    *, database: Database, workspace: str | None = None, source: str | None = None
) -> Iterator[WaitingLead]:
    """Return every refused lead that waits, the newest first, read page by page.

    Args and exceptions are those of `waiting_leads`.
    """
    offset = 0
    while page := waiting_leads(
        database=database, workspace=workspace, source=source, offset=offset
    ).leads:
        yield from page
        offset += len(page)


def waiting_lead(
    *, database: Database, refused_id: str, workspace: str | None = None
) -> WaitingLead | Denied:
    """Return one refused lead; or say that it is unknown or settled by now."""
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        found = intake.get_refused(connection, workspace=team, refused_id=refused_id)
    shown = _unsettled(refused_id, found)
    return shown if isinstance(shown, Denied) else _shown(shown)


def mend(
    *,
    database: Database,
    now: datetime,
    refused_id: str,
    changes: Mapping[str, str],
    by: str | None = None,
    workspace: str | None = None,
) -> Mended:
    """Take a refused lead in after all.

    Its clock starts now, for until now nobody could know what to do with it. When it was first
    received counts as when it was submitted, unless it says so itself.

    Args:
        database: Where leads are.
        now: The domain's instant, UTC-aware.
        refused_id: Names what was kept.
        changes: Corrected fields as text, by name, see `handoff.intake.mending.mended`; those
            that are not named stay.
        by: Slack id from the signed payload; None on the host's command line.
        workspace: The Slack team; None for the only one.

    Returns:
        The lead; or what is still wrong with it; or why nothing was done. What is refused
        stays kept as it came.
    """

    def work(connection: Connection) -> Mended:
        team = workspace_meant(connection, workspace)
        desk = _Desk(connection, team, now, by)
        found = desk.find(refused_id)
        return found if isinstance(found, Denied) else desk.take(found, changes)

    return database.run(work)


def dismiss(
    *,
    database: Database,
    now: datetime,
    refused_id: str,
    reason: str,
    by: str | None = None,
    workspace: str | None = None,
) -> Done | Denied:
    """Settle a refused lead that is none; it stays kept, and the reason is in the audit log.

    Args are those of `mend`; `reason` says why it is no lead.
    """

    def work(connection: Connection) -> Done | Denied:
        team = workspace_meant(connection, workspace)
        desk = _Desk(connection, team, now, by)
        found = desk.find(refused_id)
        if isinstance(found, Denied):
            return found
        desk.settle(AuditFact.LEAD_DISMISSED, found, {"reason": reason.strip()})
        return Done()

    if not reason.strip():
        return Denied("Please say why it is no lead.")
    return database.run(work)


@dataclass(frozen=True)
class _Desk:
    """Where refused leads are settled; `by` is None on the host's command line."""

    connection: Connection
    workspace: str
    now: datetime
    by: str | None

    def find(self, refused_id: str) -> RefusedLead | Denied:
        """Return a refused lead, locked, or why nothing can be done."""
        connection, workspace = self.connection, self.workspace
        found = intake.get_refused(
            connection, workspace=workspace, refused_id=refused_id, is_locked=True
        )
        denied = None if self.by is None else _refuse_person(connection, workspace, self.by)
        return denied or _unsettled(refused_id, found)

    def take(self, found: RefusedLead, changes: Mapping[str, str]) -> HandedOver | StillRefused:
        """Take a refused lead in, or say what is still wrong."""
        connection, workspace = self.connection, self.workspace
        before = json.loads(found.body)
        fields = mended(body=before, changes=changes)
        if not any(field_name(name) == "submitted_at" for name in fields):
            fields["submitted_at"] = found.received_at.isoformat()
        names = names_of(source=found.source, fields=fields)
        leads.hold_names(connection, workspace=workspace, names=names)
        arrival = Arrival(source=found.source, fields=fields, is_kept=False)
        taken = take_in(connection, workspace=workspace, now=self.now, arrival=arrival)
        if isinstance(taken, StillRefused):
            return taken
        changed = sorted(_changed(before, fields))
        self.settle(AuditFact.LEAD_REPAIRED, found, {"lead": taken.lead_id, "fields": changed})
        lead = leads.get(connection, workspace=workspace, lead=taken.lead_id)
        assert lead is not None, "it was stored a few lines above"
        return HandedOver(lead, is_known=taken.duplicate)

    def settle(self, kind: AuditFact, found: RefusedLead, data: Mapping[str, Any]) -> None:
        """Take a refused lead off the list, with an audit fact."""
        connection, workspace = self.connection, self.workspace
        intake.repaired(connection, workspace=workspace, refused_id=found.id, now=self.now)
        audit.record(
            connection,
            workspace=workspace,
            kind=kind,
            actor=self.by or "cli",
            subject=found.id,
            now=self.now,
            data=data,
        )


def _changed(before: object, after: Mapping[str, Any]) -> set[str]:
    """Return the names of the fields that are not what they were."""
    old = before if isinstance(before, Mapping) else {}
    return {name for name in {*old, *after} if old.get(name) != after.get(name)}


def _refuse_person(connection: Connection, workspace: str, by: str) -> Denied | None:
    directory = directories.load(connection, workspace=workspace).directory
    if holds_any(directory=directory, person=by, roles=_ROLES):
        return None
    in_charge = (holders(directory=directory, role=role)[:1] for role in _ROLES)
    return Denied(
        "Refused leads are mended by marketing leadership, RevOps and the workspace's admins.",
        tuple(dict.fromkeys(key for keys in in_charge for key in keys)),
    )


def _unsettled(refused_id: str, found: RefusedLead | None) -> RefusedLead | Denied:
    if found is None:
        return Denied(f"No refused lead “{refused_id}” is known; list those that wait.")
    if found.repaired_at is not None:
        return Settled(f"It was settled already, {found.repaired_at:%-d %b %Y %H:%M} UTC.")
    return found


def _shown(found: RefusedLead) -> WaitingLead:
    return WaitingLead(
        id=found.id,
        source=found.source,
        body=json.loads(found.body),
        problems=tuple(Problem.model_validate(one) for one in found.problems),
        received_at=found.received_at,
    )
