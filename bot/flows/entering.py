"""The designs at work in the order in which they are asked for a lead, and where they meet."""

from dataclasses import dataclass

from sqlalchemy import Connection

from handoff.approval import VersionState
from handoff.design import HandoffDesign
from handoff.routing.entry import entry_rank
from handoff.routing.overlap import Entrance, overlaps
from storage import designs, versions


@dataclass(frozen=True)
class AtWork:
    """A design that takes leads, or is paused; `place` is that of the workspace's own order."""

    body: HandoffDesign
    place: int | None
    state: VersionState = VersionState.ACTIVE


def entry_order(connection: Connection, *, workspace: str) -> tuple[AtWork, ...]:
    """Return the designs at work, the one that is asked first first.

    Source: rules.md "Which design takes a lead".
    """
    known = designs.everyone(connection, workspace=workspace)
    by_age = {one.key: one for one in sorted(known, key=lambda one: (one.created_at, one.key))}
    running = {one.design: one for one in versions.at_work(connection, workspace=workspace)}
    found = [
        AtWork(running[key].body, design.entry_place, running[key].state)
        for key, design in by_age.items()
        if key in running
    ]
    return tuple(sorted(found, key=_rank))


def overlaps_of(
    connection: Connection, *, workspace: str, design: HandoffDesign
) -> tuple[str, ...]:
    """Return a sentence for each other design at work that would take some of the same leads."""
    known = designs.get(connection, workspace=workspace, key=design.key)
    others = entry_order(connection, workspace=workspace)
    return overlaps(
        design=_entrance(AtWork(design, known.entry_place if known else None)),
        others=[_entrance(one) for one in others],
    )


def _rank(one: AtWork) -> tuple[object, ...]:
    brief = one.body.brief
    return entry_rank(place=one.place, segment=brief.segment, goal=brief.goal)


def _entrance(one: AtWork) -> Entrance:
    brief = one.body.brief
    return Entrance(
        key=one.body.key,
        segment=brief.segment,
        goal=brief.goal.value,
        entry=one.body.binding.routing.entry,
        place=one.place,
    )
