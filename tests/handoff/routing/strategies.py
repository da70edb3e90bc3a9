"""Random conditions, rules and leads that meet often enough to matter."""

from hypothesis import strategies as st

from handoff.routing.rules import ORDERING, UNARY, Condition, Operand, Operator, Rule

FIELDS = ("country", "employees", "title", "vip")
TEXTS = (
    "US",
    "ca",
    "5",
    "5.0",
    "yes",
    "true",
    "Director of Ops",
    "director",
    "ß",
    "a b",
    '"',
    "\\",
)
NUMBERS = (0, 1, 5, 5.5, 1000, -3)

texts = st.sampled_from(TEXTS) | st.text(min_size=1, max_size=6)
numbers = st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False)
values = st.none() | st.booleans() | texts | numbers | st.just("") | st.lists(texts, max_size=2)
leads = st.dictionaries(st.sampled_from(FIELDS), values)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A well-formed condition over a few fields."""
    operator = draw(st.sampled_from(Operator))
    operand: Operand
    if operator in UNARY:
        operand = None
    elif operator in ORDERING:
        operand = draw(numbers)
    elif operator in (Operator.IN, Operator.NOT_IN):
        operand = tuple(draw(st.lists(texts | numbers, min_size=1, max_size=3, unique_by=repr)))
    elif operator in (Operator.CONTAINS, Operator.STARTS_WITH):
        operand = draw(texts)
    else:
        operand = draw(texts | numbers | st.booleans())
    return Condition(field=draw(st.sampled_from(FIELDS)), operator=operator, operand=operand)


conjunctions = st.lists(conditions(), min_size=1, max_size=3).map(tuple)
rules = st.builds(Rule, any_of=st.lists(conjunctions, max_size=3).map(tuple))

_listed = st.builds(
    Condition,
    field=st.just("country"),
    operator=st.just(Operator.IN),
    operand=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=2).map(tuple),
)
listed_rules = st.builds(
    Rule,
    any_of=st.lists(
        st.tuples(_listed, conditions()) | st.tuples(_listed), min_size=1, max_size=2
    ).map(tuple),
)
"""Rules by one field, as a long matrix has many of."""
