"""Accounts and their owners, from a CSV file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from bot.flows.workspace import workspace_meant
from handoff.directory import Directory
from handoff.intake.contact import (
    BadEmail,
    company_key,
    is_free_mail,
    read_country,
    read_email,
    registered_domain,
)
from handoff.intake.csv_rows import PROBLEM, BadCsv, CsvRow, read_csv
from handoff.people import person_named
from storage import accounts
from storage import directory as directories
from storage.accounts import Account
from storage.database import Database

#: Rows in one transaction.
PART = 500

#: Which account wins when several would do. Source: crm-intake.md section 5 (ties).
_RANKS = {"": 0, "named": 1, "named account": 1, "opportunity": 2, "customer": 3}

#: What columns are called, in CRMs too.
_COLUMNS = {
    "domain": "domain",
    "website": "domain",
    "company_domain": "domain",
    "company_domain_name": "domain",
    "aliases": "aliases",
    "name": "name",
    "account": "name",
    "account_name": "name",
    "company": "name",
    "company_name": "name",
    "owner_email": "owner_email",
    "owner": "owner_email",
    "account_owner": "owner_email",
    "account_owner_email": "owner_email",
    "company_owner": "owner_email",
    "country": "country",
    "billing_country": "country",
    "kind": "kind",
}


@dataclass(frozen=True)
class ImportedAccount:
    """One row after its import.

    Attributes:
        problem: What is wrong with it, for the repair file; None if it was stored.
        stranger: The owner's address, if nobody in the workspace has it; leads find that owner
            once somebody does.
    """

    row: CsvRow
    problem: str | None = None
    stranger: str | None = None


def columns_left_out(header: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a file that say nothing about an account, as they are headed."""
    return tuple(name for name in header if name and name != PROBLEM and not _column(name))


def import_accounts(
    *, database: Database, text: str, now: datetime, workspace: str | None = None
) -> Iterator[ImportedAccount]:
    """Store the accounts of a CSV file; the same domain again replaces what was known.

    Columns: `domain` (needed; `aliases` are further domains, separated by blanks or `;`),
    `name`, `owner_email`, `country`, `kind` (customer, opportunity, named); the usual names of
    CRMs are understood as well.

    Args:
        database: Where accounts are.
        text: The file.
        now: The domain's instant, UTC-aware.
        workspace: The Slack team; None for the only one.

    Raises:
        BadCsv: if the file cannot be read or names no domains; what was told by then is stored.
        WorkspaceUnclear: if none is known by that name, or several are and none was named.
    """
    with database.read() as connection:
        team = workspace_meant(connection, workspace)
        directory = directories.load(connection, workspace=team).directory
    header, rows = read_csv(text)
    if "domain" not in map(_column, header):
        raise BadCsv("No column is headed `domain`: by their domains accounts are found.")
    while part := list(islice(rows, PART)):
        found = [(row, _accounts(row)) for row in part]
        new = {one.domain: one for _, read in found if not isinstance(read, str) for one in read}
        database.run(
            lambda connection, new=new: accounts.save(  # type: ignore[misc]
                connection, workspace=team, new=new.values(), now=now
            )
        )
        for row, read in found:
            if isinstance(read, str):
                yield ImportedAccount(row, problem=read)
            else:
                yield ImportedAccount(row, stranger=_stranger(read[0], directory))


def _accounts(row: CsvRow) -> list[Account] | str:
    """Return the accounts that a row stands for, one for each domain, or what is wrong."""
    if row.problem is not None:
        return row.problem
    fields = _fields(row.fields)
    told = [fields.get("domain", ""), *fields.get("aliases", "").replace(";", " ").split()]
    domains = [registered_domain(one) for one in told]
    bad = next((one for one, domain in zip(told, domains, strict=True) if domain is None), None)
    if bad is not None:
        return f"“{bad}” is not a company's domain, like acme.com"
    free = next((one for one in domains if one and is_free_mail(one)), None)
    if free is not None:
        return f"{free} is free mail and belongs to no company"
    kind = fields.get("kind", "").casefold()
    if kind not in _RANKS:
        return f"kind “{kind}” is none of customer, opportunity, named"
    try:
        email = read_email(fields["owner_email"]).key if "owner_email" in fields else None
    except BadEmail as exc:
        return f"owner “{fields['owner_email']}” is not an e-mail address: {exc}"
    return [_account(domain, fields, email, _RANKS[kind]) for domain in domains if domain]


def _fields(cells: Mapping[str, str]) -> dict[str, str]:
    """Return what a row says about an account, by one name each.

    Of two columns that say the same, the one that is headed most plainly counts: an export may
    have `Account owner` with a name, and `Account owner email`.
    """
    fields: dict[str, str] = {}
    for heading, value in cells.items():
        name = _column(heading)
        if name is not None and (name not in fields or _folded(heading).endswith(name)):
            fields[name] = value
    return fields


def _column(heading: str) -> str | None:
    """Return the one name of a column, None if it says nothing about an account."""
    return _COLUMNS.get(_folded(heading))


def _folded(heading: str) -> str:
    return re.sub(r"[\s_-]+", "_", heading.strip().casefold())


def _stranger(account: Account, directory: Directory) -> str | None:
    """Return the address of an owner whom nobody knows; None before anybody is known."""
    told = account.owner_email
    is_known = told is None or person_named(directory=directory, told=told) is not None
    return None if is_known or not directory.people else told


def _account(domain: str, fields: Mapping[str, str], email: str | None, rank: int) -> Account:
    name = fields.get("name") or domain
    country = fields.get("country", "")
    return Account(
        domain=domain,
        name=name,
        name_key=company_key(name),
        country=read_country(country) or country or None,
        owner_email=email,
        rank=rank,
    )
