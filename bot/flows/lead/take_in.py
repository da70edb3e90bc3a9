"""Take a lead in: understand it, find who it is, store it, and have it routed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from bot.flows.lead.entrance import Entrance, open_entrance
from bot.flows.lead.merging import Merging
from bot.flows.lead.records import Records
from bot.flows.lead.route import route_lead
from bot.flows.lead.touched_before import count_left_over, count_told
from bot.flows.running import running
from handoff import cycles
from handoff.audit import AuditFact
from handoff.brief import Band
from handoff.cycles import Kind, Known, carried_over, decide_arrival, upstream_delay
from handoff.intake.arriving import (
    IncomingLead,
    NotUnderstood,
    Problem,
    is_storable,
    read_lead,
)
from handoff.lead import LeadState
from handoff.model import made
from handoff.routing.entry import Nurtured, qualify
from storage import audit, intake
from storage.ids import new_id
from storage.leads import Lead

#: No response SLA is as long, on any calendar.
_LONG_AGO = timedelta(days=366)

_TOO_OLD = "is longer ago than the response SLA; say --start-clocks or --history"
_NO_DESIGN = (
    "is in the past, and no design is at work that could take the lead; activate one and import "
    "again, or say --history to keep leads of the past, closed"
)


class Old(StrEnum):
    """What to do with a lead that was submitted longer ago than the response SLA.

    TAKE: its clock starts now, like everybody's. ASK: refuse it, for somebody must choose.
    RECORD: it is history: kept without a clock, closed when it was submitted.
    """

    TAKE = "take"
    ASK = "ask"
    RECORD = "record"


@made
class Arrival:
    """A lead as it reached us.

    Attributes:
        source: The source that sent it, proven by its key.
        fields: The JSON object as it came.
        design: Key of the design that whoever brings it chose; beats the lead's own.
        old: What to do if it is older than the response SLA.
        is_kept: Keep it for repair if it is refused; False where the sender gets it back.
    """

    source: str
    fields: Mapping[str, Any]
    design: str | None = None
    old: Old = Old.TAKE
    is_kept: bool = True


@made
class Taken:
    """The lead is stored.

    Attributes:
        lead_id: Its cycle.
        kind: A new lead, a new cycle, merged into the open cycle, or recorded on a closed one.
        is_nurtured: It was kept but not handed over.
    """

    lead_id: str
    kind: Kind
    is_nurtured: bool = False

    @property
    def duplicate(self) -> bool:
        """Tell whether we had this lead already."""
        return self.kind in (Kind.MERGE, Kind.RECORD)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The lead cannot be taken; it is kept whole, for repair.

    Attributes:
        refused_id: Names what is kept, None if nothing is.
        errors: What is wrong, field by field.
    """

    refused_id: str | None
    errors: tuple[Problem, ...]


def take_in(
    connection: Connection,
    *,
    workspace: str,
    now: datetime,
    arrival: Arrival,
    entrance: Entrance | None = None,
) -> Taken | Refused:
    """Store a lead, or say why not.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The instant of the durable receipt, UTC-aware; starts the clock.
        arrival: The lead as it came.
        entrance: The designs at work, if the caller has read them in this transaction.
    """
    try:
        return take_in_read(
            Records(connection, workspace, now),
            arrival=arrival,
            incoming=read_lead(body=arrival.fields, now=now),
            entrance=entrance or open_entrance(connection, workspace=workspace),
            route=lambda lead: route_lead(
                connection, workspace=workspace, now=now, lead_id=lead.id
            ),
        )
    except NotUnderstood as exc:
        return _refuse(connection, workspace, arrival, exc.problems, now)


def take_in_read(
    records: Records,
    *,
    arrival: Arrival,
    incoming: IncomingLead,
    entrance: Entrance,
    route: Callable[[Lead], None],
) -> Taken:
    """Store a lead that was read already.

    Args:
        records: Where; in a batch only what fits into it.
        arrival: The lead as it came.
        incoming: What was read of it.
        entrance: The designs at work, as read in this transaction.
        route: Gives a new cycle to somebody.

    Raises:
        NotUnderstood: if it cannot be taken after all.
    """
    _check_source(records, arrival.source, incoming)
    return _Taking(
        records=records,
        source=incoming.source or arrival.source,
        design=arrival.design or incoming.design,
        old=arrival.old,
        incoming=incoming,
        entrance=entrance,
        route=route,
    ).take()


def names_of(*, source: str, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names by which a lead may be known, to be held before a batch is taken in.

    What cannot be stored is no name: the lead is refused when its turn comes.
    """
    told = fields.get("source") or source
    names = [f"{told}/{fields['external_id']}"] if fields.get("external_id") else []
    email = fields.get("email")
    if isinstance(email, str):
        names.append(email.strip().lower())
    return tuple(filter(is_storable, names))


@made
class _Taking:
    """One lead on its way in."""

    records: Records
    source: str
    design: str | None
    old: Old
    incoming: IncomingLead
    entrance: Entrance
    route: Callable[[Lead], None]

    def take(self) -> Taken:
        known = self._find(self.incoming.external_id, self.incoming.email_key)
        taken = self._decide(known)
        if taken is None:  # the same person is open by another name, meanwhile on PostgreSQL
            taken = self._decide(self._find(None, self._email_key(known)))
        assert taken is not None, "the open cycle of this address was found a line above"
        return taken

    @property
    def now(self) -> datetime:
        return self.records.now

    def _find(self, external_id: str | None, email_key: str | None) -> Lead | None:
        return self.records.find(source=self.source, external_id=external_id, email_key=email_key)

    def _decide(self, known: Lead | None) -> Taken | None:
        kind = decide_arrival(arrival=self._identity(known), known=_known(known)).kind
        if _is_nurtured(known) and self._was_long_ago(known):
            kind = Kind.MERGE  # a score that is over makes it no better
        if known is not None and kind in (Kind.MERGE, Kind.RECORD):
            return self._add_to(known, kind)
        return self._store(known, kind)

    def _identity(self, known: Lead | None) -> cycles.Arrival:
        return cycles.Arrival(
            source=self.source,
            arrived_at=self._came_at(known),
            submitted_at=self.incoming.submitted_at,
            is_hand_raise=self.incoming.is_hand_raise,
            is_qualified=_is_nurtured(known) and self._qualifies_now(known),
            is_repeat=known is not None and self._merging(known).is_repeat(),
            score=self.incoming.score,
        )

    def _came_at(self, known: Lead | None) -> datetime:
        """Return when the lead came: history when it was submitted, or it would come anew."""
        submitted_at = self.incoming.submitted_at
        if known is None or submitted_at is None or self.old is not Old.RECORD:
            return self.now
        return submitted_at if self._was_long_ago(known) else self.now

    def _qualifies_now(self, known: Lead | None) -> bool:
        place, _, reasons = self._place(self._fields(known))
        return place is not None and not reasons

    def _fields(self, before: Lead | None) -> dict[str, Any]:
        """Return all that is known of the lead: what came now, and else what came before."""
        fields = {**self.incoming.attributes, "source": self.source}
        if before is None:
            return fields
        known = carried_over(attributes=before.attributes, is_nurtured=_is_nurtured(before))
        return known | fields

    def _store(self, before: Lead | None, kind: Kind) -> Taken | None:
        """Store a new cycle and have it routed; None if this address has an open one."""
        lead, reasons = self._new_cycle(before)
        if not self.records.add(lead):
            return None
        delay = upstream_delay(submitted_at=lead.submitted_at, arrived_at=self.now)
        data = {
            "source": lead.source,
            "design": lead.design,
            "version": lead.version,
            "band": lead.band,
            "cycle": lead.cycle,
            "upstream_seconds": None if delay is None else delay.total_seconds(),
        }
        self._record(AuditFact.LEAD_RECEIVED, lead, data)
        if reasons:
            self._record(AuditFact.LEAD_NURTURED, lead, {"reasons": list(reasons)})
        elif lead.state is LeadState.NEW:
            self.route(lead)
        if lead.state is not LeadState.CLOSED:
            self._count_told(lead)
            if before is not None:
                count_left_over(self.records, lead=lead, before=before)
        return Taken(lead_id=lead.id, kind=kind, is_nurtured=bool(reasons))

    def _new_cycle(self, before: Lead | None) -> tuple[Lead, tuple[str, ...]]:
        """Return the new cycle, and why it is nurtured, if it is."""
        lead_id = new_id("ld", now=self.now)
        incoming = self.incoming
        fields = self._fields(before)
        body, band, reasons = self._place(fields)
        is_history = self._is_history(body)
        state, ended_at = LeadState.NEW, None
        if is_history:
            state, ended_at = LeadState.CLOSED, incoming.submitted_at
        elif reasons:
            state, ended_at = LeadState.NURTURED, self.now
        lead = Lead(
            workspace=self.records.workspace,
            id=lead_id,
            root=before.root if before else lead_id,
            cycle=before.cycle + 1 if before else 1,
            source=self.source,
            external_id=incoming.external_id,
            email_key=self._email_key(before),
            domain=incoming.domain or (before.domain if before else None),
            attributes=fields,
            score=self._score(before),
            band=band,
            is_test=incoming.is_test,
            design=body and body[0],
            version=body and body[1],
            state=state,
            submitted_at=incoming.submitted_at,
            arrived_at=self.now,
            ended_at=ended_at,
        )
        return lead, () if is_history else reasons

    def _email_key(self, before: Lead | None) -> str | None:
        return self.incoming.email_key or (before.email_key if before else None)

    def _score(self, before: Lead | None) -> int | None:
        if self.incoming.score is None and before is not None and _is_nurtured(before):
            return before.score
        return self.incoming.score

    def _was_long_ago(self, known: Lead | None) -> bool:
        if self.old is Old.TAKE:
            return False
        place, _, _ = self._place(self._fields(known))
        return self._is_history(place)

    def _is_history(self, place: tuple[str, int] | None) -> bool:
        """Tell whether the lead is history; refuse it if nobody has said what it is.

        Source: rules.md "Clocks" (rows older than the response SLA).
        """
        submitted_at = self.incoming.submitted_at
        if self.old is Old.TAKE or submitted_at is None:
            return False
        if not self._is_older(submitted_at, place):
            return False
        if self.old is Old.ASK:
            detail = _TOO_OLD if self.entrance.designs else _NO_DESIGN
            raise NotUnderstood((Problem(pointer="/submitted_at", detail=detail),))
        return True

    def _is_older(self, submitted_at: datetime, place: tuple[str, int] | None) -> bool:
        """Tell whether the response SLA of the design that takes the lead is over; of none, all.

        It runs on the design's calendar: a lead of Friday evening is not old on Monday morning.
        Of what somebody calls history, all that is longer ago is.
        """
        age = self.now - submitted_at
        at_work = self.entrance.designs
        asked = at_work.values() if place is None else (at_work[place[0]],)
        sure = self.old is Old.RECORD or age > _LONG_AGO
        return age > timedelta(0) and all(
            age > (sla := timedelta(minutes=one.brief.targets.response_sla_minutes))
            and (sure or running(one).open_time(submitted_at, self.now) > sla)
            for one in asked
        )

    def _place(
        self, fields: Mapping[str, Any]
    ) -> tuple[tuple[str, int] | None, Band | None, tuple[str, ...]]:
        """Return the version that takes the lead and its band, or why it is nurtured."""
        source = self.records.source(self.source)
        chosen = self.entrance.choose(
            fields=fields, explicit=self.design, bound=source.design if source else None
        )
        if chosen is None:
            return None, None, ()
        design = self.entrance.designs[chosen.key]
        binding = design.binding
        verdict = qualify(lead=fields, matrix=binding.routing, table=binding.sla)
        place = (design.key, design.version)
        if isinstance(verdict, Nurtured):
            return place, None, verdict.reasons
        return place, verdict.band, ()

    def _add_to(self, known: Lead, kind: Kind) -> Taken:
        """Add what came to a cycle that we have."""
        taken = Taken(lead_id=known.id, kind=kind, is_nurtured=known.state is LeadState.NURTURED)
        merging = self._merging(known)
        news, is_repeat = merging.news(), merging.is_repeat()
        is_history = not is_repeat and self._was_long_ago(known)
        merging.call()
        if is_repeat:
            return taken
        data = {"source": self.source, "fields": sorted(news), "words": merging.words}
        self._record(AuditFact.LEAD_MERGED, known, data)
        if not is_history:  # what was so long ago changes nothing now, and is no news to anybody
            merging.merge(news if kind is Kind.MERGE else {}, taker=self._taker(known))
            self._count_told(known)
        return taken

    def _taker(self, known: Lead) -> tuple[str, int] | None:
        """Return the version that takes a lead that none took before, None if none does."""
        if known.state is not LeadState.UNROUTABLE or known.design is not None:
            return None
        place, _, reasons = self._place({**known.attributes, **self.incoming.attributes})
        return None if reasons else place

    def _merging(self, known: Lead) -> Merging:
        return Merging(
            records=self.records, source=self.source, incoming=self.incoming, known=known
        )

    def _count_told(self, lead: Lead) -> None:
        touched_at = self.incoming.first_touch_at
        if touched_at is not None:
            count_told(self.records, lead=lead, source=self.source, first_touch_at=touched_at)

    def _record(self, kind: AuditFact, lead: Lead, data: Mapping[str, Any]) -> None:
        self.records.record(kind, actor=self.source, subject=lead.id, data=data)


def _check_source(records: Records, proven: str, incoming: IncomingLead) -> None:
    """Refuse a lead in the name of another source than the key's.

    The built-in source may speak for sources that have no keys of their own.
    """
    told = incoming.source
    if told is None or told == proven:
        return
    is_free = records.source(told) is None
    if proven != "default" or not is_free:
        detail = f"this key is for the source “{proven}”; leave `source` out, or use its own key"
        raise NotUnderstood((Problem(pointer="/source", detail=detail),))


def _refuse(
    connection: Connection,
    workspace: str,
    arrival: Arrival,
    problems: tuple[Problem, ...],
    now: datetime,
) -> Refused:
    if not arrival.is_kept:
        return Refused(refused_id=None, errors=problems)
    external_id = arrival.fields.get("external_id")
    is_name = isinstance(external_id, str) and external_id.isprintable()
    refused_id = intake.refuse(
        connection,
        workspace=workspace,
        source=arrival.source,
        external_id=external_id if is_name else None,
        body=json.dumps(dict(arrival.fields)),
        problems=[problem.model_dump() for problem in problems],
        now=now,
    )
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.LEAD_REFUSED,
        actor=arrival.source,
        subject=refused_id,
        now=now,
        data={"fields": sorted(problem.pointer for problem in problems)},
    )
    return Refused(refused_id=refused_id, errors=problems)


def _is_nurtured(lead: Lead | None) -> bool:
    return lead is not None and lead.state is LeadState.NURTURED


def _known(lead: Lead | None) -> Known | None:
    """Return a stored cycle as far as its identity goes."""
    if lead is None:
        return None
    is_nurtured = _is_nurtured(lead)
    return Known(
        lead=lead.id,
        source=lead.source,
        owner=lead.owner,
        # What was imported as history came when it was submitted.
        arrived_at=min(lead.arrived_at, lead.ended_at or lead.arrived_at),
        submitted_at=lead.submitted_at,
        closed_at=None if is_nurtured else lead.ended_at,
        is_nurtured=is_nurtured,
        score=lead.score,
    )
