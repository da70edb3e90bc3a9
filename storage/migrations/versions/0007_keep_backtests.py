"""Keep backtests that were asked for in Slack, and what came out."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backtest",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("design", sa.String(), nullable=True),
        sa.Column("draft", sa.String(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("figures", sa.String(), nullable=True),
        sa.Column("assignments", sa.LargeBinary(), nullable=True),
        sa.Column("refused", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_backtest")),
    )
    op.create_index(op.f("ix_backtest_workspace_at"), "backtest", ["workspace", "at"])
