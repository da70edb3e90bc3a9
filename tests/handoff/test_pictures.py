"""The values of the pictures: right data, named units, marks where people look."""

from datetime import UTC, datetime, timedelta

from handoff import pictures
from handoff.backtest import Backtest, Fate, Replayed
from handoff.calendars import calendar_of
from handoff.design import HandoffDesign
from handoff.directory import Role
from handoff.sla.model import Depth
from tests.handoff.samples import AS_OF, NEW_YORK, brief, design, directory

CALENDAR = calendar_of(spec=NEW_YORK, years=range(2025, 2028))


def proven() -> HandoffDesign:
    """A design with the full proof, whose team is a little too small."""
    capacity = brief().capacity.model_copy(update={"leads_per_week": 150})
    return design(brief=brief(capacity=capacity), depth=Depth.FULL)


def test_the_curve_of_slas_marks_target_and_sla() -> None:
    """Longer targets never lower the share; the marks are the design's own numbers."""
    drafted = proven()

    curve = pictures.attainment_by_sla(design=drafted)

    assert curve is not None
    shares = [share for _, share in curve.points]
    assert shares == sorted(shares)
    assert {mark.label: mark.y or mark.x for mark in curve.marks} == {
        "Target": 90,
        "Response SLA": 120,
    }
    assert "minutes" in curve.x_label


def test_the_curve_of_team_sizes_marks_the_team() -> None:
    """The team of today stands among the sizes that were tried."""
    drafted = proven()

    curve = pictures.attainment_by_team(design=drafted)

    assert curve is not None
    assert drafted.feasibility.team_size in {size for size, _ in curve.points}
    assert curve.marks[1].x == drafted.feasibility.team_size


def test_the_week_is_seven_rows_of_hours() -> None:
    """The cells add up to the leads that come too late."""
    drafted = proven()
    proof = drafted.feasibility

    late = pictures.breaches_by_hour(proof=proof)
    waiting = pictures.backlog_by_hour(proof=proof)

    assert late is not None
    assert waiting is not None
    assert (len(late.rows), len(late.columns)) == (7, 24)
    total = sum(cell for row in late.cells for cell in row)
    expected = 150 * (1 - proof.attainment_percent / 100)
    assert abs(total - expected) < 0.2 * expected
    assert late.largest == max(proof.late_by_hour)
    assert waiting.cells[0][9] == proof.backlog_by_hour[9]


def test_without_a_proof_there_is_nothing_to_draw() -> None:
    """An unproven or quick proof has no heat map, and an unproven one no curves."""
    capacity = brief().capacity.model_copy(update={"leads_per_week": None})
    drafted = design(brief=brief(capacity=capacity))

    assert pictures.attainment_by_sla(design=drafted) is None
    assert pictures.attainment_by_team(design=drafted) is None
    assert pictures.breaches_by_hour(proof=drafted.feasibility) is None
    assert pictures.backlog_by_hour(proof=drafted.feasibility) is None


def test_load_per_rep_names_people_the_busiest_first() -> None:
    """Names instead of keys, and leads without an owner left out."""

    def lead(number: int, owner: str | None) -> Replayed:
        at = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=number)
        fate = Fate.ASSIGNED if owner else Fate.NURTURED
        return Replayed(id=str(number), arrived_at=at, fate=fate, because="", owner=owner)

    replayed = Backtest(leads=(lead(1, "UDANA"), lead(2, "UELI"), lead(3, "UELI"), lead(4, None)))

    bars = pictures.load_per_rep(backtest=replayed, directory=directory())

    assert bars.bars == (("Eli AE", 2), ("Dana SDR", 1))


def test_the_coverage_calendar_shows_where_nobody_is() -> None:
    """Without a CRO the third step is empty nine hours on every working day."""
    roles = {role: keys for role, keys in directory().roles.items() if role is not Role.CRO}
    drafted = design(directory=directory(roles=roles))

    drawn = pictures.coverage_calendar(proof=drafted.coverage, design=drafted, clock=CALENDAR)

    assert drawn.rows == ("1. RevOps Director", "2. Sales Manager", "3. CRO")
    assert drawn.columns[:3] == ("Mon 2", "Tue 3", "Wed 4")
    assert drawn.cells[0] == (0.0,) * len(drawn.columns)
    assert drawn.cells[2][1:6] == (9.0, 9.0, 9.0, 9.0, 0.0)
    assert AS_OF.hour == 14  # the first day counts from 09:00 in New York


def test_an_empty_map_still_has_a_scale() -> None:
    """Nothing late is drawn light, not divided by zero."""
    empty = pictures.HeatMap(title="t", unit="u", rows=(), columns=(), cells=())

    assert empty.largest > 0
