"""Routing rules travel as YAML or JSON and come back whole."""

import json

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from handoff.brief import Band, OnMissing, OwnerModel
from handoff.routing.export import BadRules, dump_rules, load_rules, rules_schema
from handoff.routing.rules import RoutingMatrix, RoutingRow
from tests.handoff.routing.strategies import rules
from tests.handoff.samples import design

names = st.text(min_size=1, max_size=20).filter(lambda text: text.strip())
rows = st.builds(
    RoutingRow,
    id=names,
    name=names,
    when=rules,
    owner_model=st.sampled_from(OwnerModel),
    pod=st.none() | names,
    share_with=st.lists(names, max_size=2).map(tuple),
    named_rep=st.none() | names,
    fallback=names,
    band_targets=st.dictionaries(st.sampled_from(Band), st.integers(1, 10_000)),
    required_fields=st.lists(names, max_size=2).map(tuple),
    on_missing=st.sampled_from(OnMissing),
)
matrices = st.builds(
    RoutingMatrix,
    entry=rules,
    gates=st.lists(rules, max_size=2).map(tuple),
    rows=st.lists(rows, min_size=1, max_size=3).map(tuple),
)


@given(matrix=matrices, form=st.sampled_from(["yaml", "json"]))
def test_rules_load_back_with_nothing_lost(matrix: RoutingMatrix, form: str) -> None:
    """Both forms fit the schema and read back equal."""
    text = dump_rules(matrix=matrix, form=form)

    content = yaml.safe_load(text) if form == "yaml" else json.loads(text)
    jsonschema.Draft202012Validator(rules_schema()).validate(content)
    assert load_rules(text) == matrix


def test_the_yaml_is_for_people() -> None:
    """Rows in order, keys as named, letters as letters."""
    text = dump_rules(matrix=design().binding.routing, form="yaml")

    assert "name: Europe, Middle East and Africa" in text
    assert text.index("id: r1") < text.index("id: r2")
    assert "!!python" not in text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("entry: {", "not readable as YAML or JSON"),
        ("[]", "the file: "),
        ("{entry: {}, gates: [], rows: []}", "rows: Tuple should have at least 1 item"),
        ('{"entry": {}, "gates": [], "rows": [], "row": 1}', "row: Extra inputs"),
    ],
)
def test_a_bad_file_says_where_it_is_wrong(text: str, problem: str) -> None:
    """The message names the place in the file."""
    with pytest.raises(BadRules) as caught:
        load_rules(text)

    assert problem in str(caught.value)
    assert caught.value.problems
