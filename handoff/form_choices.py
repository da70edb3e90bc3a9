"""What the form offers to pick from: the catalogue and the workspace directory, as labels."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import Field

from handoff.brief import Goal, OwnerModel, Segment
from handoff.defaults.catalogue import catalogue
from handoff.directory import Directory, Role
from handoff.form_data import LEARNED, DraftData
from handoff.model import Value
from handoff.people import calendar_named
from handoff.words import counted

_Kind = TypeVar("_Kind", Goal, Segment)

_LADDER_ROLES = (Role.REVOPS_DIRECTOR, Role.SALES_MANAGER, Role.CRO)


class Choice(Value):
    """One thing to pick: the value that is stored and the words that are shown."""

    value: str
    label: str
    description: str | None = None


class FormChoices(Value):
    """Everything that the five steps offer. `names` maps person and user group keys to names."""

    segments: tuple[Choice, ...] = ()
    goals: tuple[Choice, ...] = ()
    calendars: tuple[Choice, ...] = ()
    lead_fields: tuple[Choice, ...] = ()
    pods: tuple[Choice, ...] = ()
    owner_models: tuple[Choice, ...] = ()
    revops_approvers: tuple[Choice, ...] = ()
    sales_approvers: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    needs: tuple[Choice, ...] = ()
    profiles: tuple[Choice, ...] = ()
    names: Mapping[str, str] = Field(default_factory=dict)


def form_choices(*, data: DraftData, directory: Directory) -> FormChoices:
    """Return what the form offers for a draft.

    Args:
        data: The draft; values that it holds stay on offer even if nothing else offers them.
        directory: The workspace directory.
    """
    names = names_of(directory=directory)
    return FormChoices(
        segments=tuple(
            Choice(value=key, label=item.name, description=item.summary)
            for key, item in catalogue().segments.items()
        ),
        goals=tuple(Choice(value=key, label=item.name) for key, item in catalogue().goals.items()),
        calendars=tuple(
            Choice(value=spec.name, label=f"{spec.name} ({spec.timezone})")
            for spec in directory.calendars or (calendar_named(directory=directory, name=""),)
        ),
        lead_fields=_lead_fields(data),
        pods=_pods(data, directory),
        owner_models=tuple(
            Choice(value=model, label=model.replace("_", " ").capitalize()) for model in OwnerModel
        ),
        revops_approvers=_holders(directory, Role.REVOPS_APPROVER, names),
        sales_approvers=_holders(directory, Role.SALES_APPROVER, names),
        roles=tuple(
            Choice(value=role, label=catalogue().role_name(role)) for role in _LADDER_ROLES
        ),
        needs=_needs(data),
        profiles=_profiles(data),
        names=names,
    )


def names_of(*, directory: Directory) -> dict[str, str]:
    """Return the display name of every person and user group by its key."""
    return {person.key: person.name for person in directory.people} | {
        group.key: f"@{group.name}" for group in directory.groups
    }


def leadership_options(*, query: str, directory: Directory) -> tuple[Choice, ...]:
    """Return the people and user groups whose name, e-mail or handle contains `query`.

    Guests, bots and deactivated people are left out; names that start with the query come first.

    Returns:
        At most 100 choices, Slack's limit of an answer.
    """
    wanted = query.strip().lstrip("@").casefold()
    people = [
        (person.name, person.key, f"{person.name} {person.email or ''}")
        for person in directory.people
        if person.is_active and not person.is_guest and not person.is_bot
    ]
    groups = [(f"@{group.name}", group.key, group.name) for group in directory.groups]
    found = [(name, key) for name, key, text in (*people, *groups) if wanted in text.casefold()]
    found.sort(key=lambda item: _rank(item[0].lstrip("@").casefold(), wanted))
    return tuple(Choice(value=key, label=name) for name, key in found[:100])


def _rank(name: str, wanted: str) -> tuple[bool, str]:
    """Return the order of a name among those found: what starts with the query goes first."""
    return not name.startswith(wanted), name


def _lead_fields(data: DraftData) -> tuple[Choice, ...]:
    names = [field.name for field in catalogue().lead_fields]
    return _labelled((*names, *(data.qualification.blocking_fields or ())))


def _labelled(names: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(value=name, label=catalogue().field_label(name)) for name in dict.fromkeys(names)
    )


def _pods(data: DraftData, directory: Directory) -> tuple[Choice, ...]:
    """Return the pods, those tagged for the draft's segment first."""
    tag = data.brief.segment
    ordered = sorted(directory.pods, key=lambda pod: tag not in pod.segments)
    return tuple(
        Choice(
            value=pod.name,
            label=pod.name,
            description=f"{', '.join(pod.segments) or 'any segment'}, "
            f"{counted(len(pod.members), 'rep')}",
        )
        for pod in ordered
    )


def _holders(directory: Directory, role: Role, names: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return who holds a role: the first is in charge, the rest stand in."""
    return tuple(
        Choice(
            value=key,
            label=names.get(key, key),
            description="in charge" if place == 0 else "substitute",
        )
        for place, key in enumerate(directory.roles.get(role, ()))
    )


def _needs(data: DraftData) -> tuple[Choice, ...]:
    """Return the systems and content that a handoff of this segment and goal may need."""
    goal = _known(Goal, data.brief.goal)
    segment = _known(Segment, data.brief.segment)
    of_goal = catalogue().goals[goal].integrations if goal else ()
    content = (
        [item.title for item in catalogue().requests(segment=segment, goal=goal)]
        if goal and segment
        else []
    )
    chosen: Sequence[str] = data.capacity.dependencies or ()
    names = dict.fromkeys((*of_goal, *catalogue().systems, *content, *chosen))
    return tuple(Choice(value=name[:150], label=name) for name in names)


def _profiles(data: DraftData) -> tuple[Choice, ...]:
    """Return the arrival profiles: what stored leads show, if they do, and each segment's."""
    history = data.capacity.history
    assumed = (
        Choice(value=key, label=item.name, description="An assumption from practice")
        for key, item in catalogue().segments.items()
    )
    if history is None or not history.weights:
        return tuple(assumed)
    label = (
        f"Learned from {counted(history.leads, 'lead')}"
        if history.leads
        else "As given in the brief"
    )
    return (Choice(value=LEARNED, label=label), *assumed)


def _known(kind: type[_Kind], value: str | None) -> _Kind | None:
    return kind(value) if value in {item.value for item in kind} else None
