"""Rotation: each rep's exact credit in a pod (or several), for one roster with its weights."""

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, bindparam, select

from handoff.brief import PersonKey
from handoff.routing.assignment import Turn
from storage.prepared import Prepared, Query
from storage.tables import pod_turn_table as turns
from storage.upsert import for_each_database

_t = turns.c
_LOCK = Query(
    select(_t.rep, _t.credit)
    .where(
        _t.workspace == bindparam("ws"),
        _t.pods == bindparam("of_pods"),
        _t.key == bindparam("of_key"),
    )
    .order_by(_t.rep)
    .with_for_update()
)
_NOBODY: Mapping[PersonKey, int] = {}
_START = for_each_database(lambda into: into(turns).on_conflict_do_nothing())
_SAVE = Prepared(
    for_each_database(
        lambda into: (new := into(turns)).on_conflict_do_update(
            index_elements=["workspace", "pods", "key", "rep"],
            set_={"credit": new.excluded.credit, "count": _t.count + new.excluded.count},
        )
    )
)


def lock(
    connection: Connection,
    *,
    workspace: str,
    pods: tuple[str, ...],
    key: str,
    reps: Collection[PersonKey],
) -> Turn:
    """Lock a rotation until the transaction ends, and return it.

    Lock it after the design, the lead and the escalation.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        pods: The pods that share the rotation.
        key: Of their members and weights (`turn_key()`); a new one starts at zero.
        reps: The members, by Slack id.
    """
    mine = {"workspace": workspace, "pods": json.dumps(pods), "key": key}
    place = {"ws": workspace, "of_pods": mine["pods"], "of_key": key}
    rows = _LOCK.rows(connection, **place)
    if len(rows) < len(reps):
        start = [mine | {"rep": rep, "credit": "0/1", "count": 0} for rep in sorted(reps)]
        connection.execute(_START[connection.dialect.name], start)
        rows = _LOCK.rows(connection, **place)
    return Turn(pods=pods, key=key, credits=dict(rows))


def save(
    connection: Connection, *, workspace: str, turn: Turn, picks: Mapping[PersonKey, int] = _NOBODY
) -> None:
    """Store the credits after some picks, and count them for whoever was picked."""
    mine = {"workspace": workspace, "pods": json.dumps(turn.pods), "key": turn.key}
    rows = [
        mine | {"rep": rep, "credit": credit, "count": picks.get(rep, 0)}
        for rep, credit in sorted(turn.credits.items())
    ]
    if rows:
        _SAVE.run(connection, rows)


def picks(
    connection: Connection, *, workspace: str, pods: tuple[str, ...], key: str
) -> dict[PersonKey, int]:
    """Return how often a rotation picked each rep since its roster's start."""
    found = select(_t.rep, _t.count).where(
        _t.workspace == workspace, _t.pods == json.dumps(pods), _t.key == key
    )
    return {row[0]: row[1] for row in connection.execute(found)}
