"""Whom an escalation called, as people see it."""

from bot.sandbox.messages import Message
from storage import escalations
from storage.escalations import Escalation
from tests.support.house import House

_WORDS = (
    "Not answered in time",
    "Nobody to give it to",
    "Found an owner late",
    "without an answer",
    " is failing",
    "more incident",
)


def calls(house: House) -> list[tuple[str, Message]]:
    """Take all new messages, and return those of escalations with who got each, in order.

    Reps' own messages, packets and their threads are taken as well: other tests look at them.
    """
    found = [(_who(house, message), message) for message in house.take()]
    return [one for one in found if any(words in one[1].text for words in _WORDS)]


def who(found: list[tuple[str, Message]]) -> list[str]:
    """Return the names of those who got something."""
    return [name for name, _ in found]


def message_to(found: list[tuple[str, Message]], name: str) -> Message:
    """Return the one message that somebody got."""
    (message,) = [message for one, message in found if one == name]
    return message


def now_shows(house: House, message: Message) -> str:
    """Return all words of a message as it is now."""
    current = current_of(house, message)
    return f"{current.text} {current.blocks}"


def current_of(house: House, message: Message) -> Message:
    """Return a message as it is now, for pressing its buttons."""
    return house.sandbox.workspace.messages.find(message.channel, message.ts)


def climb_of(house: House, lead_id: str) -> Escalation:
    """Return the climb of a lead as it is stored."""
    with house.app.database.read() as connection:
        found = escalations.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert found is not None
    return found


def _who(house: House, message: Message) -> str:
    workspace = house.sandbox.workspace
    for user in workspace.users.values():
        if user.id == workspace.bot_user:
            continue
        if workspace.direct_channel(user.id, workspace.bot_user).id == message.channel:
            return user.name
    return f"#{workspace.channels[message.channel].name}"
