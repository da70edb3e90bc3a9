"""Fuzzy names only suggest an account."""

import pytest

from handoff.intake.accounts import Candidate, suggest_account
from handoff.intake.contact import company_key


def candidates(*names: str) -> list[Candidate]:
    """Return accounts of these names."""
    return [
        Candidate(domain=f"{n}.com", name=name, name_key=company_key(name))
        for n, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("company", "names", "found"),
    [
        ("Acme Corp.", ("ACME corp", "Borealis"), "ACME corp"),
        ("Ohio Bank of Acme", ("Acme Bank of Ohio",), "Acme Bank of Ohio"),
        ("Acme", ("Acme Bank of Ohio",), None),
        ("Borealis Systms", ("Borealis Systems GmbH",), "Borealis Systems GmbH"),
        ("Northwind Traders 1", ("Northwind Traders 2", "Northwind Traders 3"), None),
        ("Acme", ("Acme Inc.", "Acme GmbH"), "Acme Inc."),
        ("Acme", (), None),
        ("  ", ("Acme",), None),
    ],
)
def test_only_a_clear_best_is_suggested(
    company: str, names: tuple[str, ...], found: str | None
) -> None:
    """92 percent alike and 5 ahead of the next other name; the first of equals."""
    suggestion = suggest_account(company=company, candidates=candidates(*names))

    assert (suggestion and suggestion.account.name) == found
