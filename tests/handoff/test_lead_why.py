"""The story of a lead, in plain lines."""

from datetime import UTC, datetime, timedelta

import pytest

from handoff.lead import LeadState
from handoff.lead_card import LeadCard, in_short, lead_name, reason_words
from handoff.lead_why import Attempt, LeadWhy, why_lines
from handoff.routing.assignment import ClockArithmetic, Explanation, Reason, SkippedRow
from handoff.routing.eligibility import Excluded, Exclusion
from handoff.sla.clock import TimeChain, TimeLost

T = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


def told(why: LeadWhy) -> tuple[str, ...]:
    """The story as the command line writes it, minutes after the hour alone."""
    return why_lines(why=why, when=lambda at: f"{at:%H:%M}", who=str, say=str)


def test_the_whole_story() -> None:
    """Row, everybody left out and why, the arithmetic of the clock, and whose time was lost."""
    explanation = Explanation(
        row="r2",
        row_name="The rest",
        rule="country = US",
        skipped=(SkippedRow(row="r1", because="the lead has no account owner"),),
        excluded=(
            Excluded(person="U1", reason=Exclusion.TIME_OFF),
            Excluded(person="U2", reason=Exclusion.DAILY_CAP, detail="3 of 3 leads"),
        ),
        notes=("looked at twice",),
        clock=ClockArithmetic(
            calendar="default",
            band="A",
            target_minutes=60,
            arrived_at=T,
            due_at=T + 2 * HALF,
            warn_50_at=T + HALF,
        ),
    )
    attempt = Attempt(
        number=1,
        rep="U3",
        reason=Reason.ROUND_ROBIN,
        explanation=explanation,
        at=T,
        notify_at=T + HALF,
        ended_at=T + HALF,
        end="declined",
        note="full",
    )
    why = LeadWhy(
        card=LeadCard(
            lead="l1",
            state=LeadState.UNROUTABLE,
            fields={"first_name": "Ann", "last_name": "Lee"},
            design="ENT-1",
        ),
        attempts=(attempt,),
        chain=TimeChain(arrived_at=T, assigned_at=T, notified_at=T + HALF),
        lost=TimeLost(system_minutes=30, people_minutes=5),
        obstacles=("nobody was there",),
        rows={"r1": "Accounts with an owner"},
    )

    assert told(why) == (
        "Ann Lee · ENT-1 · unroutable, with nobody",
        "1. U3, who was next in turn, row “The rest” (country = US), 14:00",
        "    passed over row “Accounts with an owner”: the lead has no account owner",
        "    not U1: on time off",
        "    not U2: daily cap reached (3 of 3 leads)",
        "    looked at twice",
        "    told when work starts, 14:30",
        "    ended: declined “full”, 14:30",
        "Routing failed: nobody was there",
        "Clock: band A, 1h on calendar default: arrived 14:00 → 50% 14:30 → due 15:00",
        "Way: arrived 14:00 → assigned 14:00 → notified 14:30 (system 30m, people 5m)",
    )


def test_a_lead_that_no_design_takes() -> None:
    """Little is known, and that is said."""
    card = LeadCard(lead="l1", state=LeadState.UNROUTABLE, fields={"email": "a@b.example"})

    lines = told(LeadWhy(card=card, attempts=(), chain=TimeChain(arrived_at=T)))

    assert lines == (
        "a@b.example · no design takes it · unroutable, with nobody",
        "Way: arrived 14:00",
    )


@pytest.mark.parametrize(
    ("state", "obstacles", "line"),
    [
        (
            LeadState.NURTURED,
            ("needs employees >= 200", "score 5, the minimum is 40"),
            "Kept, but not handed over: needs employees >= 200; score 5, the minimum is 40",
        ),
        (LeadState.HELD, ("employees", "country"), "Waits for: employees; country"),
    ],
)
def test_what_keeps_a_lead_from_an_owner(
    state: LeadState, obstacles: tuple[str, ...], line: str
) -> None:
    """What to change, or to wait for, is said."""
    card = LeadCard(lead="l1", state=state, fields={"email": "a@b.example"}, design="ENT-1")

    lines = told(
        LeadWhy(card=card, attempts=(), chain=TimeChain(arrived_at=T), obstacles=obstacles)
    )

    assert lines[1] == line


def test_a_lead_is_called_by_the_best_that_is_known() -> None:
    """The person, else the address, else the company; never nothing."""
    assert lead_name({"last_name": "Lee", "email": "a@b.example"}) == "Lee"
    assert lead_name({"company": "Acme"}) == "Acme"
    assert lead_name({"first_name": " ", "company": "Acme"}) == "Acme"
    assert lead_name({}) == "A lead without a name"


def test_a_name_is_one_short_line() -> None:
    """However long it is, and whichever way it wants to be read."""
    assert lead_name({"first_name": "Ann\n\t", "last_name": "\u202eeeL\u202c"}) == "Ann eeL"
    assert lead_name({"company": "x" * 81}) == "x" * 79 + "…"
    assert in_short(5000) == "5000"


def test_every_reason_has_words() -> None:
    """Whoever gets a lead is told why."""
    for reason in Reason:
        assert reason_words(reason=reason, pod="east")
