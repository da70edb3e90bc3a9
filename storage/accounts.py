"""Accounts: companies by domain, and who owns them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import Column, Connection, bindparam, select

from handoff.model import Value
from storage.prepared import Query
from storage.tables import account_table as accounts
from storage.upsert import for_each_database

_a = accounts.c
_SAVE = for_each_database(
    lambda into: (new := into(accounts)).on_conflict_do_update(
        index_elements=["workspace", "domain"],
        set_={
            column.name: new.excluded[column.name]
            for column in accounts.columns
            if not column.primary_key
        },
    )
)


class Account(Value):
    """A company.

    Attributes:
        domain: Registered domain, lower case; an alias is an account of its own.
        name_key: The name without its legal form, lower case, for suggestions.
        owner: Slack id, or None while the owner's address is unknown to Slack.
        rank: Decides ties; a higher one wins (customer, open opportunity, named account).
    """

    domain: str
    name: str
    name_key: str
    country: str | None = None
    owner: str | None = None
    owner_email: str | None = None
    rank: int = 0


_COLUMNS: list[Column[object]] = [_a[name] for name in Account.model_fields]
_BY_DOMAIN = Query(
    select(*_COLUMNS).where(
        _a.workspace == bindparam("ws"), _a.domain.in_(bindparam("domains", expanding=True))
    )
)


def save(connection: Connection, *, workspace: str, new: Iterable[Account], now: datetime) -> int:
    """Store accounts, new and known, and return how many; at most 500 in one transaction."""
    rows = [account.model_dump() | {"workspace": workspace, "updated_at": now} for account in new]
    if rows:
        connection.execute(_SAVE[connection.dialect.name], rows)
    return len(rows)


def by_domain(
    connection: Connection, *, workspace: str, domains: Collection[str]
) -> dict[str, Account]:
    """Return the accounts of exactly these domains."""
    rows = _BY_DOMAIN.mappings(connection, ws=workspace, domains=list(domains))
    return {row["domain"]: Account(**row) for row in rows}


def everyone(connection: Connection, *, workspace: str) -> Iterator[Account]:
    """Yield all accounts of a workspace; few are held in memory at a time."""
    found = select(*_COLUMNS).where(_a.workspace == workspace).execution_options(yield_per=1000)
    for row in connection.execute(found).mappings():
        yield Account(**row)


def in_country(
    connection: Connection, *, workspace: str, country: str | None, limit: int = 20_000
) -> list[Account]:
    """Return a country's accounts, the highest rank first, to suggest names from."""
    here = _a.country.is_not_distinct_from(country)
    found = select(*_COLUMNS).where(_a.workspace == workspace, here)
    rows = connection.execute(found.order_by(_a.rank.desc(), _a.domain).limit(limit)).mappings()
    return [Account(**row) for row in rows]
