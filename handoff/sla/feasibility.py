"""The feasibility proof: can this roster keep this response SLA at this volume?

The closed form (handoff.sla.erlang) on the design's clock: all leads of a week spread over its
open minutes, reps equal, the share of time that leads may not take stretching the handling. It
answers in microseconds, as long as nothing in hours, pods or strategies breaks its assumptions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from math import ceil, exp, inf

from handoff.brief import Band, HandoffBrief, PersonKey, ResponseTargets
from handoff.calendars import BusinessCalendar
from handoff.defaults.catalogue import catalogue
from handoff.directory import Directory
from handoff.people import find_pod, working_calendar
from handoff.sla.erlang import attainment, attainment_by_crew, wait_percentile_minutes
from handoff.sla.model import Feasibility, ProposedChange, Risk, Verdict, WhatIf

BAND_SHARES = {Band.A: 0.2, Band.B: 0.3, Band.C: 0.5}
"""How leads spread over the bands: an assumption until there is history."""
CLOSED_FORM = "closed form (Erlang C)"
BUSY = 0.85
"""Utilisation above which small surprises make long queues."""

_WEEKS = 4
_LARGEST_TEAM = 500
_MANY_OUTSIDE = 0.25
_UNCOVERED_MINUTES = 60.0
_MINUTES_PER_WEEK = 7 * 24 * 60


def prove(
    *, brief: HandoffBrief, directory: Directory, calendar: BusinessCalendar, as_of: datetime
) -> Feasibility:
    """Predict whether the team keeps the response SLA.

    Args:
        brief: Targets, volume, handling time, share of time available, pods.
        directory: Who is in the pods, their hours and time off.
        calendar: The design's clock.
        as_of: Start of the four weeks whose open hours count, aware.

    Returns:
        The prediction against the attainment target, with risks and what would help. UNPROVEN
        with the volume that the team can sustain when the brief gives none.
    """
    team = _team(brief, directory, calendar, as_of)
    crew = _Crew.of(brief, team, calendar, as_of)
    shared = {"target_percent": crew.goal * 100, "team_size": len(team.reps)}
    sustainable = _sustainable_volume(crew)
    if brief.capacity.leads_per_week is None:
        risk = Risk(
            code="volume_unknown",
            severity=2,
            message="Leads per week are not known, so the SLA is unproven. This team can take "
            f"about {sustainable:.0f} a week.",
        )
        return Feasibility(
            verdict=Verdict.UNPROVEN,
            method=CLOSED_FORM,
            sustainable_leads_per_week=sustainable,
            risks=(risk, *_structural_risks(brief, team)),
            **shared,
        )
    on_time = crew.attainment()
    return Feasibility(
        verdict=Verdict.HOLDS if on_time >= crew.goal else Verdict.FAILS,
        method=CLOSED_FORM,
        attainment_percent=_percent(on_time),
        ci_low_percent=_percent(on_time),
        ci_high_percent=_percent(on_time),
        **_percentiles(crew),
        utilisation_percent=_percent(crew.utilisation),
        smallest_team=crew.smallest_team(),
        tightest_sla_minutes=_tightest_sla(crew),
        sustainable_leads_per_week=sustainable,
        what_ifs=_what_ifs(crew),
        risks=tuple(_risks(brief, team, crew)),
        **_guardrail(brief, on_time),
        **shared,
    )


@dataclass(frozen=True)
class _Team:
    """The reps behind a design; cover is the share of its open time that each one works."""

    reps: tuple[PersonKey, ...]
    cover: tuple[float, ...]
    pods_of_one: tuple[str, ...]
    uncovered_minutes: float
    outside_share: float


@dataclass(frozen=True)
class _Crew:
    """The numbers that the closed form takes; minutes are of the design's clock."""

    leads_per_minute: float
    servers: int
    handling_minutes: float
    response: ResponseTargets
    goal: float
    open_minutes: float

    @classmethod
    def of(
        cls, brief: HandoffBrief, team: _Team, calendar: BusinessCalendar, as_of: datetime
    ) -> "_Crew":
        end = as_of + timedelta(weeks=_WEEKS)
        open_minutes = calendar.between(as_of, end) / _WEEKS
        capacity = brief.capacity
        return cls(
            leads_per_minute=(capacity.leads_per_week or 0) / open_minutes,
            servers=round(sum(team.cover)),
            handling_minutes=capacity.handling_minutes * 100 / capacity.time_available_percent,
            response=brief.targets,
            goal=brief.targets.attainment_target_percent / 100,
            open_minutes=open_minutes,
        )

    @property
    def targets(self) -> list[tuple[float, float]]:
        """Return the share of leads and the response target of each band."""
        return [(share, float(self.response.minutes(band))) for band, share in BAND_SHARES.items()]

    @property
    def load(self) -> float:
        """Return the reps that the leads keep busy on average."""
        return self.leads_per_minute * self.handling_minutes

    @property
    def utilisation(self) -> float:
        """Return the busy share of the time that the reps have for leads, at most 1."""
        return min(1.0, self.load / self.servers) if self.servers else 1.0

    def attainment(self) -> float:
        """Return the share of leads taken up in time; a queue that only grows keeps none."""
        if self.load >= self.servers:
            return 0.0
        return sum(
            share
            * attainment(
                load=self.load,
                servers=self.servers,
                handling_minutes=self.handling_minutes,
                target_minutes=minutes,
            )
            for share, minutes in self.targets
        )

    def smallest_team(self) -> int | None:
        """Return the fewest reps that keep the goal, None if no sensible team does."""
        curves = [
            attainment_by_crew(
                load=self.load, handling_minutes=self.handling_minutes, target_minutes=minutes
            )
            for _, minutes in self.targets
        ]
        shares = [share for share, _ in self.targets]
        sizes = islice(zip(*curves, strict=True), _LARGEST_TEAM)
        return next(
            (
                size
                for size, point in enumerate(sizes, start=1)
                if size > self.load
                and sum(share * at for share, at in zip(shares, point, strict=True)) >= self.goal
            ),
            None,
        )

    def with_volume(self, factor: float) -> "_Crew":
        """Return the same team with another volume."""
        return replace(self, leads_per_minute=self.leads_per_minute * factor)

    def with_reps(self, change: int) -> "_Crew":
        """Return a team larger or smaller by some reps."""
        return replace(self, servers=max(0, self.servers + change))

    def with_sla(self, minutes: int) -> "_Crew":
        """Return the same team with another response SLA; band A never gets the longer target."""
        changed = {
            "response_sla_minutes": minutes,
            "a_minutes": min(self.response.a_minutes, minutes),
        }
        return replace(self, response=self.response.model_copy(update=changed))


def _team(
    brief: HandoffBrief, directory: Directory, calendar: BusinessCalendar, as_of: datetime
) -> _Team:
    pods = {name: find_pod(directory=directory, name=name) for name in brief.people.pods}
    members = {
        name: [m.person for m in (pod.members if pod else ()) if _is_active(m.person, directory)]
        for name, pod in pods.items()
    }
    reps = tuple(dict.fromkeys(person for people in members.values() for person in people))
    end = as_of + timedelta(weeks=_WEEKS)
    open_spans = calendar.intervals(as_of, end)
    hours = [
        working_calendar(directory=directory, person=rep, at=as_of).intervals(as_of, end)
        for rep in reps
    ]
    total = _minutes(open_spans)
    anybody = _union([span for spans in hours for span in spans])
    return _Team(
        reps=reps,
        cover=tuple(_minutes(_common(open_spans, spans)) / total for spans in hours),
        pods_of_one=tuple(name for name, people in members.items() if len(people) == 1),
        uncovered_minutes=(total - _minutes(_common(open_spans, anybody))) / _WEEKS,
        outside_share=_outside_share(brief, calendar, as_of),
    )


def _is_active(person: PersonKey, directory: Directory) -> bool:
    known = {entry.key: entry for entry in directory.people}.get(person)
    return known is not None and known.is_active and not known.is_bot


def _outside_share(brief: HandoffBrief, calendar: BusinessCalendar, as_of: datetime) -> float:
    """Return the share of a week's leads that arrive in hours when the clock stands."""
    weights = brief.capacity.arrival_weights or catalogue().arrival_weights(
        segment=brief.segment.base
    )
    local = as_of.astimezone(calendar.zone)
    monday = (local - timedelta(days=local.weekday())).replace(
        hour=0, minute=30, second=0, microsecond=0
    )
    outside = sum(
        weight
        for hour, weight in enumerate(weights)
        if not calendar.is_open(monday + timedelta(hours=hour))
    )
    return outside / (sum(weights) or 1)


def _percentiles(crew: _Crew) -> dict[str, float | None]:
    waits = {
        f"p{percent}_minutes": wait_percentile_minutes(
            load=crew.load,
            servers=crew.servers,
            handling_minutes=crew.handling_minutes,
            share=percent / 100,
        )
        for percent in (50, 90, 95, 99)
    }
    return {name: None if wait == inf else round(wait, 2) for name, wait in waits.items()}


def _tightest_sla(crew: _Crew) -> int | None:
    """Return the shortest response SLA, whole minutes, that keeps the goal; None if none does."""
    limit = max(crew.response.response_sla_minutes, _MINUTES_PER_WEEK)
    if crew.with_sla(limit).attainment() < crew.goal:
        return None
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        if crew.with_sla(middle).attainment() >= crew.goal:
            high = middle
        else:
            low = middle
    return high


def _sustainable_volume(crew: _Crew) -> float:
    """Return the most leads a week at which the team keeps the goal."""
    one = replace(crew, leads_per_minute=1 / crew.open_minutes)
    low, high = 0.0, crew.servers * crew.open_minutes / crew.handling_minutes
    for _ in range(40):
        middle = (low + high) / 2
        if one.with_volume(middle).attainment() >= crew.goal:
            low = middle
        else:
            high = middle
    return round(low, 1)


def _what_ifs(crew: _Crew) -> tuple[WhatIf, ...]:
    variants = {
        "one rep more": crew.with_reps(1),
        "one rep fewer": crew.with_reps(-1),
        "20% more leads": crew.with_volume(1.2),
        "20% fewer leads": crew.with_volume(0.8),
    }
    return tuple(
        WhatIf(label=label, attainment_percent=_percent(variant.attainment()))
        for label, variant in variants.items()
    )


def _risks(brief: HandoffBrief, team: _Team, crew: _Crew) -> Iterator[Risk]:
    if crew.attainment() < crew.goal:
        yield _below_target(crew)
    if crew.utilisation > BUSY:
        needed = ceil(crew.load / BUSY)
        yield Risk(
            code="utilisation",
            severity=3 if crew.utilisation >= 1 else 2,
            message=f"The team is busy {_percent(crew.utilisation):.0f}% of its time for leads; "
            f"over {BUSY:.0%} any surprise makes a queue. {needed} reps would be under it.",
        )
    yield from _structural_risks(brief, team)


def _below_target(crew: _Crew) -> Risk:
    tightest, smallest = _tightest_sla(crew), crew.smallest_team()
    ways = []
    if smallest is not None:
        ways.append(f"{smallest} reps instead of {crew.servers}")
    if tightest is not None:
        ways.append(f"a response SLA of {tightest} minutes")
    way_out = f" {' or '.join(ways)} would keep it." if ways else ""
    return Risk(
        code="below_target",
        severity=3,
        message=f"Predicted: {_percent(crew.attainment()):g}% of leads on time, the target is "
        f"{crew.goal * 100:g}%.{way_out}",
        change=None
        if tightest is None
        else ProposedChange(
            path="targets.response_sla_minutes",
            value=tightest,
            label=f"Set the response SLA to {tightest} minutes",
        ),
    )


def _structural_risks(brief: HandoffBrief, team: _Team) -> Iterator[Risk]:
    """Yield the risks that do not depend on the volume."""
    for pod in team.pods_of_one:
        yield Risk(
            code="pod_of_one",
            severity=2,
            message=f"Pod “{pod}” has one rep: a day off leaves its leads to the fallback.",
        )
    if team.uncovered_minutes >= _UNCOVERED_MINUTES:
        yield Risk(
            code="uncovered_hours",
            severity=2,
            message=f"In {team.uncovered_minutes / 60:.0f} hours of the week the clock runs but "
            "no rep works.",
        )
    if team.outside_share > _MANY_OUTSIDE:
        yield Risk(
            code="arrivals_outside_hours",
            severity=1,
            message=f"About {team.outside_share:.0%} of the leads arrive outside the hours of "
            "the clock and wait for the next opening.",
        )
    if brief.targets.response_sla_minutes < brief.capacity.handling_minutes:
        yield Risk(
            code="sla_under_handling",
            severity=2,
            message="The response SLA is shorter than one lead takes: a rep who has just begun "
            "one cannot be in time for the next.",
            change=ProposedChange(
                path="targets.response_sla_minutes",
                value=ceil(brief.capacity.handling_minutes),
                label=f"Set the response SLA to {ceil(brief.capacity.handling_minutes)} minutes",
            ),
        )


def _guardrail(brief: HandoffBrief, on_time: float) -> dict[str, float | int | None]:
    """Forecast how often the guardrail fires, and the count that fires at most once a week."""
    breaches = (brief.capacity.leads_per_week or 0) * (1 - on_time)
    hours, asked = brief.ladder.guardrail_hours, brief.ladder.guardrail_count
    fires = _fires_per_week(breaches, hours, asked)
    enough = next((n for n in range(asked, 101) if _fires_per_week(breaches, hours, n) <= 1), 100)
    return {
        "guardrail_fires_per_week": round(fires, 3),
        "suggested_guardrail_count": enough if enough != asked else None,
    }


def _fires_per_week(breaches: float, window_hours: float, count: int) -> float:
    """Return about how often `count` breaches fall into one window, counted anew after each.

    Breaches come at random, r per hour: after the first count - 1 of them each further one
    completes a window with probability P(Poisson(r x window) >= count - 1).
    """
    if breaches <= 0:
        return 0.0
    expected = breaches / 168 * window_hours
    term, below = exp(-expected), 0.0
    for n in range(count - 1):
        below += term
        term *= expected / (n + 1)
    completes = 1 - below
    return breaches / (count - 1 + 1 / completes) if completes > 1e-12 else 0.0


_Spans = tuple[tuple[datetime, datetime], ...]


def _minutes(spans: _Spans) -> float:
    return sum((end - start) / timedelta(minutes=1) for start, end in spans)


def _common(left: _Spans, right: _Spans) -> _Spans:
    """Return the time that lies in both; each side sorted and without overlaps."""
    found = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _union(spans: list[tuple[datetime, datetime]]) -> _Spans:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def _percent(share: float) -> float:
    return round(share * 100, 2)
