"""The compiled matcher finds what the plain reading of the rules finds."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.brief import Band, OwnerModel
from handoff.routing.conditions import parse_rule
from handoff.routing.evaluation import failed_conditions, is_satisfied
from handoff.routing.fields import missing_fields
from handoff.routing.matching import compile_matrix, compile_rows, compile_rule
from handoff.routing.rules import RoutingMatrix, RoutingRow, Rule
from tests.handoff.routing.strategies import leads, rules


@given(chain=st.lists(rules, max_size=5), lead=leads)
def test_compiled_rows_agree_with_the_interpreter(
    chain: list[Rule], lead: Mapping[str, object]
) -> None:
    """The first row that matches is the same whichever way it is looked for."""
    expected = next(
        (at for at, rule in enumerate(chain) if is_satisfied(rule=rule, lead=lead)), None
    )

    assert compile_rows([(rule, at) for at, rule in enumerate(chain)])(lead) == expected


# text, lead, does it match
TABLE = [
    ("country = us", {"country": "US"}, True),
    ("country = us", {}, False),
    ("country != us", {}, False),
    ("country != us", {"country": " "}, False),
    ("country != us", {"country": "CA"}, True),
    ("country in [US, CA]", {"country": "ca"}, True),
    ("country not in [US, CA]", {"country": "DE"}, True),
    ("country not in [US, CA]", {"country": None}, False),
    ("employees >= 1000", {"employees": 1000}, True),
    ("employees > 1000", {"employees": 1000}, False),
    ("employees <= 10.5", {"employees": "10.5"}, True),
    ("employees < 10", {"employees": "many"}, False),
    ("employees < 10", {"employees": None}, False),
    ("employees >= 1", {"employees": True}, False),
    ("tier = 1", {"tier": "1.0"}, True),
    ("tier != 1", {"tier": "gold"}, True),
    ("tier in [1, gold]", {"tier": "Gold"}, True),
    ("vip = true", {"vip": "Yes"}, True),
    ("vip = true", {"vip": 1}, True),
    ("vip != true", {"vip": False}, True),
    ("vip = false", {"vip": "perhaps"}, False),
    ("tech_stack contains sales", {"tech_stack": ["HubSpot", "Salesforce"]}, True),
    ("title starts with head", {"title": "Head of Sales"}, True),
    ("email is set", {"email": "a@b.example"}, True),
    ("email is set", {"email": []}, False),
    ("email is missing", {"email": "  "}, True),
    ("always", {}, True),
]


@pytest.mark.parametrize(("text", "lead", "matches"), TABLE)
def test_what_conditions_mean(text: str, lead: dict[str, object], matches: bool) -> None:
    """A missing field satisfies only `is missing`; text has no case; numbers may come as text."""
    rule = parse_rule(text)

    assert compile_rule(rule)(lead) is matches
    assert is_satisfied(rule=rule, lead=lead) is matches


def test_the_first_matching_row_decides() -> None:
    """Rows are tried in order; without a catch-all a lead may match nothing."""
    match = compile_matrix(
        RoutingMatrix(entry=Rule(), gates=(), rows=(_row("r1", "a = 1"), _row("r2", "a >= 1")))
    )

    assert [row and row.id for row in map(match, ({"a": 1}, {"a": 2}, {"a": 0}))] == [
        "r1",
        "r2",
        None,
    ]


def test_no_text_of_a_rule_becomes_code() -> None:
    """Values that look like Python are compared, never run."""
    rule = parse_rule('a = "__import__(\'os\').abort()" or b contains "{f} %s {0}"')

    assert not compile_rule(rule)({"a": "x", "b": "y"})
    assert compile_rule(rule)({"b": "-{F} %S {0}-"})


def test_failed_conditions_explain_the_nearest_alternative() -> None:
    """The explanation names as little as would have to change."""
    rule = parse_rule("a = 1 and b = 2 or c = 3 and d = 4 and a = 1")

    assert [c.field for c in failed_conditions(rule=rule, lead={"a": 1})] == ["b"]
    assert failed_conditions(rule=Rule(), lead={}) == ()


def test_missing_fields_are_named_in_order() -> None:
    """A blank value is as good as none."""
    required = ("email", "country", "domain")

    assert missing_fields(required=required, lead={"email": "a@b.example", "country": " "}) == (
        "country",
        "domain",
    )


def _row(row_id: str, when: str) -> RoutingRow:
    return RoutingRow(
        id=row_id,
        name=row_id,
        when=parse_rule(when),
        owner_model=OwnerModel.ROUND_ROBIN,
        pod="p",
        fallback="U1",
        band_targets={Band.A: 10},
    )
