"""What the packet says of other designs."""

import re

import pytest

from bot.blocks.packet import packet_blocks
from bot.blocks.packet_thread import Part, part_message
from handoff.approval import Side, VersionState
from handoff.brief import Capacity, LadderSpec
from handoff.directory import Pod, PodMember
from handoff.documents.render import render_html
from handoff.packet import PacketState
from handoff.sla.model import Verdict
from tests.handoff.samples import NAMES, brief, design, directory, people


def words(*overlaps: str) -> str:
    """Return the packet of a design with these overlaps."""
    state = PacketState(
        design=design(),
        state=VersionState.IN_REVIEW,
        asked={Side.REVOPS: "UREVOPS", Side.SALES: "USALES"},
        overlaps=overlaps,
    )
    return str(packet_blocks(state))


def test_overlaps_are_told_and_are_no_markup() -> None:
    """The first five, and how many more there are."""
    shown = words(*(f"<!channel> {number} takes them." for number in range(7)))

    assert "&lt;!channel&gt; 4 takes them." in shown
    assert "5 takes them." not in shown
    assert "and 2 more designs" in shown


def test_one_is_singular_wherever_a_design_is_shown() -> None:
    """A pod of one, one lead a week, and a guardrail that one incident fires."""
    alone = Pod(name="solo", manager="USAM", members=(PodMember(person="UDANA"),))
    small = design(
        brief=brief(
            people=people(pods=("solo",)),
            capacity=Capacity(leads_per_week=1, handling_minutes=1, handling_cv=0.5),
            ladder=LadderSpec(guardrail_count=1),
        ),
        directory=directory(pods=(alone,)),
    )
    state = PacketState(
        design=small,
        state=VersionState.IN_REVIEW,
        asked={Side.REVOPS: "UREVOPS", Side.SALES: "USALES"},
    )

    shown = [render_html(small, NAMES), str(packet_blocks(state))]
    shown += [str(part_message(part=part, design=small, names=NAMES)) for part in Part]

    plural = r"(?<![\d.,])1 (?:leads|people|reps|incidents|gaps|rows|minutes|hours) .{20}"
    assert re.findall(plural, "".join(shown)) == []
    assert "1 incident in 48 h" in shown[1]
    assert re.search("1 incident within 48 h calls", "".join(shown))


@pytest.mark.parametrize(
    ("percent", "said", "spread"),
    [(89.6, "89.6%", "(89.5 to 89.7%)"), (89.96, "89.9%", "(89.9 to 90.1%)")],
)
def test_a_prediction_just_below_its_target_reads_below_it(
    percent: float, said: str, spread: str
) -> None:
    """The packet and its thread round no less finely than the document."""
    close = design()
    proof = close.feasibility.model_copy(
        update={
            "verdict": Verdict.FAILS,
            "target_percent": 90.0,
            "attainment_percent": percent,
            "ci_low_percent": percent - 0.1,
            "ci_high_percent": percent + 0.1,
        }
    )
    close = close.model_copy(update={"feasibility": proof})
    asked = {Side.REVOPS: "UREVOPS", Side.SALES: "USALES"}

    packet = packet_blocks(PacketState(design=close, state=VersionState.IN_REVIEW, asked=asked))
    _, thread = part_message(part=Part.SLA, design=close, names=NAMES)

    assert f"{said} on time predicted (target 90%)" in str(packet)
    assert f"{said} {spread}" in str(thread)
