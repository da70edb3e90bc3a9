"""P6: the first row that matches, against datalogic-py (Rust) and rule-engine."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import cast

import datalogic_py
import rule_engine

from handoff.routing.evaluation import is_satisfied
from handoff.routing.matching import compile_rows
from handoff.routing.rules import Condition, Operator, Rule
from tests.benchmarks.goals import Effort, Goal, Sides, in_turns

_COUNTRIES = ("us", "ca", "gb", "de", "fr", "es", "it", "nl", "se", "pl", "br", "mx", "jp", "in")
_INDUSTRIES = ("software", "finance", "retail", "health", "energy", "media", "travel", "food")

#: Finds the first rule that a lead meets; -1 for none.
FirstMatch = Callable[[Mapping[str, object]], int]


def rules(count: int) -> list[Rule]:
    """Return rules of three conditions: a country, an industry and a size."""
    return [
        Rule(
            any_of=(
                (
                    Condition(
                        field="country",
                        operator=Operator.EQ,
                        operand=_COUNTRIES[number % len(_COUNTRIES)],
                    ),
                    Condition(
                        field="industry",
                        operator=Operator.EQ,
                        operand=_INDUSTRIES[number // 3 % len(_INDUSTRIES)],
                    ),
                    Condition(field="employees", operator=Operator.GE, operand=50 + 13 * number),
                ),
            )
        )
        for number in range(count)
    ]


def leads(count: int) -> list[dict[str, object]]:
    """Return leads that meet early rules, late ones, and none."""
    return [
        {
            "country": _COUNTRIES[number % len(_COUNTRIES)],
            "industry": _INDUSTRIES[number // 2 % len(_INDUSTRIES)],
            "employees": number * 37 % 8000,
            "title": "vp operations",
        }
        for number in range(count)
    ]


def _ours(chain: Sequence[Rule]) -> FirstMatch:
    pairs = [(rule, number) for number, rule in enumerate(chain)]
    return cast(FirstMatch, compile_rows([*pairs, (Rule(), -1)]))


def _datalogic(chain: Sequence[Rule]) -> FirstMatch:
    """One compiled `if` with a branch for each rule: one call, one conversion of the lead."""
    signs = {Operator.EQ: "===", Operator.GE: ">="}
    branches: list[object] = []
    for number, rule in enumerate(chain):
        tests = [{signs[c.operator]: [{"var": c.field}, c.operand]} for c in rule.any_of[0]]
        branches += [{"and": tests}, number]
    engine = datalogic_py.Engine()
    compiled = engine.compile(json.dumps({"if": [*branches, -1]}))
    evaluate = engine.session().evaluate
    return lambda lead: int(evaluate(compiled, lead))


def _rule_engine(chain: Sequence[Rule]) -> FirstMatch:
    signs = {Operator.EQ: "==", Operator.GE: ">="}
    compiled = [
        rule_engine.Rule(
            " and ".join(
                f"{c.field} {signs[c.operator]} {json.dumps(c.operand)}" for c in rule.any_of[0]
            )
        )
        for rule in chain
    ]
    return lambda lead: next((n for n, rule in enumerate(compiled) if rule.matches(lead)), -1)


def _check(chain: Sequence[Rule], *matchers: FirstMatch) -> None:
    """Compare all of them with the plain reading of the rules."""
    for lead in leads(300):
        plain = (n for n, rule in enumerate(chain) if is_satisfied(rule=rule, lead=lead))
        expected = next(plain, -1)
        assert [match(lead) for match in matchers] == [expected] * len(matchers)


def goals(effort: Effort) -> Iterator[Goal]:
    """Measure 50 rules against both peers, then 500 against 50."""
    fifty = rules(50)
    ours, rust, python = _ours(fifty), _datalogic(fifty), _rule_engine(fifty)
    _check(fifty, ours, rust, python)
    many, few = leads(effort.choose(20_000, 5_000)), leads(effort.choose(100, 40))
    rounds = effort.choose(9, 3)
    work = "first of 50 rules of 3 conditions, one lead"
    yield _against(ours, rust, many, rounds=rounds).goal(
        goal="P6", what=work, peer_name="datalogic-py", least=3, each=len(many), unit="µs"
    )
    yield _against(ours, python, few, rounds=rounds, times=400).goal(
        goal="P6", what=work, peer_name="rule-engine", least=500, each=len(few), unit="µs"
    )
    yield from _growth(many, rounds)


def _growth(many: list[dict[str, object]], rounds: int) -> Iterator[Goal]:
    fifty = _ours(rules(50))
    for count in (5, 500):
        chain = rules(count)
        other = _ours(chain)
        _check(chain, other)
        yield _against(other, fifty, many, rounds=rounds).goal(
            goal="P6",
            what=f"first of {count} rules against 50",
            peer_name="with 50 rules",
            most=1.3,
            each=len(many),
            unit="µs",
        )


def _against(
    ours: FirstMatch,
    peer: FirstMatch,
    asked: Sequence[Mapping[str, object]],
    *,
    rounds: int,
    times: int = 1,
) -> Sides:
    """Time both over the same leads; ours `times` over where it is far too quick to time."""

    def run(match: FirstMatch, over: Sequence[Mapping[str, object]]) -> None:
        for lead in over:
            match(lead)

    more = list(islice(cycle(asked), len(asked) * times))
    sides = in_turns(lambda: run(ours, more), lambda: run(peer, asked), rounds=rounds)
    return Sides([taken / times for taken in sides.ours], sides.peer)


GOALS = {"P6": goals}
