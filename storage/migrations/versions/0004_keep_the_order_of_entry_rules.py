"""Keep the order of entry rules."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("design", sa.Column("entry_place", sa.Integer(), nullable=True))
    op.create_index("ix_design_entry_place", "design", ["workspace", "entry_place"], unique=True)
