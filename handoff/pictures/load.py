"""The leads of each rep, side by side."""

from collections.abc import Mapping

from handoff.brief import PersonKey
from handoff.directory import Directory
from handoff.people import display_name
from handoff.pictures.shapes import LONGEST_ALT, Bars, cut

_EVEN = 1.1
_NAMED = 10
_LONGEST_NAME = 40


def load_per_rep(*, leads: Mapping[PersonKey, int], directory: Directory) -> Bars | None:
    """Answer: who would have got how many leads? None when nobody got one.

    Args:
        leads: How many each rep got; reps with none may be among them.
        directory: For the names.
    """
    if not any(leads.values()):
        return None
    names = {key: display_name(directory=directory, key=key) for key in leads}
    ordered = sorted(leads, key=lambda key: (-leads[key], names[key], key))
    bars = tuple((names[key], float(leads[key])) for key in ordered)
    total = sum(leads.values())
    average = total / len(bars)
    title = _finding(bars, average)
    said = "; ".join(f"{name} {count:,.0f}" for name, count in bars[:_NAMED])
    more = f"; {len(bars) - _NAMED} more with fewer" if len(bars) > _NAMED else ""
    share = f", {_count(average)} on average" if len(bars) > 1 else ""
    subtitle = f"Leads per rep: {total:,} in all{share}"
    alt = f"Bars of leads per rep. {title}. {subtitle}. {said}{more}."
    return Bars(
        name="load-per-rep",
        title=title,
        subtitle=subtitle,
        alt=cut(alt, longest=LONGEST_ALT),
        unit="leads",
        bars=bars,
        average=average,
    )


# Private functions


def _finding(bars: tuple[tuple[str, float], ...], average: float) -> str:
    (busiest, most), (_, least) = bars[0], bars[-1]
    busiest = cut(busiest, longest=_LONGEST_NAME)
    if len(bars) == 1:
        return f"All leads go to {busiest}"
    if most <= max(_EVEN * least, least + 1):
        span = f"{most:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}"
        return f"The leads are spread evenly: {span} a rep"
    return f"{busiest} gets the most, {most / average:.1f} times the average"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value.is_integer() else f"{value:.1f}"
