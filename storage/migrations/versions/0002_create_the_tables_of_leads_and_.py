"""Create the tables of leads and escalations."""

import sqlalchemy as sa
from alembic import op

from storage import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("owner_email", sa.String(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("updated_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "domain", name=op.f("pk_account")),
    )
    op.create_index(
        op.f("ix_account_workspace_country_name_key"),
        "account",
        ["workspace", "country", "name_key"],
        unique=False,
    )
    op.create_table(
        "intake_key",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("expires_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "source", "key", name=op.f("pk_intake_key")),
    )
    op.create_index(op.f("ix_intake_key_expires_at"), "intake_key", ["expires_at"], unique=False)
    op.create_table(
        "lead",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("email_key", sa.String(), nullable=True),
        sa.Column("domain", sa.String(), nullable=True),
        sa.Column("attributes", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("band", sa.String(), nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("design", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("pod", sa.String(), nullable=True),
        sa.Column("reroutes", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("clock_state", sa.String(), nullable=False),
        sa.Column("target_minutes", sa.Float(), nullable=True),
        sa.Column("left_minutes", sa.Float(), nullable=True),
        sa.Column("since", columns.Instant(), nullable=True),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("resume_at", columns.Instant(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("submitted_at", columns.Instant(), nullable=True),
        sa.Column("arrived_at", columns.Instant(), nullable=False),
        sa.Column("assigned_at", columns.Instant(), nullable=True),
        sa.Column("notified_at", columns.Instant(), nullable=True),
        sa.Column("accepted_at", columns.Instant(), nullable=True),
        sa.Column("touched_at", columns.Instant(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.CheckConstraint(
            "clock_state <> 'paused' OR resume_at IS NOT NULL", name=op.f("ck_lead_paused")
        ),
        sa.CheckConstraint(
            "clock_state <> 'running' OR due_at IS NOT NULL", name=op.f("ck_lead_running")
        ),
        sa.CheckConstraint(
            "clock_state IN ('none', 'running', 'paused', 'met', 'breached', 'stopped')",
            name=op.f("ck_lead_clock_state"),
        ),
        sa.CheckConstraint(
            "state IN ('new', 'held', 'nurtured', 'assigned', 'unroutable', 'accepted',"
            " 'touched', 'closed', 'disposed')",
            name=op.f("ck_lead_state"),
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_lead")),
        sa.UniqueConstraint(
            "workspace", "root", "cycle", name=op.f("uq_lead_workspace_root_cycle")
        ),
    )
    op.create_index(
        "ix_lead_domain",
        "lead",
        ["workspace", "domain"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_lead_due",
        "lead",
        ["workspace", "due_at"],
        unique=False,
        sqlite_where=sa.text("clock_state = 'running'"),
        postgresql_where=sa.text("clock_state = 'running'"),
    )
    op.create_index(
        "ix_lead_owner",
        "lead",
        ["workspace", "owner"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_lead_workspace_design_arrived_at"),
        "lead",
        ["workspace", "design", "arrived_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_lead_workspace_email_key_arrived_at"),
        "lead",
        ["workspace", "email_key", "arrived_at"],
        unique=False,
    )
    op.create_index(
        "uq_lead_email",
        "lead",
        ["workspace", "email_key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "pod_turn",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("pods", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("credit", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "pods", "key", "rep", name=op.f("pk_pod_turn")),
    )
    op.create_table(
        "refused_lead",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("problems", sa.String(), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("repaired_at", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_refused_lead")),
    )
    op.create_index(
        op.f("ix_refused_lead_workspace_received_at"),
        "refused_lead",
        ["workspace", "received_at"],
        unique=False,
    )
    op.create_table(
        "source",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("design", sa.String(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "name", name=op.f("pk_source")),
    )
    op.create_table(
        "assignment",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("rep", sa.String(), nullable=False),
        sa.Column("pod", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("notify_at", columns.Instant(), nullable=False),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("end", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "lead"], ["lead.workspace", "lead.id"], name=op.f("fk_assignment_lead")
        ),
        sa.PrimaryKeyConstraint("workspace", "lead", "attempt", name=op.f("pk_assignment")),
    )
    op.create_index(
        op.f("ix_assignment_workspace_rep_notify_at"),
        "assignment",
        ["workspace", "rep", "notify_at"],
        unique=False,
    )
    op.create_table(
        "escalation",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("opened_at", columns.Instant(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", columns.Instant(), nullable=True),
        sa.Column("promised_at", columns.Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state = 'open' OR state = 'acknowledged')",
            name=op.f("ck_escalation_ended"),
        ),
        sa.CheckConstraint("kind IN ('lead', 'guardrail')", name=op.f("ck_escalation_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'resolved', 'voided')",
            name=op.f("ck_escalation_state"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "design"],
            ["design.workspace", "design.key"],
            name=op.f("fk_escalation_design"),
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_escalation")),
        sa.UniqueConstraint(
            "workspace", "kind", "subject", name=op.f("uq_escalation_workspace_kind_subject")
        ),
    )
    op.create_index(
        "ix_escalation_open",
        "escalation",
        ["workspace", "design"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_escalation_workspace_lead"), "escalation", ["workspace", "lead"], unique=False
    )
    op.create_index(
        "uq_escalation_guardrail",
        "escalation",
        ["workspace", "design"],
        unique=True,
        sqlite_where=sa.text("kind = 'guardrail' AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'guardrail' AND ended_at IS NULL"),
    )
    op.create_table(
        "incident",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("occurred_at", columns.Instant(), nullable=False),
        sa.Column("recorded_at", columns.Instant(), nullable=False),
        sa.Column("voided_at", columns.Instant(), nullable=True),
        sa.Column("guardrail", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('breach', 'routing_failure')", name=op.f("ck_incident_kind")),
        sa.ForeignKeyConstraint(
            ["workspace", "design"],
            ["design.workspace", "design.key"],
            name=op.f("fk_incident_design"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "lead"], ["lead.workspace", "lead.id"], name=op.f("fk_incident_lead")
        ),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_incident")),
        sa.UniqueConstraint("workspace", "lead", name=op.f("uq_incident_workspace_lead")),
    )
    op.create_index(
        op.f("ix_incident_workspace_design_occurred_at"),
        "incident",
        ["workspace", "design", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "lead_alias",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "lead"], ["lead.workspace", "lead.id"], name=op.f("fk_lead_alias_lead")
        ),
        sa.PrimaryKeyConstraint("workspace", "source", "external_id", name=op.f("pk_lead_alias")),
    )
    op.create_table(
        "source_key",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("revoked_at", columns.Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('signature', 'bearer')", name=op.f("ck_source_key_kind")),
        sa.ForeignKeyConstraint(
            ["workspace", "source"],
            ["source.workspace", "source.name"],
            name=op.f("fk_source_key_source"),
        ),
        sa.PrimaryKeyConstraint("workspace", "source", "id", name=op.f("pk_source_key")),
    )
    op.create_index(op.f("ix_source_key_secret"), "source_key", ["secret"], unique=False)
    op.create_table(
        "touch",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("occurred_at", columns.Instant(), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "lead"], ["lead.workspace", "lead.id"], name=op.f("fk_touch_lead")
        ),
        sa.PrimaryKeyConstraint("workspace", "source", "external_id", name=op.f("pk_touch")),
    )
    op.create_index(
        op.f("ix_touch_workspace_lead_occurred_at"),
        "touch",
        ["workspace", "lead", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "escalation_call",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("escalation", sa.String(), nullable=False),
        sa.Column("reopen", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("repeat", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("is_substitute", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.String(), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "escalation"],
            ["escalation.workspace", "escalation.id"],
            name=op.f("fk_escalation_call_escalation"),
        ),
        sa.PrimaryKeyConstraint(
            "workspace",
            "escalation",
            "reopen",
            "step",
            "repeat",
            "recipient",
            name=op.f("pk_escalation_call"),
        ),
    )
