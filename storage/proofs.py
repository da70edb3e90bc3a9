"""Finished proofs, found again by the hash of all that went into them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, delete, select

from handoff.sla.model import Depth, Feasibility
from storage.canonical import from_json
from storage.tables import design_version_table as versions
from storage.tables import outbox_table as outbox
from storage.tables import proof_table as proofs
from storage.upsert import for_each_database

_SAVE = for_each_database(
    lambda into: (new := into(proofs)).on_conflict_do_update(
        index_elements=["workspace", "input_hash", "method"],
        set_={"body": new.excluded.body, "at": new.excluded.at},
    )
)
_p, _v, _o = proofs.c, versions.c, outbox.c
_AT_ONCE = 500


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


def named_by_messages(
    connection: Connection, *, workspace: str, subjects: Sequence[str]
) -> frozenset[str]:
    """Return the keys of proofs that messages about some versions show.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        subjects: Ids of the versions.
    """
    found: set[str] = set()
    for some in _some(subjects):
        about = select(_o.facts).where(_o.workspace == workspace, _o.subject.in_(some))
        named = (from_json(facts).get("proof") for facts in connection.execute(about).scalars())
        found.update(key for key in named if isinstance(key, str))
    return frozenset(found)


def sweep(
    connection: Connection, *, workspace: str, before: datetime, kept: Collection[str]
) -> int:
    """Forget old proofs that no version names; return how many.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        before: Newer ones stay.
        kept: Keys of those that something else names.
    """
    of_versions = select(_v.proof).where(_v.workspace == workspace, _v.proof.is_not(None))
    old = select(_p.input_hash).where(
        _p.workspace == workspace, _p.at < before, _p.input_hash.not_in(of_versions)
    )
    gone = sorted(set(connection.execute(old).scalars()) - set(kept))
    for some in _some(gone):
        mine = (_p.workspace == workspace, _p.at < before, _p.input_hash.in_(some))
        connection.execute(delete(proofs).where(*mine))
    return len(gone)


def _some(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield as many at a time as a statement has room for."""
    return (texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE))


@lru_cache(maxsize=64)
def _proof(body: str) -> Feasibility:
    """Read a proof; every look at a packet needs it, and the same text is the same proof."""
    return Feasibility.model_validate_json(body)
