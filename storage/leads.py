"""Leads: one row for each cycle, found again by name at a source or by email."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    select,
    text,
    union,
    update,
)

from handoff.brief import Band, PersonKey
from handoff.lead import LeadState, Outcome
from handoff.model import Instant, changed, made
from handoff.sla.clock import Clock
from storage.canonical import from_json, to_json
from storage.prepared import Fresh, Prepared, Query
from storage.revisions import StaleRevision
from storage.tables import UNTOUCHED
from storage.tables import lead_alias_table as aliases
from storage.tables import lead_table as leads
from storage.upsert import for_each_database


@made
class Lead:
    """One cycle of a lead.

    Attributes:
        id: Names this cycle.
        root: Id of the lead's first cycle; names the person over all cycles.
        revision: Grows with every stored change.
        attributes: Normalised fields by the names that rules use, raw values and extras too.
        design: Key of the design that took it, or None before that.
        version: The version at arrival; rules, targets and policy stay with it.
        rule: Id of the routing row that matched.
        clock: Its clock, or None where it has none (nurtured); `clock.due_at` is the truth.
        resume_at: When a paused clock runs again by itself.
        generation: Of its timers; grows whenever its times are set anew.
        submitted_at: When the person last asked, as the source says; never starts a clock.
        arrived_at: Durable receipt; starts the clock.
        ended_at: When it was closed, disposed or nurtured; None while it goes on.
    """

    workspace: str
    id: str
    root: str
    cycle: int = 1
    revision: int = 1
    source: str
    external_id: str | None = None
    email_key: str | None = None
    domain: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    score: int | None = None
    band: Band | None = None
    is_test: bool = False
    design: str | None = None
    version: int | None = None
    rule: str | None = None
    state: LeadState = LeadState.NEW
    owner: PersonKey | None = None
    pod: str | None = None
    reroutes: int = 0
    outcome: Outcome | None = None
    clock: Clock | None = None
    resume_at: Instant | None = None
    generation: int = 0
    submitted_at: Instant | None = None
    arrived_at: Instant
    assigned_at: Instant | None = None
    notified_at: Instant | None = None
    accepted_at: Instant | None = None
    touched_at: Instant | None = None
    ended_at: Instant | None = None


_NO_CLOCK = "none"
_KEPT = tuple(one.name for one in fields(Lead) if one.name != "clock")
_validated = TypeAdapter(Lead).validate_python
_l = leads.c
_ADD = Prepared(for_each_database(lambda into: into(leads).on_conflict_do_nothing()))
_FRESH = Fresh(leads)
_FRESH_NAMES = Fresh(aliases)
#: Takes all locks in one round trip, in one order for everybody.
_HOLD = text("""
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(name, 0) AS key
        FROM unnest(CAST(:names AS text[])) AS name
        ORDER BY key
    ) AS held
""")
_NAME = Prepared(
    for_each_database(
        lambda into: (new := into(aliases)).on_conflict_do_update(
            index_elements=["workspace", "source", "external_id"],
            set_={"lead": new.excluded.lead},
        )
    )
)
_KNOWN_NAMES = Query(
    select(aliases.c.external_id).where(
        aliases.c.workspace == bindparam("ws"),
        aliases.c.source == bindparam("source"),
        aliases.c.external_id.in_(bindparam("names", expanding=True)),
    )
)
_KNOWN_EMAILS = Query(
    select(_l.email_key).where(
        _l.workspace == bindparam("ws"), _l.email_key.in_(bindparam("emails", expanding=True))
    )
)
#: Each domain's open leads with an owner, the newest first.
_OWNED = (
    select(
        _l.domain,
        _l.owner,
        func.row_number()
        .over(partition_by=_l.domain, order_by=(_l.arrived_at.desc(), _l.id.desc()))
        .label("place"),
    )
    .where(
        _l.workspace == bindparam("ws"),
        _l.domain.in_(bindparam("domains", expanding=True)),
        _l.ended_at.is_(None),
        # Not `IS NOT NULL`: SQLite would then walk every owner instead of the one domain.
        func.coalesce(_l.owner, "") != "",
    )
    .subquery()
)
_OWNERS_IN_DOMAINS = Query(select(_OWNED.c.domain, _OWNED.c.owner).where(_OWNED.c.place == 1))
_UNTOUCHED = Query(
    select(_l.owner, func.count())
    .where(
        _l.workspace == bindparam("ws"),
        _l.owner.in_(bindparam("owners", expanding=True)),
        # To the letter what the index says, or it cannot be used.
        text(UNTOUCHED),
    )
    .group_by(_l.owner)
)


def hold_names(connection: Connection, *, workspace: str, names: Collection[str]) -> None:
    """Keep others from taking in a lead of one of these names until the transaction ends.

    A lead that is not stored yet has no row to lock. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql" and names:
        connection.execute(_HOLD, {"names": sorted({f"{workspace}/{name}" for name in names})})


def add(connection: Connection, *, lead: Lead) -> bool:
    """Store a new cycle, and its name at its source.

    Returns:
        False if an open cycle has the same email, or the id is known; then nothing was
        stored, and `find()` returns the other one.
    """
    if _ADD.run(connection, [_row(lead)]) != 1:
        return False
    if lead.external_id is not None:
        _NAME.run(connection, [_name(lead)])
    return True


def add_many(connection: Connection, *, new: Sequence[Lead]) -> None:
    """Store many leads at once that nobody knows, and their names at their sources.

    Raises:
        sqlalchemy.exc.IntegrityError: if one of them is known, after all. Some may be stored
            then, so the transaction must not be kept.
    """
    _FRESH.add(connection, new, _row)
    _FRESH_NAMES.add(connection, [one for one in new if one.external_id is not None], _name)


def call(
    connection: Connection, *, workspace: str, source: str, external_id: str, lead: str
) -> None:
    """Remember what a source calls a lead; a new cycle takes the name over."""
    row = {"workspace": workspace, "source": source, "external_id": external_id, "lead": lead}
    _NAME.run(connection, [row])


def find(
    connection: Connection,
    *,
    workspace: str,
    source: str,
    external_id: str | None,
    email_key: str | None,
) -> Lead | None:
    """Return the newest cycle of a lead, by its name at a source, else by email, or None.

    The newest one may have come by another name, or without its address.
    """
    if external_id is not None:
        named = _roots_named(workspace, external_id).where(aliases.c.source == source)
        found = _newest_of(connection, workspace, named)
        if found is not None:
            return found
    if email_key is None:
        return None
    by_email = select(_l.root).where(_l.workspace == workspace, _l.email_key == email_key)
    # Two leads may turn out to be one person; then the open one is theirs.
    in_order = (_l.ended_at.is_not(None), _l.arrived_at.desc(), _l.cycle.desc())
    return _newest_of(connection, workspace, by_email.order_by(*in_order).limit(1))


def named(connection: Connection, *, workspace: str, name: str) -> Lead | None:
    """Return the newest cycle of what a person calls a lead: its id, address, or name at a source.

    An id names exactly that cycle.
    """
    found = get(connection, workspace=workspace, lead=name)
    if found is not None:
        return found
    by_alias = _roots_named(workspace, name)
    by_email = select(_l.root).where(_l.workspace == workspace, _l.email_key == name.casefold())
    mine = select(leads).where(_l.workspace == workspace, _l.root.in_(union(by_email, by_alias)))
    newest = _some(connection, mine.order_by(_l.arrived_at.desc(), _l.cycle.desc()).limit(1))
    return newest[0] if newest else None


def known(
    connection: Connection, *, workspace: str, source: str, external_ids: Collection[str]
) -> set[str]:
    """Return which names of a source are known; for batches."""
    if not external_ids:
        return set()
    given = {"ws": workspace, "source": source, "names": list(external_ids)}
    return {name for (name,) in _KNOWN_NAMES.rows(connection, **given)}


def with_email(connection: Connection, *, workspace: str, email_keys: Collection[str]) -> set[str]:
    """Return which addresses have a cycle, open or closed; for batches."""
    if not email_keys:
        return set()
    found = _KNOWN_EMAILS.rows(connection, ws=workspace, emails=list(email_keys))
    return {email for (email,) in found}


def get(connection: Connection, *, workspace: str, lead: str) -> Lead | None:
    """Return a cycle by id, or None."""
    found = _some(connection, select(leads).where(_l.workspace == workspace, _l.id == lead))
    return found[0] if found else None


def cycle_of(connection: Connection, *, workspace: str, root: str, cycle: int) -> Lead | None:
    """Return one cycle of a lead that is named by its first, or None."""
    mine = select(leads).where(_l.workspace == workspace, _l.root == root, _l.cycle == cycle)
    found = _some(connection, mine)
    return found[0] if found else None


def notified(
    connection: Connection, *, workspace: str, lead: str, owner: str, now: datetime
) -> None:
    """Remember when a lead's owner was first told; later messages change nothing."""
    mine = update(leads).where(
        _l.workspace == workspace,
        _l.id == lead,
        _l.owner == owner,
        _l.notified_at.is_(None),
    )
    connection.execute(mine.values(notified_at=now))


def lock(connection: Connection, *, workspace: str, ids: Iterable[str]) -> list[Lead]:
    """Lock cycles until the transaction ends, always in the order of their ids.

    Lock the design first where the flow may record an incident.

    Returns:
        Those that exist, by id, as they are now.
    """
    mine = select(leads).where(_l.workspace == workspace, _l.id.in_(sorted(set(ids))))
    return _some(connection, mine.order_by(_l.id).with_for_update(key_share=True))


def save(connection: Connection, *, lead: Lead) -> Lead:
    """Store a changed cycle and return it at its next revision.

    Args:
        connection: The connection of `Database.write()`.
        lead: The cycle as it shall be, at the revision that was loaded.

    Raises:
        StaleRevision: if it was changed since it was loaded.
    """
    mine = update(leads).where(
        _l.workspace == lead.workspace, _l.id == lead.id, _l.revision == lead.revision
    )
    saved = changed(lead, revision=lead.revision + 1)
    if connection.execute(mine.values(_row(saved))).rowcount != 1:
        raise StaleRevision(lead.id, lead.revision)
    return saved


def open_of(connection: Connection, *, workspace: str, owner: str, limit: int = 50) -> list[Lead]:
    """Return a rep's open leads, the one that is due first first."""
    mine = select(leads).where(_l.workspace == workspace, _l.owner == owner, _l.ended_at.is_(None))
    in_order = mine.order_by(_l.due_at.is_(None), _l.due_at, _l.arrived_at, _l.id)
    return _some(connection, in_order.limit(limit))


def untouched_of(
    connection: Connection, *, workspace: str, owner: str, after: str, limit: int
) -> list[Lead]:
    """Return a rep's leads that wait for their first touch, by id.

    Args:
        connection: For reading.
        workspace: The Slack team.
        owner: Whose, by Slack id.
        after: Only leads with a greater id; empty for the first ones.
        limit: At most this many.
    """
    states = [LeadState.ASSIGNED.value, LeadState.ACCEPTED.value]
    mine = (_l.workspace == workspace, _l.owner == owner, _l.ended_at.is_(None))
    found = select(leads).where(*mine, _l.state.in_(states), _l.id > after)
    return _some(connection, found.order_by(_l.id).limit(limit))


def owners(connection: Connection, *, workspace: str) -> list[str]:
    """Return who owns an open lead, by Slack id."""
    found = select(_l.owner).where(
        _l.workspace == workspace, _l.ended_at.is_(None), _l.owner.is_not(None)
    )
    return list(connection.execute(found.distinct().order_by(_l.owner)).scalars())


def arrived_since(connection: Connection, *, workspace: str, since: datetime) -> Iterator[Lead]:
    """Yield the cycles, tests left out, that arrived at or after an instant, in order.

    Few are held in memory at a time.
    """
    mine = (_l.workspace == workspace, _l.arrived_at >= since, _l.is_test.is_(False))
    found = select(leads).where(*mine).order_by(_l.arrived_at, _l.id)
    for row in connection.execute(found.execution_options(yield_per=1000)).mappings():
        yield _lead(row)


def owner_in_domain(connection: Connection, *, workspace: str, domain: str) -> str | None:
    """Return who owns the newest open lead of a company's domain, or None."""
    return owners_in_domains(connection, workspace=workspace, domains=[domain]).get(domain)


def owners_in_domains(
    connection: Connection, *, workspace: str, domains: Collection[str]
) -> dict[str, str]:
    """Return who owns the newest open lead of each domain that has one; for batches."""
    if not domains:
        return {}
    return dict(_OWNERS_IN_DOMAINS.rows(connection, ws=workspace, domains=list(domains)))


def untouched_by_owner(
    connection: Connection, *, workspace: str, owners: Collection[str]
) -> dict[str, int]:
    """Count the leads of some reps that wait for their first touch (what `open_cap` limits).

    Returns:
        Counts by Slack id; a rep without such a lead is left out.
    """
    return dict(_UNTOUCHED.rows(connection, ws=workspace, owners=list(owners)))


def _name(lead: Lead) -> dict[str, Any]:
    """Return what is stored of a cycle's name at its source."""
    return {
        "workspace": lead.workspace,
        "source": lead.source,
        "external_id": lead.external_id,
        "lead": lead.id,
    }


def _row(lead: Lead) -> dict[str, Any]:
    """Return what is stored of a cycle."""
    clock = lead.clock
    kept = dict(vars(lead))
    del kept["clock"]
    return kept | {
        "attributes": to_json(lead.attributes),
        "clock_state": _NO_CLOCK if clock is None else clock.state.value,
        "target_minutes": None if clock is None else clock.target_minutes,
        "left_minutes": None if clock is None else clock.left_minutes,
        "since": None if clock is None else clock.since,
        "due_at": None if clock is None else clock.due_at,
    }


def _roots_named(workspace: str, external_id: str) -> Select[tuple[str]]:
    """Return the question which leads any source calls so, by their first cycles."""
    named = select(_l.root).join(
        aliases, and_(aliases.c.workspace == _l.workspace, aliases.c.lead == _l.id)
    )
    return named.where(aliases.c.workspace == workspace, aliases.c.external_id == external_id)


def _newest_of(connection: Connection, workspace: str, root: Select[tuple[str]]) -> Lead | None:
    """Return the newest cycle of the lead whose first cycle `root` finds, or None."""
    mine = select(leads).where(_l.workspace == workspace, _l.root == root.scalar_subquery())
    found = _some(connection, mine.order_by(_l.cycle.desc()).limit(1))
    return found[0] if found else None


def _some(connection: Connection, found: Select[tuple[Any, ...]]) -> list[Lead]:
    """Run a query for leads."""
    return [_lead(row) for row in connection.execute(found).mappings()]


def _lead(row: RowMapping) -> Lead:
    """Read a row back into a lead."""
    kept = {name: row[name] for name in _KEPT}
    attributes = from_json(row["attributes"])
    return _validated(kept | {"attributes": attributes, "clock": _clock(row)})


def _clock(row: RowMapping) -> Clock | None:
    """Read a lead's clock back."""
    if row["clock_state"] == _NO_CLOCK:
        return None
    return Clock(
        state=row["clock_state"],
        target_minutes=row["target_minutes"],
        arrived_at=row["arrived_at"],
        since=row["since"],
        left_minutes=row["left_minutes"],
        due_at=row["due_at"],
    )
