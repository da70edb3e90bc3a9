"""Tell a rest that Slack wants from one that was set before the clock was set back."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gate", sa.Column("closed_at", Instant(), nullable=True))
