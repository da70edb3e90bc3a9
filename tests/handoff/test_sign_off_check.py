"""What stands against a sign-off: blockers forbid it, doubts ask for a reason."""

from datetime import date

import pytest

from handoff.brief import Capacity
from handoff.directory import TimeOff
from handoff.sign_off_check import blockers, doubt_kinds, doubts, proof_doubts
from handoff.sla.model import Verdict
from tests.handoff import samples

DESIGN = samples.design()


def test_a_sound_design_has_nothing_against_it() -> None:
    """The sample team keeps its targets, and everybody is there."""
    directory = samples.directory()

    assert blockers(design=DESIGN, directory=directory) == ()
    assert doubts(design=DESIGN, directory=directory, now=samples.AS_OF) == ()


def test_a_pod_that_is_empty_by_now_forbids_signing() -> None:
    """The live directory counts, not the one at drafting."""
    whole = samples.directory()
    empty = tuple(pod.model_copy(update={"members": ()}) for pod in whole.pods)

    found = blockers(design=DESIGN, directory=whole.model_copy(update={"pods": empty}))

    assert found


def test_one_person_for_both_sides_forbids_signing() -> None:
    """Two different people sign."""
    people = samples.people(revops_approver="URIA", sales_approver="URIA")
    brief = DESIGN.brief.model_copy(update={"people": people})
    design = DESIGN.model_copy(update={"brief": brief})

    assert "same person" in " ".join(blockers(design=design, directory=samples.directory()))


def test_without_volume_the_sla_is_unproven() -> None:
    """An unproven design asks for a reason."""
    design = samples.design(
        brief=samples.brief(capacity=Capacity(handling_minutes=12, handling_cv=1))
    )

    found = doubts(design=design, directory=samples.directory(), now=samples.AS_OF)

    assert doubt_kinds(found) == {"unproven"}


def test_too_many_leads_are_under_the_target() -> None:
    """The doubt says what is predicted and what was asked for."""
    capacity = Capacity(leads_per_week=5000, handling_minutes=30, handling_cv=1)
    design = samples.design(brief=samples.brief(capacity=capacity))

    found = doubts(design=design, directory=samples.directory(), now=samples.AS_OF)

    assert doubt_kinds(found) == {"target"}
    assert "under the target of" in found[0]


def test_absences_open_coverage_gaps_and_only_some_are_listed() -> None:
    """A ladder with nobody at its steps has gaps; the list stays short."""
    away = tuple(
        TimeOff.model_validate({"person": key, "from": date(2026, 3, 2), "to": date(2026, 4, 2)})
        for key in ("UBEN", "URIA", "UCLEO", "USAM")
    )
    directory = samples.directory(time_off=away)

    found = doubts(design=DESIGN, directory=directory, now=samples.AS_OF)

    assert "coverage" in doubt_kinds(found)
    assert len(found) <= 5


def test_more_than_three_gaps_are_counted() -> None:
    """The fourth and further ones become one line."""
    away = TimeOff.model_validate(
        {"person": "UCLEO", "from": date(2026, 3, 2), "to": date(2026, 4, 2)}
    )
    coverage = doubts_of_gaps(samples.directory(time_off=(away,)))

    assert coverage[-1] == "and 2 more coverage gaps"
    assert len(coverage) == 4


@pytest.mark.parametrize("verdict", Verdict)
def test_each_verdict_has_its_kind(verdict: Verdict) -> None:
    """Only a design that holds is without doubt."""
    proof = DESIGN.feasibility.model_copy(update={"verdict": verdict})

    kinds = doubt_kinds(proof_doubts(feasibility=proof, coverage=DESIGN.coverage))

    assert (
        kinds
        == {
            Verdict.HOLDS: set(),
            Verdict.FAILS: {"target"},
            Verdict.UNPROVEN: {"unproven"},
        }[verdict]
    )


def doubts_of_gaps(directory: object) -> tuple[str, ...]:
    """Return the doubts of a proof that found five gaps."""
    from handoff.draft import prove_design

    _, coverage = prove_design(
        brief=DESIGN.brief,
        directory=directory,  # type: ignore[arg-type]  # a Directory
        as_of=samples.AS_OF,
    )
    gaps = coverage.gaps[:1] * 5
    assert gaps, "the CRO is away, so the last step reaches nobody"
    five = coverage.model_copy(update={"gaps": gaps})
    return proof_doubts(feasibility=DESIGN.feasibility, coverage=five)
