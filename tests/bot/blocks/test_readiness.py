"""Two pods need the same things; each line says whose it is."""

from collections import Counter

from bot.blocks.readiness import ReadinessState, readiness_blocks, settle_view
from bot.blocks.sign_off_notes import note_blocks, note_text
from handoff.approval import Side, VersionState
from handoff.enablement import ItemState, ItemStatus
from handoff.packet import PacketState
from handoff.readiness import items_of
from tests.handoff.samples import design

PACKET = PacketState(
    design=design(),
    state=VersionState.APPROVED,
    asked={Side.REVOPS: "UREVOPS", Side.SALES: "USALES"},
)
TWINS = [
    item
    for item in items_of(PACKET.design.binding)
    if Counter(one.title for one in items_of(PACKET.design.binding))[item.title] == 2
]


def test_what_is_settled_names_the_pod() -> None:
    """The card's list of what is done has no two lines that read alike."""
    assert TWINS, "the sample has two pods"
    done = {one.id: ItemStatus(item=one.id, state=ItemState.DONE, by="U1") for one in TWINS}
    (settled,) = [
        block["elements"][0]["text"]
        for block in readiness_blocks(ReadinessState(packet=PACKET, statuses=done))
        if block["type"] == "context" and "✅" in block["elements"][0]["text"]
    ]

    lines = settled.split("\n")
    assert len(set(lines)) == len(lines) >= 2


def test_a_note_and_the_form_name_the_pod() -> None:
    """Reminders list items by name, and the form says which one it settles."""
    one, other = TWINS[0], next(t for t in TWINS[1:] if t.title == TWINS[0].title)
    facts = {"event": "items_due", "items": [one.id, other.id]}

    said = f"{note_text(packet=PACKET, facts=facts)} {note_blocks(packet=PACKET, facts=facts)}"

    for item in (one, other):
        form = settle_view(reference="ENT-1@1", item=item, state=ItemState.DONE)
        assert f"{item.title} ({item.pod})" in str(form["blocks"][0])  # type: ignore[union-attr]
        assert f"{item.title} ({item.pod})" in said  # type: ignore[union-attr]
