"""The same app over Socket Mode: commands, forms, buttons, events, and a refreshed socket."""

from pathlib import Path

from bot.gateways.socket_mode import open_socket
from bot.ids import Action
from tests.journeys.test_main_job import CHANNEL, define, now_shows, take_packet
from tests.support.house import open_house
from tests.support.socket_mode import SlackSocket
from tests.support.team import set_up_team


def test_the_job_over_a_socket_that_is_refreshed_on_the_way(tmp_path: Path) -> None:
    """Command, five steps, button and reaction arrive as envelopes and are acknowledged."""
    with SlackSocket() as slack, open_house(tmp_path, deliver=slack.deliver) as house:
        handler = open_socket(house.app.bolt, token="xapp-of-the-tests", base_url=slack.api_url)
        try:
            set_up_team(house)
            define(house)
            packet = take_packet(house)

            house.person("ria").click(packet, Action.PACKET_APPROVE)
            house.step()
            assert "Waiting for the sign-off of Sales" in now_shows(house, packet)

            slack.drop()
            house.person("sam").react(packet, "white_check_mark")
            house.step()
            assert "Signed by both sides" in now_shows(house, packet)
            assert slack.connections == 2
            house.take(CHANNEL)
            house.take_direct("ria")
        finally:
            handler.close()  # type: ignore[no-untyped-call]  # untyped in Bolt
