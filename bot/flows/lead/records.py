"""Where a lead's story is read and written: each thing at once, in the open transaction.

`bot.flows.lead.batch` has the other kind, which reads for many leads at once and writes in sets.
Flows that decide about a lead work with either.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.flows.running import Running
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.brief import Band, PersonKey
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.lead_why import clock_arithmetic
from handoff.model import changed
from handoff.routing.assignment import Explanation, Turn
from handoff.routing.eligibility import Availability, RepLoad, local_date
from handoff.sla.clock import Clock, ClockTimes, start_clock, times_of
from storage import (
    accounts,
    assignments,
    audit,
    leads,
    outbox,
    pod_turns,
    sources,
    timers,
    versions,
)
from storage import directory as directories
from storage.accounts import Account
from storage.assignments import Assignment
from storage.leads import Lead
from storage.outbox import NewMessage
from storage.sources import Source
from storage.timers import NewTimer

#: Leads that were given longer ago count on no day that can still come, in any zone.
_COUNTED = timedelta(days=2)


@dataclass
class Records:
    """Reads and writes at once.

    Attributes:
        connection: The transaction.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
    """

    connection: Connection
    workspace: str
    now: datetime

    def directory(self) -> Directory:
        """Return the workspace directory, live."""
        return directories.load(self.connection, workspace=self.workspace).directory

    def version(self, *, design: str, number: int) -> tuple[HandoffDesign, VersionState] | None:
        """Return a version of a design and its state, or None."""
        found = versions.get(
            self.connection, workspace=self.workspace, design=design, number=number
        )
        return None if found is None else (found.body, found.state)

    def frozen(self, work: Running, directory: Directory) -> Directory:
        """Return the directory with the default caps of a version."""
        return work.as_frozen(directory)

    def availability(self, directory: Directory) -> Availability:
        """Return who can take leads now."""
        return Availability(directory=directory, at=self.now)

    def source(self, name: str) -> Source | None:
        """Return a source by name, or None."""
        return sources.get(self.connection, workspace=self.workspace, name=name)

    def start_clock(
        self, *, arrived_at: datetime, target_minutes: float, calendar: BusinessCalendar
    ) -> Clock:
        """Return the clock of a lead that arrived now."""
        return start_clock(arrived_at=arrived_at, target_minutes=target_minutes, calendar=calendar)

    def times(self, clock: Clock, *, calendar: BusinessCalendar) -> ClockTimes:
        """Return the instants of a clock."""
        return times_of(clock=clock, calendar=calendar)

    def with_arithmetic(
        self, explanation: Explanation, *, clock: Clock, band: Band, calendar: BusinessCalendar
    ) -> Explanation:
        """Return an explanation with how the due instant came about."""
        told = clock_arithmetic(
            clock=clock,
            times=self.times(clock, calendar=calendar),
            band=band,
            calendar=calendar.spec.name,
        )
        return explanation.model_copy(update={"clock": told})

    def account(self, domain: str) -> Account | None:
        """Return the account of exactly this domain, or None."""
        found = accounts.by_domain(self.connection, workspace=self.workspace, domains=[domain])
        return found.get(domain)

    def owner_in_domain(self, domain: str) -> str | None:
        """Return who owns the newest open lead of a company's domain, or None."""
        return leads.owner_in_domain(self.connection, workspace=self.workspace, domain=domain)

    def find(self, *, source: str, external_id: str | None, email_key: str | None) -> Lead | None:
        """Return the newest cycle of a lead, by its name at a source, else by email, or None."""
        return leads.find(
            self.connection,
            workspace=self.workspace,
            source=source,
            external_id=external_id,
            email_key=email_key,
        )

    def add(self, lead: Lead) -> bool:
        """Store a new cycle; False if its address has an open one, or its id is known."""
        return leads.add(self.connection, lead=lead)

    def save(self, lead: Lead, changes: Mapping[str, object]) -> Lead:
        """Store a cycle with some changes and return it at its next revision."""
        return leads.save(self.connection, lead=changed(lead, **changes))

    def assignments(self, lead: str) -> list[Assignment]:
        """Return to whom a cycle was given, the first one first."""
        return assignments.of_lead(self.connection, workspace=self.workspace, lead=lead)

    def assign(self, new: Assignment, *, directory: Directory) -> None:
        """Store an assignment; `directory` tells on which day of the rep it counts."""
        del directory
        assignments.add(self.connection, new)

    def loads(
        self, reps: Collection[PersonKey], *, directory: Directory
    ) -> Mapping[PersonKey, RepLoad]:
        """Return what reps carry, counted by their own local days."""
        here = {"workspace": self.workspace}
        untouched = leads.untouched_by_owner(self.connection, owners=reps, **here)
        days: dict[PersonKey, dict[date, int]] = {rep: {} for rep in reps}
        for rep, counts_at, count in assignments.given_since(
            self.connection, reps=reps, since=self.now - _COUNTED, **here
        ):
            day = local_date(directory=directory, person=rep, at=counts_at)
            days[rep][day] = days[rep].get(day, 0) + count
        return {
            rep: RepLoad(assigned_on=days[rep], untouched=untouched.get(rep, 0)) for rep in reps
        }

    def turn(self, *, pods: tuple[str, ...], key: str, reps: Collection[PersonKey]) -> Turn:
        """Lock a rotation until the transaction ends, and return it."""
        return pod_turns.lock(
            self.connection, workspace=self.workspace, pods=pods, key=key, reps=reps
        )

    def take_turn(self, turn: Turn, *, picked: PersonKey) -> None:
        """Store a rotation after a pick."""
        pod_turns.save(self.connection, workspace=self.workspace, turn=turn, picks={picked: 1})

    def schedule(self, *new: NewTimer) -> None:
        """Remember times."""
        timers.schedule(self.connection, *new)

    def enqueue(self, *new: NewMessage) -> None:
        """Save messages to send."""
        outbox.enqueue(self.connection, *new, now=self.now)

    def is_shown(self, card: str) -> bool:
        """Tell whether somebody has a card's message."""
        return bool(outbox.card_messages(self.connection, workspace=self.workspace, card=card))

    def record(
        self, kind: AuditFact, *, actor: str, subject: str, data: Mapping[str, Any] | None = None
    ) -> None:
        """Add a fact to the audit log."""
        audit.record_all(self.connection, facts=[self._noted(kind, actor, subject, data)])

    def _noted(
        self, kind: AuditFact, actor: str, subject: str, data: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        return audit.noted(
            workspace=self.workspace,
            kind=kind,
            actor=actor,
            subject=subject,
            now=self.now,
            data=data,
        )
