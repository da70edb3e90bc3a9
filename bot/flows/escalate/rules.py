"""By which policy, calendar and guardrail a design escalates."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.running import running
from handoff.brief import LadderSpec
from handoff.calendars import BusinessCalendar, calendar_of
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.escalation.policy import EscalationPolicy, EscalationStep, Guardrail
from handoff.people import DEFAULT_CALENDAR, calendar_named
from storage import designs, versions

_YEARS = range(2020, 2040)

#: What the reserved design of unmatched leads escalates by: the ladder that every form proposes.
DEFAULT_POLICY = EscalationPolicy(
    steps=tuple(
        EscalationStep(
            role=step.role, acknowledge_minutes=step.acknowledge_minutes, repeats=step.repeats
        )
        for step in LadderSpec().steps
    )
)


@dataclass(frozen=True)
class Rules:
    """How a version escalates.

    Attributes:
        policy: The steps; a climb keeps the snapshot that it started with.
        guardrail: Count, window and leadership.
        calendar: On which the times to acknowledge run.
        zone: Of that calendar; an elapsed clock too is read in the design's zone.
        channel: Slack id of the design's channel, or None for unmatched leads.
    """

    policy: EscalationPolicy
    guardrail: Guardrail
    calendar: BusinessCalendar
    zone: ZoneInfo
    channel: str | None
    design: HandoffDesign | None = None


def rules_at(
    connection: Connection,
    *,
    workspace: str,
    design: str,
    version: int | None,
    directory: Directory,
) -> Rules:
    """Return the rules of a version: a lead's at its arrival.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        design: Key of the design.
        version: Its number; None for unmatched leads, which have the defaults.
        directory: Gives the defaults their calendar.
    """
    stored = version and versions.get(
        connection, workspace=workspace, design=design, number=version
    )
    return _rules_of(stored.body) if stored else _defaults(directory)


def rules_now(
    connection: Connection, *, workspace: str, design: str, directory: Directory
) -> Rules:
    """Return the rules of a design's active version, else of the last one that was active."""
    known = designs.get(connection, workspace=workspace, key=design)
    version = known.active_version if known else None
    if version is None:
        version = _last_active(connection, workspace=workspace, design=design)
    return rules_at(
        connection, workspace=workspace, design=design, version=version, directory=directory
    )


def _last_active(connection: Connection, *, workspace: str, design: str) -> int | None:
    """Return the version that was active last; what nobody has signed yet rules nothing."""
    heads = versions.of_design(connection, workspace=workspace, design=design)
    ended = [(one.ended_at, one.number) for one in heads if one.activated_at and one.ended_at]
    return max(ended)[1] if ended else None


def _rules_of(design: HandoffDesign) -> Rules:
    binding = design.binding
    return Rules(
        policy=binding.policy,
        guardrail=binding.guardrail,
        calendar=running(design).calendar,
        zone=ZoneInfo(binding.calendar.spec.timezone),
        channel=design.brief.people.channel,
        design=design,
    )


def _defaults(directory: Directory) -> Rules:
    spec = calendar_named(directory=directory, name=DEFAULT_CALENDAR)
    calendar = calendar_of(spec=spec, years=_YEARS)
    return Rules(
        policy=DEFAULT_POLICY,
        guardrail=Guardrail(),
        calendar=calendar,
        zone=calendar.zone,
        channel=None,
    )
