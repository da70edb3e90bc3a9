"""All pictures of a design that can be drawn from its proofs."""

from handoff.design import HandoffDesign
from handoff.pictures.attainment import attainment_by_sla, attainment_by_team
from handoff.pictures.coverage import coverage_timetable
from handoff.pictures.shapes import Picture
from handoff.pictures.week import backlog_by_hour, late_by_hour


def pictures_of(*, design: HandoffDesign) -> tuple[Picture, ...]:
    """Return the pictures of a version in the order in which questions arise.

    The curves need a volume, the heat maps a full proof; what cannot be drawn is left out.
    """
    proof, zone = design.feasibility, design.binding.calendar.spec.timezone
    found = (
        attainment_by_sla(proof=proof, brief=design.brief),
        attainment_by_team(proof=proof),
        late_by_hour(proof=proof, zone=zone),
        backlog_by_hour(proof=proof, zone=zone),
        coverage_timetable(proof=design.coverage, design=design),
    )
    return tuple(picture for picture in found if picture is not None)
