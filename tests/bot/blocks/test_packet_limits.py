"""The packet and its thread within Slack's limits, whatever people write and however much."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.blocks.packet import packet_blocks, packet_text
from bot.blocks.packet_forms import (
    changes_view,
    denied_view,
    manage_view,
    packet_view,
    private_request,
    reason_view,
)
from bot.blocks.packet_thread import Part, part_message
from bot.blocks.readiness import (
    ReadinessState,
    readiness_blocks,
    readiness_text,
    settle_many_view,
    settle_view,
)
from bot.blocks.sign_off_notes import note_blocks, note_text
from bot.sandbox.validate import check_message, check_modal
from handoff.approval import Side, SignOff, VersionState, Via
from handoff.design import HandoffDesign
from handoff.enablement import ItemState, ItemStatus
from handoff.packet import PacketState
from handoff.readiness import items_of
from handoff.sla.model import Risk
from tests.handoff import samples

DESIGN = samples.design()
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
ODD = "a & b <!channel> | `*_~ 🦄 <@U1> "

words = st.one_of(
    st.text(min_size=1, max_size=40),
    st.sampled_from([ODD, "&" * 3000, "🦄" * 700, "x" * 3000, "|" * 200, "\n" * 50 + "."]),
)
#: Designs are large; their whole text in a failure is expected.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")
_many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def designs(draw: st.DrawFn) -> HandoffDesign:
    """Designs of any size with any words in them."""
    text = draw(words)
    row = DESIGN.binding.routing.rows[0].model_copy(
        update={"name": text, "pod": text, "fallback": text, "named_rep": text}
    )
    check = DESIGN.binding.checklist[0].model_copy(update={"title": text})
    request = DESIGN.binding.requests[0].model_copy(update={"title": text, "pod": text})
    risk = (DESIGN.feasibility.risks or (_risk(),))[0].model_copy(update={"message": text})
    size = draw(st.sampled_from([0, 1, 7, 100, 130]))
    routing = DESIGN.binding.routing.model_copy(update={"rows": (row,) * max(size, 1)})
    numbered = tuple(check.model_copy(update={"id": f"c{n}"}) for n in range(size))
    requests = tuple(request.model_copy(update={"id": f"r{n}"}) for n in range(size))
    binding = DESIGN.binding.model_copy(
        update={"routing": routing, "checklist": numbered, "requests": requests}
    )
    segment = DESIGN.brief.segment.model_copy(update={"name": text})
    brief = DESIGN.brief.model_copy(update={"segment": segment, "entry_rule": text})
    proof = DESIGN.feasibility.model_copy(update={"risks": (risk,) * size, "method": text})
    coverage = DESIGN.coverage.model_copy(update={"warnings": (text,) * size})
    return DESIGN.model_copy(
        update={"binding": binding, "brief": brief, "feasibility": proof, "coverage": coverage}
    )


@st.composite
def packets(draw: st.DrawFn) -> PacketState:
    """Packets in any state, with any reasons and changes."""
    text = draw(words)
    signed = [
        SignOff(
            side=side,
            person="URIA",
            version=1,
            content_hash="a" * 64,
            via=draw(st.sampled_from(Via)),
            at=NOW,
            reason=draw(st.none() | words),
        )
        for side in draw(st.sets(st.sampled_from(Side)))
    ]
    return PacketState(
        design=draw(designs()),
        state=draw(st.sampled_from(VersionState)),
        asked={Side.REVOPS: "URIA", Side.SALES: draw(st.sampled_from(["S0GROUP", text]))},
        sign_offs=signed,
        changes=(text,) * draw(st.sampled_from([0, 1, 8, 9, 200])),
        newest_version=draw(st.integers(1, 3)),
        items_total=9,
        opens_at=draw(st.none() | st.just(NOW)),
        ended_because=draw(st.sampled_from(["", text])),
        ended_by=draw(st.sampled_from(["", "USAM"])),
        ended_reason=draw(st.sampled_from(["", text])),
        doubts_now=(text,) * draw(st.integers(0, 5)),
    )


@_many
@given(packets())
def test_the_packet_is_always_valid(state: PacketState) -> None:
    """As a message, and in a modal."""
    check_message({"text": packet_text(state), "blocks": packet_blocks(state)})
    check_modal(packet_view(state))


@_many
@given(designs(), st.sampled_from(Part), words)
def test_every_part_of_the_thread_is_always_valid(
    design: HandoffDesign, part: Part, text: str
) -> None:
    """Tables of a hundred rows with long cells are cut, not refused."""
    words_of_part, blocks = part_message(
        part=part, design=design, names={text: text, "UCLEO": text}, changes=(text,) * 30
    )

    check_message({"text": words_of_part, "blocks": blocks})


@_many
@given(packets(), st.sampled_from(ItemState), words)
def test_the_readiness_card_and_its_forms_are_always_valid(
    packet: PacketState, state: ItemState, text: str
) -> None:
    """With none, some or all items settled."""
    items = items_of(packet.design.binding)
    statuses: Mapping[str, ItemStatus] = {
        item.id: ItemStatus(item=item.id, state=state, by="URIA", reason=text)
        for item in items[::2]
    }
    card = ReadinessState(packet=packet, statuses=statuses)

    check_message({"text": readiness_text(card), "blocks": readiness_blocks(card)})
    if items:
        check_modal(settle_view(reference=packet.reference, item=items[0], state=state))
        check_modal(settle_many_view(reference=packet.reference, items=items))


@_many
@given(packets(), words)
def test_notes_and_forms_are_always_valid(packet: PacketState, text: str) -> None:
    """Every event that people are told about, with any words in it."""
    for event in EVENTS:
        facts: dict[str, Any] = {
            "event": event,
            "side": "sales",
            "by": "USAM",
            "instead_of": text,
            "reason": text,
            "draft": "draft_1",
            "doubts": [text] * 5,
            "items": [item.id for item in items_of(packet.design.binding)],
            "owners": ["USAM"] * 5,
        }
        blocks = note_blocks(packet=packet, facts=facts)
        check_message({"text": note_text(packet=packet, facts=facts), "blocks": blocks})
    check_modal(reason_view(reference=packet.reference, doubts=(text,) * 5))
    check_modal(denied_view(text, people=("URIA", text)))
    request = private_request(reference=packet.reference, message=text, wants_reason=True)
    check_message({"text": "x", "blocks": request})


@pytest.mark.parametrize("state", [VersionState.ACTIVE, VersionState.PAUSED])
@pytest.mark.parametrize("can_roll_back", [True, False])
def test_the_management_form_offers_what_is_possible(
    state: VersionState, can_roll_back: bool
) -> None:
    """Pause or resume, never both; rolling back only when there is a version for it."""
    view = manage_view(reference="x", state=state, can_roll_back=can_roll_back)

    offered = {option["value"] for option in view["blocks"][0]["element"]["options"]}
    toggle = "pause" if state is VersionState.ACTIVE else "resume"
    assert offered == {toggle, "retire"} | ({"rollback"} if can_roll_back else set())
    check_modal(view)
    check_modal(changes_view(reference="x"))


def test_who_can_help_is_a_few_people() -> None:
    """A user group that was called may have hundreds of members; no mention is cut in two."""
    view = denied_view("Only those who were called can do this.", people=["U0PERSON01"] * 300)

    check_modal(view)
    words = view["blocks"][0]["text"]["text"]
    assert words.endswith("<@U0PERSON01>.")
    assert words.count("<@") == 5


def test_nothing_people_write_is_markup() -> None:
    """A mention or a link in a title stays text."""
    odd = "<!channel> & <@U1>"
    brief = DESIGN.brief.model_copy(update={"entry_rule": odd})
    state = PacketState(
        design=DESIGN.model_copy(update={"brief": brief}),
        state=VersionState.SUPERSEDED,
        asked={},
        changes=(odd,),
        ended_because="Changes were requested",
        ended_reason=odd,
        doubts_now=(odd,),
    )

    shown = str([block for block in packet_blocks(state) if block["type"] == "section"])

    assert "<!channel>" not in shown
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in shown


EVENTS = (
    *("asked", "remind", "substitute", "approved", "changes_requested", "expired", "active"),
    *("pause", "resume", "retire", "rollback", "no_substitute", "voided", "proof"),
    *("items_due", "items_overdue"),
)


def _risk() -> Risk:
    return Risk.model_construct(code="x", message="x", severity=1)
