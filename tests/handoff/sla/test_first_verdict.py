"""The first verdict of a drafted design: closed form, risks in plain words, what would help."""

import pytest

from handoff.brief import HandoffBrief
from handoff.directory import Directory
from handoff.sla.model import Feasibility, Verdict
from tests.handoff.samples import brief, design, directory, people, with_change


def test_a_team_with_room_holds() -> None:
    """Verdict, figures and what one rep changes."""
    proof = _prove()

    assert proof.verdict is Verdict.HOLDS
    assert proof.team_size == 6
    assert proof.smallest_team is not None
    assert proof.smallest_team <= 6
    assert proof.tightest_sla_minutes is not None
    assert proof.tightest_sla_minutes <= 120
    assert [entry.label for entry in proof.what_ifs] == [
        "one rep more",
        "one rep fewer",
        "20% more leads",
        "20% fewer leads",
        "reps stay an hour longer",
    ]


def test_too_much_volume_fails_and_says_what_would_do() -> None:
    """Below target and too busy; the smallest team is larger than the one there is."""
    proof = _prove(leads_per_week=400)

    assert proof.verdict is Verdict.FAILS
    assert proof.attainment_percent == 0
    assert {"below_target", "utilisation"} <= {risk.code for risk in proof.risks}
    assert proof.smallest_team is not None
    assert proof.smallest_team > proof.team_size


def test_the_proposed_sla_passes_when_applied() -> None:
    """A team that keeps up but is too slow for the target can hold a longer one."""
    asked = _brief(leads_per_week=250, sla=5)
    proof = design(brief=asked).feasibility
    (risk,) = [risk for risk in proof.risks if risk.code == "below_target"]
    assert risk.change is not None

    better = design(brief=with_change(asked, risk.change)).feasibility

    assert proof.verdict is Verdict.FAILS
    assert better.verdict is Verdict.HOLDS


def test_the_sustainable_volume_is_the_edge() -> None:
    """A little under it the SLA holds, a little over it not."""
    edge = _prove(leads_per_week=None).sustainable_leads_per_week
    assert edge is not None

    assert _prove(leads_per_week=edge * 0.99).verdict is Verdict.HOLDS
    assert _prove(leads_per_week=edge * 1.02).verdict is Verdict.FAILS


def test_a_forecast_of_the_guardrail_suggests_a_count() -> None:
    """When breaches are so many that it would fire more than weekly."""
    calm, busy = _prove(), _prove(leads_per_week=400)

    assert calm.guardrail_fires_per_week == pytest.approx(0, abs=0.3)
    assert calm.suggested_guardrail_count is None
    assert busy.guardrail_fires_per_week is not None
    assert busy.guardrail_fires_per_week > 1
    assert busy.suggested_guardrail_count is not None
    assert busy.suggested_guardrail_count > 2


def test_structural_risks_are_named() -> None:
    """A pod of one, a clock that runs at night, arrivals outside hours, an SLA too short."""
    team = directory()
    lonely = team.pods[0].model_copy(update={"members": team.pods[0].members[:1]})
    team = team.model_copy(update={"pods": (lonely, *team.pods[1:])})
    targets = {"calendar": "always", "response_sla_minutes": 20, "a_minutes": 20}
    asked = brief(
        targets=brief().targets.model_copy(update=targets),
        people=people(pods=("enterprise-east",)),
    )

    codes = {risk.code for risk in design(brief=asked, directory=team).feasibility.risks}

    assert {"pod_of_one", "uncovered_hours", "sla_under_handling"} <= codes


def test_nobody_in_the_pods_fails() -> None:
    """A team of none takes no lead, and no SLA would help it."""
    team = directory()
    empty = tuple(pod.model_copy(update={"members": ()}) for pod in team.pods)

    proof = _prove(team=team.model_copy(update={"pods": empty}))

    assert proof.verdict is Verdict.FAILS
    assert (proof.team_size, proof.tightest_sla_minutes) == (0, None)


def _prove(*, team: Directory | None = None, leads_per_week: float | None = 60) -> Feasibility:
    return design(
        brief=_brief(leads_per_week=leads_per_week), directory=team or directory()
    ).feasibility


def _brief(*, leads_per_week: float | None, sla: int = 120) -> HandoffBrief:
    targets = {"response_sla_minutes": sla, "a_minutes": min(sla, 30)}
    return brief(
        capacity=brief().capacity.model_copy(update={"leads_per_week": leads_per_week}),
        targets=brief().targets.model_copy(update=targets),
    )
