"""What stands against a sign-off: blockers forbid it, doubts ask for a reason."""

from datetime import date

import pytest

from handoff.brief import Capacity
from handoff.design import HandoffDesign
from handoff.directory import Directory, TimeOff
from handoff.proof import question_of_design
from handoff.sign_off_check import blockers, doubt_kinds, proof_doubts
from handoff.sla.model import Depth, Verdict
from tests.handoff import samples

DESIGN = samples.design()


def test_a_sound_design_has_nothing_against_it() -> None:
    """The sample team keeps its targets, and everybody is there."""
    directory = samples.directory()

    assert blockers(design=DESIGN, directory=directory) == ()
    assert doubts(DESIGN, directory) == ()


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

    found = doubts(design)

    assert doubt_kinds(found) == {"unproven"}


@pytest.mark.parametrize(("percent", "said"), [(89.6, "89.6%"), (89.96, "89.9%")])
def test_a_prediction_just_below_its_target_reads_below_it(percent: float, said: str) -> None:
    """It is not called 90% that is under 90%."""
    proof = DESIGN.feasibility.model_copy(
        update={"verdict": Verdict.FAILS, "target_percent": 90.0, "attainment_percent": percent}
    )

    found = proof_doubts(feasibility=proof, coverage=DESIGN.coverage)

    assert found == (f"predicted {said} on time, under the target of 90%",)


def test_too_many_leads_are_under_the_target() -> None:
    """The doubt says what is predicted and what was asked for."""
    capacity = Capacity(leads_per_week=5000, handling_minutes=30, handling_cv=1)
    design = samples.design(brief=samples.brief(capacity=capacity))

    found = doubts(design)

    assert doubt_kinds(found) == {"target"}
    assert "under the target of" in found[0]


def test_without_a_proof_for_the_present_it_is_unproven() -> None:
    """While the full proof is still being computed nobody signs without a reason."""
    found = proof_doubts(feasibility=None, coverage=DESIGN.coverage)

    assert doubt_kinds(found) == {"unproven"}
    assert "will be there in a minute" in found[0]


def test_absences_open_coverage_gaps_and_only_some_are_listed() -> None:
    """A ladder with nobody at its steps has gaps; the list stays short."""
    away = tuple(
        TimeOff.model_validate({"person": key, "from": date(2026, 3, 2), "to": date(2026, 4, 2)})
        for key in ("UBEN", "URIA", "UCLEO", "USAM")
    )
    directory = samples.directory(time_off=away)

    found = doubts(DESIGN, directory)

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


def doubts(design: HandoffDesign, directory: Directory | None = None) -> tuple[str, ...]:
    """Return what both proofs say against a design now."""
    question = question_of_design(
        design=design, directory=directory or samples.directory(), as_of=samples.AS_OF
    )
    return proof_doubts(
        feasibility=question.feasibility(depth=Depth.QUICK), coverage=question.coverage()
    )


def doubts_of_gaps(directory: Directory) -> tuple[str, ...]:
    """Return the doubts of a proof that found five gaps."""
    question = question_of_design(design=DESIGN, directory=directory, as_of=samples.AS_OF)
    coverage = question.coverage()
    gaps = coverage.gaps[:1] * 5
    assert gaps, "the CRO is away, so the last step reaches nobody"
    five = coverage.model_copy(update={"gaps": gaps})
    return proof_doubts(feasibility=DESIGN.feasibility, coverage=five)
