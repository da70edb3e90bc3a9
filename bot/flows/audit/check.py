"""Look for what contradicts the invariants, in every workspace."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.flows.escalate.rules import rules_now
from handoff.escalation.guardrail import Incident, is_missed
from storage import audit, checks, designs, escalations, incidents, versions, workspaces
from storage import directory as directories
from storage.checks import Check, Finding
from storage.database import Database
from storage.incidents import IncidentRecord

#: What ended longer ago was looked at before.
_LOOK_BACK = timedelta(days=3)

#: How many facts of each workspace's chain are recomputed; `handoff audit verify` takes all.
_FACTS = 1000


def check(*, database: Database, now: datetime) -> tuple[Finding, ...]:
    """Return what contradicts the invariants; nothing while all is well.

    Args:
        database: Where everything is kept. Nothing is locked: all is read at one moment.
        now: The domain's instant, UTC-aware.

    Source:
        reliability.md section 2.
    """
    with database.read() as connection:
        return look(connection, now=now)


def look(connection: Connection, *, now: datetime) -> tuple[Finding, ...]:
    """Look inside an open transaction; see `check()`."""
    found = checks.findings(connection, now=now, since=now - _LOOK_BACK)
    for one in workspaces.everyone(connection):
        found += _of_workspace(connection, one.workspace, now=now)
    return tuple(found)


def _of_workspace(connection: Connection, workspace: str, *, now: datetime) -> Iterator[Finding]:
    """Yield what no single statement can tell."""
    report = audit.verify(connection, workspace=workspace, last=_FACTS)
    if not report.is_whole:
        subject = f"fact {report.broken_at}: {report.problem}"
        yield Finding(workspace=workspace, check=Check.CHAIN_BROKEN, subject=subject)
    keys = [one.key for one in designs.everyone(connection, workspace=workspace)]
    for key in (*keys, designs.UNMATCHED):
        if _is_missed(connection, workspace, key, now=now):
            yield Finding(workspace=workspace, check=Check.GUARDRAIL_NOT_FIRED, subject=key)


def _is_missed(connection: Connection, workspace: str, design: str, *, now: datetime) -> bool:
    """Tell whether a design's guardrail should have fired by its latest incidents."""
    here = {"workspace": workspace, "design": design}
    since = now - _LOOK_BACK
    is_quiet = not incidents.between(connection, after=since, until=now, **here)
    if is_quiet or escalations.open_guardrail(connection, **here) is not None:
        return False
    directory = directories.load(connection, workspace=workspace).directory
    guardrail = rules_now(connection, directory=directory, **here).guardrail
    window = timedelta(hours=guardrail.window_hours)
    known = incidents.between(connection, after=since - window, until=now, **here)
    active_since = _active_since(connection, workspace, design)
    return is_missed(
        incidents=[_timed(one) for one in known],
        # Earlier ones were judged by an earlier version's count.
        judged={
            one.id for one in known if active_since is None or one.recorded_at >= active_since
        },
        guardrail=guardrail,
        last_resolved_at=escalations.last_guardrail_end(connection, **here),
    )


def _active_since(connection: Connection, workspace: str, design: str) -> datetime | None:
    known = designs.get(connection, workspace=workspace, key=design)
    if known is None or known.active_version is None:
        return None
    head = versions.head(
        connection, workspace=workspace, design=design, number=known.active_version
    )
    return head.activated_at if head else None


def _timed(incident: IncidentRecord) -> Incident:
    return Incident(id=incident.id, occurred_at=incident.occurred_at)
