"""Reading everybody from Slack: slow, so outside any transaction."""

from datetime import datetime
from functools import partial

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
