"""The readiness gate: what lets a signed design go live, and who may settle an item."""

from datetime import timedelta
from typing import Any

import pytest

from handoff.approval import Side, Standing, VersionState
from handoff.directory import Person
from handoff.enablement import ItemState, ItemStatus
from handoff.go_live import go_live_opening
from handoff.readiness import (
    ActivateNow,
    Item,
    ItemRefused,
    Settled,
    WaitForItems,
    WaitUntil,
    decide_activation,
    decide_item,
    items_of,
)
from tests.handoff import samples

DESIGN = samples.design()
OPENS = go_live_opening(DESIGN)
REQUIRED = [item for item in items_of(DESIGN.binding) if item.is_required]
STANDING = Standing(
    state=VersionState.APPROVED,
    version=1,
    content_hash="a" * 64,
    approvers={Side.REVOPS: ("URIA",), Side.SALES: ("USAM",)},
)
EVIDENCE = next(item for item in REQUIRED if getattr(item, "needs_evidence", False))
PLAIN = next(item for item in REQUIRED if not getattr(item, "needs_evidence", False))


def statuses(state: ItemState = ItemState.DONE, *, but: str = "") -> dict[str, ItemStatus]:
    """Return a status for every required item but one."""
    return {i.id: ItemStatus(item=i.id, state=state) for i in REQUIRED if i.id != but}


def decide(item: Item = PLAIN, who: str | Person | None = "UMIA", **changes: Any) -> object:  # noqa: ANN401 - any argument
    """Decide about an open item, changed as asked."""
    person = Person(key=who, name=who) if isinstance(who, str) else who
    values: dict[str, Any] = {
        "current": ItemStatus(item=item.id),
        "state": ItemState.DONE,
        "standing": STANDING,
        "now": samples.AS_OF,
        **changes,
    }
    return decide_item(item=item, person=person, **values)


def test_the_opening_decides_when_everything_is_done_earlier() -> None:
    """Not a second before the opening, and at it."""
    of: dict[str, Any] = {"binding": DESIGN.binding, "statuses": statuses(), "opens_at": OPENS}

    assert decide_activation(**of, now=OPENS) == ActivateNow()
    assert decide_activation(**of, now=OPENS - timedelta(seconds=1)) == WaitUntil(at=OPENS)


@pytest.mark.parametrize("item", REQUIRED, ids=lambda item: item.id)
def test_each_required_item_holds_it_back(item: Item) -> None:
    """One open item is enough, with a status that says open or without any."""
    missing = statuses(but=item.id)
    still_open = missing | {item.id: ItemStatus(item=item.id)}
    for known in (missing, still_open):
        decision = decide_activation(
            binding=DESIGN.binding, statuses=known, opens_at=OPENS, now=OPENS
        )
        assert decision == WaitForItems(items=(item.id,))


def test_waived_counts_as_settled() -> None:
    """A waiver passes the gate like work that was done."""
    decision = decide_activation(
        binding=DESIGN.binding,
        statuses=statuses(ItemState.WAIVED),
        opens_at=OPENS,
        now=OPENS + timedelta(days=3),
    )

    assert decision == ActivateNow()


def test_a_member_marks_an_item_done() -> None:
    """The status names who and when."""
    settled = decide(evidence="  ")

    assert settled == Settled(
        status=ItemStatus(
            item=PLAIN.id, state=ItemState.DONE, by="UMIA", at=samples.AS_OF.isoformat()
        )
    )


@pytest.mark.parametrize(
    "who",
    [
        None,
        Person(key="URIA", name="Guest", is_guest=True),
        Person(key="URIA", name="Bot", is_bot=True),
        Person(key="URIA", name="Gone", is_active=False),
    ],
)
@pytest.mark.parametrize("state", [ItemState.DONE, ItemState.WAIVED])
def test_strangers_guests_bots_and_former_members_settle_nothing(
    who: Person | None, state: ItemState
) -> None:
    """Not even with an approver's key."""
    refused = decide(who=who, state=state, reason="Because")

    assert isinstance(refused, ItemRefused)
    assert "Only full members" in refused.message


@pytest.mark.parametrize("state", [ItemState.DONE, ItemState.WAIVED])
def test_what_is_settled_stays_settled(state: ItemState) -> None:
    """A second person is told so."""
    refused = decide(current=ItemStatus(item=PLAIN.id, state=state))

    assert isinstance(refused, ItemRefused)
    assert f"already {state.value}" in refused.message


@pytest.mark.parametrize(("who", "reason"), [("UMIA", "Because"), ("URIA", ""), ("USAM", " \n")])
def test_a_waiver_needs_an_approver_and_a_reason(who: str, reason: str) -> None:
    """Neither is enough alone."""
    assert isinstance(decide(who=who, state=ItemState.WAIVED, reason=reason), ItemRefused)


@pytest.mark.parametrize("who", ["URIA", "USAM"])
def test_either_approver_waives_with_a_reason(who: str) -> None:
    """The reason is kept, without the space around it."""
    settled = decide(EVIDENCE, who, state=ItemState.WAIVED, reason=" Pilot ")

    assert isinstance(settled, Settled)
    assert settled.status.reason == "Pilot"


def test_evidence_is_asked_for_where_it_is_needed() -> None:
    """A test without a record was not done."""
    refused = decide(EVIDENCE, evidence=" ")
    settled = decide(EVIDENCE, evidence=" https://example.com/1 ")

    assert isinstance(refused, ItemRefused)
    assert "link to the evidence" in refused.message
    assert isinstance(settled, Settled)
    assert settled.status.evidence == "https://example.com/1"


def test_a_link_may_begin_with_a_capital() -> None:
    """Phones write the first letter of a field so."""
    assert isinstance(decide(EVIDENCE, evidence="Https://example.com/1"), Settled)


@pytest.mark.parametrize("evidence", ["tested it", "ok", "https://", "C:\\tests\\1.xlsx"])
def test_evidence_is_a_link(evidence: str) -> None:
    """What nobody else can open proves nothing."""
    refused = decide(EVIDENCE, evidence=evidence)

    assert isinstance(refused, ItemRefused)
    assert "link to the evidence" in refused.message
