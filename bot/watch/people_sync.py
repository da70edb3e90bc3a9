"""What follows from people, in the slow lane: reading them from Slack, and their leads."""

import logging
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
from handoff.directory import UserGroup
from storage.timers import Timer

_LOG = logging.getLogger(__name__)


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
    return partial(
        save_everyone, workspace=timer.workspace, members=members, groups=_groups(slack), now=now
    )


def _groups(slack: SlackGateway) -> Sequence[UserGroup] | None:
    """Read the user groups; None if Slack refuses them, for who left must be known all the same.

    Raises:
        SlackUnavailable: if Slack could not be asked.
    """
    try:
        found = [read_group(one) for one in slack.user_groups()]
    except SlackUnavailable as exc:
        if not isinstance(exc.outcome, Refused) or exc.outcome.is_shut_out:
            raise
        _LOG.error("The user groups stay as they were: %s See `handoff doctor`.", exc)
        return None
    return [group for group in found if group is not None]


def reroute_next(timer: Timer, now: datetime) -> Save:
    """Return how to re-route the next leads of somebody away, in a transaction of their own."""
    return partial(reroute_part, timer=timer, now=now)
