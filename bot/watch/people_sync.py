"""What follows from people, in the slow lane: reading them from Slack, and their leads."""

from datetime import datetime
from functools import partial

from bot.flows.lead.time_off import reroute_part
from bot.flows.people.sync import save_everyone
from bot.gateways.members import read_group, read_member
from bot.gateways.slack import SlackGateway
from bot.watch.tick import Save
from storage.timers import Timer


def sync_people(timer: Timer, now: datetime, *, slack: SlackGateway) -> Save:
    """Read all members and user groups of the workspace; return how to save them.

    Raises:
        SlackUnavailable: if Slack could not be asked; the timer is tried again.
    """
    members = [read_member(member) for member in slack.members()]
    groups = [group for one in slack.user_groups() if (group := read_group(one)) is not None]
    return partial(
        save_everyone, workspace=timer.workspace, members=members, groups=groups, now=now
    )


def reroute_next(timer: Timer, now: datetime) -> Save:
    """Return how to re-route the next leads of somebody away, in a transaction of their own."""
    return partial(reroute_part, timer=timer, now=now)
