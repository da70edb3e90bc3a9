"""What is done when which kind of timer is due. One line a kind."""

from collections.abc import Mapping
from functools import partial

from bot.gateways.slack import SlackGateway
from bot.watch.people_sync import sync_people
from bot.watch.tick import Handler, SlowHandler
from storage.timers import TimerKind

#: Carried out in the tick's transaction.
CLOCK_HANDLERS: dict[TimerKind, Handler] = {}


def slow_handlers(*, slack: SlackGateway) -> Mapping[TimerKind, SlowHandler]:
    """Return what is worked on outside any transaction."""
    return {TimerKind.PEOPLE_SYNC: partial(sync_people, slack=slack)}
