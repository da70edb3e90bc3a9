"""Suggest the account of a lead whose domain is no account's, by its company's name."""

from bot.flows.lead.case import LeadCase
from handoff.intake.accounts import Candidate, Suggestion, suggest_account
from handoff.routing.fields import as_text
from storage import accounts


def suggestion_for(case: LeadCase) -> Suggestion | None:
    """Return the account that a lead's company may be, None without a clear one.

    Nothing follows from it by itself: a manager may give the lead to the account's owner.

    Args:
        case: The lead; its country tells which accounts are looked at.
    """
    lead, company = case.lead, case.lead.attributes.get("company")
    if not isinstance(company, str):
        return None
    exact = [lead.domain] if lead.domain else []
    if accounts.by_domain(case.connection, workspace=case.workspace, domains=exact):
        return None
    country = as_text(lead.attributes.get("country")).upper() or None
    near = accounts.in_country(case.connection, workspace=case.workspace, country=country)
    return suggest_account(
        company=company,
        candidates=[
            Candidate(
                domain=one.domain,
                name=one.name,
                name_key=one.name_key,
                owner=one.owner or one.owner_email,
            )
            for one in near
        ],
    )
