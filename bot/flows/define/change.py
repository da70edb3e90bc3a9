"""Change a draft from a pushed editor, and show the step under it again."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.form import DraftGone, FieldErrors, Form
from bot.flows.define.prove import show_form
from bot.flows.drafting import data_of, own_draft, today_in
from handoff.directory import Directory
from handoff.form import validate_step
from handoff.form_choices import names_of
from handoff.form_data import DraftData, LadderStepText, Step
from handoff.row_text import BadRow, read_rows
from storage import directory as directories
from storage import drafts
from storage.database import Database
from storage.drafts import Draft

_Outcome = DraftData | FieldErrors
Change = Callable[[Connection, Draft, Directory], _Outcome]
"""What makes new data of a stored draft, or errors by field of the editor."""

_FIRST_LADDER_FIELDS = ("role:", "acknowledge:", "repeats:")


def save_ladder(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    draft: str,
    ladder: tuple[LadderStepText, ...],
    guardrail_count: str | None,
    guardrail_hours: str | None,
) -> Form | FieldErrors | DraftGone:
    """Save the ladder and the guardrail.

    Returns:
        The form under the editor, or errors keyed `role:0`, `acknowledge:0`, `repeats:0`,
        `guardrail_count`, `guardrail_hours` or `ladder`.
    """

    def change(connection: Connection, stored: Draft, directory: Directory) -> _Outcome:
        typed = {
            "ladder": ladder,
            "guardrail_count": guardrail_count,
            "guardrail_hours": guardrail_hours,
        }
        data = _with_people(data_of(stored), typed)
        today = today_in(connection, workspace=workspace, now=now)
        found = validate_step(step=Step.PEOPLE, data=data, directory=directory, as_of=today)
        errors = {name: text for name, text in found.items() if _is_of_ladder(name)}
        return FieldErrors(errors) if errors else data

    return change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )


def save_rows(
    *, database: Database, workspace: str, now: datetime, by: str, draft: str, text: str
) -> Form | FieldErrors | DraftGone:
    """Save the routing rows, one a line; an empty text goes back to the drafted rows."""

    def change(connection: Connection, stored: Draft, directory: Directory) -> _Outcome:
        try:
            rows = read_rows(
                text=text,
                pods=[pod.name for pod in directory.pods],
                people=names_of(directory=directory),
            )
        except BadRow as exc:
            return FieldErrors({"text": str(exc)})
        data = _with_people(data_of(stored), {"rows": rows})
        today = today_in(connection, workspace=workspace, now=now)
        found = validate_step(step=Step.PEOPLE, data=data, directory=directory, as_of=today)
        return FieldErrors({"text": found["rows"]}) if "rows" in found else data

    return change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )


def save_advanced(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    draft: str,
    holders: Mapping[str, tuple[str, ...]],
    arrival_profile: str | None,
    handling_cv: str | None,
) -> Form | FieldErrors | DraftGone:
    """Save per-design role holders, the arrival profile and the spread of handling time."""

    def change(connection: Connection, stored: Draft, directory: Directory) -> _Outcome:
        data = _with_people(
            data_of(stored),
            {"role_holders": {role: keys for role, keys in holders.items() if keys}},
        )
        typed = {"arrival_profile": arrival_profile, "handling_cv": handling_cv}
        data = data.model_copy(update={"capacity": data.capacity.model_copy(update=typed)})
        today = today_in(connection, workspace=workspace, now=now)
        found = validate_step(step=Step.CAPACITY, data=data, directory=directory, as_of=today)
        errors = {name: text for name, text in found.items() if name in typed}
        return FieldErrors(errors) if errors else data

    return change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )


def add_pod(
    *, database: Database, workspace: str, now: datetime, by: str, draft: str, pod: str
) -> Form | FieldErrors | DraftGone:
    """Pick a pod that was just made, and its manager as fallback if there is none."""

    def change(_: Connection, stored: Draft, directory: Directory) -> _Outcome:
        data = data_of(stored)
        made = next((one for one in directory.pods if one.name == pod), None)
        pods = tuple(dict.fromkeys((*(data.people.pods or ()), pod)))
        fallback = data.people.fallback or (made.manager if made else None)
        return _with_people(data, {"pods": pods, "fallback": fallback})

    return change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )


def change_draft(
    change: Change, *, database: Database, workspace: str, now: datetime, by: str, draft: str
) -> Form | FieldErrors | DraftGone:
    """Save what `change` makes of a person's own draft; the step stays."""

    def work(connection: Connection) -> Draft | FieldErrors | DraftGone:
        stored = own_draft(connection, workspace=workspace, draft=draft, by=by)
        if stored is None:
            return DraftGone()
        directory = directories.load(connection, workspace=workspace).directory
        data = change(connection, stored, directory)
        if isinstance(data, FieldErrors):
            return data
        drafts.save(
            connection,
            workspace=workspace,
            draft=draft,
            expected=stored.revision,
            step=stored.step,
            data=data.model_dump(mode="json"),
            now=now,
        )
        return own_draft(connection, workspace=workspace, draft=draft, by=by) or DraftGone()

    outcome = database.run(work)
    if not isinstance(outcome, Draft):
        return outcome
    return show_form(database=database, workspace=workspace, draft=outcome, now=now)


def _with_people(data: DraftData, typed: Mapping[str, object]) -> DraftData:
    return data.model_copy(update={"people": data.people.model_copy(update=dict(typed))})


def _is_of_ladder(name: str) -> bool:
    return name.startswith(_FIRST_LADDER_FIELDS) or name in {
        "ladder",
        "guardrail_count",
        "guardrail_hours",
    }
