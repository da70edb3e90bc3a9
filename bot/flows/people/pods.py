"""Make or change a pod."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.flows.people.team import ChangedMeanwhile, Refused, Team, change_directory, not_a_person
from handoff.brief import OwnerModel
from handoff.directory import Directory, Pod
from handoff.form_choices import names_of
from handoff.people import find_pod
from handoff.pod_details import BadDetails, read_details
from storage.database import Database

_LONGEST_NAME = 80


@dataclass(frozen=True, kw_only=True)
class PodForm:
    """A pod as typed: people by key, details as lines of text."""

    name: str
    segments: tuple[str, ...]
    manager: str | None
    model: str | None
    members: tuple[str, ...]
    details: str = ""


def save_pod(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    form: PodForm,
    pod: str | None = None,
    revision: int | None = None,
) -> Team | Refused | ChangedMeanwhile:
    """Save a pod.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        by: Slack id of who saves it; anybody may.
        form: What was typed.
        pod: The name of the pod that is changed; None makes a new one.
        revision: The directory's revision that the editor was opened on; None for any.
    """

    def change(directory: Directory) -> Directory | Refused:
        made = read_pod(directory, form=form, pod=pod)
        return made if isinstance(made, Refused) else with_pod(directory, made, instead_of=pod)

    return change_directory(
        change,
        database=database,
        workspace=workspace,
        now=now,
        by=by,
        revision=revision,
        what={"pod": form.name, "before": pod, "members": list(form.members)},
    )


def read_pod(directory: Directory, *, form: PodForm, pod: str | None) -> Pod | Refused:
    """Return the pod that a form describes, or what is wrong, by field."""
    name = form.name.strip()
    errors = {
        "name": _name_error(directory, name, pod),
        "manager": "Pick who manages this pod."
        if not form.manager
        else not_a_person(directory, form.manager),
        "members": _member_error(directory, form.members),
    }
    names = names_of(directory=directory)
    calendars = [calendar.name for calendar in directory.calendars]
    try:
        members = read_details(
            text=form.details, members=form.members, names=names, calendars=calendars
        )
    except BadDetails as exc:
        errors["details"], members = str(exc), ()
    found = {field: text for field, text in errors.items() if text}
    if found or not form.manager:
        return Refused(found)
    return Pod(
        name=name,
        segments=form.segments,
        manager=form.manager,
        model=OwnerModel(form.model or OwnerModel.ROUND_ROBIN),
        members=members,
    )


def with_pod(directory: Directory, pod: Pod, *, instead_of: str | None) -> Directory:
    """Return the directory with a pod in its place, or at the end."""
    if instead_of is None:
        return directory.model_copy(update={"pods": (*directory.pods, pod)})
    pods = tuple(pod if one.name == instead_of else one for one in directory.pods)
    return directory.model_copy(update={"pods": pods})


def _name_error(directory: Directory, name: str, pod: str | None) -> str | None:
    if not name or (name != pod and len(name) > _LONGEST_NAME):
        return f"Give the pod a name of 1 to {_LONGEST_NAME} characters."
    if name != pod and find_pod(directory=directory, name=name) is not None:
        return f"There is a pod {name} already; pick another name, or edit that one."
    if pod is not None and find_pod(directory=directory, name=pod) is None:
        return f"The pod {pod} is not there any more; close this and look again."
    if pod is not None and name != pod:
        return "Designs know a pod by its name, so it cannot be changed. Make a new pod instead."
    return None


def _member_error(directory: Directory, members: Sequence[str]) -> str | None:
    if not members:
        return "Pick at least one rep; an empty pod cannot take leads."
    problems = (not_a_person(directory, key) for key in members)
    return next((problem for problem in problems if problem), None)
