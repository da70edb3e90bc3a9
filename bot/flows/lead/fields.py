"""A lead's fields as routing rules see them."""

from collections.abc import Mapping

from sqlalchemy import Connection

from handoff.directory import Directory
from handoff.people import find_person
from handoff.routing.fields import is_missing
from storage import accounts
from storage.leads import Lead

_OWNERS = ("account_owner", "named_rep")


def routing_fields(
    connection: Connection, *, lead: Lead, directory: Directory
) -> Mapping[str, object]:
    """Return a lead's fields, with owners as keys of people.

    An owner that the lead itself names counts before the owner of its company's account; the
    address of somebody who is not (or no longer) in Slack names nobody.

    Args:
        connection: For the account, looked up by the lead's exact domain.
        lead: The cycle.
        directory: Who is in the workspace.
    """
    fields: dict[str, object] = {"source": lead.source, **lead.attributes}
    if lead.score is not None:
        fields["score"] = lead.score
    for name in _OWNERS:
        told = [fields.get(name), fields.get(f"{name}_email")]
        fields[name] = next((key for key in (_key(directory, one) for one in told) if key), None)
    if fields["account_owner"] is None and lead.domain:
        fields["account_owner"] = _account_owner(connection, lead, directory)
    return {name: value for name, value in fields.items() if not is_missing(value)}


def _account_owner(connection: Connection, lead: Lead, directory: Directory) -> str | None:
    """Return who owns the account of the lead's company."""
    domain = str(lead.domain)
    found = accounts.by_domain(connection, workspace=lead.workspace, domains=[domain])
    account = found.get(domain)
    if account is None:
        return None
    return _key(directory, account.owner) or _key(directory, account.owner_email)


def _key(directory: Directory, told: object) -> str | None:
    """Return the person that a Slack id or an e-mail address names, or None."""
    if not isinstance(told, str) or not told.strip():
        return None
    known = find_person(directory=directory, key=told.strip())
    if known is not None:
        return known.key
    address = told.strip().lower()
    return next(
        (one.key for one in directory.people if (one.email or "").lower() == address), None
    )
