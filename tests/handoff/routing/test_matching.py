"""The compiled matcher finds what the plain reading of the rules finds."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.brief import Band, OwnerModel
from handoff.routing.conditions import format_condition, parse_rule
from handoff.routing.evaluation import holds, is_satisfied
from handoff.routing.fields import missing_fields
from handoff.routing.matching import CompiledRow, compile_matrix, compile_rows, compile_rule
from handoff.routing.rules import RoutingMatrix, RoutingRow, Rule
from tests.handoff.routing.strategies import leads, listed_rules, rules


@settings(max_examples=60)
@given(
    chain=st.lists(rules, max_size=5) | st.lists(rules | listed_rules, min_size=13, max_size=40),
    lead=leads,
)
def test_compiled_rows_agree_with_the_interpreter(
    chain: list[Rule], lead: Mapping[str, object]
) -> None:
    """The first row that matches is the same whichever way it is looked for."""
    expected = next(
        (at for at, rule in enumerate(chain) if is_satisfied(rule=rule, lead=lead)), None
    )

    assert compile_rows([(rule, at) for at, rule in enumerate(chain)])(lead) == expected


def test_a_long_matrix_is_cut_by_what_tells_its_rows_apart() -> None:
    """A thousand rows by country and industry: any lead looks at a few of them only."""
    texts = [
        f"country in [c{n % 10}, C{n % 10 + 1}] and industry = i{n // 10} and employees >= {n}"
        for n in range(1000)
    ]
    rules = [parse_rule(text) for text in [*texts, "country = c3 or vip = true", "always"]]
    looked_at: list[str] = []

    class Lead(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            looked_at.append(key)
            return super().get(key, default)

    match = compile_rows([(rule, at) for at, rule in enumerate(rules)])

    assert match(Lead(country="C4", industry="I77", employees=2000)) == 773
    assert match(Lead(country="c3", industry="?", employees=0)) == 1000
    assert match(Lead(country="?", vip=True)) == 1000
    assert match(Lead(country="?", vip=False)) == 1001
    assert len(looked_at) < 30


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


def test_a_row_that_does_not_match_names_the_nearest_alternative() -> None:
    """The explanation names as little as would have to change."""
    rule = parse_rule("a = 1 and b = 2 or c = 3 and d = 4 and a = 1")

    assert _failure(rule, {"a": 1}) == "not b = 2"
    assert _failure(Rule(), {}) == ""


@settings(max_examples=60)
@given(rule=rules, lead=leads)
def test_what_is_named_is_what_the_interpreter_finds(rule: Rule, lead: dict[str, object]) -> None:
    """Of each alternative those conditions that do not hold; of all the fewest."""
    failed = [
        [
            format_condition(one)
            for one in group
            if not holds(condition=one, value=lead.get(one.field))
        ]
        for group in rule.any_of
    ]

    assert _failure(rule, lead) == " and ".join(
        f"not {words}" for words in min(failed, key=len, default=[])
    )


def test_missing_fields_are_named_in_order() -> None:
    """A blank value is as good as none."""
    required = ("email", "country", "domain")

    assert missing_fields(required=required, lead={"email": "a@b.example", "country": " "}) == (
        "country",
        "domain",
    )


def _failure(rule: Rule, lead: Mapping[str, object]) -> str:
    row = _row("r1", "always").model_copy(update={"when": rule})
    return CompiledRow(row).failure(lead)


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
