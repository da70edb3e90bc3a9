"""What a backtest found, in figures and words: for the terminal, for Slack, as JSON and CSV."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from math import isfinite

from pydantic import Field

from handoff.backtest import Backtest, Difference, Fate
from handoff.brief import PersonKey
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.documents.document import Callout, Facts, Paragraph, Part, Table
from handoff.durations import format_minutes
from handoff.model import Instant, Value
from handoff.people import display_name
from handoff.pictures.load import load_per_rep
from handoff.pictures.load_over_time import load_over_time
from handoff.pictures.shapes import Bars, HeatMap
from handoff.replay.periods import Periods, periods_of
from handoff.routing.conditions import format_rule
from handoff.sla.queue import QueueOutcome
from handoff.words import percent_beside, rounded_beside

_MOST_LINES = 12
_SHORT_SCORE = re.compile(r"score \S+, the minimum is (\d+)")


class RuleCount(Value):
    """A row and the leads that it took."""

    row: str
    name: str = ""
    rule: str
    leads: int


class RepLoad(Value):
    """What one person would have got; `busiest_day` is in UTC."""

    person: PersonKey
    name: str
    leads: int
    busiest_day: str
    most_in_a_day: int
    by_period: tuple[int, ...] = Field(default=(), description="leads in each of the periods")


class Prediction(Value):
    """What the queue models say of these arrivals; percent, and minutes of the design's clock."""

    attainment_percent: float
    ci_low_percent: float
    ci_high_percent: float
    p90_minutes: float | None
    utilisation_percent: float | None
    method: str


class ReplayFigures(Value):
    """A backtest as published: JSON for programs, and what every text is made from."""

    format: str = "handoff-backtest/1"
    design: str
    version: int
    leads: int
    from_at: Instant | None
    until_at: Instant | None
    fates: Mapping[Fate, int]
    target_percent: float
    attainment_percent: float | None = Field(description="of the assigned leads in the replay")
    p50_minutes: float | None
    p90_minutes: float | None
    predicted: Prediction | None
    rules: tuple[RuleCount, ...]
    not_assigned: Mapping[str, int] = Field(description="leads by the reason")
    to_stand_ins: Mapping[str, int] = Field(description="leads of fallbacks by the reason")
    load: tuple[RepLoad, ...]
    periods: Periods = Field(default=Periods(), description="of arrival, in UTC")
    against: str | None = None
    difference: Difference | None = None
    notes: tuple[str, ...] = Field(default=(), description="on the columns of the file")
    refused_rows: int = Field(default=0, description="rows that could not be read")


def figures_of(
    *,
    backtest: Backtest,
    design: HandoffDesign,
    directory: Directory,
    predicted: QueueOutcome | None,
    against: str | None = None,
    difference: Difference | None = None,
) -> ReplayFigures:
    """Return the figures of a replay.

    Args:
        backtest: The replay.
        design: The version that was replayed.
        directory: For the names of people.
        predicted: What the models say, if there were enough leads.
        against: The other design, like `ENT-3 v2`.
        difference: Of the owners between the other and this one.
    """
    target, attained = design.binding.sla.attainment_target_percent, backtest.attainment_percent
    taken = backtest.by_row()
    given = backtest.by_reason(Fate.ASSIGNED)
    span = [backtest.leads[place].arrived_at for place in (0, -1)] if backtest.ids else []
    periods = periods_of(first=span[0].date(), last=span[1].date()) if span else Periods()
    return ReplayFigures(
        design=design.key,
        version=design.version,
        leads=len(backtest.ids),
        from_at=span[0] if span else None,
        until_at=span[1] if span else None,
        fates={fate: backtest.count(fate) for fate in Fate},
        target_percent=target,
        attainment_percent=None if attained is None else rounded_beside(attained, target, 2),
        p50_minutes=backtest.wait_minutes(share=0.5),
        p90_minutes=backtest.wait_minutes(share=0.9),
        predicted=None if predicted is None else _prediction(predicted, target),
        rules=tuple(
            RuleCount(
                row=row.id,
                name=row.name,
                rule=format_rule(row.when),
                leads=taken.get(row.id, 0),
            )
            for row in design.binding.routing.rows
        ),
        not_assigned=_reasons(backtest, [fate for fate in Fate if fate is not Fate.ASSIGNED]),
        to_stand_ins={
            reason: count
            for reason, count in given.items()
            if reason.startswith(("fallback", "pod_manager"))
        },
        load=tuple(_loads(backtest, directory, periods)),
        periods=periods,
        against=against,
        difference=difference,
    )


def replay_report(*, figures: ReplayFigures, directory: Directory) -> tuple[Part, ...]:
    """Return a backtest as parts of a document: verdict, rules, what nobody got, load, moves.

    Args:
        figures: Of the replay.
        directory: For the names of people.
    """
    parts: list[Part] = [headline(figures), Facts(pairs=tuple(_facts(figures)))]
    parts += [Paragraph(text=note, is_note=True) for note in figures.notes]
    parts.append(
        Table(
            columns=("Row", "Rule", "Leads"),
            rows=tuple((one.name or one.row, one.rule, f"{one.leads:,}") for one in figures.rules),
            widths=(3, 4, 1),
        )
    )
    for title, counts in (
        ("Not assigned, because", figures.not_assigned),
        ("To a stand-in, because", figures.to_stand_ins),
    ):
        if counts:
            parts.append(_counted(title, counts))
    if figures.load:
        parts.append(_load_table(figures))
    if figures.difference is not None and figures.difference.moves:
        parts.append(_moves(figures.difference, directory))
    return tuple(parts)


def load_pictures(*, figures: ReplayFigures, directory: Directory) -> tuple[Bars | HeatMap, ...]:
    """Return the pictures of the load per rep, in all and over time, as far as there are any."""
    found = (
        load_per_rep(leads={one.person: one.leads for one in figures.load}, directory=directory),
        load_over_time(
            periods=figures.periods,
            loads=[(one.person, one.by_period) for one in figures.load],
            directory=directory,
        ),
    )
    return tuple(picture for picture in found if picture is not None)


def headline(figures: ReplayFigures) -> Callout:
    """Return the finding in two sentences."""
    attained = figures.attainment_percent
    fates, noun = figures.fates, "lead" if figures.leads == 1 else "leads"
    counts = (
        f"{figures.leads:,} {noun}{_span(figures)}: {fates[Fate.ASSIGNED]:,} assigned, "
        f"{fates[Fate.NURTURED]:,} below the gates, {fates[Fate.OUTSIDE]:,} of other designs, "
        f"{fates[Fate.UNROUTABLE]:,} that nobody could take."
    )
    if attained is None:
        return Callout(tone="warn", title="No lead was assigned", text=counts)
    is_good = attained >= figures.target_percent
    return Callout(
        tone="good" if is_good else "bad",
        title=f"{percent_beside(attained, figures.target_percent)} on time in the replay, the "
        f"target is {figures.target_percent:g}%",
        text=counts,
    )


def difference_sentence(figures: ReplayFigures) -> str | None:
    """Return the difference to the other design, None when there is none to compare with."""
    if figures.difference is None:
        return None
    return f"{figures.difference.sentence}, compared with {figures.against}"


def prediction_sentence(figures: ReplayFigures) -> str:
    """Return what the models predict for these arrivals."""
    found = figures.predicted
    if found is None:
        return "no prediction from so few leads"
    attained, low, high = (
        rounded_beside(percent, figures.target_percent)
        for percent in (found.attainment_percent, found.ci_low_percent, found.ci_high_percent)
    )
    return f"{attained:.1f}% on time ({low:.1f} to {high:.1f}%) by {found.method}"


# Private functions


def _facts(figures: ReplayFigures) -> Iterator[tuple[str, str]]:
    yield "Design", f"{figures.design} v{figures.version}"
    if figures.p50_minutes is not None and figures.p90_minutes is not None:
        yield "Half are touched within", _wait(figures.p50_minutes)
        yield "9 of 10 within", _wait(figures.p90_minutes)
    yield "Predicted", prediction_sentence(figures)
    sentence = difference_sentence(figures)
    if sentence is not None:
        yield "Difference", sentence


def _wait(minutes: float) -> str:
    return format_minutes(minutes) if minutes >= 0.5 else "no wait"


def _span(figures: ReplayFigures) -> str:
    if figures.from_at is None or figures.until_at is None:
        return ""
    return f" from {_day(figures.from_at)} to {_day(figures.until_at)}"


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _loads(backtest: Backtest, directory: Directory, periods: Periods) -> Iterator[RepLoad]:
    load = backtest.load()
    for person in sorted(load, key=lambda key: (-sum(load[key].values()), key)):
        days = load[person]
        day = max(days, key=lambda one: (days[one], one))
        yield RepLoad(
            person=person,
            name=display_name(directory=directory, key=person),
            leads=sum(days.values()),
            busiest_day=day.isoformat(),
            most_in_a_day=days[day],
            by_period=_by_period(days, periods),
        )


def _by_period(days: Mapping[date, int], periods: Periods) -> tuple[int, ...]:
    counts = [0] * len(periods.starts)
    for day, count in days.items():
        counts[periods.place(day)] += count
    return tuple(counts)


def _reasons(backtest: Backtest, fates: Iterable[Fate]) -> dict[str, int]:
    """Return the leads by reason, the most frequent first; scores that fall short are alike."""
    counts: Counter[str] = Counter()
    for fate in fates:
        for reason, count in backtest.by_reason(fate).items():
            counts[_SHORT_SCORE.sub(r"score under the minimum of \1", reason)] += count
    return dict(counts.most_common())


def _load_table(figures: ReplayFigures) -> Table:
    rows = [
        (one.name, f"{one.leads:,}", f"{one.most_in_a_day:,} on {one.busiest_day}")
        for one in figures.load
    ]
    return Table(
        columns=("Rep", "Leads", "Most in a day"), rows=tuple(_cut(rows)), widths=(3, 1, 2)
    )


def _moves(difference: Difference, directory: Directory) -> Table:
    def name(person: PersonKey | None) -> str:
        return "nobody" if person is None else display_name(directory=directory, key=person)

    rows = [(name(old), name(new), f"{count:,}") for old, new, count in difference.moves]
    return Table(columns=("From", "To", "Leads"), rows=tuple(_cut(rows)), widths=(3, 3, 1))


def _counted(title: str, counts: Mapping[str, int]) -> Table:
    rows = [(reason, f"{count:,}") for reason, count in counts.items()]
    return Table(columns=(title, "Leads"), rows=tuple(_cut(rows)), widths=(5, 1))


def _cut(rows: Sequence[tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    """Return the first rows, and how many more there are."""
    if len(rows) <= _MOST_LINES:
        return rows
    more = f"and {len(rows) - _MOST_LINES:,} more"
    return [*rows[:_MOST_LINES], (more, *("" for _ in rows[0][1:]))]


def _prediction(found: QueueOutcome, target: float) -> Prediction:
    attained, low, high = (
        rounded_beside(100 * share, target, 2)
        for share in (found.attainment, found.ci_low, found.ci_high)
    )
    return Prediction(
        attainment_percent=attained,
        ci_low_percent=low,
        ci_high_percent=high,
        p90_minutes=round(found.p90, 2) if isfinite(found.p90) else None,
        utilisation_percent=(
            round(100 * found.utilisation, 2) if isfinite(found.utilisation) else None
        ),
        method=found.method,
    )
