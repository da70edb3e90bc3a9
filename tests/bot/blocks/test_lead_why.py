"""The answer to `/handoff why`, however many rows and reps were weighed."""

from datetime import UTC, datetime

from bot.blocks.lead_why import why_blocks, why_text
from bot.sandbox.validate import check_message
from handoff.lead import LeadState
from handoff.lead_card import LeadCard
from handoff.lead_why import Attempt, LeadWhy
from handoff.routing.assignment import Explanation, Reason, SkippedRow
from handoff.routing.eligibility import Excluded, Exclusion
from handoff.sla.clock import TimeChain

T = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def story(rows: int, reps: int) -> LeadWhy:
    """Return the story of a lead that so many rows and reps did not take."""
    explanation = Explanation(
        row="r0",
        row_name="The rest",
        skipped=tuple(
            SkippedRow(
                row=f"r{number}", because="not country in [US, CA] and not employees >= 500"
            )
            for number in range(1, rows + 1)
        ),
        excluded=tuple(
            Excluded(person=f"U{number}", reason=Exclusion.DAILY_CAP, detail="9 of 9 leads")
            for number in range(reps)
        ),
    )
    attempts = tuple(
        Attempt(
            number=number,
            rep="U9",
            reason=Reason.ROUND_ROBIN,
            explanation=explanation,
            at=T,
            notify_at=T,
        )
        for number in (1, 2, 3)
    )
    card = LeadCard(lead="l1", state=LeadState.ASSIGNED, fields={"last_name": "Lee"}, owner="U9")
    names = {f"r{number}": f"Territory {number}" for number in range(rows + 1)}
    return LeadWhy(card=card, attempts=attempts, chain=TimeChain(arrived_at=T), rows=names)


def test_few_are_all_told() -> None:
    """Each row and each rep, with why not."""
    shown = str(why_blocks(story(rows=20, reps=20)))

    assert shown.count("Territory 20”: not country") == 3
    assert shown.count("daily cap reached") == 60
    assert "more" not in shown


def test_many_are_counted() -> None:
    """Slack takes the message, and the end of the story is on it."""
    why = story(rows=500, reps=200)
    blocks = why_blocks(why)

    check_message({"text": why_text(why), "blocks": blocks})

    shown = str(blocks)
    assert "and 480 more rows that did not take it" in shown
    assert "and 180 more who could not take it" in shown
    assert "Way: arrived" in shown
