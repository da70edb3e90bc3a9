"""A stored lead's fields as routing rules see them."""

from collections.abc import Mapping

from bot.flows.lead.records import Records
from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.people import person_named
from handoff.routing.lead_fields import lead_fields
from storage.accounts import Account
from storage.leads import Lead


def routing_fields(records: Records, *, lead: Lead, directory: Directory) -> Mapping[str, object]:
    """Return a lead's fields, with owners as keys of people.

    Args:
        records: For the account, looked up by the lead's exact domain.
        lead: The cycle.
        directory: Who is in the workspace.
    """

    def owner_of(domain: str) -> PersonKey | None:
        return account_owner(directory=directory, account=records.account(domain))

    return lead_fields(
        source=lead.source,
        attributes=lead.attributes,
        score=lead.score,
        domain=lead.domain,
        directory=directory,
        owner_of=owner_of,
    )


def account_owner(*, directory: Directory, account: Account | None) -> PersonKey | None:
    """Return who owns an account, None when that is nobody who is in Slack."""
    if account is None:
        return None
    told = (account.owner, account.owner_email)
    found = (person_named(directory=directory, told=one) for one in told)
    return next(filter(None, found), None)
