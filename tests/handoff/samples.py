"""A small revenue team and briefs that fit it, for tests of everything that needs a design."""

from datetime import UTC, date, datetime
from typing import Any

from handoff.brief import (
    Capacity,
    Dependency,
    DependencyKind,
    Goal,
    HandoffBrief,
    OwnerModel,
    People,
    Qualification,
    ResponseTargets,
    Segment,
    SegmentRef,
    StageDefinitions,
)
from handoff.defaults.catalogue import catalogue
from handoff.design import HandoffDesign
from handoff.directory import CalendarSpec, Directory, Person, Pod, PodMember, Role
from handoff.draft import draft
from handoff.durations import parse_duration
from handoff.sla.model import ProposedChange

AS_OF = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
NEW_YORK = CalendarSpec(
    name="default", timezone="America/New_York", hours={"mon-fri": "09:00-18:00"}, holidays="US"
)
BERLIN = CalendarSpec(
    name="berlin", timezone="Europe/Berlin", hours={"mon-fri": "09:00-17:30"}, holidays="DE-BE"
)
ALWAYS = CalendarSpec(name="always", timezone="UTC", hours={"mon-sun": "00:00-24:00"})

NAMES = {
    "URIA": "Ria Ops",
    "UBEN": "Ben Director",
    "USAM": "Sam Manager",
    "UCLEO": "Cleo CRO",
    "UMIA": "Mia Marketing",
    "UDANA": "Dana SDR",
    "UELI": "Eli AE",
    "UFAY": "Fay SDR",
    "UGUS": "Gus SDR",
    "UHANA": "Hana SDR",
    "UIVO": "Ivo AE",
}


def directory(**changes: object) -> Directory:
    """The team: an American and a European pod, each role with a holder and a substitute."""
    people = tuple(
        Person(key=key, name=name, email=f"{key.lower()}@example.com", timezone="America/New_York")
        for key, name in NAMES.items()
    )
    roles = {
        Role.REVOPS_APPROVER: ("URIA", "UBEN"),
        Role.SALES_APPROVER: ("USAM", "UCLEO"),
        Role.REVOPS_DIRECTOR: ("UBEN", "URIA"),
        Role.SALES_MANAGER: ("USAM",),
        Role.CRO: ("UCLEO",),
        Role.SALES_LEADERSHIP: ("UCLEO",),
        Role.MARKETING_LEADERSHIP: ("UMIA",),
    }
    pods = (
        Pod(
            name="enterprise-east",
            segments=tuple(Segment),
            manager="USAM",
            members=tuple(
                PodMember(person=key, role="sdr") for key in ("UDANA", "UELI", "UFAY", "UGUS")
            ),
        ),
        Pod(
            name="enterprise-emea",
            segments=(Segment.ENTERPRISE,),
            manager="USAM",
            model=OwnerModel.LEAST_LOADED,
            members=tuple(PodMember(person=key, calendar="berlin") for key in ("UHANA", "UIVO")),
        ),
    )
    values = {
        "people": people,
        "roles": roles,
        "calendars": (NEW_YORK, BERLIN, ALWAYS),
        "pods": pods,
    }
    return Directory(**{**values, **changes})


def brief(
    *, segment: Segment = Segment.ENTERPRISE, goal: Goal = Goal.PIPELINE, **changes: object
) -> HandoffBrief:
    """The catalogue's brief for a segment and goal; `changes` replace whole fields."""
    defaults = catalogue().segments[segment]
    sla = parse_duration(defaults.response_sla).minutes
    values: dict[str, Any] = {
        "segment": SegmentRef(key=segment, name=defaults.name, base=segment),
        "goal": goal,
        "entry_rule": catalogue().entry_rule(segment=segment, goal=goal),
        "targets": ResponseTargets(
            response_sla_minutes=sla,
            a_minutes=min(sla, parse_duration(defaults.a_target).minutes),
            attainment_target_percent=catalogue().attainment_target_percent(
                segment=segment, goal=goal
            ),
        ),
        "go_live": date(2026, 3, 20),
        "qualification": Qualification(
            gates=defaults.gates,
            **defaults.thresholds.model_dump(),
            blocking_fields=defaults.blocking_fields,
            wanted_fields=defaults.wanted_fields,
            stages=StageDefinitions(**defaults.stages.model_dump()),
        ),
        "people": people(owner_models=tuple(entry.model for entry in defaults.owner_models)),
        "capacity": Capacity(
            leads_per_week=60,
            handling_minutes=defaults.handling_minutes,
            handling_cv=defaults.handling_cv,
        ),
        "dependencies": (
            Dependency(name="Enrichment", kind=DependencyKind.SYSTEM),
            Dependency(name="Security pack", kind=DependencyKind.CONTENT, due=date(2026, 3, 10)),
        ),
        "author": "URIA",
    }
    return HandoffBrief(**{**values, **changes})


def people(**changes: object) -> People:
    """The people step of the brief."""
    values: dict[str, Any] = {
        "pods": ("enterprise-east", "enterprise-emea"),
        "owner_models": (OwnerModel.ACCOUNT_OWNER, OwnerModel.NAMED_REP, OwnerModel.ROUND_ROBIN),
        "fallback": "USAM",
        "revops_approver": "URIA",
        "sales_approver": "USAM",
        "sales_leadership": ("UCLEO",),
        "marketing_leadership": ("UMIA",),
        "channel": "CHANDOFF",
    }
    return People(**{**values, **changes})


def design(**changes: object) -> HandoffDesign:
    """A drafted design, ENT-1 version 1 unless changed."""
    values: dict[str, Any] = {
        "brief": brief(),
        "directory": directory(),
        "key": "ENT-1",
        "version": 1,
        "as_of": AS_OF,
    }
    return draft(**{**values, **changes})


def with_change(asked: HandoffBrief, change: ProposedChange) -> HandoffBrief:
    """The brief after one tap on a proposed change; band A is never slower than the SLA."""
    for more in change.also:
        asked = with_change(asked, more)
    content = asked.model_dump(mode="json")
    *parents, name = change.path.split(".")
    here = content
    for parent in parents:
        here = here[parent]
    assert name in here
    here[name] = [*here[name], change.value] if name == "pods" else change.value
    targets = content["targets"]
    targets["a_minutes"] = min(targets["a_minutes"], targets["response_sla_minutes"])
    return HandoffBrief.model_validate(content)
