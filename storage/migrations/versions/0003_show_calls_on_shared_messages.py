"""Show calls of several climbs on one message."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation_call", sa.Column("card", sa.String(), nullable=True))
    op.create_index(
        op.f("ix_escalation_call_workspace_recipient_at"),
        "escalation_call",
        ["workspace", "recipient", "at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_escalation_call_workspace_card"),
        "escalation_call",
        ["workspace", "card"],
        unique=False,
    )
