"""Remember the newest full proof of a version."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("design_version", sa.Column("proof", sa.String(), nullable=True))
