"""A stored lead's fields as routing rules see them."""

from collections.abc import Mapping
from functools import partial

from sqlalchemy import Connection

from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.people import person_named
from handoff.routing.lead_fields import lead_fields
from storage import accounts
from storage.accounts import Account
from storage.leads import Lead


def routing_fields(
    connection: Connection, *, lead: Lead, directory: Directory
) -> Mapping[str, object]:
    """Return a lead's fields, with owners as keys of people.

    Args:
        connection: For the account, looked up by the lead's exact domain.
        lead: The cycle.
        directory: Who is in the workspace.
    """
    return lead_fields(
        source=lead.source,
        attributes=lead.attributes,
        score=lead.score,
        domain=lead.domain,
        directory=directory,
        owner_of=partial(_owner_of, connection, lead.workspace, directory),
    )


def account_owner(*, directory: Directory, account: Account | None) -> PersonKey | None:
    """Return who owns an account, None when that is nobody who is in Slack."""
    if account is None:
        return None
    told = (account.owner, account.owner_email)
    found = (person_named(directory=directory, told=one) for one in told)
    return next(filter(None, found), None)


def _owner_of(
    connection: Connection, workspace: str, directory: Directory, domain: str
) -> PersonKey | None:
    found = accounts.by_domain(connection, workspace=workspace, domains=[domain])
    return account_owner(directory=directory, account=found.get(domain))
