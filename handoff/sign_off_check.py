"""What stands against signing a version now: blockers forbid it, doubts ask for a reason."""

from collections.abc import Sequence

from handoff.design import HandoffDesign
from handoff.directory import Directory, role_title
from handoff.escalation.coverage import CoverageProof
from handoff.routing.lint import lint
from handoff.routing.rules import LintSeverity
from handoff.sla.model import Feasibility, Verdict
from handoff.words import percent_beside

UNPROVEN = "the SLA is unproven"
UNDER_TARGET = "under the target"


def blockers(*, design: HandoffDesign, directory: Directory) -> tuple[str, ...]:
    """Return why a version cannot be signed at all: lint errors against the live directory.

    Source: rules.md "Versions, hash, sign-off" (cannot be signed).
    """
    qualification = design.brief.qualification
    people = design.brief.people
    found = lint(
        matrix=design.binding.routing,
        directory=directory,
        people=people,
        known_fields=(*qualification.blocking_fields, *qualification.wanted_fields),
    )
    errors = [finding.message for finding in found if finding.severity is LintSeverity.ERROR]
    if people.revops_approver == people.sales_approver:
        errors.append("RevOps and Sales approver are the same person")
    return tuple(errors)


def proof_doubts(*, feasibility: Feasibility | None, coverage: CoverageProof) -> tuple[str, ...]:
    """Return what the two proofs say against a version, in words for its signers.

    Args:
        feasibility: The full proof for the present; None while it is still being computed,
            which counts as unproven: signing is never a dead end, and never blind.
        coverage: The coverage proof for the present.

    Source: rules.md "Versions, hash, sign-off" (below target, unproven, coverage gap).
    """
    found = [*_feasibility_doubts(feasibility)]
    found += [
        f"step {gap.step + 1} ({role_title(gap.role)}) reaches nobody from "
        f"{gap.starts_at:%a %-d %b %H:%M} UTC"
        for gap in coverage.gaps[:3]
    ]
    if len(coverage.gaps) > 3:
        found.append(f"and {len(coverage.gaps) - 3} more coverage gaps")
    return tuple(found)


def doubt_kinds(found: Sequence[str]) -> frozenset[str]:
    """Return what is in doubt, whatever the numbers are: `unproven`, `target`, `coverage`."""
    return frozenset(
        "unproven" if UNPROVEN in doubt else "target" if UNDER_TARGET in doubt else "coverage"
        for doubt in found
    )


def _feasibility_doubts(proof: Feasibility | None) -> tuple[str, ...]:
    if proof is None:
        return (f"{UNPROVEN} so far: the proof for the present team will be there in a minute",)
    if proof.verdict is Verdict.UNPROVEN:
        return (f"{UNPROVEN}: no volume was given",)
    if proof.verdict is Verdict.FAILS:
        predicted = proof.attainment_percent or 0
        return (
            f"predicted {percent_beside(predicted, proof.target_percent)} on time, "
            f"{UNDER_TARGET} of {proof.target_percent:g}%",
        )
    return ()
