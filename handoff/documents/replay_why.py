"""Why a lead of a replay went where it went, in plain lines."""

from collections.abc import Iterator
from datetime import datetime

from handoff.backtest import Fate, ReplayedWhy
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.durations import format_minutes
from handoff.lead_why import Who, clock_line, owner_line, weighed_lines
from handoff.people import display_name
from handoff.routing.assignment import Reason


def replayed_why_lines(
    *, why: ReplayedWhy, design: HandoffDesign, directory: Directory
) -> tuple[str, ...]:
    """Return the story of a replayed lead as lines of text, times in UTC.

    Args:
        why: The story.
        design: The version that was replayed.
        directory: For the names of people.
    """

    def who(person: str) -> str:
        return display_name(directory=directory, key=person)

    return tuple(_lines(why, design, who))


def _lines(why: ReplayedWhy, design: HandoffDesign, who: Who) -> Iterator[str]:
    lead, weighed = why.lead, why.explanation
    yield f"{lead.id} · {design.key} v{design.version} · came {_utc(lead.arrived_at)}"
    if lead.owner is None:
        words = {Fate.OUTSIDE: "not taken", Fate.NURTURED: "below the gates"}
        yield f"{words.get(lead.fate, 'no owner')}: {lead.because}"
    else:
        reason = Reason(lead.because.partition(",")[0])
        yield owner_line(owner=who(lead.owner), reason=reason, weighed=weighed, say=str)
    rows = {row.id: row.name for row in design.binding.routing.rows}
    for line in weighed_lines(weighed=weighed, who=who, say=str, rows=rows):
        yield f"    {line}"
    if weighed.clock is not None:
        yield clock_line(clock=weighed.clock, when=_utc, say=str)
    if why.notify_at is not None and lead.touched_at is not None:
        told = f"Told {_utc(why.notify_at)} → first touch {_utc(lead.touched_at)} by the replay"
        wait = format_minutes(lead.wait_minutes or 0)
        verdict = "in time" if lead.is_on_time else "late"
        yield f"{told}: {wait} of the clock, {verdict}"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
