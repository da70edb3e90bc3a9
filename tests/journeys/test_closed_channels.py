"""The channel of a handoff is archived, or the app is removed from it: nobody misses anything."""

from typing import Any

import pytest
from sqlalchemy import Connection

from bot.flows.signoff.announce import THREAD_PARTS, show_packet, show_thread
from bot.flows.signoff.case import load, subject_of
from bot.gateways.outcomes import Done, Outcome, Unknown
from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.audit import AuditFact
from handoff.design import HandoffDesign
from storage import audit
from tests.support.escalations import calls, current_of, now_shows
from tests.support.house import House
from tests.support.leads import activate_design, arrive, store_design
from tests.support.review import send_for_review
from tests.support.team import set_up_team

CHANNEL = "enterprise-handoff"
NOTE = "where Handoff cannot post"


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active design: band A is due after half an hour."""
    return activate_design(house, set_up_team(house))


def close(house: House, how: str) -> None:
    """Close the design's channel to the app."""
    workspace = house.sandbox.workspace
    channel = workspace.channel_named(CHANNEL)
    if how == "archived":
        channel.is_archived = True
    elif how == "removed":
        channel.members.remove(workspace.bot_user)
    else:
        del workspace.channels[channel.id]


def reopen(house: House) -> None:
    """Invite the app again."""
    workspace = house.sandbox.workspace
    channel = workspace.channel_named(CHANNEL)
    channel.is_archived = False
    if workspace.bot_user not in channel.members:
        channel.members.append(workspace.bot_user)


def breach(house: House, design: HandoffDesign) -> str:
    """Let a lead arrive and nobody answer until it is due."""
    lead = arrive(house, design=design)
    house.step(minutes=30)
    return lead


def instead(house: House) -> list[tuple[str, Message]]:
    """Take all new messages of escalations; return those that are for the channel."""
    return [one for one in calls(house) if NOTE in one[1].text]


def show(connection: Connection, house: House, body: HandoffDesign) -> None:
    """Post a version's packet with all that is below it."""
    subject = subject_of(body.key, body.version)
    now = house.clocks.now()
    case = load(connection, workspace=house.workspace, subject=subject, now=now)
    assert case is not None
    show_packet(case)
    show_thread(case)


def expect_closed(house: House) -> None:
    """Take what was logged and refused; the test provoked it."""
    assert all("cannot post in" in line for line in house.take_errors())
    house.take_refusals()


@pytest.mark.parametrize("how", ["archived", "removed", "deleted"])
def test_a_breach_is_told_to_whoever_stands_in_for_the_channel(
    house: House, design: HandoffDesign, how: str
) -> None:
    """One message, with the reason and what to do, that shows the state as the channel's would."""
    close(house, how)

    breach(house, design)

    ((who, message),) = instead(house)
    assert who == "ben"
    assert f"<#{design.brief.people.channel}>" in message.text
    assert "/invite @handoff" in str(message.blocks)
    assert "Not answered in time" in message.text
    ben = house.person("ben")
    (called,) = [
        one
        for one in ben.direct_messages()
        if "Not answered in time" in one.text and NOTE not in one.text
    ]
    ben.click(current_of(house, called), Action.ESCALATION_ACKNOWLEDGE)
    house.step()
    assert "has it" in now_shows(house, message)
    assert NOTE in now_shows(house, message)
    assert instead(house) == []
    expect_closed(house)


def test_who_stands_in_for_the_channel_is_in_the_audit_log(
    house: House, design: HandoffDesign
) -> None:
    """Afterwards somebody asks why nobody saw it in the channel."""
    close(house, "archived")
    breach(house, design)

    with house.app.database.read() as connection:
        told = [
            fact
            for fact in audit.walk(connection, workspace=house.workspace)
            if fact.kind is AuditFact.MESSAGE_DIVERTED
        ]
    assert told
    assert told[0].data["error"] == "is_archived"
    assert told[0].data["recipient"] == design.brief.people.channel
    instead(house)
    expect_closed(house)


def test_leaderships_packet_reaches_somebody_for_the_channel(
    house: House, design: HandoffDesign
) -> None:
    """Leadership has its own; what joins later comes into the thread of the stand-in's."""
    close(house, "archived")
    breach(house, design)
    instead(house)
    breach(house, design)
    packets = [one for one in instead(house) if "is failing" in one[1].text]
    ((who, packet),) = packets
    assert who == "ben"

    house.step(minutes=1)
    breach(house, design)
    house.step(minutes=15)

    joined = [m for _, m in calls(house) if m.channel == packet.channel and m.thread_ts]
    assert [message.thread_ts for message in joined] == [packet.ts]
    assert NOTE not in joined[0].text
    expect_closed(house)


def test_archived_in_the_middle_of_a_climb(house: House, design: HandoffDesign) -> None:
    """What the channel was told nobody reads there any more: it goes on in a direct message."""
    breach(house, design)
    calls(house)
    close(house, "archived")
    house.step(hours=1)

    found = [one for one in calls(house) if NOTE in one[1].text]
    assert [name for name, _ in found] == ["ben"]
    expect_closed(house)


def test_what_follows_goes_to_the_channel_again(house: House, design: HandoffDesign) -> None:
    """Once the app is invited; what is in a direct message stays there and is kept current."""
    close(house, "removed")
    breach(house, design)
    ((_, message),) = instead(house)
    reopen(house)

    breach(house, design)

    found = calls(house)
    assert [m for _, m in found if NOTE in m.text] == []
    assert f"#{CHANNEL}" in [name for name, _ in found]
    assert NOTE in now_shows(house, message)
    expect_closed(house)


def test_an_unclear_answer_of_a_stand_in_is_looked_up(
    house: House, design: HandoffDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked for where it was posted, and comes once."""
    close(house, "archived")
    post, lost = house.app.slack.post, iter([True])

    def lose_one(**given: Any) -> Outcome:  # noqa: ANN401 - the gateway's own
        outcome = post(**given)
        is_lost = NOTE in given["text"] and isinstance(outcome, Done) and next(lost, False)
        return Unknown("the answer was lost") if is_lost else outcome

    monkeypatch.setattr(house.app.slack, "post", lose_one)

    breach(house, design)
    found = instead(house)
    house.step(minutes=2)

    assert next(lost, False) is False
    assert [who for who, _ in found + instead(house)] == ["ben"]
    expect_closed(house)


def test_a_packet_for_a_closed_channel_goes_to_its_author(house: House) -> None:
    """With its thread and its files below it."""
    body = store_design(house, set_up_team(house))
    close(house, "archived")

    house.app.database.run(lambda connection: show(connection, house, body))
    house.step()

    packet, *thread = house.take_direct("ria")
    assert packet.text.startswith("This is for")
    assert len(thread) >= len(THREAD_PARTS)
    assert {message.thread_ts for message in thread} == {packet.ts}
    assert not any(NOTE in message.text for message in thread)
    assert any(message.files for message in thread)
    expect_closed(house)


def test_approvers_are_told_where_the_packet_is(house: House) -> None:
    """Who is asked to sign must not look for it in a channel that it never came to."""
    set_up_team(house)
    close(house, "archived")

    with pytest.raises(StopIteration):  # it is not in the channel
        send_for_review(house)

    (asked,) = house.take_direct("sam")
    ria, channel = house.person("ria").id, house.sandbox.workspace.channel_named(CHANNEL).id
    assert (
        f"The packet with all details is in <@{ria}>'s direct messages, because Handoff cannot "
        f"post in <#{channel}>."
    ) in str(asked.blocks)
    house.take_direct("ria")
    expect_closed(house)
