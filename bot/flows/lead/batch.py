"""Records of many new leads: read for all of them at once, kept in memory, written in sets.

Only leads that nobody knows yet, and what usually becomes of them, fit in here. Whatever else
asks for the transaction itself, which raises `NotInBatch`; the caller then goes back to the mark
before that lead, writes what is waiting, and takes it in by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.flows.lead.entrance import Entrance
from bot.flows.lead.records import Records
from bot.flows.running import Running
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.brief import Band, PersonKey
from handoff.calendars import BusinessCalendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.intake.arriving import IncomingLead
from handoff.model import changed
from handoff.routing.assignment import Explanation, Turn
from handoff.routing.eligibility import Availability, RepLoad, local_date
from handoff.sla.clock import Clock, ClockTimes
from storage import accounts, assignments, audit, designs, leads, outbox, pod_turns, timers
from storage.accounts import Account
from storage.assignments import Assignment
from storage.leads import Lead
from storage.outbox import NewMessage
from storage.sources import Source
from storage.timers import NewTimer

_Found = TypeVar("_Found")


class NotInBatch(Exception):
    """This lead needs more than a batch has in memory; take it in by itself."""


@dataclass(frozen=True)
class Mark:
    """How much was waiting at some point."""

    leads: int
    assignments: int
    turns: int
    timers: int
    messages: int
    facts: int


class Batch(Records):
    """Reads each thing once, and writes when `flush()` is called.

    Args:
        connection: The transaction.
        workspace: The Slack team.
        now: The durable receipt of all, UTC-aware.
        source: Who sends them, where they do not say it themselves.
        entrance: The designs at work.
        incoming: All that may be put in, so that they are looked up at once.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        workspace: str,
        now: datetime,
        source: str,
        entrance: Entrance,
        incoming: Collection[IncomingLead],
    ) -> None:
        self._connection = connection
        self.workspace = workspace
        self.now = now
        self._entrance = entrance
        self._direct = Records(connection, workspace, now)
        self._domains = {one.domain for one in incoming if one.domain is not None}
        self._leads: dict[str, Lead] = {}
        self._assignments: list[Assignment] = []
        self._turns: list[tuple[Turn, PersonKey]] = []
        self._timers: list[NewTimer] = []
        self._messages: list[NewMessage] = []
        self._facts: list[dict[str, Any]] = []
        self._read: dict[object, Any] = {}
        self._loads: dict[PersonKey, RepLoad] = {}
        self._emails = leads.with_email(
            connection,
            workspace=workspace,
            email_keys={one.email_key for one in incoming if one.email_key is not None},
        )
        self._names = {
            (told, name)
            for told in {one.source or source for one in incoming}
            for name in leads.known(
                connection,
                workspace=workspace,
                source=told,
                external_ids={
                    one.external_id
                    for one in incoming
                    if one.external_id is not None and (one.source or source) == told
                },
            )
        }

    @property
    def connection(self) -> Connection:  # type: ignore[override]  # nobody gets it from here
        """Refuse the transaction: what waits is not in it.

        Raises:
            NotInBatch: always.
        """
        raise NotInBatch

    def mark(self) -> Mark:
        """Return where to go back to if the next lead does not fit."""
        return Mark(
            leads=len(self._leads),
            assignments=len(self._assignments),
            turns=len(self._turns),
            timers=len(self._timers),
            messages=len(self._messages),
            facts=len(self._facts),
        )

    def leave_out(self, mark: Mark) -> None:
        """Forget what was put in since a mark, and write the rest: somebody else goes on.

        What was read is forgotten too, for it may be otherwise afterwards.
        """
        for key in list(self._leads)[mark.leads :]:
            del self._leads[key]
        del self._assignments[mark.assignments :]
        del self._turns[mark.turns :]
        del self._timers[mark.timers :]
        del self._messages[mark.messages :]
        del self._facts[mark.facts :]
        self._read.clear()
        self._loads.clear()
        self.flush()

    def flush(self) -> None:
        """Write what is waiting.

        Raises:
            sqlalchemy.exc.IntegrityError: if a lead is stored already; nothing of all this may
                be kept.
        """
        leads.add_many(self._connection, new=tuple(self._leads.values()))
        assignments.add(self._connection, *self._assignments)
        self._save_turns()
        timers.schedule_first(self._connection, *self._timers)
        outbox.enqueue_first(self._connection, *self._messages, now=self.now)
        audit.record_all(self._connection, facts=self._facts)
        for waiting in (self._assignments, self._turns, self._timers, self._messages, self._facts):
            waiting.clear()
        self._leads.clear()

    def directory(self) -> Directory:
        """Return the workspace directory, read once."""
        return self._once("directory", self._direct.directory)

    def frozen(self, work: Running, directory: Directory) -> Directory:
        """Return the directory with the default caps of a version, put together once."""
        return self._once(("frozen", id(work)), lambda: work.as_frozen(directory))

    def availability(self, directory: Directory) -> Availability:
        """Return who can take leads now; each person is looked at once."""
        place = ("availability", id(directory))
        return self._once(place, lambda: self._direct.availability(directory))

    def version(self, *, design: str, number: int) -> tuple[HandoffDesign, VersionState] | None:
        """Return a version from those at work, its design locked."""
        body = self._entrance.designs.get(design)
        if body is None or body.version != number:
            raise NotInBatch
        self._once(("design", design), lambda: self._lock(design))
        return body, self._entrance.states[design]

    def source(self, name: str) -> Source | None:
        """Return a source by name, read once."""
        return self._once(("source", name), lambda: self._direct.source(name))

    def start_clock(
        self, *, arrived_at: datetime, target_minutes: float, calendar: BusinessCalendar
    ) -> Clock:
        """Return the one clock of all leads with this target: they arrived at once."""
        return self._once(
            ("clock", arrived_at, target_minutes, id(calendar)),
            lambda: super(Batch, self).start_clock(
                arrived_at=arrived_at, target_minutes=target_minutes, calendar=calendar
            ),
        )

    def times(self, clock: Clock, *, calendar: BusinessCalendar) -> ClockTimes:
        """Return the instants of a clock, reckoned once."""
        _, times = self._once(
            ("times", id(clock)),
            # with the clock, so that no other one gets its id
            lambda: (clock, super(Batch, self).times(clock, calendar=calendar)),
        )
        return times

    def with_arithmetic(
        self, explanation: Explanation, *, clock: Clock, band: Band, calendar: BusinessCalendar
    ) -> Explanation:
        """Return an explanation with the due instant's arithmetic, put together once."""
        _, _, told = self._once(
            ("explanation", id(explanation), id(clock), band),
            # with both, so that nothing else gets their ids
            lambda: (
                explanation,
                clock,
                super(Batch, self).with_arithmetic(
                    explanation, clock=clock, band=band, calendar=calendar
                ),
            ),
        )
        return told

    def account(self, domain: str) -> Account | None:
        """Return the account of exactly this domain; all are read at once."""
        return self._accounts().get(domain)

    def owner_in_domain(self, domain: str) -> str | None:
        """Return who owns the newest open lead of a domain; all are read at once."""
        return self._owners().get(domain)

    def find(self, *, source: str, external_id: str | None, email_key: str | None) -> Lead | None:
        """Return None for a lead that nobody knows; from now on it is known.

        Raises:
            NotInBatch: if it was known already.
        """
        is_known = (source, external_id) in self._names or email_key in self._emails
        if external_id is not None:
            self._names.add((source, external_id))
        if email_key is not None:
            self._emails.add(email_key)
        if is_known:
            raise NotInBatch
        return None

    def add(self, lead: Lead) -> bool:
        """Put in a new cycle."""
        self._leads[lead.id] = lead
        return True

    def save(self, lead: Lead, changes: Mapping[str, object]) -> Lead:
        """Put in a cycle with some changes, at its next revision."""
        saved = changed(lead, **changes, revision=lead.revision + 1)
        self._leads[lead.id] = saved
        if "owners" in self._read:
            self._own(self._read["owners"], saved)
        return saved

    def assignments(self, lead: str) -> list[Assignment]:
        """Return to whom a cycle was given here: the newest ones, for cases ask at once."""
        found: list[Assignment] = []
        for one in reversed(self._assignments):
            if one.lead != lead:
                break
            found.insert(0, one)
        return found

    def assign(self, new: Assignment, *, directory: Directory) -> None:
        """Put in an assignment, and count it."""
        self._assignments.append(new)
        if new.rep in self._loads:
            self._count(new, directory)

    def loads(
        self, reps: Collection[PersonKey], *, directory: Directory
    ) -> Mapping[PersonKey, RepLoad]:
        """Return what reps carry, those put in here counted."""
        unread = [rep for rep in reps if rep not in self._loads]
        if unread:
            self._loads |= self._direct.loads(unread, directory=directory)
            for one in self._assignments:
                if one.rep in unread:
                    self._count(one, directory)
        return self._loads

    def turn(self, *, pods: tuple[str, ...], key: str, reps: Collection[PersonKey]) -> Turn:
        """Return a rotation as it is here; locked when it is read."""
        place = ("turn", pods, key)
        return self._once(place, lambda: self._direct.turn(pods=pods, key=key, reps=reps))

    def take_turn(self, turn: Turn, *, picked: PersonKey) -> None:
        """Put in a rotation after a pick."""
        self._turns.append((turn, picked))
        self._read["turn", turn.pods, turn.key] = turn

    def schedule(self, *new: NewTimer) -> None:
        """Put in times."""
        self._timers += new

    def enqueue(self, *new: NewMessage) -> None:
        """Put in messages."""
        self._messages += new

    def is_shown(self, card: str) -> bool:
        """Return False: nobody has a message of a new lead."""
        del card
        return False

    def record(
        self, kind: AuditFact, *, actor: str, subject: str, data: Mapping[str, Any] | None = None
    ) -> None:
        """Put in a fact."""
        self._facts.append(self._noted(kind, actor, subject, data))

    def _once(self, place: object, read: Callable[[], _Found]) -> _Found:
        if place not in self._read:
            self._read[place] = read()
        found: _Found = self._read[place]
        return found

    def _lock(self, design: str) -> None:
        designs.hold(self._connection, workspace=self.workspace, keys=[design])

    def _accounts(self) -> Mapping[str, Account]:
        def read() -> Mapping[str, Account]:
            return accounts.by_domain(
                self._connection, workspace=self.workspace, domains=self._domains
            )

        return self._once("accounts", read)

    def _owners(self) -> dict[str, str]:
        def read() -> dict[str, str]:
            found = leads.owners_in_domains(
                self._connection, workspace=self.workspace, domains=self._domains
            )
            for lead in self._leads.values():
                self._own(found, lead)
            return found

        return self._once("owners", read)

    def _own(self, owners: dict[str, str], lead: Lead) -> None:
        """Let the owner of a lead that was put in own its company's domain."""
        if lead.owner is not None and lead.domain is not None:
            owners[lead.domain] = lead.owner

    def _count(self, new: Assignment, directory: Directory) -> None:
        load = self._loads[new.rep]
        day = local_date(directory=directory, person=new.rep, at=new.notify_at)
        days = {**load.assigned_on, day: load.assigned_on.get(day, 0) + 1}
        self._loads[new.rep] = RepLoad(assigned_on=days, untouched=load.untouched + 1)

    def _save_turns(self) -> None:
        picks: dict[tuple[tuple[str, ...], str], Counter[PersonKey]] = defaultdict(Counter)
        last: dict[tuple[tuple[str, ...], str], Turn] = {}
        for turn, picked in self._turns:
            picks[turn.pods, turn.key][picked] += 1
            last[turn.pods, turn.key] = turn
        for place, turn in sorted(last.items()):
            pod_turns.save(
                self._connection, workspace=self.workspace, turn=turn, picks=picks[place]
            )
