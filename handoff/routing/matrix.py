"""The routing blueprint: the matrix that follows from a brief and the directory.

Rows come in the order of the brief's owner models. The models that name one person (account
owner, named rep) take the leads that have such a person; the first strategy takes everybody
else, region by region when the pods sit in different ones, with the first pod's row as the
catch-all. Rows written by hand take the place of all this.
"""

from collections.abc import Iterator
from itertools import count

from handoff.brief import Band, HandoffBrief, OnMissing, OwnerModel, RowSpec, Segment
from handoff.calendars import BusinessCalendar
from handoff.defaults.catalogue import catalogue
from handoff.directory import Directory
from handoff.regions import pods_by_region
from handoff.routing.conditions import parse_rule
from handoff.routing.rules import STRATEGIES, RoutingMatrix, RoutingRow, Rule

REGION_TITLES = {
    "amer": "Americas",
    "emea": "Europe, Middle East and Africa",
    "apac": "Asia-Pacific",
}


def draft_matrix(*, brief: HandoffBrief, directory: Directory) -> RoutingMatrix:
    """Draft the routing matrix of a brief.

    Args:
        brief: Owner models, pods, fallback, targets, gates, and rows written by hand.
        directory: Where the pods sit.

    Returns:
        The matrix; its rows are numbered r1, r2, … and its last row takes every lead, unless
        rows written by hand say otherwise (the lint then names what is missing).

    Raises:
        BadCondition: if an entry rule, gate or row of the brief cannot be read.
    """
    rows = _written(brief) if brief.rows else _drafted(brief, directory)
    return RoutingMatrix(
        entry=parse_rule(brief.entry_rule),
        gates=tuple(parse_rule(gate) for gate in brief.qualification.gates),
        rows=tuple(rows),
    )


def default_caps(*, brief: HandoffBrief, calendar: BusinessCalendar) -> tuple[int, int]:
    """Return the caps of a rep without personal ones: new leads a day, untouched leads.

    Source: rules.md "Routing": available minutes ÷ handling minutes, rounded down; twice that.
    """
    capacity = brief.capacity
    available = calendar.day_minutes * capacity.time_available_percent / 100
    daily = max(1, int(available // capacity.handling_minutes))
    return daily, 2 * daily


def _written(brief: HandoffBrief) -> Iterator[RoutingRow]:
    names: set[str] = set()
    for number, spec in enumerate(brief.rows, start=1):
        name = _written_name(spec, number)
        name = f"{name} ({number})" if name in names else name
        names.add(name)
        yield _row(
            brief,
            number,
            name=name,
            when=parse_rule(spec.when),
            model=spec.owner_model,
            pods=(spec.pod,) if spec.pod else (),
            named_rep=spec.named_rep,
            fallback=spec.fallback or brief.people.fallback,
            on_missing=spec.on_missing,
        )


def _written_name(spec: RowSpec, number: int) -> str:
    return "Everyone else" if not spec.when.strip() else f"Row {number}"


def _drafted(brief: HandoffBrief, directory: Directory) -> Iterator[RoutingRow]:
    numbers = count(1)
    models = dict.fromkeys(brief.people.owner_models)
    for model in models:
        if model not in STRATEGIES:
            yield _personal_row(brief, next(numbers), model)
    strategy = next((model for model in models if model in STRATEGIES), OwnerModel.POD)
    *others, home = pods_by_region(brief=brief, directory=directory)
    for region, pods in others:
        yield _row(
            brief,
            next(numbers),
            name=REGION_TITLES[region] if region else "Elsewhere",
            when=parse_rule(f"region = {region}"),
            model=strategy,
            pods=pods,
        )
    yield _row(
        brief, next(numbers), name="Everyone else", when=Rule(), model=strategy, pods=home[1]
    )


def _personal_row(brief: HandoffBrief, number: int, model: OwnerModel) -> RoutingRow:
    if model is OwnerModel.ACCOUNT_OWNER:
        name, condition = "Accounts with an owner", "account_owner is set"
        only_when = _only_when(brief.segment.base, model)
    else:
        name, condition, only_when = _named(brief)
    return _row(
        brief,
        number,
        name=name,
        when=parse_rule(f"{condition} and {only_when}" if only_when else condition),
        model=model,
        named_rep=brief.people.named_rep if model is OwnerModel.NAMED_REP else None,
    )


def _named(brief: HandoffBrief) -> tuple[str, str, str | None]:
    """Return name, condition and restriction of the row of the named rep.

    A rep named by the brief takes the leads that call for one: registered deals of partners,
    tiered accounts elsewhere. Without one, each lead may name its own.
    """
    if brief.people.named_rep is None:
        return "Leads that name a rep", "named_rep is set", None
    if brief.segment.base is Segment.PARTNER:
        return "Registered deals", "deal_registration_id is set", None
    return "Named accounts", "account_tier is set", None


def _only_when(segment: Segment, model: OwnerModel) -> str | None:
    defaults = catalogue().segments[segment].owner_models
    return next((default.only_when for default in defaults if default.model is model), None)


def _row(
    brief: HandoffBrief,
    number: int,
    *,
    name: str,
    when: Rule,
    model: OwnerModel,
    pods: tuple[str, ...] = (),
    named_rep: str | None = None,
    fallback: str | None = None,
    on_missing: OnMissing = OnMissing.FALLBACK,
) -> RoutingRow:
    return RoutingRow(
        id=f"r{number}",
        name=name,
        when=when,
        owner_model=model,
        pod=pods[0] if pods else None,
        share_with=pods[1:],
        named_rep=named_rep,
        fallback=fallback or brief.people.fallback,
        band_targets={band: brief.targets.minutes(band) for band in Band},
        required_fields=brief.qualification.blocking_fields,
        on_missing=on_missing,
    )
