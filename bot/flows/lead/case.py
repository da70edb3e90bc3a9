"""A lead inside an open transaction: what every decision about it is made on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.lead.fields import routing_fields
from bot.flows.lead.records import Records
from bot.flows.running import Running, running
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.calendars import BusinessCalendar
from handoff.directory import Directory, Pod, Role
from handoff.lead import LeadState, change
from handoff.people import find_pod, holders, persons_of
from handoff.routing.rules import RoutingRow
from handoff.sla.clock import Clock, ClockTimes
from storage import assignments, designs, leads
from storage.assignments import Assignment
from storage.leads import Lead


@dataclass
class LeadCase:
    """A lead as it stands in this transaction; changes are kept here until they are saved.

    Attributes:
        records: Where it is read and written; flows that change the lead hold its design's lock
            and its own.
        lead: The cycle.
        work: The version at its arrival, or None while no design took it.
        state: Of that version now: a paused design sends new leads to the fallback.
        directory: The workspace directory, live.
    """

    records: Records
    lead: Lead
    work: Running | None
    state: VersionState | None
    directory: Directory
    _assignments: list[Assignment] | None = field(default=None, repr=False)
    _fields: Mapping[str, object] | None = field(default=None, repr=False)
    _times: tuple[Clock, ClockTimes] | None = field(default=None, repr=False)

    @property
    def connection(self) -> Connection:
        """Return the transaction."""
        return self.records.connection

    @property
    def workspace(self) -> str:
        """Return the Slack team."""
        return self.records.workspace

    @property
    def now(self) -> datetime:
        """Return the domain's instant, UTC-aware."""
        return self.records.now

    @property
    def design(self) -> str:
        """Return the key of the design whose incidents these are."""
        return self.lead.design or designs.UNMATCHED

    @property
    def calendar(self) -> BusinessCalendar:
        """Return the calendar of its clock.

        Raises:
            NoDesign: if no design took the lead.
        """
        return self.running.calendar

    @property
    def running(self) -> Running:
        """Return the version at its arrival.

        Raises:
            NoDesign: if no design took the lead.
        """
        if self.work is None:
            raise NoDesign(self.lead.id)
        return self.work

    @property
    def row(self) -> RoutingRow | None:
        """Return the routing row that matched."""
        return self.work.rows.get(self.lead.rule or "") if self.work else None

    @property
    def pod(self) -> Pod | None:
        """Return the pod of the lead's row, as it is now."""
        name = self.lead.pod or (self.row and self.row.pod)
        return find_pod(directory=self.directory, name=name) if name else None

    @property
    def fields(self) -> Mapping[str, object]:
        """Return the lead's fields as rules see them, owners as keys of people."""
        if self._fields is None:
            self._fields = routing_fields(self.records, lead=self.lead, directory=self.directory)
        return self._fields

    def times(self, clock: Clock) -> ClockTimes:
        """Return the instants of the lead's clock, reckoned once while it stays as it is."""
        if self._times is None or self._times[0] is not clock:
            self._times = (clock, self.records.times(clock, calendar=self.calendar))
        return self._times[1]

    def assignments(self) -> list[Assignment]:
        """Return to whom the lead was given in this cycle, the first one first."""
        if self._assignments is None:
            self._assignments = self.records.assignments(self.lead.id)
        return self._assignments

    def current(self) -> Assignment | None:
        """Return the assignment that holds, or None."""
        return next((one for one in self.assignments() if one.ended_at is None), None)

    def managers(self) -> frozenset[str]:
        """Return who may take or give away the lead: its pod's manager, and RevOps."""
        found = {self.pod.manager} if self.pod else set()
        for role in (Role.SALES_MANAGER, Role.REVOPS_DIRECTOR, Role.REVOPS_APPROVER):
            found |= set(holders(directory=self.directory, role=role))
        return frozenset(persons_of(directory=self.directory, keys=found))

    def become(self, state: LeadState, **changes: object) -> None:
        """Bring the lead into its next state and save it.

        Raises:
            NotAllowed: if the state machine has no such step.
        """
        self.save(state=change(before=self.lead.state, after=state), **changes)

    def save(self, **changes: object) -> None:
        """Save the lead with some changes."""
        if {"attributes", "score"} & changes.keys():
            self._fields = None
        self.lead = self.records.save(self.lead, changes)

    def end_assignment(self, reason: str, *, note: str | None = None) -> None:
        """End the assignment that holds, if one does."""
        assignments.end(
            self.connection,
            workspace=self.workspace,
            lead=self.lead.id,
            reason=reason,
            now=self.now,
            note=note,
        )
        self._assignments = None

    def forget_assignments(self) -> None:
        """Read the assignments again when they are asked for next."""
        self._assignments = None

    def record(
        self, kind: AuditFact, *, by: str = "handoff", data: Mapping[str, Any] | None = None
    ) -> None:
        """Add a fact about the lead to the audit log."""
        self.records.record(kind, actor=by, subject=self.lead.id, data=data)


class NoDesign(LookupError):
    """No design took this lead, so it has neither a clock nor rules."""

    def __init__(self, lead: str) -> None:
        super().__init__(f"{self.__doc__} ({lead})")
        self.lead = lead


def load(
    connection: Connection, *, workspace: str, lead_id: str, now: datetime
) -> LeadCase | None:
    """Load a lead without locking it: for rendering, or inside a flow that locked it."""
    lead = leads.get(connection, workspace=workspace, lead=lead_id)
    return None if lead is None else case_of(Records(connection, workspace, now), lead)


def lock(
    connection: Connection, *, workspace: str, lead_id: str, now: datetime
) -> LeadCase | None:
    """Lock a lead's design, then the lead, until the transaction ends, and load it.

    The design comes first because whatever happens to a lead may be an incident.
    """
    seen = leads.get(connection, workspace=workspace, lead=lead_id)
    if seen is None:
        return None
    designs.hold(connection, workspace=workspace, keys=[seen.design or designs.UNMATCHED])
    (lead,) = leads.lock(connection, workspace=workspace, ids=[lead_id])
    return case_of(Records(connection, workspace, now), lead)


def case_of(records: Records, lead: Lead) -> LeadCase:
    """Put together what decisions about a lead are made on."""
    version = None
    if lead.design is not None and lead.version is not None:
        version = records.version(design=lead.design, number=lead.version)
    body, state = version or (None, None)
    return LeadCase(
        records=records,
        lead=lead,
        work=running(body) if body else None,
        state=state,
        directory=records.directory(),
    )
