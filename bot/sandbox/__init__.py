"""A local Slack workspace: a tool of its own that knows nothing but Slack's protocol."""

from bot.sandbox.clock import SandboxClock, ScaledClock, StillClock
from bot.sandbox.errors import AppFailed, SlackRefusal
from bot.sandbox.outward.link import Answer, Outgoing
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.seed import load_seed

__all__ = [
    "Answer",
    "AppFailed",
    "Outgoing",
    "Sandbox",
    "SandboxClock",
    "ScaledClock",
    "SlackRefusal",
    "StillClock",
    "load_seed",
]
