"""What the packet says of other designs."""

from bot.blocks.packet import packet_blocks
from handoff.approval import Side, VersionState
from handoff.packet import PacketState
from tests.handoff.samples import design


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
