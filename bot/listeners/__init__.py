"""Slack in: one module for each noun, thin: payload -> flow -> blocks -> answer."""

from slack_bolt import App

from bot.flows.context import Services
from bot.listeners import (
    backtest,
    define,
    entry_order,
    errors,
    escalation,
    help,
    home,
    lead,
    lead_intake,
    me,
    packet,
    people,
    refused,
    team,
)


def register_all(bolt: App, services: Services) -> None:
    """Connect every listener to `bolt`. Each noun's module brings a `register` of its own."""
    for noun in (
        errors,
        people,
        define,
        packet,
        entry_order,
        backtest,
        lead,
        lead_intake,
        refused,
        escalation,
        me,
        team,
        home,
        help,
    ):
        noun.register(bolt, services)
