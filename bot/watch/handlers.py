"""What is done when which kind of timer is due. One line a kind."""

from collections.abc import Mapping

from bot.watch.tick import Handler
from storage.timers import TimerKind

CLOCK_HANDLERS: Mapping[TimerKind, Handler] = {}
