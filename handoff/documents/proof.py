"""What the feasibility proof says, in words: the same in the document and on the command line."""

from collections.abc import Iterable

from handoff.documents.document import Callout, Facts, Paragraph, Part, Table
from handoff.durations import format_minutes
from handoff.sla.guardrail_forecast import LARGEST_COUNT
from handoff.sla.model import Depth, Feasibility, Verdict
from handoff.words import counted, percent_beside, rate, rounded_beside

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ESTIMATE = "This is a first estimate by formula; the full proof was not there yet. "
_WORTH_NAMING = 0.05


def verdict_callout(proof: Feasibility) -> Callout:
    """Return the proof's verdict in one sentence."""
    goal = f"The target is {proof.target_percent:g}% on time."
    if proof.verdict is Verdict.UNPROVEN:
        volume = proof.sustainable_leads_per_week
        holds = f" This team holds about {counted(int(volume), 'lead')} a week." if volume else ""
        return Callout(
            tone="warn",
            title="Unproven: no volume was given",
            text=f"{goal}{holds} Signing needs a written reason.",
        )
    attained = percent_beside(proof.attainment_percent or 0, proof.target_percent)
    predicted = f"{attained} of leads are answered on time{_interval(proof)}"
    if proof.verdict is Verdict.HOLDS:
        return Callout(
            tone="good", title="The team can keep this SLA", text=f"{predicted}. {goal}"
        )
    return Callout(
        tone="bad",
        title="The team cannot keep this SLA as designed",
        text=f"{predicted}. {goal} Signing needs a written reason.",
    )


def risk_table(proof: Feasibility) -> Table | None:
    """Return the risks, the worst first, each with what would help; None if there are none."""
    if not proof.risks:
        return None
    risks = sorted(proof.risks, key=lambda risk: -risk.severity)
    return Table(
        columns=("Risk", "What would help"),
        rows=tuple((risk.message, risk.change.label if risk.change else "–") for risk in risks),
        widths=(3, 2),
    )


def prediction_parts(proof: Feasibility) -> Iterable[Part]:
    """Yield the predicted figures, what single changes would do, and how it was computed."""
    yield Facts(pairs=tuple(_prediction(proof)))
    if proof.what_ifs:
        yield Table(
            columns=("What if", "On time"),
            rows=tuple(
                (w.label, percent_beside(w.attainment_percent, proof.target_percent))
                for w in proof.what_ifs
            ),
            widths=(4, 1),
        )
    estimate = _ESTIMATE if proof.depth is Depth.QUICK else ""
    yield Paragraph(
        text=f"{estimate}{proof.basis} Method: {proof.method}{_error(proof)}.".strip(),
        is_note=True,
    )


def proof_report(proof: Feasibility) -> tuple[Part, ...]:
    """Return the proof on its own: verdict, risks, prediction."""
    risks = risk_table(proof)
    return (verdict_callout(proof), *((risks,) if risks else ()), *prediction_parts(proof))


# Private functions


def _interval(proof: Feasibility) -> str:
    """Return the confidence interval in brackets, nothing when it has no width to speak of."""
    if proof.ci_low_percent is None or proof.ci_high_percent is None:
        return ""
    low, high = (
        f"{rounded_beside(end, proof.target_percent):.1f}"
        for end in (proof.ci_low_percent, proof.ci_high_percent)
    )
    return "" if low == high else f" ({low} to {high}%)"


def _error(proof: Feasibility) -> str:
    """Return what the model itself may be off by."""
    return f", within {proof.error_points:.1f} points" if proof.error_points else ""


def _prediction(proof: Feasibility) -> Iterable[tuple[str, str]]:
    yield "Team", counted(proof.team_size, "person", "people")
    if proof.utilisation_percent is not None:
        yield "Utilisation", f"{proof.utilisation_percent:.0f}%"
    for label, value in (
        ("Half are answered within", proof.p50_minutes),
        ("9 of 10 within", proof.p90_minutes),
        ("19 of 20 within", proof.p95_minutes),
        ("99 of 100 within", proof.p99_minutes),
        ("Tightest SLA at the target", proof.tightest_sla_minutes),
    ):
        if value is not None:
            yield label, format_minutes(value) if value >= 0.5 else "no wait"
    if proof.smallest_team is not None:
        yield "Smallest team for the target", counted(proof.smallest_team, "person", "people")
    if proof.sustainable_leads_per_week is not None:
        yield (
            "Volume the team holds",
            f"{counted(int(proof.sustainable_leads_per_week), 'lead')} a week",
        )
    yield from _busiest(proof)
    if proof.guardrail_fires_per_week is not None:
        often = _how_often(proof.guardrail_fires_per_week)
        yield "Guardrail would fire", f"{often}{_better_count(proof)}"


def _busiest(proof: Feasibility) -> Iterable[tuple[str, str]]:
    """Yield the hours of the week in which most leads wait, and in which most come too late."""
    for label, hours, what in (
        ("Longest queue", proof.backlog_by_hour, "leads waiting"),
        ("Most late leads", proof.late_by_hour, "leads a week"),
    ):
        most = max(hours, default=0.0)
        if most >= _WORTH_NAMING:
            day, hour = divmod(hours.index(most), 24)
            yield label, f"{_DAYS[day]} {hour:02}:00, {most:.1f} {what}"


def _better_count(proof: Feasibility) -> str:
    """Return the suggested count; whether the largest there is would be enough nobody knows."""
    better = proof.suggested_guardrail_count
    if better is None:
        return ""
    how = "less often" if better == LARGEST_COUNT else "at most weekly"
    return f"; {how} from {counted(better, 'incident')} on"


def _how_often(per_week: float) -> str:
    if per_week < 1 / 13:
        return "less than once a quarter"
    return f"about {rate(per_week)} times a week"
