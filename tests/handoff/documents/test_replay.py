"""A backtest in words, JSON and CSV: complete, named, and no formula for a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta

from handoff.backtest import Fate, PastLead, difference, replay
from handoff.brief import OwnerModel
from handoff.directory import Pod, PodMember
from handoff.documents.plain import render_plain
from handoff.documents.replay import (
    ReplayFigures,
    difference_sentence,
    figures_of,
    load_pictures,
    replay_report,
)
from handoff.documents.replay_files import assignment_lines, load_lines
from handoff.sla.queue import QueueOutcome
from tests.handoff.samples import brief, design, directory, people
from tests.handoff.test_backtest import FITTING

MONDAY = datetime(2026, 8, 3, 14, 0, tzinfo=UTC)
TEAM = directory(
    pods=(
        Pod(
            name="core",
            segments=("enterprise",),
            manager="USAM",
            members=(PodMember(person="UDANA"), PodMember(person="UELI")),
        ),
    )
)
DESIGN = design(
    brief=brief(people=people(pods=("core",), owner_models=(OwnerModel.ROUND_ROBIN,))),
    directory=TEAM,
)
ALONE = design(
    brief=brief(people=people(pods=("core",), owner_models=(OwnerModel.LEAST_LOADED,))),
    directory=TEAM,
    version=2,
)
OUTCOME = QueueOutcome(
    attainment=0.5,
    ci_low=0.4,
    ci_high=0.625,
    p50=1,
    p90=float("inf"),
    p95=2,
    p99=3,
    utilisation=float("inf"),
    backlog=(),
    late_by_hour=(),
    curve=(),
    method="simulation",
    error=0.1,
)


def leads(*changes: dict[str, object]) -> list[PastLead]:
    """Leads an hour apart, each with its changes."""
    return [
        PastLead(
            id=f"={number}",
            arrived_at=MONDAY + timedelta(hours=number),
            fields={**FITTING, **change},
        )
        for number, change in enumerate(changes)
    ]


MIXED = leads(
    {}, {}, {"score": 1, "hand_raise": False}, {"score": 2, "hand_raise": False}, {"employees": 1}
)


def figures(past: list[PastLead], predicted: QueueOutcome | None = None) -> ReplayFigures:
    """Replay and compare with the other version."""
    found = replay(design=DESIGN, directory=TEAM, leads=past)
    other = replay(design=ALONE, directory=TEAM, leads=past)
    return figures_of(
        backtest=found,
        design=DESIGN,
        directory=TEAM,
        predicted=predicted,
        against="ENT-1 v2",
        difference=difference(before=other, after=found),
    )


def test_the_figures_are_whole_and_load_back() -> None:
    """Every lead is counted once; scores that fall short are one reason."""
    found = figures(MIXED, OUTCOME)

    assert sum(found.fates.values()) == found.leads == 5
    assert found.not_assigned == {
        "score under the minimum of 50": 2,
        "another design's lead": 1,
    }
    assert [(one.name, one.leads) for one in found.load] == [("Dana SDR", 1), ("Eli AE", 1)]
    assert found.predicted is not None
    assert found.predicted.p90_minutes is None
    assert ReplayFigures.model_validate_json(found.model_dump_json()) == found


def test_the_report_can_be_read() -> None:
    """Verdict, prediction with interval, rules, reasons, load, difference, notes."""
    noted = figures(MIXED, OUTCOME).model_copy(update={"notes": ("A note.",)})

    text = render_plain(replay_report(figures=noted, directory=TEAM))

    assert "100.0% ON TIME IN THE REPLAY, THE TARGET IS 90%" in text
    assert "5 leads from 3 Aug 2026 to 3 Aug 2026: 2 assigned, 2 below the gates" in text
    assert "50.0% on time (40.0 to 62.5%) by simulation" in text
    assert "leads change owner, compared with ENT-1 v2" in text
    assert "A note." in text


def test_no_leads_and_many_reasons() -> None:
    """Nothing to say is said; long lists are cut and count what is left out."""
    nothing = figures([])
    assert "NO LEAD WAS ASSIGNED" in render_plain(replay_report(figures=nothing, directory=TEAM))
    assert load_pictures(figures=nothing, directory=TEAM) == ()
    assert difference_sentence(nothing.model_copy(update={"difference": None})) is None

    reasons = {f"reason {number}": 1 for number in range(20)}
    many = nothing.model_copy(update={"not_assigned": reasons, "to_stand_ins": {"fallback": 3}})
    text = render_plain(replay_report(figures=many, directory=TEAM))
    assert "and 8 more" in text
    assert "To a stand-in, because" in text


def test_moves_name_people_and_nobody() -> None:
    """From whom to whom, the most leads first."""
    gone = replay(design=DESIGN, directory=TEAM, leads=MIXED)
    bare = directory(people=(), pods=TEAM.pods, roles={})
    empty = replay(design=DESIGN, directory=bare, leads=MIXED)
    found = figures_of(
        backtest=gone,
        design=DESIGN,
        directory=TEAM,
        predicted=None,
        against="x",
        difference=difference(before=empty, after=gone),
    )

    assert empty.count(Fate.UNROUTABLE) == 2
    text = render_plain(replay_report(figures=found, directory=TEAM))
    assert "nobody  Dana SDR  1" in text
    assert found.difference is not None
    assert found.difference.sentence == "2 of 5 leads change owner"


def test_every_lead_is_exported_and_no_cell_is_a_formula() -> None:
    """One line a lead with rule and reason; a name that begins with = is guarded."""
    found = replay(design=DESIGN, directory=TEAM, leads=MIXED)
    other = replay(design=ALONE, directory=TEAM, leads=MIXED)

    lines = assignment_lines(backtest=found, design=DESIGN, directory=TEAM, before=other)
    rows = list(csv.DictReader(lines))

    assert [row["lead"] for row in rows] == [f"'={number}" for number in range(5)]
    assert rows[0]["owner_name"] == "Dana SDR"
    assert rows[0]["rule"] == "always"
    assert rows[0]["on_time"] == "yes"
    assert rows[2]["because"] == "score 1, the minimum is 50"
    assert {row["changes"] for row in rows} <= {"yes", "no"}
    alone = list(assignment_lines(backtest=found, design=DESIGN, directory=TEAM))
    assert "owner_before" not in alone[0]
    assert list(csv.reader(load_lines(backtest=found, directory=TEAM)))[1:] == [
        ["UDANA", "Dana SDR", "2026-08-03", "1"],
        ["UELI", "Eli AE", "2026-08-03", "1"],
    ]
