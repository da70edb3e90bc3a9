"""A local Slack workspace: a tool of its own that knows nothing but Slack's protocol."""

from bot.sandbox.clock import SandboxClock, ScaledClock, StillClock
from bot.sandbox.errors import AppFailed, SlackRefusal
from bot.sandbox.outward.link import Answer, Outgoing
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.scene import Caption, Scene, SceneEnded, SceneStuck, Stage
from bot.sandbox.seed import load_seed

__all__ = [
    "Answer",
    "AppFailed",
    "Caption",
    "Outgoing",
    "Sandbox",
    "SandboxClock",
    "ScaledClock",
    "Scene",
    "SceneEnded",
    "SceneStuck",
    "SlackRefusal",
    "Stage",
    "StillClock",
    "load_seed",
]
