"""Read models: what lists and Home tabs show, in a few statements, by the page."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, select

from handoff.approval import SignOff, VersionState
from handoff.enablement import ItemState
from handoff.lead import LeadState
from handoff.model import Instant, Value
from storage.designs import UNMATCHED
from storage.sign_offs import read_back
from storage.tables import design_table as designs
from storage.tables import design_version_table as versions
from storage.tables import lead_table as leads
from storage.tables import readiness_item_table as items
from storage.tables import sign_off_table as sign_offs

_d, _v, _s, _i, _l = designs.c, versions.c, sign_offs.c, items.c, leads.c


class ReviewLine(Value):
    """A version that waits for sign-off.

    Attributes:
        content_hash: What a sign-off binds.
        signed: The sign-offs that it has, the first one first.
    """

    design: str
    version: int
    segment: str
    goal: str
    author: str
    content_hash: str
    channel: str | None
    sent_at: Instant
    signed: tuple[SignOff, ...]


class DesignLine(Value):
    """A design at a glance.

    Attributes:
        active_version: The version that takes leads (or is paused), or None.
        latest_version: The newest version, or None while nothing was drafted.
        blocking: How many required items of the newest version are still open.
    """

    design: str
    segment: str
    goal: str
    active_version: int | None
    latest_version: int | None
    latest_state: VersionState | None
    blocking: int


def arrivals(
    connection: Connection, *, workspace: str, segment: str, goal: str, since: datetime
) -> list[datetime]:
    """Return when leads of a segment and goal arrived, UTC-aware, whatever design took them.

    Tests and nurtured leads are left out: nobody had to touch them. What was imported as history
    arrived when it was submitted, and ended then, whenever the person asked since.
    """
    is_history = and_(
        _l.state == LeadState.CLOSED.value,
        _l.clock_state == "none",
        _l.submitted_at.is_not(None),
    )
    submitted_at = func.coalesce(_l.ended_at, _l.submitted_at)
    at = case((is_history, submitted_at), else_=_l.arrived_at)
    found = (
        select(at)
        .join(designs, and_(_d.workspace == _l.workspace, _d.key == _l.design))
        .where(
            _l.workspace == workspace,
            _d.segment == segment,
            _d.goal == goal,
            _l.is_test.is_(False),
            _l.state != LeadState.NURTURED.value,
            at >= since,
        )
    )
    return list(connection.execute(found).scalars())


def in_review(
    connection: Connection, *, workspace: str, limit: int = 50, offset: int = 0
) -> list[ReviewLine]:
    """Return the versions that wait for sign-off, the longest waiting first."""
    page = (
        select(
            _v.design,
            _v.number,
            _v.author,
            _v.hash,
            _v.channel,
            _v.sent_at,
            _d.segment,
            _d.goal,
        )
        .join(designs, and_(_d.workspace == _v.workspace, _d.key == _v.design))
        .where(_v.workspace == workspace, _v.state == VersionState.IN_REVIEW.value)
        .order_by(_v.sent_at, _v.design)
        .limit(limit)
        .offset(offset)
    )
    rows = connection.execute(page).mappings().all()
    signed = _signed(connection, workspace, [row["design"] for row in rows])
    return [
        ReviewLine(
            design=row["design"],
            version=row["number"],
            segment=row["segment"],
            goal=row["goal"],
            author=row["author"],
            content_hash=row["hash"],
            channel=row["channel"],
            sent_at=row["sent_at"],
            signed=tuple(signed[row["design"], row["number"]]),
        )
        for row in rows
    ]


def all_designs(
    connection: Connection, *, workspace: str, limit: int = 50, offset: int = 0
) -> list[DesignLine]:
    """Return the designs of a workspace but the reserved one, by prefix and number."""
    newest = (
        select(_v.design, func.max(_v.number).label("number"))
        .where(_v.workspace == workspace)
        .group_by(_v.design)
        .subquery("newest")
    )
    blocking = (
        select(func.count())
        .where(
            _i.workspace == _d.workspace,
            _i.design == _d.key,
            _i.version == newest.c.number,
            _i.is_required,
            _i.state == ItemState.OPEN.value,
        )
        .scalar_subquery()
    )
    page = (
        select(
            _d.key.label("design"),
            _d.segment,
            _d.goal,
            _d.active_version,
            _v.number.label("latest_version"),
            _v.state.label("latest_state"),
            blocking.label("blocking"),
        )
        .select_from(designs)
        .outerjoin(newest, newest.c.design == _d.key)
        .outerjoin(
            versions,
            and_(
                _v.workspace == _d.workspace,
                _v.design == _d.key,
                _v.number == newest.c.number,
            ),
        )
        .where(_d.workspace == workspace, _d.key != UNMATCHED)
        .order_by(_d.prefix, _d.number)
        .limit(limit)
        .offset(offset)
    )
    return [DesignLine(**row) for row in connection.execute(page).mappings()]


def _signed(
    connection: Connection, workspace: str, keys: list[str]
) -> defaultdict[tuple[str, int], list[SignOff]]:
    """Return the sign-offs of some designs, by design and version."""
    found = select(sign_offs).where(_s.workspace == workspace, _s.design.in_(keys))
    signed: defaultdict[tuple[str, int], list[SignOff]] = defaultdict(list)
    for row in connection.execute(found.order_by(_s.at, _s.side)).mappings():
        signed[row["design"], row["version"]].append(read_back(row))
    return signed
