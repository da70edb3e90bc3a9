"""Finished proofs, found again by the hash of all that went into them."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from storage.tables import proof_table as proofs
from storage.upsert import for_each_database

_SAVE = for_each_database(
    lambda into: (new := into(proofs)).on_conflict_do_update(
        index_elements=["workspace", "input_hash", "method"],
        set_={"body": new.excluded.body, "at": new.excluded.at},
    )
)
_p = proofs.c


def save(
    connection: Connection,
    *,
    workspace: str,
    input_hash: str,
    method: str,
    body: str,
    now: datetime,
) -> None:
    """Store a proof, in the place of an earlier one of the same input and method.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        input_hash: SHA-256 in hex of all that went in.
        method: How it was computed, such as `closed_form` or `simulation`.
        body: The proof as JSON; its reader validates it.
        now: The domain's instant, UTC-aware.
    """
    row = {
        "workspace": workspace,
        "input_hash": input_hash,
        "method": method,
        "body": body,
        "at": now,
    }
    connection.execute(_SAVE[connection.dialect.name], row)


def find(connection: Connection, *, workspace: str, input_hash: str, method: str) -> str | None:
    """Return a proof as JSON, or None if it was not computed yet."""
    found = select(_p.body).where(
        _p.workspace == workspace, _p.input_hash == input_hash, _p.method == method
    )
    body: str | None = connection.execute(found).scalar_one_or_none()
    return body


def sweep(connection: Connection, *, before: datetime) -> int:
    """Forget proofs older than an instant; return how many."""
    return connection.execute(delete(proofs).where(_p.at < before)).rowcount
