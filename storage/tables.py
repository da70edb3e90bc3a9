"""All tables at one glance.

SQLModel only declares them; every statement is Core, on a connection. The workspace stands in
every key, so no statement can cross workspaces by accident. Instants end in `_at`; those that
leases and retries use follow the real clock, all others the domain's. Text columns with JSON
hold what the database never filters by.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, MetaData, Table, UniqueConstraint, text
from sqlalchemy import ForeignKeyConstraint as ForeignKey
from sqlmodel import Field, SQLModel

from storage.columns import Instant, Sequence

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_VERSION_STATE = (
    "state IN ('draft', 'in_review', 'approved', 'active', 'paused', 'retired', 'superseded')"
)
_OUTBOX_STATE = "state IN ('pending', 'sending', 'unknown', 'sent', 'failed', 'cancelled', 'held')"


class Row(SQLModel):
    """A row of any table."""

    metadata = metadata


def _key() -> Column[int]:
    """Number the rows of a table in the order in which they came."""
    return Column(Sequence, primary_key=True)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of only some rows; the condition is spelled the same on both databases."""
    only = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


def _at() -> Column[datetime]:
    """An instant that every row has."""
    return Column(Instant, nullable=False)


def _maybe_at() -> Column[datetime | None]:
    """An instant that may not have come."""
    return Column(Instant, nullable=True)


# People and the directory ------------------------------------------------------------------


class Workspace(Row, table=True):
    """A Slack team. The row is also the lock under which designs get their numbers."""

    workspace: str = Field(primary_key=True)
    name: str
    timezone: str
    created_at: datetime = Field(sa_column=_at())


class Checkpoint(Row, table=True):
    """How far something has come: a scaled clock, a reconciliation, a sweep."""

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_at())


class Person(Row, table=True):
    """A member of the workspace, as Slack described them when last synced."""

    workspace: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)
    name: str
    email: str | None
    timezone: str
    is_admin: bool
    is_guest: bool
    is_bot: bool
    is_deactivated: bool
    dm_channel: str | None
    synced_at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "workspace", "email"),)


class Availability(Row, table=True):
    """What a person set for themselves; None leaves the directory's or the design's value."""

    workspace: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    daily_cap: int | None
    open_cap: int | None
    changed_by: str
    changed_at: datetime = Field(sa_column=_at())


class TimeOff(Row, table=True):
    """Whole days away, first and last included, in the person's own time zone."""

    __tablename__ = "time_off"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person: str
    from_day: date
    to_day: date
    changed_by: str
    changed_at: datetime = Field(sa_column=_at())

    __table_args__ = (
        Index(None, "workspace", "person", "to_day"),
        CheckConstraint("from_day <= to_day", name="days"),
    )


class Directory(Row, table=True):
    """Every revision of the directory document; the highest one counts."""

    workspace: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    body: str
    changed_by: str
    changed_at: datetime = Field(sa_column=_at())


# Designs -----------------------------------------------------------------------------------


class Draft(Row, table=True):
    """A form on its way, kept after every step so that nothing typed is lost."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    author: str
    design: str | None
    step: str
    revision: int
    data: str
    created_at: datetime = Field(sa_column=_at())
    updated_at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "workspace", "author", "updated_at"),)


class Design(Row, table=True):
    """A handoff under its human key. The row is the lock for all that happens to it.

    `entry_place` is its place in the workspace's own order of entry rules, if it has one.
    """

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    prefix: str
    number: int
    segment: str
    goal: str
    active_version: int | None
    created_by: str
    created_at: datetime = Field(sa_column=_at())
    entry_place: int | None

    __table_args__ = (
        UniqueConstraint("workspace", "prefix", "number"),
        Index("ix_design_entry_place", "workspace", "entry_place", unique=True),
    )


class DesignVersion(Row, table=True):
    """One version. Its body and hash never change once it was sent for sign-off.

    `proof` is the key of its newest full feasibility proof: live, like the team that it is about.
    """

    __tablename__ = "design_version"

    workspace: str = Field(primary_key=True)
    design: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    hash: str
    body: str
    author: str
    channel: str | None
    proof: str | None
    created_at: datetime = Field(sa_column=_at())
    sent_at: datetime | None = Field(sa_column=_maybe_at())
    approved_at: datetime | None = Field(sa_column=_maybe_at())
    activated_at: datetime | None = Field(sa_column=_maybe_at())
    ended_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        ForeignKey(["workspace", "design"], ["design.workspace", "design.key"]),
        CheckConstraint(_VERSION_STATE, name="state"),
        _partial(
            "uq_design_version_active",
            "workspace",
            "design",
            where="state = 'active' OR state = 'paused'",
            unique=True,
        ),
        Index(None, "workspace", "state"),
    )


_OF_A_VERSION = (
    ["workspace", "design", "version"],
    ["design_version.workspace", "design_version.design", "design_version.number"],
)


class SignOff(Row, table=True):
    """One side's consent to exactly one hash. One person fills one side."""

    __tablename__ = "sign_off"

    workspace: str = Field(primary_key=True)
    design: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    side: str = Field(primary_key=True)
    hash: str
    person: str
    via: str
    reason: str | None
    at: datetime = Field(sa_column=_at())

    __table_args__ = (
        ForeignKey(*_OF_A_VERSION),
        UniqueConstraint("workspace", "design", "version", "person"),
        CheckConstraint("side IN ('revops', 'sales')", name="side"),
    )


class PlanRevision(Row, table=True):
    """The plan after each change: the design plus live status."""

    __tablename__ = "plan_revision"

    workspace: str = Field(primary_key=True)
    design: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    body: str
    change: str
    by: str
    at: datetime = Field(sa_column=_at())

    __table_args__ = (ForeignKey(*_OF_A_VERSION),)


class ReadinessItem(Row, table=True):
    """The live status of one checklist item or enablement request of a version."""

    __tablename__ = "readiness_item"

    workspace: str = Field(primary_key=True)
    design: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    item: str = Field(primary_key=True)
    is_required: bool
    title: str
    owner_role: str
    owner: str | None
    due: date
    state: str
    reason: str | None
    evidence: str | None
    changed_by: str | None
    changed_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        ForeignKey(*_OF_A_VERSION),
        CheckConstraint("state IN ('open', 'done', 'waived')", name="state"),
        CheckConstraint("state <> 'waived' OR reason IS NOT NULL", name="waived"),
        Index(None, "workspace", "owner", "state"),
    )


class Proof(Row, table=True):
    """A finished proof, found again by the hash of all that went into it."""

    workspace: str = Field(primary_key=True)
    input_hash: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    body: str
    at: datetime = Field(sa_column=_at())


class Backtest(Row, table=True):
    """A replay of past leads that somebody asked for, and what came out; bytes are compressed."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    by: str
    design: str | None
    draft: str | None
    file: str | None
    days: int | None
    mapping: str
    at: datetime = Field(sa_column=_at())
    problem: str | None
    figures: str | None
    assignments: bytes | None
    refused: bytes | None

    __table_args__ = (Index(None, "workspace", "at"),)


# Leads -------------------------------------------------------------------------------------


class Source(Row, table=True):
    """Where leads come from, and the design that is bound to it, if any."""

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    is_on: bool
    design: str | None
    changed_by: str
    changed_at: datetime = Field(sa_column=_at())


class SourceKey(Row, table=True):
    """A live or revoked key of a source; a bearer key is kept as its hash only."""

    __tablename__ = "source_key"

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    secret: str
    created_at: datetime = Field(sa_column=_at())
    revoked_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        ForeignKey(["workspace", "source"], ["source.workspace", "source.name"]),
        CheckConstraint("kind IN ('signature', 'bearer')", name="kind"),
        Index(None, "secret"),
    )


class IntakeKey(Row, table=True):
    """A request that was answered, so that the same request gets the same answer."""

    __tablename__ = "intake_key"

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    answer: str | None
    expires_at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "expires_at"),)


class RefusedLead(Row, table=True):
    """A lead that could not be taken, kept whole for repair."""

    __tablename__ = "refused_lead"

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    source: str
    external_id: str | None
    body: str
    problems: str
    received_at: datetime = Field(sa_column=_at())
    repaired_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (Index(None, "workspace", "received_at"),)


class Account(Row, table=True):
    """A company by domain, and who owns it. A higher rank wins a tie."""

    workspace: str = Field(primary_key=True)
    domain: str = Field(primary_key=True)
    name: str
    name_key: str
    country: str | None
    owner: str | None
    owner_email: str | None
    rank: int
    updated_at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "workspace", "country", "name_key"),)


_LEAD_STATE = (
    "state IN ('new', 'held', 'nurtured', 'assigned', 'unroutable', 'accepted', 'touched',"
    " 'closed', 'disposed')"
)
_NOT_ENDED = "ended_at IS NULL"

#: A lead that waits for its first touch with somebody.
UNTOUCHED = f"{_NOT_ENDED} AND state IN ('assigned', 'accepted')"


class Lead(Row, table=True):
    """One pass (cycle) of a lead through a handoff; `root` is the id of its first cycle.

    `due_at` is the truth about its clock; a missing timer is rebuilt from it.
    """

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    root: str
    cycle: int
    revision: int
    source: str
    external_id: str | None
    email_key: str | None
    domain: str | None
    attributes: str
    score: int | None
    band: str | None
    is_test: bool
    design: str | None
    version: int | None
    rule: str | None
    state: str
    owner: str | None
    pod: str | None
    reroutes: int
    outcome: str | None
    clock_state: str
    target_minutes: float | None
    left_minutes: float | None
    since: datetime | None = Field(sa_column=_maybe_at())
    due_at: datetime | None = Field(sa_column=_maybe_at())
    resume_at: datetime | None = Field(sa_column=_maybe_at())
    generation: int
    submitted_at: datetime | None = Field(sa_column=_maybe_at())
    arrived_at: datetime = Field(sa_column=_at())
    assigned_at: datetime | None = Field(sa_column=_maybe_at())
    notified_at: datetime | None = Field(sa_column=_maybe_at())
    accepted_at: datetime | None = Field(sa_column=_maybe_at())
    touched_at: datetime | None = Field(sa_column=_maybe_at())
    ended_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        UniqueConstraint("workspace", "root", "cycle"),
        CheckConstraint(_LEAD_STATE, name="state"),
        CheckConstraint(
            "clock_state IN ('none', 'running', 'paused', 'met', 'breached', 'stopped')",
            name="clock_state",
        ),
        CheckConstraint("clock_state <> 'running' OR due_at IS NOT NULL", name="running"),
        CheckConstraint("clock_state <> 'paused' OR resume_at IS NOT NULL", name="paused"),
        _partial("uq_lead_email", "workspace", "email_key", where=_NOT_ENDED, unique=True),
        _partial("ix_lead_owner", "workspace", "owner", where=_NOT_ENDED),
        # The last two only so that no row is read: SQLite looks at them again.
        _partial("ix_lead_untouched", "workspace", "owner", "state", "ended_at", where=UNTOUCHED),
        _partial("ix_lead_domain", "workspace", "domain", where=_NOT_ENDED),
        _partial("ix_lead_due", "workspace", "due_at", where="clock_state = 'running'"),
        Index(None, "workspace", "design", "arrived_at"),
        Index(None, "workspace", "email_key", "arrived_at"),
    )


class LeadAlias(Row, table=True):
    """A lead's name at a source; the newest cycle that it led to."""

    __tablename__ = "lead_alias"

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    lead: str

    __table_args__ = (ForeignKey(["workspace", "lead"], ["lead.workspace", "lead.id"]),)


_OF_A_LEAD = (["workspace", "lead"], ["lead.workspace", "lead.id"])


class Assignment(Row, table=True):
    """Who got a lead, and the whole explanation why."""

    workspace: str = Field(primary_key=True)
    lead: str = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    rep: str
    pod: str | None
    reason: str
    explanation: str
    at: datetime = Field(sa_column=_at())
    notify_at: datetime = Field(sa_column=_at())
    ended_at: datetime | None = Field(sa_column=_maybe_at())
    end: str | None
    note: str | None

    __table_args__ = (ForeignKey(*_OF_A_LEAD), Index(None, "workspace", "rep", "notify_at"))


class PodTurn(Row, table=True):
    """A rep's standing in a rotation; a change of members or weights starts a new one."""

    __tablename__ = "pod_turn"

    workspace: str = Field(primary_key=True)
    pods: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    rep: str = Field(primary_key=True)
    credit: str
    count: int


class Touch(Row, table=True):
    """A touch event, by its name at its source."""

    workspace: str = Field(primary_key=True)
    source: str = Field(primary_key=True)
    external_id: str = Field(primary_key=True)
    lead: str
    kind: str
    actor: str | None
    occurred_at: datetime = Field(sa_column=_at())
    received_at: datetime = Field(sa_column=_at())

    __table_args__ = (ForeignKey(*_OF_A_LEAD), Index(None, "workspace", "lead", "occurred_at"))


# Escalation --------------------------------------------------------------------------------


class Incident(Row, table=True):
    """One breach or routing failure; at most one for each cycle of a lead."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    design: str
    lead: str | None
    kind: str
    rule: str | None
    owner: str | None
    source: str | None
    cause: str | None
    occurred_at: datetime = Field(sa_column=_at())
    recorded_at: datetime = Field(sa_column=_at())
    voided_at: datetime | None = Field(sa_column=_maybe_at())
    guardrail: str | None

    __table_args__ = (
        ForeignKey(["workspace", "design"], ["design.workspace", "design.key"]),
        ForeignKey(*_OF_A_LEAD),
        UniqueConstraint("workspace", "lead"),
        CheckConstraint("kind IN ('breach', 'routing_failure')", name="kind"),
        Index(None, "workspace", "design", "occurred_at"),
    )


class Escalation(Row, table=True):
    """A running climb of a policy, which is a snapshot from when the clock started."""

    workspace: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    revision: int
    kind: str
    subject: str
    design: str
    lead: str | None
    policy: str
    state: str
    position: str | None
    opened_at: datetime = Field(sa_column=_at())
    acknowledged_by: str | None
    acknowledged_at: datetime | None = Field(sa_column=_maybe_at())
    promised_at: datetime | None = Field(sa_column=_maybe_at())
    ended_by: str | None
    ended_at: datetime | None = Field(sa_column=_maybe_at())
    cause: str | None

    __table_args__ = (
        ForeignKey(["workspace", "design"], ["design.workspace", "design.key"]),
        UniqueConstraint("workspace", "kind", "subject"),
        CheckConstraint("kind IN ('lead', 'guardrail')", name="kind"),
        CheckConstraint("state IN ('open', 'acknowledged', 'resolved', 'voided')", name="state"),
        CheckConstraint(
            "(ended_at IS NULL) = (state = 'open' OR state = 'acknowledged')", name="ended"
        ),
        _partial(
            "uq_escalation_guardrail",
            "workspace",
            "design",
            where="kind = 'guardrail' AND ended_at IS NULL",
            unique=True,
        ),
        _partial("ix_escalation_open", "workspace", "design", where=_NOT_ENDED),
        Index(None, "workspace", "lead"),
    )


class EscalationCall(Row, table=True):
    """One call of one person in a climb, or the note that a step was skipped."""

    __tablename__ = "escalation_call"

    workspace: str = Field(primary_key=True)
    escalation: str = Field(primary_key=True)
    reopen: int = Field(primary_key=True)
    step: int = Field(primary_key=True)
    repeat: int = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    role: str
    is_substitute: bool
    skipped: str | None
    card: str | None
    at: datetime = Field(sa_column=_at())

    __table_args__ = (
        ForeignKey(["workspace", "escalation"], ["escalation.workspace", "escalation.id"]),
        Index(None, "workspace", "recipient", "at"),
        Index(None, "workspace", "card"),
    )


# Time and messages -------------------------------------------------------------------------

_OPEN_TIMER = "fired_at IS NULL AND cancelled_at IS NULL"


class Timer(Row, table=True):
    """One business time. `retry_at` follows the real clock; the rest the domain's."""

    seq: int | None = Field(sa_column=_key())
    workspace: str
    kind: str
    subject: str
    slot: str
    generation: int
    lane: str
    due_at: datetime = Field(sa_column=_at())
    fired_at: datetime | None = Field(sa_column=_maybe_at())
    cancelled_at: datetime | None = Field(sa_column=_maybe_at())
    attempts: int
    retry_at: datetime | None = Field(sa_column=_maybe_at())
    lease_token: str | None
    error: str | None

    __table_args__ = (
        UniqueConstraint("workspace", "subject", "kind", "slot"),
        CheckConstraint("lane IN ('clock', 'slow')", name="lane"),
        CheckConstraint("fired_at >= due_at", name="not_early"),
        _partial("ix_timer_due", "lane", "due_at", where=_OPEN_TIMER),
        _partial(
            "ix_timer_retry", "lane", "retry_at", where=f"{_OPEN_TIMER} AND retry_at IS NOT NULL"
        ),
    )


_UNSETTLED = "settled_at IS NULL"
_PENDING_CARD = "card IS NOT NULL AND state = 'pending'"


class Outbox(Row, table=True):
    """One outgoing message, as an intent; `settled_at` says that nothing more will happen."""

    seq: int | None = Field(sa_column=_key())
    workspace: str
    dedupe_key: str
    kind: str
    subject: str
    recipient: str
    card: str | None
    thread: str | None
    order_key: str
    priority: int
    facts: str
    state: str
    channel: str | None
    ts: str | None
    is_possible_repeat: bool
    progress: str | None
    attempts: int
    retry_at: datetime | None = Field(sa_column=_maybe_at())
    lease_token: str | None
    lease_until: datetime | None = Field(sa_column=_maybe_at())
    error: str | None
    enqueued_at: datetime = Field(sa_column=_at())
    settled_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        UniqueConstraint("workspace", "dedupe_key"),
        CheckConstraint(_OUTBOX_STATE, name="state"),
        CheckConstraint(
            "(settled_at IS NULL) = (state = 'pending' OR state = 'sending' OR state = 'unknown')",
            name="settled",
        ),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="leased"),
        _partial("ix_outbox_order", "workspace", "order_key", "seq", where=_UNSETTLED),
        _partial("ix_outbox_heads", "state", "priority", "seq", where=_UNSETTLED),
        Index("ix_outbox_subject", "workspace", "subject"),
        _partial(
            "uq_outbox_card", "workspace", "card", "recipient", where=_PENDING_CARD, unique=True
        ),
    )


class Message(Row, table=True):
    """The one living message of a card for a recipient, and the revision that it shows."""

    workspace: str = Field(primary_key=True)
    card: str = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    channel: str
    ts: str
    shown_revision: int
    sent_at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "workspace", "channel", "ts"),)


class Gate(Row, table=True):
    """A Slack method that must rest until an instant of the real clock.

    When it was closed tells whether it was by the clock as it is, or before that was set back.
    """

    workspace: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    closed_at: datetime | None = Field(sa_column=_maybe_at())
    until_at: datetime = Field(sa_column=_at())


# What was seen and what happened -----------------------------------------------------------


class SeenEvent(Row, table=True):
    """An event that was handled, so that its next delivery changes nothing."""

    __tablename__ = "seen_event"

    workspace: str = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "at"),)


class Submission(Row, table=True):
    """A form step that was accepted, so that sending it twice changes nothing."""

    workspace: str = Field(primary_key=True)
    view_id: str = Field(primary_key=True)
    step: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    at: datetime = Field(sa_column=_at())

    __table_args__ = (Index(None, "at"),)


class Reaction(Row, table=True):
    """The newest reaction event of a person on a message."""

    workspace: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    ts: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    name: str
    is_added: bool
    event_at: datetime = Field(sa_column=_at())


class AuditHead(Row, table=True):
    """The end of a workspace's chain, locked last before a commit."""

    __tablename__ = "audit_head"

    workspace: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(Sequence, nullable=False))
    hash: str


class AuditFact(Row, table=True):
    """A fact that happened. Rows are only ever added; the database refuses anything else."""

    __tablename__ = "audit_fact"

    workspace: str = Field(primary_key=True)
    seq: int = Field(sa_column=Column(Sequence, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=_at())
    kind: str
    actor: str
    subject: str
    data: str
    previous: str
    hash: str

    __table_args__ = (Index(None, "workspace", "subject", "seq"),)


def _table(row: type[Row]) -> Table:
    """Return the Core table that a class declares."""
    return metadata.tables[str(row.__tablename__)]


workspace_table = _table(Workspace)
checkpoint_table = _table(Checkpoint)
person_table = _table(Person)
availability_table = _table(Availability)
time_off_table = _table(TimeOff)
directory_table = _table(Directory)
draft_table = _table(Draft)
design_table = _table(Design)
design_version_table = _table(DesignVersion)
sign_off_table = _table(SignOff)
plan_revision_table = _table(PlanRevision)
readiness_item_table = _table(ReadinessItem)
proof_table = _table(Proof)
backtest_table = _table(Backtest)
source_table = _table(Source)
source_key_table = _table(SourceKey)
intake_key_table = _table(IntakeKey)
refused_lead_table = _table(RefusedLead)
account_table = _table(Account)
lead_table = _table(Lead)
lead_alias_table = _table(LeadAlias)
assignment_table = _table(Assignment)
pod_turn_table = _table(PodTurn)
touch_table = _table(Touch)
incident_table = _table(Incident)
escalation_table = _table(Escalation)
escalation_call_table = _table(EscalationCall)
timer_table = _table(Timer)
outbox_table = _table(Outbox)
message_table = _table(Message)
gate_table = _table(Gate)
seen_event_table = _table(SeenEvent)
submission_table = _table(Submission)
reaction_table = _table(Reaction)
audit_head_table = _table(AuditHead)
audit_fact_table = _table(AuditFact)
