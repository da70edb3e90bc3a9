"""What an escalation's messages show, from what is stored."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.escalate.announce import OWNER
from bot.flows.escalate.case import Case, load
from bot.flows.escalate.climb import APP, WAITING
from handoff.audit import AuditFact
from handoff.defaults.catalogue import goal_name
from handoff.directory import Role, role_title
from handoff.escalation.causes import CAUSE_WORDS
from handoff.escalation.incident import IncidentFacts, IncidentKind, shared_causes
from handoff.escalation.shown import (
    NO_DESIGN,
    ClimbShown,
    GuardrailShown,
    IncidentShown,
    Standing,
    StepShown,
)
from handoff.lead import is_open
from handoff.lead_card import in_short, lead_name
from handoff.people import display_name
from handoff.sla.clock import ClockState
from storage import audit, escalations, incidents, leads, timers
from storage.escalations import TOLD, Escalation, EscalationCall, EscalationKind
from storage.incidents import IncidentRecord
from storage.leads import Lead

#: What people read when nobody had to resolve it.
_BY_ITSELF = {"touched": "the lead was contacted", "disposed of": "the lead was closed"}
_LEADERSHIP = (Role.SALES_LEADERSHIP, Role.MARKETING_LEADERSHIP)


def climbs_on_card(
    connection: Connection, *, workspace: str, card: str, recipient: str
) -> list[Case]:
    """Return the climbs that a recipient's message shows, the oldest first; nothing is locked."""
    found = escalations.on_card(connection, workspace=workspace, card=card, recipient=recipient)
    return _cases(connection, found)


def calls_for(
    connection: Connection, *, workspace: str, person: str, most: int
) -> list[ClimbShown | GuardrailShown]:
    """Return what a person was called about and nobody has; not what they own by now."""
    found = escalations.waiting_for(connection, workspace=workspace, person=person, limit=most)
    return [_shown(case) for case in _cases(connection, found) if case.owner != person]


def is_owners(case: Case, *, recipient: str, card: str) -> bool:
    """Tell whether a message told a person as the owner, who cannot acknowledge.

    Who had the lead then may be called about it on another message, when it is somebody else's.
    """
    return any(
        call.recipient == recipient and call.card == card and call.role == OWNER
        for call in case.calls()
    )


def climb_shown(case: Case) -> ClimbShown:
    """Return what the messages of a climb show."""
    incident = case.incident()
    lead = case.lead
    kind, occurred_at = _what_happened(case, incident)
    return ClimbShown(
        id=case.escalation.id,
        lead=lead_title(lead),
        design=case.design,
        kind=kind,
        occurred_at=occurred_at,
        owner=_name(case, lead.owner if lead else None),
        row=case.row_name(lead.rule, version=lead.version) if lead else None,
        source=lead.source if lead else None,
        cause=incident.cause if incident else None,
        steps=[_step(case, call) for call in case.calls() if call.step != TOLD],
        standing=standing(case),
        next_at=_next_at(case),
        unowned=lead.id if lead and lead.owner is None and is_open(lead.state) else None,
    )


def guardrail_shown(case: Case) -> GuardrailShown:
    """Return leadership's packet: incidents, shared cause, proposed fix, who is on it."""
    rules, calls, overdue = case.rules, case.calls(), _overdue(case)
    found = incidents.of_guardrail(
        case.connection, workspace=case.workspace, guardrail=case.escalation.id
    )
    shown = [_incident(case, one) for one in found]
    brief = rules.design.brief if rules.design else None
    people = {person.key: person.name for person in case.directory.people}
    return GuardrailShown(
        id=case.escalation.id,
        design=case.design,
        title=f"{brief.segment.name} → {goal_name(brief.goal)}" if brief else NO_DESIGN,
        count=rules.guardrail.count,
        window_hours=rules.guardrail.window_hours,
        fired_at=case.escalation.opened_at,
        incidents=shown,
        causes=shared_causes(
            incidents=[
                _facts(one, row=its.row)
                for one, its in zip(found, shown, strict=True)
                if one.voided_at is None
            ],
            zone=rules.zone,
            names=people,
        ),
        called=[_name(case, key) or "" for key in dict.fromkeys(_called(calls))],
        missing=_missing(case, is_overdue=overdue),
        is_overdue=overdue,
        standing=standing(case),
    )


def incidents_shown(case: Case, *, ids: Collection[str]) -> list[IncidentShown]:
    """Return some of a guardrail's incidents as its packet shows them."""
    found = incidents.of_guardrail(
        case.connection, workspace=case.workspace, guardrail=case.escalation.id
    )
    return [_incident(case, one) for one in found if one.id in ids]


def standing(case: Case) -> Standing:
    """Return who has an escalation, or what ended it."""
    now = case.escalation
    by_person = now.ended_by if now.ended_by != APP else None
    return Standing(
        state=now.state,
        taken_by=_name(case, now.acknowledged_by),
        taken_at=now.acknowledged_at,
        promised_at=now.promised_at,
        ended_by=_name(case, by_person),
        ended_at=now.ended_at,
        because={**CAUSE_WORDS, **_BY_ITSELF}.get(now.cause or "", now.cause),
        note=_note(case) if by_person else None,
    )


def lead_title(lead: Lead | None) -> str:
    """Return what people call a lead: the person and the company."""
    if lead is None:
        return "An integration"
    name = lead_name(lead.attributes)
    company = in_short(lead.attributes.get("company") or "")
    return f"{name} ({company})" if company and company != name else name


# Private functions


def _cases(connection: Connection, found: Sequence[Escalation]) -> list[Case]:
    cases = (
        load(connection, workspace=one.workspace, escalation_id=one.id, now=one.opened_at)
        for one in found
    )
    return [case for case in cases if case is not None]


def _shown(case: Case) -> ClimbShown | GuardrailShown:
    is_climb = case.escalation.kind is EscalationKind.LEAD
    return climb_shown(case) if is_climb else guardrail_shown(case)


def _what_happened(case: Case, incident: IncidentRecord | None) -> tuple[IncidentKind, datetime]:
    """Return what people are called about, and when that was.

    A lead that found an owner after all, who did not answer either, is late like any other.
    """
    clock = case.lead.clock if case.lead and case.lead.owner else None
    if clock is not None and clock.state is ClockState.BREACHED:
        return IncidentKind.BREACH, clock.due_at
    if incident is None:
        return IncidentKind.ROUTING_FAILURE, case.escalation.opened_at
    return incident.kind, incident.occurred_at


def _next_at(case: Case) -> datetime | None:
    """Return when somebody is called next, if nobody acknowledges or contacts the lead."""
    found = timers.waiting(case.connection, workspace=case.workspace, subject=case.escalation.id)
    return min((one.due_at for one in found if one.kind in WAITING), default=None)


def _step(case: Case, call: EscalationCall) -> StepShown:
    return StepShown(
        role=role_title(call.role),
        person=None if call.skipped else _name(case, call.recipient),
        at=call.at,
        is_substitute=call.is_substitute,
        skipped=call.skipped,
    )


def _incident(case: Case, incident: IncidentRecord) -> IncidentShown:
    here = {"workspace": case.workspace}
    lead = incident.lead and leads.get(case.connection, lead=incident.lead, **here)
    climb = incident.lead and escalations.of_lead(case.connection, lead=incident.lead, **here)
    climbing = climb and load(case.connection, escalation_id=climb.id, now=case.now, **here)
    return IncidentShown(
        lead=lead_title(lead or None),
        kind=incident.kind,
        occurred_at=incident.occurred_at,
        owner=_name(case, incident.owner or (lead.owner if lead else None)),
        row=case.row_name(incident.rule, version=lead.version if lead else None),
        source=incident.source,
        cause=incident.cause,
        is_voided=incident.voided_at is not None,
        standing=standing(climbing) if climbing else None,
    )


def _facts(incident: IncidentRecord, *, row: str | None) -> IncidentFacts:
    return IncidentFacts(
        id=incident.id,
        kind=incident.kind,
        occurred_at=incident.occurred_at,
        row=row,
        owner=incident.owner,
        source=incident.source,
        # An integration fails for the owner it was about; a lead that finds nobody has none.
        error=incident.cause if incident.owner else None,
        reason=None if incident.owner else incident.cause,
    )


def _overdue(case: Case) -> bool:
    """Tell whether the guardrail was not resolved in time."""
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.escalation.id)
    return any(fact.kind is AuditFact.GUARDRAIL_OVERDUE for fact in facts)


def _called(calls: Sequence[EscalationCall]) -> list[str]:
    return [call.recipient for call in calls if call.step != TOLD]


def _missing(case: Case, *, is_overdue: bool) -> list[str]:
    """Return the roles of which nobody could be called.

    Who leads both sides is called once, for the first of them.
    """
    calls = case.calls()
    called, roles = set(_called(calls)), {call.role for call in calls}
    members = {group.key: set(group.members) for group in case.directory.groups}
    led = [
        step.role
        for step in case.escalation.policy.steps
        if step.role in _LEADERSHIP
        and any(called & members.get(key, {key}) for key in case.keys_of(step))
    ]
    wanted = [*_LEADERSHIP, *([Role.CRO] if is_overdue else [])]
    return [role_title(role) for role in wanted if role not in {*roles, *led}]


def _name(case: Case, key: str | None) -> str | None:
    return None if key is None else display_name(directory=case.directory, key=key)


def _note(case: Case) -> str | None:
    """Return what the person who resolved it wrote."""
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.escalation.id)
    notes = [fact.data.get("note") for fact in facts if "note" in fact.data]
    return str(notes[-1]) if notes and notes[-1] else None
