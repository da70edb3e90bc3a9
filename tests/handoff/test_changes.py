"""What changed between two versions, in plain words."""

from datetime import date, timedelta
from typing import Any

import pytest

from handoff.brief import Capacity, ClockBasis, ResponseTargets
from handoff.changes import changes_between
from handoff.design import HandoffDesign
from handoff.model import Value
from tests.handoff import samples

OLD = samples.design()


def put(value: Value, path: str, new: Any) -> Any:  # noqa: ANN401 - any field of a design
    """Return a copy with one field, named by its dotted path, replaced."""
    name, _, rest = path.partition(".")
    inner = put(getattr(value, name), rest, new) if rest else new
    return value.model_copy(update={name: inner})


def changes(path: str, new: object) -> tuple[str, ...]:
    """Return what is said when one field of the design changes."""
    changed: HandoffDesign = put(OLD, path, new)
    return changes_between(old=OLD, new=changed)


def test_equal_designs_have_no_changes() -> None:
    """Nothing is said about nothing."""
    assert changes_between(old=OLD, new=samples.design()) == ()


ROW = OLD.binding.routing.rows[0]
STEPS = OLD.binding.policy.steps


@pytest.mark.parametrize(
    ("path", "new", "said"),
    [
        ("binding.sla.attainment_target_percent", 55.5, "Attainment target: 90% → 55.5%"),
        ("brief.qualification.mql_minimum", 1, "MQL minimum: "),
        ("brief.qualification.b_from", 51, "Band B from: "),
        ("brief.qualification.a_from", 99, "Band A from: "),
        ("brief.qualification.gates", (), "Gate removed: "),
        ("brief.qualification.blocking_fields", ("vat_id",), "Blocking field added: vat_id"),
        ("brief.entry_rule", "country is set", "Entry rule: "),
        ("brief.go_live", date(2026, 4, 1), "Go-live: 2026-03-20 → 2026-04-01"),
        (
            "brief.capacity",
            Capacity(handling_minutes=12, handling_cv=1),
            "Leads per week: 60 → unknown",
        ),
        ("binding.guardrail.count", 5, "Guardrail: 2 in 48 h → 5 in 48 h"),
        ("binding.policy.steps", STEPS[:1], "Escalation: "),
        ("binding.pods", (), "Pod removed: enterprise-east"),
        ("binding.requests", (), "Enablement request removed: "),
        ("binding.checklist", (), "Checklist item removed: "),
        ("binding.routing.rows", OLD.binding.routing.rows[1:], "Routing row removed: "),
        (
            "binding.routing.rows",
            tuple(reversed(OLD.binding.routing.rows)),
            "The order of the routing rows changed",
        ),
        (
            "binding.routing.rows",
            (ROW.model_copy(update={"fallback": "UCLEO"}), *OLD.binding.routing.rows[1:]),
            f"Routing row “{ROW.name}” changed: fallback",
        ),
        ("binding.calendar.spec.name", "berlin", "Calendar: default → berlin"),
        ("binding.calendar.spec.timezone", "UTC", "The hours of calendar default changed"),
        ("binding.calendar.holidays", frozenset(), "The holidays of calendar default changed"),
    ],
)
def test_each_change_is_said(path: str, new: object, said: str) -> None:
    """One field changed, one kind of sentence."""
    assert any(sentence.startswith(said) for sentence in changes(path, new))


def test_targets_and_clock_are_said_per_band() -> None:
    """The bands that did not change are not mentioned."""
    targets = ResponseTargets(
        response_sla_minutes=OLD.brief.targets.response_sla_minutes + 30,
        a_minutes=OLD.brief.targets.a_minutes,
        attainment_target_percent=OLD.brief.targets.attainment_target_percent,
    )

    found = changes("brief.targets", targets)

    assert [sentence.partition(":")[0] for sentence in found] == [
        "Response target of band B",
        "Response target of band C",
    ]
    clock = changes("binding.sla.clock", ClockBasis.ELAPSED)
    assert clock == ("Clock: business hours → elapsed",)


def test_edited_stages_are_said_without_quoting_them() -> None:
    """Definitions are long; the document has them."""
    stages = OLD.brief.qualification.stages.model_copy(update={"mql": "Something else"})

    assert changes("brief.qualification.stages", stages) == ("Stage definitions were edited",)


def test_dates_of_items_alone_are_no_change() -> None:
    """Due dates follow go-live; the go-live line says it."""
    moved = tuple(
        item.model_copy(update={"due": item.due + timedelta(days=1)})
        for item in OLD.binding.checklist
    )

    assert changes("binding.checklist", moved) == ()
