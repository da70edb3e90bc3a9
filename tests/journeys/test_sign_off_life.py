"""What happens to a version between its packet and its end, as persons see it."""

from datetime import date, timedelta

import pytest

from bot.flows.people.roles import save_roles
from bot.flows.people.team import Team, view_team
from bot.flows.people.time_off import add_time_off
from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.brief import Capacity, Dependency, DependencyKind
from handoff.directory import Role
from storage import drafts, plans
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.review import (
    CHANNEL,
    facts,
    forget,
    packet_of,
    send_for_review,
    settle_all,
    sign_both,
    signers,
    state_of,
    whispers,
    words_of,
)

UNPROVEN = Capacity(handling_minutes=12, handling_cv=1)


@pytest.fixture
def packet(house: House) -> Message:
    """A packet in review; what came with it has been looked at."""
    found = send_for_review(house)
    forget(house)
    return found


def test_changes_are_asked_for_with_words(house: House, packet: Message) -> None:
    """The author gets the words and a draft; packet and thread say what happened."""
    sam = house.person("sam")
    sam.click(packet, Action.PACKET_REQUEST_CHANGES)
    assert "say what should change" in fill(sam, text="   ")["text"]

    assert fill(sam, text="Two hours is <too> long") == {}
    house.step()

    assert state_of(house) is VersionState.SUPERSEDED
    words = words_of(house, packet)
    assert "Changes were requested by <@U0SAM00001>: “Two hours is &lt;too&gt; long”" in words
    assert Action.PACKET_APPROVE not in words
    (said,) = house.take(CHANNEL)
    assert said.thread_ts == packet.ts
    (told,) = house.take_direct("ria")
    house.person("ria").click(told, Action.DEFINE_RESUME)
    assert front(house.person("ria")).title == "1 of 5: Brief"


def test_an_edit_voids_sign_offs_and_shows_what_changed(house: House, packet: Message) -> None:
    """Version 2 needs both again; a substitute who had signed is told; version 1 points on."""
    house.person("ben").click(packet, Action.PACKET_APPROVE)
    house.step()
    forget(house)

    newer = send_for_review(
        house, design="ENT-1", go_live=date(2026, 12, 7), dependencies=_dependencies()
    )

    assert signers(house, 2) == {}
    assert state_of(house, 1) is VersionState.SUPERSEDED
    assert "Please look at version 2" in words_of(house, packet)
    assert "What changed since version 1" in words_of(house, newer)
    thread = [message for message in house.take(CHANNEL) if message.thread_ts == newer.ts]
    assert "Go-live: 2026-11-23 → 2026-12-07" in str(thread[0].blocks)
    (voided,) = house.take_direct("ben")
    assert "your sign-off of it does not count any more" in voided.text
    assert len(facts(house, AuditFact.SIGN_OFF_VOIDED)) == 1
    forget(house)


def test_a_message_that_is_out_of_date_answers(house: House, packet: Message) -> None:
    """A direct message with old buttons does not fail: it says which packet to look at."""
    house.person("sam").click(packet, Action.PACKET_REQUEST_CHANGES)
    fill(house.person("sam"), text="Again, please")
    house.step()
    forget(house)
    (old,) = [m for m in house.person("ria").direct_messages() if "sign it" in m.text]

    house.person("ria").click(old, Action.PACKET_APPROVE)
    house.step()

    (answer,) = house.take_direct("ria")
    assert "was replaced" in answer.text
    assert signers(house) == {}


def test_who_acts_in_a_channel_without_the_app_is_answered_directly(
    house: House, packet: Message
) -> None:
    """Handoff was removed from the packet's channel; its buttons still say what they did."""
    workspace = house.sandbox.workspace
    workspace.channel_named(CHANNEL).members.remove(workspace.bot_user)
    house.person("dana").click(packet, Action.PACKET_APPROVE)
    house.step()

    (answer,) = house.take_direct("dana")
    assert "Only the RevOps and Sales approvers can do this" in answer.text
    assert house.take_refusals() == ["chat.postEphemeral: not_in_channel"]


def test_with_doubts_every_signer_writes_a_reason(house: House) -> None:
    """Unproven: both reasons stand on the packet and in the audit log."""
    packet = send_for_review(house, capacity=UNPROVEN)
    forget(house)
    for name in ("ria", "sam"):
        person = house.person(name)
        person.click(packet, Action.PACKET_APPROVE)
        assert "unproven" in text_of(front(person))
        assert fill(person, text=f"{name} takes the risk") == {}

    house.step()

    assert state_of(house) is VersionState.APPROVED
    words = words_of(house, packet)
    assert "ria takes the risk" in words
    assert "sam takes the risk" in words
    reasons = [fact.data["reason"] for fact in facts(house, AuditFact.SIGNED_OFF)]
    assert reasons == ["ria takes the risk", "sam takes the risk"]
    forget(house)


def test_a_reason_of_blanks_is_none(house: House) -> None:
    """The form stays open and asks again: it does not close as if the version were signed."""
    packet = send_for_review(house, capacity=UNPROVEN)
    forget(house)
    ria = house.person("ria")
    ria.click(packet, Action.PACKET_APPROVE)

    assert "Please write why you sign it" in fill(ria, text="  \n ")["text"]

    assert signers(house) == {}
    assert fill(ria, text="Ria takes the risk") == {}
    assert signers(house) == {"revops": ria.id}


def test_the_author_signs_one_of_the_two(house: House, packet: Message) -> None:
    """Ria wrote it and signs for RevOps; a second time she is told so."""
    ria = house.person("ria")
    ria.click(packet, Action.PACKET_APPROVE)
    ria.click(packet_of(house), Action.PACKET_APPROVE)
    house.step()

    assert signers(house) == {"revops": ria.id}
    (answer,) = whispers(house, "ria")
    assert "You already signed for RevOps" in answer.text


def test_reminders_come_after_four_and_eight_working_hours(house: House, packet: Message) -> None:
    """Who has not signed is reminded twice; after eight hours the substitute is asked."""
    house.person("sam").click(packet, Action.PACKET_APPROVE)
    house.step(hours=3, minutes=59)
    assert house.take() == []

    house.step(minutes=2)
    (first,) = house.take_direct("ria")
    assert first.text.startswith("Reminder")
    house.step(hours=4)

    (second,) = house.take_direct("ria")
    (asked,) = house.take_direct("ben")
    assert second.text.startswith("Reminder")
    assert "you can sign instead" in asked.text
    house.person("ben").click(asked, Action.PACKET_APPROVE)
    assert signers(house)["revops"] == house.person("ben").id
    house.step()
    forget(house)


@pytest.mark.usefixtures("packet")
def test_an_absent_approver_s_substitute_is_asked_at_once(house: House) -> None:
    """Time off entered while a version waits counts from that minute, once."""
    _away(house, "ria")
    house.step()

    (asked,) = house.take_direct("ben")
    assert "<@U0RIA00001> has not signed" in asked.text
    house.step(minutes=40)
    assert house.take() == []


def test_a_substitute_of_both_signs_the_side_they_are_asked_for(house: House) -> None:
    """Asked instead of Sam, Cleo signs for Sales, and RevOps is still Ria's to sign."""
    _give_role(house, Role.REVOPS_APPROVER, "ria", "cleo")
    _give_role(house, Role.SALES_APPROVER, "sam", "cleo")
    send_for_review(house)
    forget(house)
    _away(house, "sam", days=1)
    house.step()
    (asked,) = house.take_direct("cleo")
    assert "waits for the sign-off of Sales" in asked.text

    house.person("cleo").click(asked, Action.PACKET_APPROVE)
    fill(house.person("cleo"), text="Sam is away")

    assert signers(house) == {"sales": house.person("cleo").id}
    house.step()
    forget(house)


@pytest.mark.usefixtures("packet")
def test_who_approves_no_longer_is_not_reminded_and_the_next_is_asked(house: House) -> None:
    """Ria could not sign any more: Ben is asked the minute that he takes over, and she is left."""
    _give_role(house, Role.REVOPS_APPROVER, "ben")
    house.step()

    (asked,) = house.take_direct("ben")
    assert "waits for the sign-off of RevOps" in asked.text
    house.step(hours=8)
    assert house.take_direct("ria") == []
    house.person("ben").click(asked, Action.PACKET_APPROVE)
    assert signers(house) == {"revops": house.person("ben").id}
    house.step()
    forget(house)


@pytest.mark.usefixtures("packet")
def test_an_approver_nobody_follows_is_told_to_the_author(house: House) -> None:
    """Sam approves no longer and nobody else does: Ria hears that nobody can sign."""
    _give_role(house, Role.SALES_APPROVER)
    house.step()

    (told,) = house.take_direct("ria")
    assert "Nobody can sign handoff ENT-1 version 1 for Sales" in told.text


def test_the_packet_waits_for_those_who_may_sign(house: House, packet: Message) -> None:
    """Ria lost the role to Ben, and has it again; after that nobody has it at all."""
    ria, ben = (f"<@{house.person(name).id}>" for name in ("ria", "ben"))
    assert waits_for(house, packet) == ria

    _give_role(house, Role.REVOPS_APPROVER, "ben")
    house.step()
    assert waits_for(house, packet) == ben
    _give_role(house, Role.REVOPS_APPROVER, "ria", "ben")
    house.step()
    assert waits_for(house, packet) == f"{ria} or {ben}"
    _give_role(house, Role.REVOPS_APPROVER)
    house.step()

    assert waits_for(house, packet) == "somebody who may sign: `/handoff team`"
    forget(house)


def waits_for(house: House, packet: Message) -> str:
    """Return whom the packet waits for on the side of RevOps."""
    text = words_of(house, packet).partition("*RevOps*: waiting for ")[2]
    return text.partition("\\n")[0]


@pytest.mark.usefixtures("packet")
def test_a_deactivated_approver_s_substitute_is_asked_at_once(house: House) -> None:
    """Slack tells that the account is closed; without a substitute the author hears of it."""
    sam = house.sandbox.workspace.user_named("sam")
    sam.deleted = True
    house.sandbox.doings.change_profile(sam)
    house.sandbox.settle()
    house.step()

    told = house.take_direct("ria")
    assert any("Nobody can sign" in message.text for message in told)
    forget(house)


def test_after_fourteen_days_a_copy_opens_as_a_draft(house: House, packet: Message) -> None:
    """Nothing waits for ever: the version is superseded and its author can go on."""
    house.step(days=13, hours=23)
    assert state_of(house) is VersionState.IN_REVIEW
    forget(house)

    house.step(hours=2)

    assert state_of(house) is VersionState.SUPERSEDED
    assert "Nobody signed it within 14 days" in words_of(house, packet)
    (told,) = house.take_direct("ria")
    assert "A copy is open" in told.text
    with house.app.database.read() as connection:
        found = drafts.of_author(
            connection, workspace=house.workspace, author=house.person("ria").id
        )
    assert [draft.design for draft in found] == ["ENT-1"]


def test_signed_items_decide_when_it_goes_live(house: House) -> None:
    """It goes live at the later of the opening and the last item, not before."""
    packet = send_for_review(house, go_live=date(2026, 11, 25))
    sign_both(house, packet)
    settle_all(house)
    assert state_of(house) is VersionState.APPROVED
    house.step(house.clocks.now() + timedelta(days=1, hours=23))
    assert state_of(house) is VersionState.APPROVED

    house.step(hours=2)

    assert state_of(house) is VersionState.ACTIVE
    (fact,) = facts(house, AuditFact.VERSION_ACTIVATED)
    assert fact.at.isoformat() == "2026-11-25T14:00:00+00:00"
    forget(house)


def test_items_are_settled_all_or_none(house: House, packet: Message) -> None:
    """Evidence is asked for; a waiver needs an approver and a reason; the plan mirrors it."""
    sign_both(house, packet)
    card = next(m for m in house.take(CHANNEL) if m.text.startswith("Readiness"))
    forget(house)
    max_ops, sam = house.person("max"), house.person("sam")
    menu = next(block for block in card.blocks if "accessory" in block)
    done, waive = (option["value"] for option in menu["accessory"]["options"])

    sam.select(card, Action.ITEM_MENU, waive, block_id=menu["block_id"])
    assert "say why" in fill(sam, state="waived")["reason"]
    assert fill(sam, state="waived", reason="The pilot has no sequences") == {}
    house.step()

    assert "waived" in words_of(house, card)
    (fact,) = facts(house, AuditFact.ITEM_WAIVED)
    assert fact.data["reason"] == "The pilot has no sequences"
    with house.app.database.read() as connection:
        last = plans.latest(connection, workspace=house.workspace, design="ENT-1", version=1)
    assert last is not None
    assert [s.item for s in last.plan.statuses if s.state.value == "waived"] == [fact.data["item"]]
    max_ops.click(_now(house, card), Action.ITEM_LIST)
    item = menu["block_id"].partition(":")[2]
    assert f"'value': '{item}'" not in str(front(max_ops).blocks)
    assert "tick at least one" in next(iter(fill(max_ops).values()))
    max_ops.close_all()
    assert done.startswith("done|")
    forget(house)


def test_what_needs_evidence_is_settled_from_the_same_form(house: House, packet: Message) -> None:
    """Nothing is left to tick: the form has no button that fails, but each item's own menu."""
    sign_both(house, packet)
    ria = house.person("ria")
    ria.click(packet_of(house), Action.ITEM_LIST)
    boxes = [block for block in front(ria).blocks if block["type"] == "input"]
    picked = {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in boxes
    }
    assert ria.submit(front(ria), picked) == {}
    house.step()

    ria.click(packet_of(house), Action.ITEM_LIST)
    form = front(ria)
    assert form.body.get("submit") is None
    menus = [block for block in form.blocks if "accessory" in block]
    for menu in menus:
        ria.click(packet_of(house), Action.ITEM_LIST)
        done = menu["accessory"]["options"][0]["value"]
        ria.select(front(ria), Action.ITEM_MENU, done, block_id=menu["block_id"])
        assert fill(ria, state="done", evidence="https://example.com/tests/1") == {}
        assert ria.view is None
        house.step()

    assert menus
    assert state_of(house) is VersionState.ACTIVE
    forget(house)


def test_an_item_is_overdue_only_when_its_day_is_over(house: House) -> None:
    """Who hears in the morning that something is due has that day to do it."""
    sign_both(house, send_for_review(house, go_live=date(2026, 12, 7)))
    forget(house)
    overdue_later = set()

    for _ in range(14):
        house.step(days=1)
        said = {"Due": set[str](), "Overdue": set[str]()}
        for message in house.take():
            kind, *items = message.text.splitlines()
            said.setdefault(kind.partition(" ")[0], set()).update(items)
        assert not said["Due"] & said["Overdue"]
        overdue_later |= said["Overdue"]

    assert overdue_later


def test_overdue_items_are_said_quietly(house: House) -> None:
    """Owners hear on the day; the thread hears on the working day after, once."""
    packet = send_for_review(house, go_live=date(2026, 12, 7))
    sign_both(house, packet)
    forget(house)

    house.step(days=21)

    told = house.take()
    assert any(message.text.startswith("Due today") for message in told)
    overdue = [message for message in told if message.text.startswith("Overdue")]
    assert overdue
    assert {message.thread_ts for message in overdue} == {packet.ts}
    assert len({message.text for message in overdue}) == len(overdue)


def test_pause_resume_roll_back_and_retire(house: House, packet: Message) -> None:
    """One approver with a reason; the thread and the other signer are told."""
    live(house, packet)
    sam = house.person("sam")
    for what, state in (("pause", VersionState.PAUSED), ("resume", VersionState.ACTIVE)):
        sam.click(packet_of(house), Action.PACKET_MANAGE)
        assert "say why" in fill(sam, what=what, reason=" ")["reason"]
        assert fill(sam, what=what, reason=f"to {what}") == {}
        house.step()
        assert state_of(house) is state
        assert len(house.take_direct("ria")) == 1
        assert len(house.take(CHANNEL)) == 1

    newer = send_for_review(house, design="ENT-1", go_live=date(2026, 11, 23))
    live(house, newer, 2)
    assert state_of(house, 1) is VersionState.RETIRED
    sam.click(packet_of(house, 2), Action.PACKET_MANAGE)
    assert fill(sam, what="rollback", reason="Too many re-routes") == {}
    house.step()

    assert state_of(house, 1) is VersionState.ACTIVE
    assert state_of(house, 2) is VersionState.RETIRED
    sam.click(packet_of(house, 1), Action.PACKET_MANAGE)
    assert fill(sam, what="retire", reason="The segment is closed") == {}
    assert state_of(house, 1) is VersionState.RETIRED
    house.step()
    forget(house)


def test_going_back_leaves_what_is_in_review(house: House, packet: Message) -> None:
    """It can still be signed; then it follows the version that runs again."""
    live(house, packet)
    live(house, send_for_review(house, design="ENT-1"), 2)
    in_review = send_for_review(house, design="ENT-1")
    sam = house.person("sam")

    sam.click(packet_of(house, 2), Action.PACKET_MANAGE)
    assert fill(sam, what="rollback", reason="Too many re-routes") == {}
    house.step()

    assert [state_of(house, version) for version in (1, 2, 3)] == [
        VersionState.ACTIVE,
        VersionState.RETIRED,
        VersionState.IN_REVIEW,
    ]
    forget(house)
    live(house, in_review, 3)
    assert [state_of(house, version) for version in (1, 2, 3)] == [
        VersionState.RETIRED,
        VersionState.RETIRED,
        VersionState.ACTIVE,
    ]


def test_after_fourteen_days_there_is_no_way_back(house: House, packet: Message) -> None:
    """Rolling back is offered for 14 days after the version before ended."""
    live(house, packet)
    live(house, send_for_review(house, design="ENT-1"), 2)
    sam = house.person("sam")
    house.step(days=15)
    forget(house)

    sam.click(packet_of(house, 2), Action.PACKET_MANAGE)

    assert "rollback" not in str(front(sam).blocks)


def test_a_team_that_falls_below_target_is_told_to_both_signers_once(
    house: House, packet: Message
) -> None:
    """Time off of the whole pod re-runs the proofs; the packet and the audit log show it."""
    live(house, packet)
    for name in ("dana", "noor"):
        _away(house, name, days=20)
    _away(house, "cleo", days=20)
    house.step()

    (ria,), (sam,) = house.take_direct("ria"), house.take_direct("sam")
    assert "no longer holds" in ria.text
    assert sam.text == ria.text
    assert "the team has changed" in words_of(house, packet)
    assert facts(house, AuditFact.PROOF_COMPUTED)
    _away(house, "eli", days=1)
    house.step(minutes=1)
    assert house.take() == []


def live(house: House, packet: Message, version: int = 1) -> None:
    """Sign a version, settle its items and let it go live."""
    sign_both(house, packet)
    settle_all(house, version)
    assert state_of(house, version) is VersionState.ACTIVE
    forget(house)


def _dependencies() -> tuple[Dependency, ...]:
    return (Dependency(name="Enrichment", kind=DependencyKind.SYSTEM),)


def _give_role(house: House, role: Role, *names: str) -> None:
    """Let these people hold a role from now on, the first in charge."""
    at = {"database": house.app.database, "workspace": house.workspace}
    ria = house.person("ria").id
    team = view_team(**at, by=ria)
    roles = {Role(name): keys for name, keys in team.directory.roles.items()}
    roles[role] = tuple(house.person(name).id for name in names)
    now, revision = house.clocks.now(), team.revision
    saved = save_roles(**at, now=now, by=ria, revision=revision, roles=roles)
    assert isinstance(saved, Team), saved


def _away(house: House, name: str, *, days: int = 3) -> None:
    today = house.clocks.now().date()
    add_time_off(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person(name).id,
        person=house.person(name).id,
        first=today.isoformat(),
        last=(today + timedelta(days=days)).isoformat(),
    )


def _now(house: House, message: Message) -> Message:
    return house.sandbox.workspace.messages.find(message.channel, message.ts)
