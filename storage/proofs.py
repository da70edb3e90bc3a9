"""Finished proofs, found again by the hash of all that went into them."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, delete, select

from handoff.sla.model import Depth, Feasibility
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
    connection: Connection, *, workspace: str, key: str, proof: Feasibility, now: datetime
) -> None:
    """Store a proof, in the place of an earlier one of the same key and depth.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        key: SHA-256 in hex of all that went in (`handoff.proof.Question.key`).
        proof: The answer.
        now: The domain's instant, UTC-aware.
    """
    row = {
        "workspace": workspace,
        "input_hash": key,
        "method": proof.depth.value,
        "body": proof.model_dump_json(),
        "at": now,
    }
    connection.execute(_SAVE[connection.dialect.name], row)


def find(connection: Connection, *, workspace: str, key: str) -> Feasibility | None:
    """Return the full proof of a key, or None if it was not computed yet."""
    found = select(_p.body).where(
        _p.workspace == workspace, _p.input_hash == key, _p.method == Depth.FULL.value
    )
    body: str | None = connection.execute(found).scalar_one_or_none()
    return None if body is None else _proof(body)


def sweep(connection: Connection, *, before: datetime) -> int:
    """Forget proofs older than an instant; return how many."""
    return connection.execute(delete(proofs).where(_p.at < before)).rowcount


@lru_cache(maxsize=64)
def _proof(body: str) -> Feasibility:
    """Read a proof; every look at a packet needs it, and the same text is the same proof."""
    return Feasibility.model_validate_json(body)
