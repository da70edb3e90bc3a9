"""What timers and messages concern: designs, leads and escalations, found by a subject's id."""

from collections.abc import Collection
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, String, cast, exists, null, or_, select, union

from storage import designs, leads
from storage.tables import design_table, escalation_table, lead_table

_d, _e, _l = design_table.c, escalation_table.c, lead_table.c


def lock(connection: Connection, *, subjects: Collection[tuple[str, str]]) -> None:
    """Lock all designs of some timers, then all their leads, each in the order of their ids.

    Args:
        connection: The connection of `Database.write()`, which has locked nothing yet.
        subjects: Workspace and subject of each timer: the id of a lead, of an escalation, of a
            design version, or of a person, who stands for the open leads that they own.
    """
    by_workspace = groupby(sorted(subjects), key=itemgetter(0))
    for workspace, group in by_workspace:
        names = [subject for _, subject in group]
        found = _found(connection, workspace, names)
        for key in sorted({design or designs.UNMATCHED for design, _ in found}):
            designs.lock(connection, workspace=workspace, key=key)
        leads.lock(connection, workspace=workspace, ids=[lead for _, lead in found if lead])


def goes_on(workspace: ColumnElement[str], subject: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell in a statement whether a subject is an open lead or a running escalation."""
    is_lead = exists().where(_l.workspace == workspace, _l.id == subject, _l.ended_at.is_(None))
    is_climb = exists().where(_e.workspace == workspace, _e.id == subject, _e.ended_at.is_(None))
    return or_(is_lead, is_climb)


def _found(
    connection: Connection, workspace: str, names: list[str]
) -> list[tuple[str | None, str | None]]:
    """Return design and lead behind each subject; what is neither is left out."""
    of_leads = select(_l.design, _l.id.label("lead")).where(
        _l.workspace == workspace,
        or_(_l.id.in_(names), (_l.owner.in_(names)) & _l.ended_at.is_(None)),
    )
    of_climbs = select(_e.design, _e.lead).where(_e.workspace == workspace, _e.id.in_(names))
    keys = [key for name in names if (key := name.rpartition("/")[0])]
    of_versions = select(_d.key, cast(null(), String)).where(
        _d.workspace == workspace, _d.key.in_(keys)
    )
    rows = connection.execute(union(of_leads, of_climbs, of_versions))
    return [(row[0], row[1]) for row in rows]
