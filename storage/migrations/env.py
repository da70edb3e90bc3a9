"""Alembic's entry: migrate on the connection that `upgrade()` opened."""

from typing import Any, Literal

from alembic import context
from sqlmodel import AutoString

from storage.columns import Instant, Sequence
from storage.tables import metadata


def spell(_kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Spell our own column types by their names in `storage.columns`."""
    if isinstance(item, Instant):
        return "columns.Instant()"
    if item is Sequence:
        return "columns.Sequence"
    if isinstance(item, AutoString):
        return "sa.String()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=spell,
)
with context.begin_transaction():
    context.run_migrations()
