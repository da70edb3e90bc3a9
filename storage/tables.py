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
    """A handoff under its human key. The row is the lock for all that happens to it."""

    workspace: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    prefix: str
    number: int
    segment: str
    goal: str
    active_version: int | None
    created_by: str
    created_at: datetime = Field(sa_column=_at())

    __table_args__ = (UniqueConstraint("workspace", "prefix", "number"),)


class DesignVersion(Row, table=True):
    """One version. Its body and hash never change once it was sent for sign-off."""

    __tablename__ = "design_version"

    workspace: str = Field(primary_key=True)
    design: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    state: str
    hash: str
    body: str
    author: str
    channel: str | None
    created_at: datetime = Field(sa_column=_at())
    sent_at: datetime | None = Field(sa_column=_maybe_at())
    approved_at: datetime | None = Field(sa_column=_maybe_at())
    activated_at: datetime | None = Field(sa_column=_maybe_at())
    ended_at: datetime | None = Field(sa_column=_maybe_at())

    __table_args__ = (
        ForeignKey(["workspace", "design"], ["design.workspace", "design.key"]),
        CheckConstraint(_VERSION_STATE, name="state"),
        Index(
            "uq_design_version_active",
            "workspace",
            "design",
            unique=True,
            sqlite_where=text("state = 'active' OR state = 'paused'"),
            postgresql_where=text("state = 'active' OR state = 'paused'"),
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


# Time and messages -------------------------------------------------------------------------

_OPEN_TIMER = text("fired_at IS NULL AND cancelled_at IS NULL")
_WAITING_TIMER = text("fired_at IS NULL AND cancelled_at IS NULL AND retry_at IS NOT NULL")


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
        Index(
            "ix_timer_due",
            "lane",
            "due_at",
            sqlite_where=_OPEN_TIMER,
            postgresql_where=_OPEN_TIMER,
        ),
        Index(
            "ix_timer_retry",
            "lane",
            "retry_at",
            sqlite_where=_WAITING_TIMER,
            postgresql_where=_WAITING_TIMER,
        ),
    )


_UNSETTLED = text("settled_at IS NULL")
_PENDING_CARD = text("card IS NOT NULL AND state = 'pending'")


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
        Index(
            "ix_outbox_order",
            "workspace",
            "order_key",
            "seq",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index(
            "ix_outbox_heads",
            "state",
            "priority",
            "seq",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index(
            "ix_outbox_subject",
            "workspace",
            "subject",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index(
            "uq_outbox_card",
            "workspace",
            "card",
            "recipient",
            unique=True,
            sqlite_where=_PENDING_CARD,
            postgresql_where=_PENDING_CARD,
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
    """A Slack method that must rest until an instant of the real clock."""

    workspace: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
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
timer_table = _table(Timer)
outbox_table = _table(Outbox)
message_table = _table(Message)
gate_table = _table(Gate)
seen_event_table = _table(SeenEvent)
submission_table = _table(Submission)
reaction_table = _table(Reaction)
audit_head_table = _table(AuditHead)
audit_fact_table = _table(AuditFact)
