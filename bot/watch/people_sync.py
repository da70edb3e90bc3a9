"""What follows from people, in the slow lane: reading them from Slack, and their leads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from bot.flows.lead.time_off import reroute_part
from bot.flows.people.sync import save_everyone
from bot.gateways.members import read_group, read_member
from bot.gateways.outcomes import Refused
from bot.gateways.slack import SlackGateway, SlackUnavailable
from bot.watch.tick import Save
from storage.timers import Timer


class Reading:
    """Reads all members, in as many goes as it takes: Slack lets a large workspace wait midway.

    Args:
        slack: The Web API.
    """

    def __init__(self, slack: SlackGateway) -> None:
        self._slack = slack
        self._found: list[Mapping[str, Any]] = []
        self._cursor = ""

    def members(self) -> Sequence[Mapping[str, Any]]:
        """Read on where the last go ended, and return everybody.

        Raises:
            SlackUnavailable: if Slack could not be asked; what was read is kept for the next go.
        """
        while True:
            try:
                page, cursor = self._slack.members(cursor=self._cursor)
            except SlackUnavailable as exc:
                if isinstance(exc.outcome, Refused):
                    self._start_anew()  # the cursor may be too old
                raise
            self._found += page
            self._cursor = cursor
            if not cursor:
                break
        everybody = self._found
        self._start_anew()
        return everybody

    def _start_anew(self) -> None:
        self._found, self._cursor = [], ""


def sync_people(timer: Timer, now: datetime, *, slack: SlackGateway, reading: Reading) -> Save:
    """Read all members and user groups of the workspace; return how to save them.

    Raises:
        SlackUnavailable: if Slack could not be asked; the timer is tried again.
    """
    members = [read_member(member) for member in reading.members()]
    groups = [group for one in slack.user_groups() if (group := read_group(one)) is not None]
    return partial(
        save_everyone, workspace=timer.workspace, members=members, groups=groups, now=now
    )


def reroute_next(timer: Timer, now: datetime) -> Save:
    """Return how to re-route the next leads of somebody away, in a transaction of their own."""
    return partial(reroute_part, timer=timer, now=now)
