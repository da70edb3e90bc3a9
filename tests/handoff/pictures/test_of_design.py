"""The pictures of a design: right values, and titles and alt texts that say the finding."""

from datetime import timedelta

import pytest

from handoff.brief import ClockBasis
from handoff.pictures.attainment import attainment_by_sla, attainment_by_team
from handoff.pictures.coverage import coverage_timetable
from handoff.pictures.of_design import pictures_of
from handoff.pictures.shapes import LONGEST_ALT, Curve, Mark
from handoff.pictures.week import backlog_by_hour, late_by_hour
from handoff.sla.model import Depth, Feasibility
from tests.handoff.pictures.samples import proven, uncovered
from tests.handoff.samples import AS_OF, brief, design

ZONE = "America/New_York"


def by_sla(proof: Feasibility) -> Curve:
    """The curve of SLAs of a proof of the sample brief."""
    curve = attainment_by_sla(proof=proof, brief=brief())
    assert curve is not None
    return curve


def by_team(**changes: object) -> Curve:
    """The curve of team sizes of the sample proof, a little changed."""
    curve = attainment_by_team(proof=proven().feasibility.model_copy(update=changes))
    assert curve is not None
    return curve


def test_the_curve_of_slas_goes_through_the_prediction() -> None:
    """It rises, and at the design's own SLA it says what the proof says of the bands together."""
    proof = proven().feasibility

    curve = by_sla(proof)

    shares = [share for _, share in curve.points]
    assert shares == sorted(shares)
    assert dict(curve.points)[120] == pytest.approx(proof.attainment_percent, abs=0.2)
    assert curve.marks[:2] == (
        Mark(label="target 90%", y=90),
        Mark(label="SLA 2h", x=120, y=proof.attainment_percent),
    )
    assert (curve.marks[2].label, curve.marks[2].x) == ("enough: 3h 26m", 206)
    assert curve.marks[2].y == pytest.approx(90, abs=0.1)
    assert curve.x_label == "Response SLA (business hours)"
    assert curve.x_ticks[:3] == ((0, "0"), (60, "1h"), (120, "2h"))


def test_the_curve_of_slas_says_the_finding() -> None:
    """The title answers at a glance, the alt text without a glance."""
    curve = by_sla(proven().feasibility)

    assert curve.title == "88.8% on time at 2h; the target is 90%"
    assert curve.subtitle.endswith("The shortest SLA that keeps 90% is 3h 26m.")
    assert curve.title in curve.alt
    assert "from 74% at 1m to 92% at 6h" in curve.alt


def test_a_goal_out_of_reach_is_said() -> None:
    """No mark stands where no SLA helps."""
    proof = proven().feasibility.model_copy(update={"tightest_sla_minutes": None})

    curve = by_sla(proof)

    assert "No SLA was found that keeps 90%." in curve.subtitle
    assert len(curve.marks) == 2


def test_a_clock_that_never_closes_is_named() -> None:
    """The unit of the axis is the design's clock."""
    targets = brief().targets.model_copy(update={"clock": ClockBasis.ELAPSED})

    curve = attainment_by_sla(proof=proven().feasibility, brief=brief(targets=targets))

    assert curve is not None
    assert curve.x_label == "Response SLA (elapsed)"


def test_the_curve_of_team_sizes_marks_the_team() -> None:
    """The team of today and the team that is enough stand among the sizes that were tried."""
    proof = proven().feasibility

    curve = by_team()

    sizes = dict(curve.points)
    assert curve.title == "6 reps reach 88.8% on time; 90% takes 8"
    assert [(mark.label, mark.x) for mark in curve.marks] == [
        ("target 90%", None),
        ("today: 6 reps", proof.team_size),
        ("enough: 8 reps", 8),
    ]
    assert sizes[8] >= 90 > sizes[7]
    assert curve.is_counted


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"smallest_team": 6}, "6 reps reach 88.8% on time; one fewer would miss 90%"),
        (
            {"smallest_team": None},
            "6 reps reach 88.8% on time; more reps alone do not reach 90%",
        ),
        (
            {"smallest_team": 1, "team_size": 1, "team_curve": ((1, 88.8), (2, 99.0))},
            "1 rep reaches 88.8% on time",
        ),
    ],
)
def test_each_team_has_its_finding(changes: dict[str, object], title: str) -> None:
    """Just enough, never enough, and alone."""
    curve = by_team(**changes)

    assert curve.title == title
    assert len(curve.marks) == 2


def test_the_week_is_seven_rows_of_hours() -> None:
    """The cells add up to the leads that come too late, and the worst hour is the finding."""
    proof = proven().feasibility
    assert proof.attainment_percent is not None

    late = late_by_hour(proof=proof, zone=ZONE)
    waiting = backlog_by_hour(proof=proof, zone=ZONE)

    assert late is not None
    assert waiting is not None
    assert (len(late.rows), len(late.columns)) == (7, 24)
    total = sum(cell for row in late.cells for cell in row)
    expected = 150 * (1 - proof.attainment_percent / 100)
    assert total == pytest.approx(expected, rel=0.2)
    assert late.largest == max(proof.late_by_hour)
    assert late.title == "Late leads peak on Monday between 12:00 and 13:00"
    assert late.cells[0][12] == late.largest
    assert f"{total:.0f} a week in all" in late.subtitle
    assert late.x_label == "Hour of arrival (America/New_York)"
    assert waiting.cells[0][9] == proof.backlog_by_hour[9]
    assert waiting.title == "Up to 15 leads wait, Monday between 02:00 and 03:00"


def test_a_quiet_week_is_called_quiet() -> None:
    """A peak of next to nothing is no finding."""
    quiet = proven().feasibility.model_copy(
        update={"late_by_hour": (0.0001,) * 168, "backlog_by_hour": (0.0,) * 168}
    )

    late = late_by_hour(proof=quiet, zone=ZONE)
    waiting = backlog_by_hour(proof=quiet, zone=ZONE)

    assert late is not None
    assert waiting is not None
    assert late.title == "Hardly any lead is touched late"
    assert waiting.title == "Leads hardly ever wait"
    assert waiting.largest > 0


def test_the_timetable_shows_where_nobody_is() -> None:
    """Without a CRO the third step is empty nine hours on every working day, weekends apart."""
    found = uncovered()

    drawn = coverage_timetable(proof=found.coverage, design=found)

    assert drawn.rows == ("1. RevOps Director", "2. Sales Manager", "3. CRO")
    assert drawn.columns[:3] == ("Mon 2", "Tue 3", "Wed 4")
    assert drawn.cells[0][:7] == (0.0, 0.0, 0.0, 0.0, 0.0, None, None)
    assert drawn.cells[2][:7] == (9.0, 9.0, 9.0, 9.0, 9.0, None, None)
    assert drawn.cells[2][-1] == 1.0  # the proof ends an hour after opening
    assert drawn.title == "Step 3 (CRO) reaches nobody for 91 hours"
    assert "Mon 2 Mar 09:00 to Mon 16 Mar 10:00" in drawn.alt
    assert "2 Mar to 16 Mar 2026 (America/New_York)" in drawn.subtitle


def test_a_covered_ladder_says_so() -> None:
    """No gap, no hours."""
    covered = design()

    drawn = coverage_timetable(proof=covered.coverage, design=covered)

    assert drawn.title == "Every escalation step reaches somebody in the next 14 days"
    assert {cell for row in drawn.cells for cell in row} == {0.0, None}


def test_a_long_list_of_gaps_is_cut_to_what_slack_takes() -> None:
    """Several empty steps with many gaps still give an alt text that Slack accepts."""
    found = uncovered()
    (gap, *_) = found.coverage.gaps
    gaps = tuple(
        gap.model_copy(
            update={
                "step": number % 2,
                "starts_at": AS_OF + timedelta(hours=number),
                "ends_at": AS_OF + timedelta(hours=number + 1),
            }
        )
        for number in range(40)
    )
    proof = found.coverage.model_copy(update={"gaps": gaps})

    drawn = coverage_timetable(proof=proof, design=found)

    assert drawn.title == "2 of 3 escalation steps reach nobody at times"
    assert len(drawn.alt) == LONGEST_ALT


@pytest.mark.parametrize(
    ("leads_per_week", "depth", "names"),
    [
        (None, Depth.FULL, ["coverage"]),
        (150, Depth.QUICK, ["attainment-by-sla", "attainment-by-team", "coverage"]),
        (
            150,
            Depth.FULL,
            [
                "attainment-by-sla",
                "attainment-by-team",
                "late-by-hour",
                "backlog-by-hour",
                "coverage",
            ],
        ),
    ],
)
def test_what_can_be_drawn_is_drawn(
    leads_per_week: float | None, depth: Depth, names: list[str]
) -> None:
    """Curves need a volume, heat maps a full proof, the timetable nothing."""
    found = pictures_of(design=proven(leads_per_week=leads_per_week, depth=depth))

    assert [picture.name for picture in found] == names
    assert all(picture.title in picture.alt for picture in found)
