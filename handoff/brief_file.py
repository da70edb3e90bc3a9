"""A brief as a file: what the form asks, in YAML or JSON, with the team beside it.

Only the segment and the goal are needed; the catalogue and the team fill in the rest, exactly as
the form does, and the same checks apply.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.resources import files
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationError

from handoff.brief import (
    Capacity,
    ClockBasis,
    Dependency,
    Finite,
    Goal,
    HandoffBrief,
    OwnerModel,
    PersonKey,
    Segment,
    ShortText,
)
from handoff.defaults.form import default_draft, number_text, with_defaults
from handoff.directory import Directory, Role
from handoff.flags import resolve_goal, resolve_segment
from handoff.form import InvalidDraft, to_brief
from handoff.form_data import (
    BriefStep,
    CapacityStep,
    DraftData,
    LadderStepText,
    PeopleStep,
    QualificationStep,
    RowText,
    Step,
)
from handoff.form_edit import draft_of
from handoff.model import Value, published_schema
from handoff.people import DEFAULT_CALENDAR, calendar_named, holders
from handoff.team_file import TeamFile, name_people, team_from
from handoff.yaml_file import BadFile, FileProblem, Path, ReadFile, explain, read_yaml

Text = Annotated[str, StringConstraints(max_length=3000)]
_CHANNEL = "not chosen"


class PersonaPart(Value):
    """A custom persona: its name and the segment that it takes its defaults from."""

    name: Text
    base: Segment


class StagesPart(Value):
    """The words for the stages; what is left out is the catalogue's."""

    mql: Text | None = None
    sal: Text | None = None
    sql_definition: Text | None = None
    recycle: Text | None = None


class QualificationPart(Value):
    """Who is handed over; what is left out is the catalogue's."""

    gates: tuple[Text, ...] | None = Field(default=None, description="a condition each")
    mql_minimum: int | None = None
    b_from: int | None = None
    a_from: int | None = None
    blocking_fields: tuple[Text, ...] | None = None
    cool_target: Text | None = Field(default=None, description="band C; a duration")
    stages: StagesPart = StagesPart()


class PeoplePart(Value):
    """Who takes part, by e-mail address or Slack id; what is left out comes from the team."""

    pods: tuple[ShortText, ...] | None = None
    owner_models: tuple[OwnerModel, ...] | None = Field(default=None, max_length=3)
    named_rep: PersonKey | None = None
    fallback: PersonKey | None = None
    revops_approver: PersonKey | None = None
    sales_approver: PersonKey | None = None
    sales_leadership: tuple[PersonKey, ...] | None = None
    marketing_leadership: tuple[PersonKey, ...] | None = None
    role_holders: dict[str, tuple[PersonKey, ...]] = Field(default_factory=dict)
    channel: Text | None = None


class CapacityPart(Value):
    """Load and effort. Without `leads_per_week` the design is unproven."""

    notes: Text | None = Field(default=None, description="kept, but not read into figures")
    leads_per_week: Finite | None = None
    handling_minutes: Finite | None = None
    handling_cv: Finite | None = None
    time_available_percent: Finite | None = None
    arrival_profile: Segment | None = Field(default=None, description="a segment's profile")
    arrival_weights: tuple[Finite, ...] = Field(
        default=(), description="168 shares by hour of week, Monday 00:00 first"
    )
    baseline_conversion_percent: Finite | None = None


class LadderStepPart(Value):
    """One step of the ladder; `acknowledge` is a duration."""

    role: Text
    acknowledge: Text
    repeats: int = 0


class LadderPart(Value):
    """The ladder and the guardrail."""

    steps: tuple[LadderStepPart, ...] | None = None
    guardrail_count: int | None = None
    guardrail_hours: Finite | None = None


class BriefFile(Value):
    """The format of a brief file."""

    segment: Text | PersonaPart
    goal: Text
    entry_rule: Text | None = None
    response_sla: Text | None = Field(default=None, description="a duration such as 2h or 1d 4h")
    target_percent: Finite | None = None
    clock: ClockBasis | None = None
    calendar: ShortText | None = None
    go_live: date | None = None
    qualification: QualificationPart = QualificationPart()
    people: PeoplePart = PeoplePart()
    capacity: CapacityPart = CapacityPart()
    dependencies: tuple[ShortText | Dependency, ...] = ()
    ladder: LadderPart = LadderPart()
    rows: tuple[RowText, ...] = Field(default=(), description="routing rows written by hand")
    author: PersonKey | None = None
    team: TeamFile | None = Field(default=None, description="in the format of a team file")


@dataclass(frozen=True, kw_only=True)
class LoadedBrief:
    """A brief from a file, the directory that it picks from, and the instant to draft it at."""

    brief: HandoffBrief
    directory: Directory
    as_of: datetime


def load_brief(
    *, text: str, as_of: date | datetime, directory: Directory | None = None
) -> LoadedBrief:
    """Read a brief file.

    Args:
        text: YAML or JSON, see `brief_schema`; also the JSON of a whole `HandoffBrief`.
        as_of: Now, aware, or any day in its place. Today is the date where the brief's calendar
            is: the default go-live is counted from it, and none may lie before it.
        directory: The workspace directory, used when the file has no `team` section.

    Raises:
        BadFile: with every problem, its line and field, and what to do.
    """
    read = read_yaml(text)
    if "targets" in read.data:
        team, brief = _both(lambda: _directory(read, directory), lambda: _whole_brief(read))
        now = _instant(as_of, calendar=brief.targets.calendar, directory=team)
        _check_whole(brief, read=read, directory=team, as_of=now.date())
        return LoadedBrief(brief=brief, directory=team, as_of=now.astimezone(UTC))
    team, (file, aim) = _both(lambda: _directory(read, directory), lambda: _written(read))
    now = _instant(as_of, calendar=file.calendar or DEFAULT_CALENDAR, directory=team)
    data = _draft_of(file, aim, directory=team, as_of=now.date())
    try:
        brief = to_brief(data=data, directory=team, as_of=now.date(), author=_author(file, team))
    except InvalidDraft as exc:
        raise BadFile(
            read.problem(_place(step, field), message)
            for step, errors in exc.errors.items()
            for field, message in errors.items()
        ) from exc
    brief = _with_details(brief, file, read=read)
    return LoadedBrief(brief=brief, directory=team, as_of=now.astimezone(UTC))


def example_brief() -> str:
    """Return a commented brief file to start from; it drafts as it is."""
    return files("handoff.defaults").joinpath("example_brief.yaml").read_text(encoding="utf-8")


def brief_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of a brief file."""
    return published_schema(BriefFile, title="Handoff brief file")


# Private functions


def _directory(read: ReadFile, given: Directory | None) -> Directory:
    if "team" not in read.data:
        if given is None:
            message = (
                "is missing; add roles, calendars and pods as in a team file, "
                "or hand in a team file beside the brief."
            )
            raise BadFile([read.problem(("team",), message)])
        return given
    team = team_from(read=read, under=("team",), people=given.people if given else ())
    return name_people(directory=team)


_One = TypeVar("_One")
_Other = TypeVar("_Other")


def _both(one: Callable[[], _One], other: Callable[[], _Other]) -> tuple[_One, _Other]:
    """Return two parts of a file; what is wrong in either is told at once, each place once."""
    try:
        found = one()
    except BadFile as exc:
        told = {problem.field for problem in exc.problems}
        more = (problem for problem in _problems_of(other) if problem.field not in told)
        in_order = sorted((*exc.problems, *more), key=lambda problem: problem.line or 0)
        raise BadFile(in_order) from exc
    return found, other()


def _problems_of(part: Callable[[], object]) -> tuple[FileProblem, ...]:
    try:
        part()
    except BadFile as exc:
        return exc.problems
    return ()


def _instant(as_of: date | datetime, *, calendar: str, directory: Directory) -> datetime:
    """Return an instant in the zone of a calendar; a day is its noon in UTC, or else there."""
    zone = ZoneInfo(calendar_named(directory=directory, name=calendar).timezone)
    if isinstance(as_of, datetime):
        return as_of.astimezone(zone)
    noon = datetime.combine(as_of, time(12), UTC).astimezone(zone)
    # it is the next day already where clocks are half a day ahead
    return noon if noon.date() == as_of else datetime.combine(as_of, time(12), zone)


def _whole_brief(read: ReadFile) -> HandoffBrief:
    data = {name: value for name, value in read.data.items() if name != "team"}
    try:
        return HandoffBrief.model_validate(data)
    except ValidationError as exc:
        raise BadFile(explain(exc, read=read, model=HandoffBrief)) from exc


def _check_whole(
    brief: HandoffBrief, *, read: ReadFile, directory: Directory, as_of: date
) -> None:
    """Check a whole brief as if its words had been typed into the form."""
    try:
        data = draft_of(brief=brief, directory=directory)
        to_brief(data=data, directory=directory, as_of=as_of, author=brief.author)
    except InvalidDraft as exc:
        raise BadFile(
            read.problem(
                next((path for path in read.lines if path[-1:] == (field,)), ()),
                message,
            )
            for errors in exc.errors.values()
            for field, message in errors.items()
        ) from exc


def _author(file: BriefFile, directory: Directory) -> PersonKey:
    if file.author is not None:
        return _keys(directory).get(file.author.lower(), file.author)
    return next(iter(holders(directory=directory, role=Role.REVOPS_APPROVER)), "nobody")


def _keys(directory: Directory) -> Mapping[str, PersonKey]:
    return {person.email.lower(): person.key for person in directory.people if person.email}


@dataclass(frozen=True)
class _Aim:
    """For whom a handoff is and what for; `persona` is the name of a custom one."""

    segment: Segment
    persona: str | None
    goal: Goal


def _written(read: ReadFile) -> tuple[BriefFile, _Aim]:
    """Return what the file says, and the segment and goal that it means."""
    try:
        file = BriefFile.model_validate(read.data)
    except ValidationError as exc:
        raise BadFile(explain(exc, read=read, model=BriefFile)) from exc
    (segment, persona), goal = _both(
        lambda: _segment(file, read=read), lambda: _goal(file, read=read)
    )
    return file, _Aim(segment=segment, persona=persona, goal=goal)


def _draft_of(file: BriefFile, aim: _Aim, *, directory: Directory, as_of: date) -> DraftData:
    """Return the draft that the form would hold after the same words were typed into it."""
    defaults = default_draft(
        segment=aim.segment,
        goal=aim.goal,
        directory=directory,
        as_of=as_of,
        channel=_CHANNEL,
        persona=aim.persona,
    )
    typed = DraftData(
        brief=BriefStep(
            segment=aim.segment.value,
            persona=aim.persona,
            goal=aim.goal.value,
            entry_rule=file.entry_rule,
            response_sla=file.response_sla,
            target_percent=number_text(file.target_percent),
            clock=file.clock,
            calendar=file.calendar,
            go_live=file.go_live.isoformat() if file.go_live else None,
        ),
        qualification=_qualification(file.qualification),
        people=_people(file, directory=directory),
        capacity=_capacity(file),
    )
    return _models_as_written(with_defaults(data=typed, defaults=defaults), typed)


def _models_as_written(data: DraftData, typed: DraftData) -> DraftData:
    """Return the draft without default owner models behind those that the file names."""
    if typed.people.owner_model_1 is None:
        return data
    names = ("owner_model_1", "owner_model_2", "owner_model_3")
    models = {name: getattr(typed.people, name) for name in names}
    return data.model_copy(update={"people": data.people.model_copy(update=models)})


def _segment(file: BriefFile, *, read: ReadFile) -> tuple[Segment, str | None]:
    if isinstance(file.segment, PersonaPart):
        return file.segment.base, file.segment.name
    segment = resolve_segment(file.segment)
    if segment is None:
        names = ", ".join(Segment)
        message = (
            f"“{file.segment}” is not one of {names}; for a persona of your own write "
            f"{{name: {file.segment[:40]}, base: enterprise}}."
        )
        raise BadFile([read.problem(("segment",), message)])
    return segment, None


def _goal(file: BriefFile, *, read: ReadFile) -> Goal:
    goal = resolve_goal(file.goal)
    if goal is None:
        names = ", ".join(Goal)
        raise BadFile([read.problem(("goal",), f"“{file.goal}” is not one of {names}.")])
    return goal


def _qualification(part: QualificationPart) -> QualificationStep:
    return QualificationStep(
        gates=None if part.gates is None else "\n".join(part.gates),
        mql_minimum=number_text(part.mql_minimum),
        b_from=number_text(part.b_from),
        a_from=number_text(part.a_from),
        blocking_fields=part.blocking_fields,
        cool_target=part.cool_target,
        mql=part.stages.mql,
        sal=part.stages.sal,
        sql_definition=part.stages.sql_definition,
        recycle=part.stages.recycle,
    )


def _people(file: BriefFile, *, directory: Directory) -> PeopleStep:
    keys = _keys(directory)

    def one(person: PersonKey | None) -> PersonKey | None:
        return None if person is None else keys.get(person.lower(), person)

    def several(people: tuple[PersonKey, ...] | None) -> tuple[PersonKey, ...] | None:
        return None if people is None else tuple(keys.get(key.lower(), key) for key in people)

    part, steps = file.people, file.ladder.steps
    models = [model.value for model in part.owner_models or ()]
    padded: list[str | None] = [*models, *(None for _ in range(3 - len(models)))]
    return PeopleStep(
        pods=part.pods,
        owner_model_1=padded[0],
        owner_model_2=padded[1],
        owner_model_3=padded[2],
        named_rep=one(part.named_rep),
        fallback=one(part.fallback),
        revops_approver=one(part.revops_approver),
        sales_approver=one(part.sales_approver),
        sales_leadership=several(part.sales_leadership),
        marketing_leadership=several(part.marketing_leadership),
        channel=part.channel,
        ladder=None
        if steps is None
        else tuple(
            LadderStepText(role=step.role, acknowledge=step.acknowledge, repeats=str(step.repeats))
            for step in steps
        ),
        guardrail_count=number_text(file.ladder.guardrail_count),
        guardrail_hours=number_text(file.ladder.guardrail_hours),
        rows=tuple(
            row.model_copy(update={"named_rep": one(row.named_rep), "fallback": one(row.fallback)})
            for row in file.rows
        )
        or None,
        role_holders={role: several(held) or () for role, held in part.role_holders.items()},
    )


def _capacity(file: BriefFile) -> CapacityStep:
    part = file.capacity
    return CapacityStep(
        notes=part.notes,
        leads_per_week=number_text(part.leads_per_week),
        handling_minutes=number_text(part.handling_minutes),
        time_available=number_text(part.time_available_percent),
        dependencies=tuple(
            entry if isinstance(entry, str) else entry.name for entry in file.dependencies
        ),
        baseline_conversion=number_text(part.baseline_conversion_percent),
        handling_cv=number_text(part.handling_cv),
        arrival_profile=part.arrival_profile,
    )


def _with_details(brief: HandoffBrief, file: BriefFile, *, read: ReadFile) -> HandoffBrief:
    """Return the brief with what the form has no field for: owners and dates, exact arrivals."""
    written = {entry.name: entry for entry in file.dependencies if isinstance(entry, Dependency)}
    dependencies = tuple(written.get(entry.name, entry) for entry in brief.dependencies)
    capacity: Capacity = brief.capacity
    weights = file.capacity.arrival_weights
    if weights:
        if len(weights) != 168 or min(weights) < 0 or sum(weights) <= 0:
            message = "must be 168 shares, none negative, not all zero."
            raise BadFile([read.problem(("capacity", "arrival_weights"), message)])
        capacity = capacity.model_copy(update={"arrival_weights": weights})
    return brief.model_copy(update={"dependencies": dependencies, "capacity": capacity})


_PLACES: Mapping[str, Path] = {
    "time_available": ("capacity", "time_available_percent"),
    "baseline_conversion": ("capacity", "baseline_conversion_percent"),
    "owner_model_1": ("people", "owner_models"),
    "owner_model_2": ("people", "owner_models", 1),
    "owner_model_3": ("people", "owner_models", 2),
    "persona": ("segment", "name"),
    "base": ("segment", "base"),
    "mql": ("qualification", "stages", "mql"),
    "sal": ("qualification", "stages", "sal"),
    "sql_definition": ("qualification", "stages", "sql_definition"),
    "recycle": ("qualification", "stages", "recycle"),
    "guardrail_count": ("ladder", "guardrail_count"),
    "guardrail_hours": ("ladder", "guardrail_hours"),
    "ladder": ("ladder", "steps"),
    "rows": ("rows",),
    "other_dependencies": ("dependencies",),
}


def _place(step: Step, field: str) -> Path:
    """Return where in the file a field of the form is written."""
    if ":" in field:
        name, _, number = field.partition(":")
        return ("ladder", "steps", int(number), name)
    return _PLACES.get(field) or ((field,) if step is Step.BRIEF else (step.value, field))
