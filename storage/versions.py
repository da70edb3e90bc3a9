"""Versions of designs: drafted, then frozen from the moment they are sent for sign-off.

Flows lock the design first (`designs.lock()`); the checks here hold even for one that does not.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, bindparam, func, select, update

from handoff.approval import VersionState
from handoff.design import HandoffDesign, canonical_json
from handoff.model import Instant, Value
from storage.prepared import Query
from storage.tables import design_table as designs
from storage.tables import design_version_table as versions

_v = versions.c
_RUNNING = (VersionState.ACTIVE, VersionState.PAUSED)


class FrozenVersion(RuntimeError):
    """This version was sent for sign-off and never changes; make a new version instead."""

    def __init__(self, design: str, number: int) -> None:
        super().__init__(f"{self.__doc__} ({design} version {number})")
        self.design = design
        self.number = number


class VersionHead(Value):
    """All about a version but its body.

    Attributes:
        number: From 1 within the design.
        content_hash: What a sign-off binds, SHA-256 in hex.
        channel: Where its packet goes, once chosen.
        proof: Key of its newest full feasibility proof; None before there is one.
        ended_at: When it was retired or superseded.
    """

    workspace: str
    design: str
    number: int
    state: VersionState
    content_hash: str
    author: str
    channel: str | None
    proof: str | None
    created_at: Instant
    sent_at: Instant | None
    approved_at: Instant | None
    activated_at: Instant | None
    ended_at: Instant | None


class DesignVersion(VersionHead):
    """A version with its body."""

    body: HandoffDesign


_COLUMNS: dict[str, Any] = {
    name: _v.hash.label(name) if name == "content_hash" else _v[name]
    for name in VersionHead.model_fields
}
_HEAD = tuple(_COLUMNS.values())
_AT_WORK = Query(
    select(*_HEAD, _v.body)
    .where(_v.workspace == bindparam("ws"), _v.state.in_([state.value for state in _RUNNING]))
    .order_by(_v.design)
)


def add(
    connection: Connection,
    *,
    workspace: str,
    body: HandoffDesign,
    author: str,
    now: datetime,
    channel: str | None = None,
    proof: str | None = None,
) -> DesignVersion:
    """Store a new version as a draft; its key and number are the body's.

    Raises:
        sqlalchemy.exc.IntegrityError: if the design is unknown or the number is taken.
    """
    row = {
        "workspace": workspace,
        "design": body.key,
        "number": body.version,
        "state": VersionState.DRAFT.value,
        "hash": body.content_hash,
        "body": canonical_json(body),
        "author": author,
        "channel": channel,
        "proof": proof,
        "created_at": now,
    }
    connection.execute(versions.insert(), row)
    added = get(connection, workspace=workspace, design=body.key, number=body.version)
    assert added is not None, "the row was inserted a line above"
    return added


def rewrite(connection: Connection, *, workspace: str, body: HandoffDesign) -> None:
    """Replace the body of a version that is still a draft.

    Raises:
        FrozenVersion: if it was sent for sign-off, or does not exist.
    """
    mine = _is(workspace, body.key, body.version)
    new = {"hash": body.content_hash, "body": canonical_json(body)}
    draft = update(versions).where(*mine, _v.state == VersionState.DRAFT.value)
    if connection.execute(draft.values(new)).rowcount != 1:
        raise FrozenVersion(body.key, body.version)


def move(
    connection: Connection,
    *,
    workspace: str,
    design: str,
    number: int,
    expected: VersionState,
    to: VersionState,
    now: datetime,
) -> bool:
    """Move a version from one state to another; which moves are allowed, `handoff` decides.

    The design's active version follows. Retire the old one before the next becomes active:
    the database refuses a second one that runs.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        design: The design's key.
        number: The version.
        expected: The state that the decision was made on.
        to: The next state.
        now: The domain's instant, UTC-aware; kept as `sent_at`, `approved_at`, ….

    Returns:
        False if the version is in another state by now; then nothing changed.
    """
    mine = update(versions).where(*_is(workspace, design, number), _v.state == expected.value)
    if connection.execute(mine.values(_moved(expected, to, now))).rowcount != 1:
        return False
    if (expected in _RUNNING) != (to in _RUNNING):
        of_design = (designs.c.workspace == workspace, designs.c.key == design)
        active = number if to in _RUNNING else None
        connection.execute(update(designs).where(*of_design).values(active_version=active))
    return True


def choose_channel(
    connection: Connection, *, workspace: str, design: str, number: int, channel: str
) -> None:
    """Remember where a version's packet goes."""
    mine = update(versions).where(*_is(workspace, design, number))
    connection.execute(mine.values(channel=channel))


def prove(connection: Connection, *, workspace: str, design: str, number: int, proof: str) -> None:
    """Remember the key of a version's newest full proof, in whatever state it is."""
    mine = update(versions).where(*_is(workspace, design, number))
    connection.execute(mine.values(proof=proof))


def get(
    connection: Connection, *, workspace: str, design: str, number: int
) -> DesignVersion | None:
    """Return a version with its body, or None."""
    found = select(*_HEAD, _v.body).where(*_is(workspace, design, number))
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else _version(row)


def head(
    connection: Connection, *, workspace: str, design: str, number: int
) -> VersionHead | None:
    """Return a version without its body, or None; cheap."""
    found = select(*_HEAD).where(*_is(workspace, design, number))
    row = connection.execute(found).mappings().one_or_none()
    return None if row is None else VersionHead(**row)


def latest(connection: Connection, *, workspace: str, design: str) -> DesignVersion | None:
    """Return a design's newest version, whatever its state, or None."""
    newest = (
        select(*_HEAD, _v.body)
        .where(_v.workspace == workspace, _v.design == design)
        .order_by(_v.number.desc())
        .limit(1)
    )
    row = connection.execute(newest).mappings().one_or_none()
    return None if row is None else _version(row)


def next_number(connection: Connection, *, workspace: str, design: str) -> int:
    """Return the number of a design's next version. Lock the design first."""
    last = select(func.max(_v.number)).where(_v.workspace == workspace, _v.design == design)
    return (connection.execute(last).scalar_one() or 0) + 1


def running(connection: Connection, *, workspace: str) -> list[VersionHead]:
    """Return the active and paused versions of a workspace, by design."""
    states = [state.value for state in _RUNNING]
    found = select(*_HEAD).where(_v.workspace == workspace, _v.state.in_(states))
    return _heads(connection.execute(found.order_by(_v.design)).mappings())


def at_work(connection: Connection, *, workspace: str) -> list[DesignVersion]:
    """Return the active and paused versions of a workspace with their bodies, by design."""
    return [_known(row) for row in _AT_WORK.rows(connection, ws=workspace)]


def of_design(connection: Connection, *, workspace: str, design: str) -> list[VersionHead]:
    """Return all versions of a design without their bodies, the newest first."""
    found = select(*_HEAD).where(_v.workspace == workspace, _v.design == design)
    return _heads(connection.execute(found.order_by(_v.number.desc())).mappings())


def _is(workspace: str, design: str, number: int) -> tuple[ColumnElement[bool], ...]:
    """Name one version."""
    return (_v.workspace == workspace, _v.design == design, _v.number == number)


def _moved(expected: VersionState, to: VersionState, now: datetime) -> dict[str, Any]:
    """Return what a move changes of a version."""
    changed: dict[str, Any] = {"state": to.value}
    match to:
        case VersionState.IN_REVIEW:
            changed["sent_at"] = now
        case VersionState.APPROVED:
            changed["approved_at"] = now
        case VersionState.ACTIVE if expected is not VersionState.PAUSED:
            changed |= {"activated_at": now, "ended_at": None}
        case VersionState.RETIRED | VersionState.SUPERSEDED:
            changed["ended_at"] = now
        case _:
            pass
    return changed


def _version(row: Mapping[str, Any] | RowMapping) -> DesignVersion:
    """Read a row back into a version."""
    return DesignVersion(**{**row, "body": _body(row["body"])})


@lru_cache(maxsize=64)
def _known(row: tuple[Any, ...]) -> DesignVersion:
    """Return the version of a row; every lead asks for those at work, and few change."""
    return _version(dict(zip((*VersionHead.model_fields, "body"), row, strict=True)))


@lru_cache(maxsize=64)
def _body(text: str) -> HandoffDesign:
    """Read a version's body; every lead needs it, and the same text is the same design."""
    return HandoffDesign.model_validate_json(text)


def _heads(rows: Iterable[RowMapping]) -> list[VersionHead]:
    """Read rows back into versions without bodies."""
    return [VersionHead(**row) for row in rows]
