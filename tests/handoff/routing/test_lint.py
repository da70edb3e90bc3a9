"""The lint names each way in which a matrix cannot work, and keeps quiet otherwise."""

import pytest

from handoff.brief import Band, OwnerModel
from handoff.directory import Directory, UserGroup
from handoff.routing.conditions import parse_rule
from handoff.routing.lint import is_signable, lint
from handoff.routing.rules import LintFinding, LintSeverity, RoutingMatrix, RoutingRow
from tests.handoff.samples import design, directory, people


def test_a_sound_matrix_has_no_findings() -> None:
    """The drafter's own matrix passes."""
    assert _lint(design().binding.routing.rows) == []


def test_a_matrix_without_a_catch_all_is_an_error() -> None:
    """A lead that matches nothing would have no owner."""
    assert _lint([_row("r1", "country = US")]) == [("no_catch_all", "error", None)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("always", "country = US"),
        ("employees >= 100", "employees >= 1000"),
        ("country in [US, CA]", "country = ca and employees > 5"),
        ("title contains director", "title contains sales director or title = Director"),
        ("country = US or country = CA", "country in [US] or country in [CA]"),
    ],
)
def test_a_row_behind_a_wider_one_is_unreachable(first: str, second: str) -> None:
    """Named with the row that takes its leads."""
    rows = [_row("r1", first), _row("r2", second), _row("r3", "always")]

    found = [finding for finding in _findings(rows) if finding.row == "r2"]

    assert [finding.code for finding in found] == ["unreachable_row"]
    assert "row “r1” before it takes all its leads" in found[0].message
    assert not is_signable(found)


def test_a_row_that_contradicts_itself_is_unreachable() -> None:
    """No lead can match it."""
    rows = [_row("r1", "employees < 5 and employees > 9"), _row("r2", "always")]

    assert _lint(rows) == [("unreachable_row", "error", "r1")]


def test_a_row_whose_leads_are_partly_taken_is_reachable() -> None:
    """One alternative left is enough."""
    rows = [_row("r1", "a = 1"), _row("r2", "a = 1 or b = 2"), _row("r3", "always")]

    assert "unreachable_row" not in [code for code, _, _ in _lint(rows)]


def test_rows_that_cut_into_each_other_are_a_warning() -> None:
    """Same field, ranges that overlap: the first wins, and somebody should look."""
    rows = [_row("r1", "employees <= 100"), _row("r2", "employees >= 50"), _row("r3", "always")]

    assert _lint(rows) == [("overlapping_rows", "warning", "r2")]


@pytest.mark.parametrize(
    "second", ["employees > 100", "country = US", "employees >= 5 and employees <= 200"]
)
def test_precedence_and_special_cases_are_no_overlap(second: str) -> None:
    """Disjoint ranges, other fields and nested ranges are meant."""
    first = "employees <= 100" if "200" not in second else "employees >= 5 and employees <= 9"
    rows = [_row("r1", first), _row("r2", second), _row("r3", "always")]

    assert _lint(rows) == []


def test_a_field_that_no_source_sets_is_a_warning() -> None:
    """Named with its place; a field that the brief knows is fine."""
    rows = [_row("r1", "shoe_size > 9"), _row("r2", "always")]

    assert _lint(rows) == [("field_never_set", "warning", "r1")]
    assert _lint(rows, known=("shoe_size",)) == []
    assert _lint(rows[1:], gate="shoe_size is set") == [("field_never_set", "warning", None)]
    assert _lint(rows[1:], entry="shoe_size is set") == [("field_never_set", "warning", None)]


def test_a_row_without_an_active_fallback_is_an_error() -> None:
    """Blank, or somebody whom Slack deactivated."""
    team = _deactivate("USAM")

    assert _lint([_row("r1", "always", fallback=" ")]) == [("no_fallback", "error", "r1")]
    assert ("no_fallback", "error", "r1") in _lint([_row("r1", "always")], team=team)


def test_an_empty_pod_is_an_error_and_a_pod_of_one_a_warning() -> None:
    """Deactivated reps do not count."""
    one, nobody = _deactivate("UHANA"), _deactivate("UHANA", "UIVO")
    rows = [_row("r1", "always", pod="enterprise-emea")]

    assert _lint(rows, team=one) == [("pod_of_one", "warning", None)]
    assert _lint(rows, team=nobody) == [("empty_pod", "error", None)]
    assert _lint([_row("r1", "always", pod="gone")]) == [("empty_pod", "error", None)]
    assert _lint([_row("r1", "always", pod=None)]) == [("empty_pod", "error", "r1")]


@pytest.mark.parametrize(("slot", "holder"), [("Sales", "UCLEO"), ("Marketing", "UMIA")])
def test_a_missing_leadership_slot_is_an_error(slot: str, holder: str) -> None:
    """Sales and Marketing are two required slots; a group counts with an active member."""
    found = _findings([_row("r1", "always")], team=_deactivate(holder))

    assert [finding.code for finding in found] == ["missing_leadership"]
    assert slot in found[0].message


@pytest.mark.parametrize(("members", "is_fine"), [(("UMIA", "USAM"), True), (("UMIA",), False)])
def test_a_group_leads_while_a_member_is_active(members: tuple[str, ...], is_fine: bool) -> None:
    """A user group of deactivated people is nobody."""
    group = UserGroup(key="SMKT", name="marketing", members=members)
    team = _deactivate("UMIA").model_copy(update={"groups": (group,)})
    asked = people(marketing_leadership=("SMKT",))

    found = lint(
        matrix=_matrix([_row("r1", "always")]), directory=team, people=asked, known_fields=()
    )

    assert (found == ()) is is_fine


def test_errors_come_first() -> None:
    """The reader sees what forbids sign-off before what is worth a look."""
    rows = [_row("r1", "shoe_size > 9"), _row("r2", "country = US")]

    severities = [severity for _, severity, _ in _lint(rows)]

    assert severities == [LintSeverity.ERROR, LintSeverity.WARNING]


def _lint(
    rows: list[RoutingRow] | tuple[RoutingRow, ...],
    *,
    team: Directory | None = None,
    entry: str = "",
    gate: str = "",
    known: tuple[str, ...] = ("a", "b"),
) -> list[tuple[str, str, str | None]]:
    found = lint(
        matrix=_matrix(rows, entry=entry, gate=gate),
        directory=team or directory(),
        people=people(),
        known_fields=known,
    )
    return [(finding.code, finding.severity.value, finding.row) for finding in found]


def _findings(rows: list[RoutingRow], team: Directory | None = None) -> list[LintFinding]:
    return list(
        lint(
            matrix=_matrix(rows),
            directory=team or directory(),
            people=people(),
            known_fields=("a", "b"),
        )
    )


def _matrix(
    rows: list[RoutingRow] | tuple[RoutingRow, ...], *, entry: str = "", gate: str = ""
) -> RoutingMatrix:
    return RoutingMatrix(entry=parse_rule(entry), gates=(parse_rule(gate),), rows=tuple(rows))


def _row(
    row_id: str, when: str, *, fallback: str = "USAM", pod: str | None = "enterprise-east"
) -> RoutingRow:
    return RoutingRow(
        id=row_id,
        name=row_id,
        when=parse_rule(when),
        owner_model=OwnerModel.ROUND_ROBIN,
        pod=pod,
        fallback=fallback,
        band_targets={Band.B: 60},
    )


def _deactivate(*keys: str) -> Directory:
    team = directory()
    changed = [
        person.model_copy(update={"is_active": person.key not in keys}) for person in team.people
    ]
    return team.model_copy(update={"people": tuple(changed)})
