"""Plans: the design plus live status, with revisions of their own."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from handoff.design import canonical_json
from handoff.model import Instant, Value
from handoff.plan import Plan
from storage.revisions import StaleRevision
from storage.tables import plan_revision_table as revisions
from storage.upsert import for_each_database

_ADD = for_each_database(lambda into: into(revisions).on_conflict_do_nothing())
_r = revisions.c


class PlanRevision(Value):
    """A plan as it was after one change.

    Attributes:
        change: What changed, in words.
        by: Slack id of who changed it, or `handoff`.
    """

    design: str
    version: int
    revision: int
    change: str
    by: str
    at: Instant
    plan: Plan


def save(
    connection: Connection, *, workspace: str, plan: Plan, change: str, by: str, now: datetime
) -> None:
    """Store a plan's next revision; its key, version and revision are the plan's.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        plan: The whole plan, its `revision` one more than the last one stored.
        change: What changed, in words.
        by: Slack id of who changed it, or `handoff`.
        now: The domain's instant, UTC-aware.

    Raises:
        StaleRevision: if somebody else changed the plan meanwhile.
    """
    row = {
        "workspace": workspace,
        "design": plan.key,
        "version": plan.version,
        "revision": plan.revision,
        "body": canonical_json(plan),
        "change": change,
        "by": by,
        "at": now,
    }
    before = latest(connection, workspace=workspace, design=plan.key, version=plan.version)
    is_next = plan.revision == (1 if before is None else before.revision + 1)
    if not is_next or not connection.execute(_ADD[connection.dialect.name], row).rowcount:
        raise StaleRevision(f"plan of {plan.key} version {plan.version}", plan.revision - 1)


def latest(
    connection: Connection, *, workspace: str, design: str, version: int
) -> PlanRevision | None:
    """Return a version's plan as it is now, or None before its first revision."""
    newest = (
        select(revisions)
        .where(_r.workspace == workspace, _r.design == design, _r.version == version)
        .order_by(_r.revision.desc())
        .limit(1)
    )
    row = connection.execute(newest).mappings().one_or_none()
    return None if row is None else _revision(row)


def history(connection: Connection, *, workspace: str, design: str) -> list[PlanRevision]:
    """Return every revision of every version's plan, the oldest first."""
    found = select(revisions).where(_r.workspace == workspace, _r.design == design)
    rows = connection.execute(found.order_by(_r.version, _r.revision)).mappings()
    return [_revision(row) for row in rows]


def _revision(row: RowMapping) -> PlanRevision:
    """Read a row back into a revision."""
    kept = {name: row[name] for name in PlanRevision.model_fields if name != "plan"}
    return PlanRevision(**kept, plan=Plan.model_validate_json(row["body"]))
