"""✅ and ❌ on the packet: order, repeats, lost events, withdrawal, and who may."""

import json
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet
from bot.flows.signoff.case import Case, load
from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.approval import VersionState
from handoff.audit import AuditFact
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.review import (
    facts,
    forget,
    packet_of,
    send_for_review,
    signers,
    state_of,
    whispers,
    words_of,
)
from tests.support.signing import JSON, signed

CHECK, CROSS = "white_check_mark", "x"
_numbers = count(1)


@pytest.fixture
def packet(house: House) -> Message:
    """A packet in review; what came with it has been looked at."""
    found = send_for_review(house)
    forget(house)
    return found


def tell(house: House, packet: Message, who: str, **changes: Any) -> str:  # noqa: ANN401 - JSON
    """Deliver a reaction event as Slack would, signed; return its id."""
    event_id = str(changes.pop("event_id", f"Ev{next(_numbers)}"))
    event = {
        "type": "reaction_added",
        "user": house.person(who).id,
        "reaction": CHECK,
        "item": {"type": "message", "channel": packet.channel, "ts": packet.ts},
        "event_ts": f"1790000000.{next(_numbers):06}",
        **changes,
    }
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": house.workspace,
            "api_app_id": "A0HANDOFF1",
            "event_id": event_id,
            "event": event,
            "authorizations": [{"team_id": house.workspace, "user_id": "U0HANDOFF1"}],
        }
    ).encode()
    headers = signed(body, at=house.clocks.wall(), content_type=JSON)
    answer = house.client.post("/slack/events", content=body, headers=headers)
    assert answer.status_code == 200
    return event_id


def test_a_reaction_signs_and_its_removal_withdraws(house: House, packet: Message) -> None:
    """The packet shows both at once."""
    sam = house.person("sam")
    sam.react(packet, CHECK)
    house.step()
    assert signers(house) == {"sales": sam.id}
    assert "with ✅" in words_of(house, packet)

    sam.unreact(packet, CHECK)
    house.step()

    assert signers(house) == {}
    assert "waiting for <@U0SAM00001>" in words_of(house, packet)
    assert facts(house, AuditFact.SIGN_OFF_WITHDRAWN)[0].actor == sam.id


def test_skin_tones_are_the_same_reaction(house: House, packet: Message) -> None:
    """A tone is not another emoji."""
    tell(house, packet, "sam", reaction=f"{CHECK}::skin-tone-3")

    assert signers(house) == {"sales": house.person("sam").id}


@pytest.mark.parametrize("name", ["thumbsup", "heavy_check_mark", "eyes", "x_ray"])
def test_other_reactions_mean_nothing(house: House, packet: Message, name: str) -> None:
    """Only two emoji count."""
    tell(house, packet, "sam", reaction=name)
    house.step()

    assert signers(house) == {}
    assert house.take() == []


def test_a_removal_takes_back_only_the_reaction_s_own_sign_off(
    house: House, packet: Message
) -> None:
    """What was signed by button stays when a ✅ comes and goes."""
    sam = house.person("sam")
    sam.click(packet, Action.PACKET_APPROVE)
    sam.react(packet, CHECK)
    sam.unreact(packet, CHECK)
    house.step()

    assert signers(house) == {"sales": sam.id}
    forget(house)


def test_somebody_else_s_removal_changes_nothing(house: House, packet: Message) -> None:
    """Each person has their own reaction."""
    tell(house, packet, "sam")
    tell(house, packet, "ria", type="reaction_removed")

    assert signers(house) == {"sales": house.person("sam").id}


def test_after_the_last_sign_off_nothing_is_withdrawn(house: House, packet: Message) -> None:
    """Both have signed: taking the ✅ back is too late."""
    house.person("sam").react(packet, CHECK)
    house.person("ria").react(packet, CHECK)
    assert state_of(house) is VersionState.APPROVED

    house.person("sam").unreact(packet, CHECK)
    house.step()

    assert set(signers(house)) == {"revops", "sales"}
    assert "Signed by both sides" in words_of(house, packet)
    forget(house)


def test_the_newest_event_wins_whatever_the_order(house: House, packet: Message) -> None:
    """A removal that overtook its reaction stays the last word."""
    tell(house, packet, "sam", type="reaction_removed", event_ts="1790000009.000200")
    tell(house, packet, "sam", event_ts="1790000009.000100")
    assert signers(house) == {}

    tell(house, packet, "sam", event_ts="1790000009.000300")
    assert set(signers(house)) == {"sales"}


def test_the_same_event_twice_is_one(house: House, packet: Message) -> None:
    """Slack delivers at least once."""
    event_id = tell(house, packet, "sam")
    tell(house, packet, "sam", event_id=event_id)

    assert len(facts(house, AuditFact.SIGNED_OFF)) == 1


def test_reactions_elsewhere_mean_nothing(house: House, packet: Message) -> None:
    """Only the root message of a packet counts: not its thread, not other messages or files."""
    sam = house.person("sam")
    other = sam.post("#enterprise-handoff", "Looks good to me")
    reply = next(
        message
        for message in sam.sees("#enterprise-handoff")
        if message.thread_ts == packet.ts and message.ts != packet.ts
    )
    sam.react(other, CHECK)
    sam.react(reply, CHECK)
    tell(house, packet, "sam", item={"type": "file", "file": "F1"})
    house.step()

    assert signers(house) == {}
    assert house.take() == []


@pytest.mark.parametrize(
    ("who", "words"), [("dana", "Only the RevOps and Sales"), ("olga", "not guests or bots")]
)
@pytest.mark.parametrize("name", [CHECK, CROSS])
def test_outsiders_and_guests_are_told_privately(
    house: House, packet: Message, who: str, words: str, name: str
) -> None:
    """Nothing changes, and nobody else sees the answer."""
    house.person(who).react(packet, name)
    house.step()

    assert signers(house) == {}
    (answer,) = whispers(house, who)
    assert words in answer.text


def test_a_reaction_on_an_old_version_points_to_the_newest(house: House, packet: Message) -> None:
    """The packet of version 1 stays where it is and says what to do."""
    send_for_review(house, design="ENT-1")
    forget(house)

    house.person("sam").react(packet, CHECK)
    house.step()

    assert signers(house, 1) == signers(house, 2) == {}
    (answer,) = whispers(house, "sam")
    assert "replaced by version 2" in answer.text


def test_a_cross_brings_a_private_button_that_asks_for_words(
    house: House, packet: Message
) -> None:
    """A reaction carries no text, so it changes nothing by itself."""
    sam = house.person("sam")
    sam.react(packet, CROSS)
    house.step()
    assert state_of(house) is VersionState.IN_REVIEW
    (answer,) = whispers(house, "sam")

    sam.click(answer, Action.PACKET_REQUEST_CHANGES)
    assert fill(sam, text="The SLA is too loose") == {}
    house.step()

    assert state_of(house) is VersionState.SUPERSEDED
    assert "The SLA is too loose" in words_of(house, packet)
    forget(house)


def test_a_sign_off_that_needs_a_reason_gets_a_private_button(house: House) -> None:
    """With doubts a ✅ does not sign; the button asks for the words that go with it."""
    packet = send_for_review(house, capacity=unproven())
    forget(house)
    sam = house.person("sam")
    sam.react(packet, CHECK)
    house.step()
    assert signers(house) == {}
    (answer,) = whispers(house, "sam")
    assert "unproven" in answer.text

    sam.click(answer, Action.PACKET_APPROVE)
    assert "unproven" in text_of(front(sam))
    assert fill(sam, text="Pilot with one pod") == {}
    house.step()

    assert signers(house) == {"sales": sam.id}
    assert "Pilot with one pod" in words_of(house, packet)
    (fact,) = facts(house, AuditFact.SIGNED_OFF)
    assert fact.data["reason"] == "Pilot with one pod"


def test_lost_events_are_found_within_a_quarter_of_an_hour(house: House, packet: Message) -> None:
    """A ✅ and its removal both count although Slack never told of them."""
    reactions = house.sandbox.workspace.messages.find(packet.channel, packet.ts).reactions
    reactions[f"{CHECK}::skin-tone-2"] = [house.person("sam").id, house.person("dana").id]
    house.step(minutes=16)
    assert signers(house) == {"sales": house.person("sam").id}

    reactions.clear()
    house.step(minutes=16)

    assert signers(house) == {}
    assert house.take() == []


def test_lost_events_are_found_at_a_start(house: House, packet: Message) -> None:
    """After a stop nobody waits for the next quarter of an hour."""
    from bot.watch.reactions import look_at_all

    reactions = house.sandbox.workspace.messages.find(packet.channel, packet.ts).reactions
    reactions[CHECK] = [house.person("sam").id]

    look_at_all(database=house.app.database, workspace=house.workspace, now=house.clocks.now())
    house.step()

    assert signers(house) == {"sales": house.person("sam").id}


def test_comparing_says_nothing_twice(house: House) -> None:
    """A ✅ that cannot sign is answered once, however often it is looked at."""
    packet = send_for_review(house, capacity=unproven())
    forget(house)
    house.person("sam").react(packet, CHECK)
    house.step()
    assert len(whispers(house, "sam")) == 1
    refusals = len(facts(house, AuditFact.SIGN_OFF_REFUSED))

    house.step(hours=1)

    assert house.take() == []
    assert len(facts(house, AuditFact.SIGN_OFF_REFUSED)) == refusals


def test_a_lost_cross_brings_its_button_once(house: House, packet: Message) -> None:
    """What a ❌ wants is found as well when its event was lost."""
    reactions = house.sandbox.workspace.messages.find(packet.channel, packet.ts).reactions
    reactions[CROSS] = [house.person("sam").id]

    house.step(minutes=16)
    assert len(whispers(house, "sam")) == 1
    house.step(minutes=45)

    assert house.take() == []


def test_slack_that_does_not_answer_is_asked_again(house: House, packet: Message) -> None:
    """The comparison is tried again; nothing is withdrawn for want of an answer."""
    house.person("sam").react(packet, CHECK)
    house.step()
    house.sandbox.faults.add("reactions.get", "500", count=2)

    house.step(minutes=17)

    assert signers(house) == {"sales": house.person("sam").id}
    house.take_errors()
    house.take_refusals()


@pytest.mark.parametrize("is_posted_anew", [True, False])
def test_a_sign_off_outlives_the_message_that_it_was_given_on(
    house: House, packet: Message, is_posted_anew: bool
) -> None:
    """Somebody deletes the packet: the new one carries no ✅, but nobody took theirs back."""
    sam = house.person("sam").id
    house.person("sam").react(packet, CHECK)
    house.step()
    assert signers(house) == {"sales": sam}
    messages = house.sandbox.workspace.messages
    messages.remove(messages.find(packet.channel, packet.ts))
    if is_posted_anew:
        house.app.database.run(lambda connection: show_packet(case_of(connection, house)))

    house.step(minutes=46)

    assert signers(house) == {"sales": sam}
    expected = (
        "chat.update: message_not_found"
        if is_posted_anew
        else ("reactions.get: message_not_found")
    )
    assert set(house.take_refusals()) == {expected}
    forget(house)


def case_of(connection: Connection, house: House) -> Case:
    """Return the version in review."""
    here = {"workspace": house.workspace, "now": house.clocks.now()}
    case = load(connection, subject="ENT-1/1", **here)
    assert case is not None
    return case


def test_both_by_reaction_make_it_approved(house: House, packet: Message) -> None:
    """Two ✅ of two people are enough."""
    house.person("ben").react(packet, CHECK)
    house.person("sam").react(packet, CHECK)
    house.step()

    assert signers(house) == {"revops": house.person("ben").id, "sales": house.person("sam").id}
    assert "Signed by both sides" in words_of(house, packet_of(house))
    forget(house)


def unproven() -> Any:  # noqa: ANN401 - a Capacity
    """Return a capacity without volume: the SLA cannot be proven."""
    from handoff.brief import Capacity

    return Capacity(handling_minutes=12, handling_cv=1)
