"""What a proof says, in words."""

import pytest

from handoff.documents.document import Callout, Facts, Table
from handoff.documents.proof import prediction_parts, proof_report, risk_table, verdict_callout
from handoff.sla.model import Feasibility, ProposedChange, Risk, Verdict


def proof(**changes: object) -> Feasibility:
    """Return a proof that holds, with some fields changed."""
    fields = {
        "verdict": Verdict.HOLDS,
        "method": "closed form",
        "target_percent": 90,
        "attainment_percent": 95.0,
        "team_size": 4,
    }
    return Feasibility.model_validate(fields | changes)


def facts(**changes: object) -> dict[str, str]:
    """Return the predicted figures of a proof by their labels."""
    first = next(iter(prediction_parts(proof(**changes))))
    assert isinstance(first, Facts)
    return dict(first.pairs)


@pytest.mark.parametrize(
    ("changes", "tone", "text"),
    [
        ({}, "good", "95.0% of leads are answered on time. The target is 90% on time."),
        ({"ci_low_percent": 94.0, "ci_high_percent": 96}, "good", "on time (94.0 to 96.0%). The"),
        ({"ci_low_percent": 95.0, "ci_high_percent": 95.01}, "good", "on time. The target"),
        ({"verdict": Verdict.FAILS}, "bad", "Signing needs a written reason."),
        (
            {"verdict": Verdict.FAILS, "attainment_percent": 89.96},
            "bad",
            "89.9% of leads are answered on time. The target is 90% on time.",
        ),
        ({"verdict": Verdict.UNPROVEN}, "warn", "90% on time. Signing needs a written reason."),
        (
            {"verdict": Verdict.UNPROVEN, "sustainable_leads_per_week": 193.4},
            "warn",
            "This team holds about 193 leads a week.",
        ),
    ],
)
def test_the_verdict_in_one_sentence(changes: dict[str, object], tone: str, text: str) -> None:
    """Prediction against target; an interval only when it has a width."""
    callout = verdict_callout(proof(**changes))

    assert callout.tone == tone
    assert text in callout.text


@pytest.mark.parametrize(
    ("per_week", "said"),
    [(0.05, "less than once a quarter"), (2.13, "about 2.1 times a week"), (200.4, "about 200 t")],
)
def test_how_often_the_guardrail_fires(per_week: float, said: str) -> None:
    """As precise as it is useful."""
    assert facts(guardrail_fires_per_week=per_week)["Guardrail would fire"].startswith(said)


@pytest.mark.parametrize(
    ("better", "said"),
    [(4, "; at most weekly from 4 incidents on"), (100, "; less often from 100 incidents on")],
)
def test_a_better_count_promises_what_is_known(better: int, said: str) -> None:
    """The largest count there is may still be too small for once a week."""
    found = facts(guardrail_fires_per_week=295.0, suggested_guardrail_count=better)

    assert found["Guardrail would fire"] == f"about 295 times a week{said}"


def test_one_is_singular() -> None:
    """A team of one, and one lead a week."""
    found = facts(team_size=1, smallest_team=1, sustainable_leads_per_week=1.2)

    assert (found["Team"], found["Smallest team for the target"]) == ("1 person", "1 person")
    assert found["Volume the team holds"] == "1 lead a week"


def test_a_wait_of_nothing_is_no_wait() -> None:
    """Seconds are not said as zero minutes."""
    said = facts(p50_minutes=0.2, p90_minutes=71.0)

    assert said["Half are answered within"] == "no wait"
    assert said["9 of 10 within"] == "1h 11m"


def test_risks_come_with_what_helps_the_worst_first() -> None:
    """A risk without a remedy shows a dash; without risks there is no table."""
    change = ProposedChange(path="targets.response_sla_minutes", value=60, label="Set it to 1h")
    risks = (
        Risk(code="a", severity=1, message="mild"),
        Risk(code="b", severity=3, message="bad", change=change),
    )

    table = risk_table(proof(risks=risks))

    assert table is not None
    assert table.rows == (("bad", "Set it to 1h"), ("mild", "–"))
    assert risk_table(proof()) is None
    report = proof_report(proof(risks=risks))
    assert isinstance(report[0], Callout)
    assert isinstance(report[1], Table)
