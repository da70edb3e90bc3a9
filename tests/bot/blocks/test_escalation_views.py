"""The messages of escalations at their widest, as strictly as Slack checks them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.blocks.escalation import escalation_blocks, escalation_text, promise_view, resolve_view
from bot.blocks.guardrail import guardrail_blocks, guardrail_text, join_text
from bot.sandbox.validate import check_message, check_modal
from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import Dimension, IncidentKind, SharedCause
from handoff.escalation.shown import (
    ClimbShown,
    GuardrailShown,
    IncidentShown,
    Standing,
    StepShown,
)

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
WORDS = "<!channel> & *so* much " * 40
STANDING = Standing(
    state=EscalationState.RESOLVED,
    taken_by=WORDS[:80],
    taken_at=NOW,
    promised_at=NOW,
    ended_by=WORDS[:80],
    ended_at=NOW,
    because=WORDS[:80],
    note=WORDS[:500],
)


def climb(number: int, *, state: EscalationState = EscalationState.OPEN) -> ClimbShown:
    """Make a climb with long words everywhere."""
    step = StepShown(role=WORDS[:80], person=WORDS[:80], at=NOW, is_substitute=True)
    skip = StepShown(role=WORDS[:80], person=None, at=NOW, skipped=WORDS[:200])
    standing = STANDING if state is EscalationState.RESOLVED else Standing(state=state)
    return ClimbShown(
        id=f"esc_{number:026}",
        lead=WORDS[:300],
        design="ENT-1",
        kind=IncidentKind.ROUTING_FAILURE,
        occurred_at=NOW,
        owner=WORDS[:80],
        row=WORDS[:200],
        source=WORDS[:80],
        cause=WORDS,
        steps=[step, skip] * 20,
        standing=standing,
        next_at=NOW,
    )


def guardrail(incidents: int) -> GuardrailShown:
    """Make a packet with long words everywhere."""
    incident = IncidentShown(
        lead=WORDS[:300],
        kind=IncidentKind.BREACH,
        occurred_at=NOW,
        owner=WORDS[:80],
        row=WORDS[:200],
        source=WORDS[:80],
        cause=WORDS,
        is_voided=False,
        standing=STANDING,
    )
    causes = [
        SharedCause(
            dimension=dimension, value=WORDS[:200], count=2, total=3, proposed_fix=WORDS[:300]
        )
        for dimension in Dimension
    ]
    return GuardrailShown(
        id="grd_1",
        design="ENT-1",
        title=WORDS[:100],
        count=2,
        window_hours=48,
        fired_at=NOW,
        incidents=[incident] * incidents,
        causes=causes,
        called=[WORDS[:80]] * 30,
        missing=[],
        is_overdue=True,
        standing=Standing(state=EscalationState.OPEN),
    )


@pytest.mark.parametrize("number", [1, 2, 12, 100])
@pytest.mark.parametrize("state", [EscalationState.OPEN, EscalationState.RESOLVED])
def test_climbs_fit_into_a_message(number: int, state: EscalationState) -> None:
    """However many leads and however long their names."""
    climbs = [climb(one, state=state) for one in range(number)]

    blocks = escalation_blocks(climbs, card="c", is_owner=False)
    check_message({"text": escalation_text(climbs), "blocks": blocks})


@pytest.mark.parametrize("number", [2, 100])
def test_the_packet_fits_into_a_message(number: int) -> None:
    """With a hundred incidents as well."""
    packet = guardrail(number)

    check_message({"text": guardrail_text(packet), "blocks": guardrail_blocks(packet)})
    assert len(join_text(packet, joined=packet.incidents)) < 4000


def test_the_newest_incidents_are_not_cut_off() -> None:
    """Ten of them with long names are more than a section takes."""
    packet = guardrail(1)
    ordinary = replace(
        packet.incidents[0],
        owner="Dana Lopez",
        row="Named accounts in North America",
        cause=None,
        standing=Standing(state=EscalationState.OPEN),
    )
    many = [replace(ordinary, lead=f"{number} {'&' * 60}") for number in range(10)]

    words = str(guardrail_blocks(replace(packet, incidents=many)))

    for number in range(10):
        assert f"*{number} {'&amp;' * 60}*" in words
    assert words.count("nobody has it yet") == 10


def test_the_forms_fit() -> None:
    """Whatever the lead is called."""
    check_modal(promise_view(escalation="esc_1", about=WORDS, at=NOW))
    check_modal(resolve_view(escalation="esc_1", about=WORDS))


@pytest.mark.parametrize(
    ("open_ones", "words"),
    [
        (3, "nobody has them yet"),
        (1, "1 of them waiting for somebody"),
        (0, "none of them waiting for somebody"),
    ],
)
def test_a_shared_message_says_how_many_still_wait(open_ones: int, words: str) -> None:
    """In the line that notifications show."""
    states = [EscalationState.OPEN] * open_ones + [EscalationState.RESOLVED] * (3 - open_ones)

    text = escalation_text([climb(number, state=state) for number, state in enumerate(states)])

    assert text.endswith(f": {words}")


def test_leads_without_a_design_are_called_so() -> None:
    """The key under which their incidents are kept is nobody's word."""
    packet = replace(guardrail(2), design=None)

    shown = f"{guardrail_text(packet)} {guardrail_blocks(packet)}"
    assert "Handoff of leads that no design takes is failing: 2 incidents" in shown
    assert "on leads that no design takes" in join_text(packet, joined=packet.incidents)
    assert "unmatched" not in shown
