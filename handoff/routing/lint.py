"""Routing lint: what a matrix does wrong before anybody signs it (rules.md "Routing")."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from handoff.brief import People
from handoff.defaults.catalogue import catalogue
from handoff.directory import Directory, Pod
from handoff.routing.conditions import format_rule
from handoff.routing.implication import fields_of, implies, is_contradiction, is_disjoint
from handoff.routing.rules import (
    STRATEGIES,
    LintFinding,
    LintSeverity,
    RoutingMatrix,
    RoutingRow,
    Rule,
)


def lint(
    *,
    matrix: RoutingMatrix,
    directory: Directory,
    people: People,
    known_fields: Iterable[str] = (),
) -> tuple[LintFinding, ...]:
    """Return what is wrong with a matrix, errors first, in row order.

    Args:
        matrix: The routing matrix of a design.
        directory: The workspace as it is now: pods, members, who is active.
        people: The people of the brief: leadership slots and pods.
        known_fields: Lead fields that the brief's sources set, besides the catalogue's.

    Returns:
        Findings; an error forbids sign-off, a warning is shown.
    """
    known = frozenset(field.name for field in catalogue().lead_fields) | frozenset(known_fields)
    findings = [
        *_catch_all(matrix),
        *_fallbacks(matrix, directory),
        *_pods(matrix, directory, people),
        *_leadership(people, directory),
        *_unreachable(matrix),
        *_overlaps(matrix),
        *_fields(matrix, known),
    ]
    return tuple(sorted(findings, key=lambda found: found.severity is not LintSeverity.ERROR))


def is_signable(findings: Iterable[LintFinding]) -> bool:
    """Return True when no finding forbids sign-off."""
    return all(found.severity is not LintSeverity.ERROR for found in findings)


def _error(code: str, message: str, row: str | None = None) -> LintFinding:
    return LintFinding(code=code, severity=LintSeverity.ERROR, row=row, message=message)


def _warning(code: str, message: str, row: str | None = None) -> LintFinding:
    return LintFinding(code=code, severity=LintSeverity.WARNING, row=row, message=message)


def _catch_all(matrix: RoutingMatrix) -> Iterator[LintFinding]:
    if not any(row.when.is_always for row in matrix.rows):
        yield _error(
            "no_catch_all",
            "No row takes the leads that match nothing else. Add a last row with the condition "
            "`always`.",
        )


def _fallbacks(matrix: RoutingMatrix, directory: Directory) -> Iterator[LintFinding]:
    inactive = {person.key: person.name for person in directory.people if not person.is_active}
    for row in matrix.rows:
        if not row.fallback.strip():
            yield _error(
                "no_fallback", f"Row “{row.name}” has no fallback owner. Choose one.", row.id
            )
        elif row.fallback in inactive:
            yield _error(
                "no_fallback",
                f"{inactive[row.fallback]}, the fallback owner of row “{row.name}”, is "
                "deactivated in Slack. Choose another.",
                row.id,
            )


def _pods(matrix: RoutingMatrix, directory: Directory, people: People) -> Iterator[LintFinding]:
    pods = {pod.name: pod for pod in directory.pods}
    for row in matrix.rows:
        if row.owner_model in STRATEGIES and row.pod is None:
            yield _error(
                "empty_pod",
                f"Row “{row.name}” picks among a pod's reps but names no pod. Choose one.",
                row.id,
            )
    used = [name for row in matrix.rows for name in row.pods]
    for name in dict.fromkeys((*people.pods, *used)):
        yield from _pod(name, pods.get(name), directory)


def _pod(name: str, pod: Pod | None, directory: Directory) -> Iterator[LintFinding]:
    if pod is None:
        yield _error(
            "empty_pod", f"Pod “{name}” is not in the directory. Add it with `/handoff team`."
        )
        return
    inactive = {person.key for person in directory.people if not person.is_active}
    reps = [member for member in pod.members if member.person not in inactive]
    if not reps:
        yield _error("empty_pod", f"Pod “{name}” has no active reps. Add some, or drop the pod.")
    elif len(reps) == 1:
        yield _warning(
            "pod_of_one",
            f"Pod “{name}” has one rep only: nobody covers a day off. Add a second.",
        )


def _leadership(people: People, directory: Directory) -> Iterator[LintFinding]:
    inactive = {person.key for person in directory.people if not person.is_active}
    groups = {group.key: group.members for group in directory.groups}
    slots = {"Sales": people.sales_leadership, "Marketing": people.marketing_leadership}
    for slot, keys in slots.items():
        if not {person for key in keys for person in groups.get(key, (key,))} - inactive:
            yield _error(
                "missing_leadership",
                f"Nobody active stands for {slot} leadership; the guardrail would call nobody. "
                "Choose a person or a user group.",
            )


def _unreachable(matrix: RoutingMatrix) -> Iterator[LintFinding]:
    for at, row in enumerate(matrix.rows):
        if not row.when.is_always and all(map(is_contradiction, row.when.any_of)):
            yield _error(
                "unreachable_row",
                f"Row “{row.name}” can never match: {format_rule(row.when)}.",
                row.id,
            )
            continue
        cause = _shadow_of(row, matrix.rows[:at])
        if cause:
            yield _error(
                "unreachable_row",
                f"Row “{row.name}” is never reached: {cause} before it takes all its leads. "
                "Move it up or remove it.",
                row.id,
            )


def _shadow_of(row: RoutingRow, earlier: tuple[RoutingRow, ...]) -> str | None:
    """Name the earlier rows that together take every lead of `row`, None if some are left."""
    shadows: dict[str, None] = {}
    for alternative in row.when.any_of or ((),):
        taken = next(
            (
                other.name
                for other in earlier
                for general in other.when.any_of or ((),)
                if implies(alternative, general)
            ),
            None,
        )
        if taken is None:
            return None
        shadows[taken] = None
    return " and ".join(f"row “{name}”" for name in shadows)


def _overlaps(matrix: RoutingMatrix) -> Iterator[LintFinding]:
    for first, second in combinations(matrix.rows, 2):
        if _is_overlap(first.when, second.when):
            yield _warning(
                "overlapping_rows",
                f"Rows “{first.name}” and “{second.name}” can match the same lead; the first one "
                "wins. Check that this is meant.",
                second.id,
            )


def _is_overlap(first: Rule, second: Rule) -> bool:
    """Tell whether two rules about the same fields cut into each other.

    Rows about different fields (account owner first, then region) are an order of precedence,
    and a row inside a wider one is a special case of it: neither is a mistake.
    """
    return any(
        bool(fields_of(left) & fields_of(right))
        and not is_disjoint(left, right)
        and not implies(left, right)
        and not implies(right, left)
        for left in first.any_of
        for right in second.any_of
    )


def _fields(matrix: RoutingMatrix, known: frozenset[str]) -> Iterator[LintFinding]:
    where: list[tuple[str, str | None, Iterable[str]]] = [
        ("The entry rule", None, _rule_fields(matrix.entry)),
        *(("A qualification gate", None, _rule_fields(gate)) for gate in matrix.gates),
    ]
    for row in matrix.rows:
        where.append(
            (f"Row “{row.name}”", row.id, [*_rule_fields(row.when), *row.required_fields])
        )
    for subject, row_id, names in where:
        for name in dict.fromkeys(names):
            if name not in known:
                yield _warning(
                    "field_never_set",
                    f"{subject} looks at `{name}`, which no source is known to set. Check "
                    "the spelling, and that a source sends it.",
                    row_id,
                )


def _rule_fields(rule: Rule) -> list[str]:
    return [condition.field for alternative in rule.any_of for condition in alternative]
