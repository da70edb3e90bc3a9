"""The order in which designs are asked whether they take a lead: shown, and changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.entering import entry_order
from bot.flows.signoff.announce import show_packet
from bot.flows.signoff.case import load, subject_of
from bot.flows.signoff.outcomes import Denied, Done
from bot.flows.workspace import workspace_meant
from handoff.audit import AuditFact
from handoff.defaults.catalogue import title_of
from handoff.directory import Directory, Role
from handoff.people import holders, holds_any
from storage import audit, designs, versions, views, workspaces
from storage import directory as directories
from storage.database import Database

#: Who changes it, besides the workspace's admins and owners.
_ROLES = (Role.REVOPS_DIRECTOR, Role.REVOPS_APPROVER)


@dataclass(frozen=True, kw_only=True)
class AskedDesign:
    """A design at work, as far as the order goes.

    Attributes:
        rule: Its entry rule, as it was written.
        is_placed: It has a place of its own; else the default order decides.
    """

    key: str
    title: str
    rule: str
    is_placed: bool


class OrderRefused(Exception):
    """The order was not changed; the message says why and what to do."""


def shown_order(*, database: Database, workspace: str | None = None) -> tuple[AskedDesign, ...]:
    """Return the designs at work, the one that is asked first first.

    Args:
        database: Where designs are.
        workspace: The Slack team; None for the only one.

    Raises:
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        return _order(connection, workspace_meant(connection, workspace))


def may_order(*, database: Database, workspace: str, by: str) -> Denied | None:
    """Return the denial unless a person may change the order."""
    with database.read() as connection:
        return _refuse_person(directories.load(connection, workspace=workspace).directory, by)


def set_order(
    *, database: Database, workspace: str, now: datetime, by: str, keys: Sequence[str]
) -> Done | Denied:
    """Change the order from Slack.

    Args:
        database: Where designs are.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        keys: Of designs at work, the one to be asked first first; those that are not named
            follow in the default order. Empty for the default order.
    """

    def work(connection: Connection) -> Done | Denied:
        directory = directories.load(connection, workspace=workspace).directory
        denied = _refuse_person(directory, by)
        if denied is None:
            _save(connection, workspace, now=now, by=by, keys=keys)
        return denied or Done()

    return _run(database, work)


def set_order_on_host(
    *, database: Database, now: datetime, keys: Sequence[str], workspace: str | None = None
) -> None:
    """Change the order from the command line; arguments as of `set_order`.

    Raises:
        OrderRefused: if a design is not at work, or named twice.
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """

    def work(connection: Connection) -> Done | Denied:
        team = workspace_meant(connection, workspace)
        _save(connection, team, now=now, by="cli", keys=keys)
        return Done()

    outcome = _run(database, work)
    if isinstance(outcome, Denied):
        raise OrderRefused(outcome.message)


def _run(database: Database, work: Callable[[Connection], Done | Denied]) -> Done | Denied:
    """Run a change; an order that cannot be is rolled back and told."""
    try:
        return database.run(work)
    except OrderRefused as exc:
        return Denied(str(exc))


def _save(
    connection: Connection, workspace: str, *, now: datetime, by: str, keys: Sequence[str]
) -> None:
    workspaces.lock(connection, workspace=workspace)
    before = _order(connection, workspace)
    _check(keys, [one.key for one in before])
    designs.order_entries(connection, workspace=workspace, keys=keys)
    after = _order(connection, workspace)
    if after == before:
        return
    _show_packets(connection, workspace, now)
    audit.record(
        connection,
        workspace=workspace,
        kind=AuditFact.ENTRY_ORDER_CHANGED,
        actor=by,
        subject="designs",
        now=now,
        data={"before": [one.key for one in before], "after": [one.key for one in after]},
    )


def _check(keys: Sequence[str], at_work: Sequence[str]) -> None:
    """Refuse designs that are not at work, and places that are given twice."""
    unknown = [key for key in keys if key not in at_work]
    if unknown:
        raise OrderRefused(
            f"No design “{unknown[0]}” is at work. At work: {', '.join(at_work) or 'none yet'}."
        )
    twice = [key for key in at_work if keys.count(key) > 1]
    if twice:
        raise OrderRefused(f"{twice[0]} is named twice; name each design once.")


def _show_packets(connection: Connection, workspace: str, now: datetime) -> None:
    """Show the new order on the packets that tell of overlaps."""
    running = versions.running(connection, workspace=workspace)
    waiting = views.in_review(connection, workspace=workspace)
    subjects = [subject_of(head.design, head.number) for head in running]
    subjects += [subject_of(line.design, line.version) for line in waiting]
    for subject in subjects:
        case = load(connection, workspace=workspace, subject=subject, now=now)
        assert case is not None, "it was listed in this transaction"
        show_packet(case)


def _order(connection: Connection, workspace: str) -> tuple[AskedDesign, ...]:
    return tuple(
        AskedDesign(
            key=one.body.key,
            title=title_of(one.body.brief.segment.key, one.body.brief.goal.value),
            rule=one.body.brief.entry_rule,
            is_placed=one.place is not None,
        )
        for one in entry_order(connection, workspace=workspace)
    )


def _refuse_person(directory: Directory, by: str) -> Denied | None:
    if holds_any(directory=directory, person=by, roles=_ROLES):
        return None
    in_charge = (holders(directory=directory, role=role)[:1] for role in _ROLES)
    return Denied(
        "Only RevOps and the workspace's admins change the order.",
        tuple(dict.fromkeys(key for keys in in_charge for key in keys)),
    )
