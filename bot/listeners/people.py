"""People who join, leave or change, as Slack tells of them."""

from typing import Any

from slack_bolt import App

from bot.flows.context import Services
from bot.flows.people.sync import person_changed
from bot.gateways.members import read_member


def register(bolt: App, services: Services) -> None:
    """Connect the events about people."""

    def on_person(body: dict[str, Any], event: dict[str, Any]) -> None:
        person_changed(
            database=services.database,
            workspace=body["team_id"],
            event_id=body["event_id"],
            member=read_member(event["user"]),
            now=services.now(),
        )

    bolt.event("user_change")(on_person)
    bolt.event("team_join")(on_person)
