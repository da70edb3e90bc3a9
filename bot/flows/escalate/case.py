"""A climb inside an open transaction: what every decision about it is made on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from bot.flows.escalate.rules import Rules, rules_at, rules_now
from handoff.audit import AuditFact
from handoff.directory import Directory, Role
from handoff.escalation.climb import EscalationState, change, may_acknowledge
from handoff.escalation.policy import EscalationStep
from handoff.people import find_pod, holders, is_reachable, persons_of
from storage import audit, designs, escalations, incidents, leads, outbox, versions
from storage import directory as directories
from storage.escalations import TOLD, Escalation, EscalationCall
from storage.incidents import IncidentRecord
from storage.leads import Lead

_REVOPS = (Role.REVOPS_DIRECTOR, Role.REVOPS_APPROVER)
_LEADERSHIP = (Role.SALES_LEADERSHIP, Role.MARKETING_LEADERSHIP)


@dataclass
class Case:
    """An escalation as it stands in this transaction; changes are saved at once.

    Attributes:
        connection: The transaction; flows that change it hold the locks of its design, its lead
            and the escalation itself.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        escalation: A climb for a lead, or the leadership escalation of a guardrail.
        lead: The lead's cycle; None for a guardrail, or a broken integration.
        directory: The workspace directory, live.
    """

    connection: Connection
    workspace: str
    now: datetime
    escalation: Escalation
    lead: Lead | None
    directory: Directory
    _rows: dict[int, Mapping[str, str]] = field(default_factory=dict, repr=False)

    @cached_property
    def rules(self) -> Rules:
        """Return the calendar and channel: of the lead's version, else of the active one."""
        where = {"workspace": self.workspace, "design": self.escalation.design}
        if self.lead is None:
            return rules_now(self.connection, directory=self.directory, **where)
        return rules_at(
            self.connection, version=self.lead.version, directory=self.directory, **where
        )

    def row_name(self, row: str | None, *, version: int | None) -> str | None:
        """Return the name of a routing row; the same id names another in another version."""
        if row is None or version is None:
            return None
        if version not in self._rows:
            where = {"workspace": self.workspace, "design": self.escalation.design}
            stored = versions.get(self.connection, number=version, **where)
            rows = stored.body.binding.routing.rows if stored else ()
            self._rows[version] = {one.id: one.name for one in rows}
        return self._rows[version].get(row)

    @property
    def design(self) -> str | None:
        """Return the key of the design, None for a lead that none takes."""
        key = self.escalation.design
        return None if key == designs.UNMATCHED else key

    @property
    def owner(self) -> str | None:
        """Return who owns the lead now."""
        return self.lead.owner if self.lead else None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has it."""
        return self.escalation.state is EscalationState.OPEN

    @property
    def has_ended(self) -> bool:
        """Tell whether it was resolved or voided."""
        return self.escalation.ended_at is not None

    def calls(self) -> list[EscalationCall]:
        """Return whom it called and told so far, and which steps it skipped, in order."""
        return escalations.calls_of(
            self.connection, workspace=self.workspace, escalation=self.escalation.id
        )

    def incident(self) -> IncidentRecord | None:
        """Return the incident of its lead."""
        if self.lead is None:
            return None
        return incidents.of_lead(self.connection, workspace=self.workspace, lead=self.lead.id)

    def keys_of(self, step: EscalationStep) -> tuple[str, ...]:
        """Return the holders of a step in order: the design's own, else the directory's."""
        return step.holders or holders(directory=self.directory, role=step.role)

    @cached_property
    def undelivered(self) -> frozenset[tuple[str, str]]:
        """Return card and recipient of each call that Slack would not take.

        A message that several climbs share was posted for one of them, on behalf of all.
        """
        cards = {one.card for one in self.calls() if one.card is not None}
        sharing = escalations.sharing(self.connection, workspace=self.workspace, cards=cards)
        return outbox.undelivered(
            self.connection, workspace=self.workspace, cards=cards, subjects=sharing
        )

    def members(self) -> Mapping[str, Sequence[str]]:
        """Return the persons that each user group can be reached through."""
        return {
            group.key: [person for person in group.members if self.can_reach(person)]
            for group in self.directory.groups
        }

    def can_reach(self, key: str) -> bool:
        """Tell whether a call now reaches a person or group who may then acknowledge it.

        The owner never may, so a call to the owner would reach nobody; nor would one to somebody
        to whom Slack lets us say nothing.
        """
        group = next((one for one in self.directory.groups if one.key == key), None)
        if group is not None:
            return any(self.can_reach(person) for person in group.members)
        if key == self.owner or any(key == recipient for _, recipient in self.undelivered):
            return False
        return is_reachable(directory=self.directory, person=key, at=self.now)

    def may_act(self, person: str) -> bool:
        """Tell whether a person may acknowledge and resolve."""
        pod = self.lead and self.lead.pod
        found = find_pod(directory=self.directory, name=pod) if pod else None
        called = [call.recipient for call in self.calls() if call.step != TOLD]
        leaders = [] if self.lead else [*self._holders(_LEADERSHIP)]
        return may_acknowledge(
            person=person,
            owner=self.owner,
            reached=[*called, *leaders],
            managers=[found.manager] if found else [],
            revops=self._holders(_REVOPS),
        )

    def become(self, state: EscalationState, **changes: object) -> None:
        """Bring the escalation into its next state and save it.

        Raises:
            NotAllowed: if the state machine has no such step.
        """
        self.save(state=change(before=self.escalation.state, after=state), **changes)

    def save(self, **changes: object) -> None:
        """Save the escalation with some changes; its timers' generation is its revision."""
        changed = self.escalation.model_copy(update=changes)
        self.escalation = escalations.save(self.connection, escalation=changed)

    def record(
        self, kind: AuditFact, *, by: str = "handoff", data: Mapping[str, Any] | None = None
    ) -> None:
        """Add a fact about the escalation to the audit log."""
        audit.record(
            self.connection,
            workspace=self.workspace,
            kind=kind,
            actor=by,
            subject=self.escalation.id,
            now=self.now,
            data=data,
        )

    def _holders(self, roles: Sequence[Role]) -> list[str]:
        keys = [key for role in roles for key in holders(directory=self.directory, role=role)]
        return list(persons_of(directory=self.directory, keys=keys))


def load(
    connection: Connection, *, workspace: str, escalation_id: str, now: datetime
) -> Case | None:
    """Load an escalation without locking it: for rendering, or inside a flow that did."""
    found = escalations.get(connection, workspace=workspace, escalation=escalation_id)
    if found is None:
        return None
    lead = found.lead and leads.get(connection, workspace=workspace, lead=found.lead)
    return Case(
        connection=connection,
        workspace=workspace,
        now=now,
        escalation=found,
        lead=lead or None,
        directory=directories.load(connection, workspace=workspace).directory,
    )


def lock(
    connection: Connection, *, workspace: str, escalation_id: str, now: datetime
) -> Case | None:
    """Lock design, lead and escalation, in this order, until the transaction ends; load it."""
    found = escalations.get(connection, workspace=workspace, escalation=escalation_id)
    if found is None:
        return None
    designs.lock(connection, workspace=workspace, key=found.design)
    if found.lead is not None:
        leads.lock(connection, workspace=workspace, ids=[found.lead])
    escalations.lock(connection, workspace=workspace, escalation=escalation_id)
    return load(connection, workspace=workspace, escalation_id=escalation_id, now=now)
