"""Count the leads that wait for their first touch without looking at each."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNTOUCHED = sa.text("ended_at IS NULL AND state IN ('assigned', 'accepted')")


def upgrade() -> None:
    op.create_index(
        "ix_lead_untouched",
        "lead",
        ["workspace", "owner", "state", "ended_at"],
        unique=False,
        sqlite_where=_UNTOUCHED,
        postgresql_where=_UNTOUCHED,
    )
