"""The designs that take leads now, and their entry rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from bot.flows.entering import entry_order
from handoff.approval import VersionState
from handoff.design import HandoffDesign
from handoff.routing.conditions import parse_rule
from handoff.routing.entry import Chosen, Door, choose_design
from handoff.routing.entry import Lead as Fields
from handoff.routing.matching import compile_rule


@dataclass(frozen=True)
class Entrance:
    """Every design at work, first priority first. A paused one takes leads for its fallback."""

    doors: tuple[Door, ...]
    designs: Mapping[str, HandoffDesign]
    states: Mapping[str, VersionState]

    def choose(self, *, fields: Fields, explicit: str | None, bound: str | None) -> Chosen | None:
        """Return the design that takes a lead, None when none does.

        Args:
            fields: The lead's normalised fields.
            explicit: The key that the lead itself names.
            bound: The key that its source is bound to.
        """
        return choose_design(lead=fields, doors=self.doors, explicit=explicit, bound=bound)


def open_entrance(connection: Connection, *, workspace: str) -> Entrance:
    """Read the designs at work; once per transaction is enough."""
    at_work = entry_order(connection, workspace=workspace)
    bodies = [one.body for one in at_work]
    doors = tuple(Door(key=body.key, lets_in=_compiled(body.brief.entry_rule)) for body in bodies)
    return Entrance(
        doors=doors,
        designs={body.key: body for body in bodies},
        states={one.body.key: one.state for one in at_work},
    )


@lru_cache(maxsize=256)
def _compiled(entry_rule: str) -> Callable[[Fields], bool]:
    return compile_rule(parse_rule(entry_rule))
