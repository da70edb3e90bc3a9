"""Which account a lead may belong to by its company's name: a suggestion, never a match."""

from collections.abc import Sequence

from handoff.brief import PersonKey
from handoff.intake.contact import company_key
from handoff.model import Value

ALIKE = 92
"""So many percent alike must two names be."""
AHEAD = 5
"""So many percent must the best be ahead of the next other company."""


class Candidate(Value):
    """An account as far as its name goes; `name_key` is without the legal form."""

    domain: str
    name: str
    name_key: str
    owner: PersonKey | None = None


class Suggestion(Value):
    """An account that the lead's company may be.

    Attributes:
        percent: How much alike the names are.
    """

    account: Candidate
    percent: int


def suggest_account(*, company: str, candidates: Sequence[Candidate]) -> Suggestion | None:
    """Return the one account whose name is clearly the lead's company's, or None.

    Only exact domains decide; a person confirms this. `token_sort_ratio`, because a set ratio
    takes "Acme" for "Acme Bank of Ohio".

    Args:
        company: The name as the lead has it.
        candidates: Accounts of the same country, the first of equals first.

    Source: crm-intake.md section 5 (match order), measured there.
    """
    key = company_key(company)
    if not key:
        return None
    # Imported here: only `why` suggests, and the process is lighter without it.
    from rapidfuzz import fuzz, process

    names = [one.name_key for one in candidates]
    found = process.extract(key, names, scorer=fuzz.token_sort_ratio, limit=10)
    if not found or found[0][1] < ALIKE:
        return None
    best_name, best, index = found[0]
    runner_up = next((score for name, score, _ in found if name != best_name), 0.0)
    if best - runner_up < AHEAD:
        return None
    return Suggestion(account=candidates[index], percent=round(best))
