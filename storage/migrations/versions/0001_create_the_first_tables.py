"""Create the first tables."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: What the database itself refuses, whoever asks: (name, table, event, condition, complaint).
GUARDS = (
    ("audit_fact_keep", "audit_fact", "UPDATE", "TRUE", "audit facts are never changed"),
    ("audit_fact_keep_all", "audit_fact", "DELETE", "TRUE", "audit facts are never deleted"),
    (
        "design_version_freeze",
        "design_version",
        "UPDATE OF hash, body",
        "OLD.state <> 'draft'",
        "a version never changes once it was sent for sign-off",
    ),
    (
        "design_version_keep",
        "design_version",
        "DELETE",
        "OLD.state <> 'draft'",
        "a version stays once it was sent for sign-off",
    ),
)


def upgrade() -> None:
    create_tables()
    for guard in GUARDS:
        create_guard(*guard)


def create_guard(name: str, table: str, event: str, condition: str, complaint: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{complaint}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{complaint}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
    )


def create_tables() -> None:
    op.create_table(
        "audit_fact",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("seq", columns.Sequence, autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "seq", name=op.f("pk_audit_fact")),
    )
    op.create_index(
        op.f("ix_audit_fact_workspace_subject_seq"),
        "audit_fact",
        ["workspace", "subject", "seq"],
        unique=False,
    )
    op.create_table(
        "audit_head",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("seq", columns.Sequence, nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "availability",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=True),
        sa.Column("open_cap", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name=op.f("pk_availability")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "design",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("active_version", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name=op.f("pk_design")),
        sa.UniqueConstraint(
            "workspace", "prefix", "number", name=op.f("uq_design_workspace_prefix_number")
        ),
    )
    op.create_table(
        "directory",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "revision", name=op.f("pk_directory")),
    )
    op.create_table(
        "draft",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=True),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("updated_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_draft")),
    )
    op.create_index(
        op.f("ix_draft_workspace_author_updated_at"),
        "draft",
        ["workspace", "author", "updated_at"],
        unique=False,
    )
    op.create_table(
        "gate",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("until_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "method", name=op.f("pk_gate")),
    )
    op.create_table(
        "message",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "card", "recipient", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_workspace_channel_ts"),
        "message",
        ["workspace", "channel", "ts"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("seq", columns.Sequence, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=True),
        sa.Column("thread", sa.String(), nullable=True),
        sa.Column("order_key", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("is_possible_repeat", sa.Boolean(), nullable=False),
        sa.Column("progress", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.Instant(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", columns.Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("enqueued_at", columns.Instant(), nullable=False),
        sa.Column("settled_at", columns.Instant(), nullable=True),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (state = 'pending' OR state = 'sending' OR state = 'unknown')",
            name=op.f("ck_outbox_settled"),
        ),
        sa.CheckConstraint(
            "state <> 'sending' OR lease_until IS NOT NULL", name=op.f("ck_outbox_leased")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'unknown', 'sent', 'failed', 'cancelled', 'held')",
            name=op.f("ck_outbox_state"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint(
            "workspace", "dedupe_key", name=op.f("uq_outbox_workspace_dedupe_key")
        ),
    )
    op.create_index(
        "ix_outbox_heads",
        "outbox",
        ["state", "priority", "seq"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["workspace", "order_key", "seq"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_subject",
        "outbox",
        ["workspace", "subject"],
        unique=False,
    )
    op.create_index(
        "uq_outbox_card",
        "outbox",
        ["workspace", "card", "recipient"],
        unique=True,
        sqlite_where=sa.text("card IS NOT NULL AND state = 'pending'"),
        postgresql_where=sa.text("card IS NOT NULL AND state = 'pending'"),
    )
    op.create_table(
        "person",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("is_bot", sa.Boolean(), nullable=False),
        sa.Column("is_deactivated", sa.Boolean(), nullable=False),
        sa.Column("dm_channel", sa.String(), nullable=True),
        sa.Column("synced_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "slack_id", name=op.f("pk_person")),
    )
    op.create_index(
        op.f("ix_person_workspace_email"), "person", ["workspace", "email"], unique=False
    )
    op.create_table(
        "proof",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("input_hash", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "input_hash", "method", name=op.f("pk_proof")),
    )
    op.create_table(
        "reaction",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("event_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "ts", "person", name=op.f("pk_reaction")),
    )
    op.create_table(
        "seen_event",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "event_id", name=op.f("pk_seen_event")),
    )
    op.create_index(op.f("ix_seen_event_at"), "seen_event", ["at"], unique=False)
    op.create_table(
        "submission",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("view_id", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "view_id", "step", "revision", name=op.f("pk_submission")
        ),
    )
    op.create_index(op.f("ix_submission_at"), "submission", ["at"], unique=False)
    op.create_table(
        "time_off",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.CheckConstraint("from_day <= to_day", name=op.f("ck_time_off_days")),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_time_off")),
    )
    op.create_index(
        op.f("ix_time_off_workspace_person_to_day"),
        "time_off",
        ["workspace", "person", "to_day"],
        unique=False,
    )
    op.create_table(
        "timer",
        sa.Column("seq", columns.Sequence, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("fired_at", columns.Instant(), nullable=True),
        sa.Column("cancelled_at", columns.Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.Instant(), nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint("lane IN ('clock', 'slow')", name=op.f("ck_timer_lane")),
        sa.CheckConstraint("fired_at >= due_at", name=op.f("ck_timer_not_early")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "workspace",
            "subject",
            "kind",
            "slot",
            name=op.f("uq_timer_workspace_subject_kind_slot"),
        ),
    )
    op.create_index(
        "ix_timer_due",
        "timer",
        ["lane", "due_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL"),
        postgresql_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_index(
        "ix_timer_retry",
        "timer",
        ["lane", "retry_at"],
        unique=False,
        sqlite_where=sa.text("fired_at IS NULL AND cancelled_at IS NULL AND retry_at IS NOT NULL"),
        postgresql_where=sa.text(
            "fired_at IS NULL AND cancelled_at IS NULL AND retry_at IS NOT NULL"
        ),
    )
    op.create_table(
        "workspace",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_workspace")),
    )
    op.create_table(
        "design_version",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("sent_at", columns.Instant(), nullable=True),
        sa.Column("approved_at", columns.Instant(), nullable=True),
        sa.Column("activated_at", columns.Instant(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'approved', 'active', 'paused', 'retired',"
            " 'superseded')",
            name=op.f("ck_design_version_state"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "design"],
            ["design.workspace", "design.key"],
            name=op.f("fk_design_version_design"),
        ),
        sa.PrimaryKeyConstraint("workspace", "design", "number", name=op.f("pk_design_version")),
    )
    op.create_index(
        op.f("ix_design_version_workspace_state"),
        "design_version",
        ["workspace", "state"],
        unique=False,
    )
    op.create_index(
        "uq_design_version_active",
        "design_version",
        ["workspace", "design"],
        unique=True,
        sqlite_where=sa.text("state = 'active' OR state = 'paused'"),
        postgresql_where=sa.text("state = 'active' OR state = 'paused'"),
    )
    op.create_table(
        "plan_revision",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "design", "version"],
            ["design_version.workspace", "design_version.design", "design_version.number"],
            name=op.f("fk_plan_revision_design_version"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "design", "version", "revision", name=op.f("pk_plan_revision")
        ),
    )
    op.create_table(
        "readiness_item",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("owner_role", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("evidence", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", columns.Instant(), nullable=True),
        sa.CheckConstraint(
            "state <> 'waived' OR reason IS NOT NULL", name=op.f("ck_readiness_item_waived")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'waived')", name=op.f("ck_readiness_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "design", "version"],
            ["design_version.workspace", "design_version.design", "design_version.number"],
            name=op.f("fk_readiness_item_design_version"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "design", "version", "item", name=op.f("pk_readiness_item")
        ),
    )
    op.create_index(
        op.f("ix_readiness_item_workspace_owner_state"),
        "readiness_item",
        ["workspace", "owner", "state"],
        unique=False,
    )
    op.create_table(
        "sign_off",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.CheckConstraint("side IN ('revops', 'sales')", name=op.f("ck_sign_off_side")),
        sa.ForeignKeyConstraint(
            ["workspace", "design", "version"],
            ["design_version.workspace", "design_version.design", "design_version.number"],
            name=op.f("fk_sign_off_design_version"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "design", "version", "side", name=op.f("pk_sign_off")
        ),
        sa.UniqueConstraint(
            "workspace",
            "design",
            "version",
            "person",
            name=op.f("uq_sign_off_workspace_design_version_person"),
        ),
    )
