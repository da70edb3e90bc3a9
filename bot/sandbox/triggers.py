"""What an interaction lets the app do afterwards: open a view, answer at a response_url."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.sandbox.errors import SlackRefusal

TRIGGER_LIFE = timedelta(seconds=3)
RESPONSE_LIFE = timedelta(minutes=30)
RESPONSE_USES = 5


@dataclass
class Trigger:
    """The right to open or push one view for a person.

    Attributes:
        in_modal: True if the person acted inside a modal, so that the app may push.
        channel: Where the person acted; empty if in no conversation.
    """

    id: str
    user: str
    issued_at: datetime
    in_modal: bool
    channel: str = ""
    is_used: bool = False


class Triggers:
    """Issues trigger ids and exchanges each once, within three seconds of real time."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._triggers: dict[str, Trigger] = {}

    def issue(self, user: str, *, in_modal: bool = False, channel: str = "") -> str:
        """Return a new trigger id for `user`."""
        number = len(self._triggers) + 1
        secret = hashlib.sha256(f"trigger {number} {user}".encode()).hexdigest()[:32]
        trigger = Trigger(f"{number}.7000000000.{secret}", user, self._wall(), in_modal, channel)
        self._triggers[trigger.id] = trigger
        return trigger.id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger id.

        Raises:
            SlackRefusal: `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.is_used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._wall() - trigger.issued_at > TRIGGER_LIFE:
            raise SlackRefusal("expired_trigger_id")
        trigger.is_used = True
        return trigger


@dataclass
class ResponseHook:
    """The right to answer an interaction up to five times within half an hour.

    Attributes:
        message_ts: The message whose button was pressed; None for a command.
    """

    id: str
    user: str
    channel: str
    issued_at: datetime
    message_ts: str | None = None
    uses: int = 0


class ResponseHooks:
    """Issues and checks response URLs."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._hooks: dict[str, ResponseHook] = {}

    def issue(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """Return the id of a new hook; the URL ends in it."""
        number = len(self._hooks) + 1
        hook_id = hashlib.sha256(f"response {number} {user}".encode()).hexdigest()[:24]
        self._hooks[hook_id] = ResponseHook(hook_id, user, channel, self._wall(), message_ts)
        return hook_id

    def use(self, hook_id: str) -> ResponseHook:
        """Count one use.

        Raises:
            SlackRefusal: `used_url` for an unknown, used-up or expired one.
        """
        hook = self._hooks.get(hook_id)
        if (
            hook is None
            or hook.uses >= RESPONSE_USES
            or self._wall() - hook.issued_at > RESPONSE_LIFE
        ):
            raise SlackRefusal("used_url")
        hook.uses += 1
        return hook
