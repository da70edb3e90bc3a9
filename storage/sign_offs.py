"""Sign-offs: one side's consent to exactly one hash of a version."""

from sqlalchemy import Connection, RowMapping, delete, select

from handoff.approval import Side, SignOff
from storage.tables import sign_off_table as sign_offs
from storage.upsert import for_each_database

_SIGN = for_each_database(lambda into: into(sign_offs).on_conflict_do_nothing())
_s = sign_offs.c


def sign(connection: Connection, *, workspace: str, design: str, sign_off: SignOff) -> bool:
    """Store a sign-off; lock the design first.

    Returns:
        False if this side has signed this version already, or this person the other side.
    """
    row = sign_off.model_dump(mode="python", exclude={"content_hash"}) | {
        "workspace": workspace,
        "design": design,
        "hash": sign_off.content_hash,
    }
    return connection.execute(_SIGN[connection.dialect.name], row).rowcount == 1


def withdraw(
    connection: Connection, *, workspace: str, design: str, version: int, side: Side
) -> SignOff | None:
    """Take back one side's sign-off and return it, or None if there was none."""
    mine = (
        _s.workspace == workspace,
        _s.design == design,
        _s.version == version,
        _s.side == side.value,
    )
    row = connection.execute(delete(sign_offs).where(*mine).returning(*_s)).mappings()
    gone = row.one_or_none()
    return None if gone is None else read_back(gone)


def of_version(
    connection: Connection, *, workspace: str, design: str, version: int
) -> list[SignOff]:
    """Return a version's sign-offs, the first one first."""
    found = select(sign_offs).where(
        _s.workspace == workspace, _s.design == design, _s.version == version
    )
    rows = connection.execute(found.order_by(_s.at, _s.side)).mappings()
    return [read_back(row) for row in rows]


def read_back(row: RowMapping) -> SignOff:
    """Read a row of `sign_off` back into a sign-off."""
    return SignOff(
        side=row["side"],
        person=row["person"],
        version=row["version"],
        content_hash=row["hash"],
        via=row["via"],
        at=row["at"],
        reason=row["reason"],
    )
