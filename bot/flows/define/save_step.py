"""Save one step of the form and go where the person asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from bot.flows.define.form import DraftGone, FieldErrors, Form, refollow
from bot.flows.define.prove import show_form
from bot.flows.drafting import data_of, own_draft, today_in
from handoff.form import validate_step
from handoff.form_data import DraftData, Step
from storage import directory as directories
from storage import drafts, events
from storage.database import Database
from storage.drafts import Draft

_STEPS = tuple(Step)
_MOVED_ON = (
    "This draft was changed in another window. Here is its latest state; nothing of it is lost, "
    "but what you just typed in the older window was not saved."
)


class Move(StrEnum):
    """Where a click leads: Next and Skip check the step, the others keep whatever was typed."""

    NEXT = "next"
    BACK = "back"
    STAY = "stay"
    SKIP = "skip"


_CHECKED = {Move.NEXT, Move.SKIP}


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What somebody typed into a step, and where they want to go.

    Attributes:
        workspace: The Slack team.
        by: Slack id of who typed; only the author's drafts are found.
        draft: Id of the draft.
        revision: The draft's revision that the form showed.
        step: The step that was typed into.
        typed: Values by field of the step's model; a field that is not there stays.
        move: Where to go. Next and Skip are refused while the step has errors.
        view_id: Slack's id of the modal; with step and revision it names the submission.
        problems: Errors that were found outside, by field (the app is not in the channel).
        notices: Lines for the top of the step that is shown.
    """

    workspace: str
    by: str
    draft: str
    revision: int
    step: Step
    typed: Mapping[str, object]
    view_id: str
    move: Move = Move.STAY
    problems: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Saved:
    draft: Draft
    notices: tuple[str, ...] = ()


def save_step(
    *, database: Database, now: datetime, submission: Submission
) -> Form | FieldErrors | DraftGone:
    """Save what was typed into a step, and return the step to show.

    Args:
        database: What is remembered.
        now: The domain's instant, UTC-aware.
        submission: What was typed, into which draft, and where to go.

    Returns:
        The form to show. The same submission twice shows the same again and saves nothing; a
        form from an older window shows the latest state and says so.
    """
    outcome = database.run(lambda connection: _save(connection, submission, now))
    if not isinstance(outcome, _Saved):
        return outcome
    return show_form(
        database=database,
        workspace=submission.workspace,
        draft=outcome.draft,
        now=now,
        notices=outcome.notices,
    )


def _save(
    connection: Connection, submission: Submission, now: datetime
) -> _Saved | FieldErrors | DraftGone:
    stored = own_draft(
        connection,
        workspace=submission.workspace,
        draft=submission.draft,
        by=submission.by,
    )
    if stored is None:
        return DraftGone()
    if stored.revision != submission.revision:
        # A form of an older window can never be accepted, so it may take its own key.
        is_repeat = not _take(connection, submission, now)
        return _Saved(stored, () if is_repeat else (_MOVED_ON,))
    after = _filled(connection, stored, submission, now)
    if isinstance(after, FieldErrors):
        return after
    _take(connection, submission, now)
    drafts.save(
        connection,
        workspace=submission.workspace,
        draft=stored.id,
        expected=stored.revision,
        step=_target(submission.step, submission.move),
        data=after.model_dump(mode="json"),
        now=now,
    )
    saved = drafts.get(connection, workspace=submission.workspace, draft=stored.id)
    assert saved is not None, "it was saved a line above"
    return _Saved(saved, submission.notices)


def _filled(
    connection: Connection, stored: Draft, submission: Submission, now: datetime
) -> DraftData | FieldErrors:
    """Return the draft with what was typed, or the errors that keep it from moving on."""
    directory = directories.load(connection, workspace=submission.workspace).directory
    today = today_in(connection, workspace=submission.workspace, now=now)
    before = data_of(stored)
    typed = _with_typed(before, step=submission.step, typed=submission.typed)
    after = refollow(
        connection,
        workspace=submission.workspace,
        before=before,
        after=typed,
        directory=directory,
        now=now,
    )
    if submission.move in _CHECKED:
        found = validate_step(step=submission.step, data=after, directory=directory, as_of=today)
        errors = {**found, **submission.problems}
        if errors:
            return FieldErrors(errors)
    is_seen = submission.move is not Move.STAY
    return after.model_copy(update={"problems": ()}) if is_seen else after


def _take(connection: Connection, submission: Submission, now: datetime) -> bool:
    """Take the submission's key; False if it was taken before."""
    return events.take_submission(
        connection,
        workspace=submission.workspace,
        view_id=submission.view_id,
        step=submission.step,
        revision=submission.revision,
        now=now,
    )


def _with_typed(data: DraftData, *, step: Step, typed: Mapping[str, object]) -> DraftData:
    """Return the draft with a step's typed values."""
    filled = getattr(data, step.value).model_copy(update=dict(typed))
    return data.model_copy(update={step.value: filled})


def _target(step: Step, move: Move) -> Step:
    """Return the step after a move."""
    place = _STEPS.index(step)
    match move:
        case Move.NEXT:
            return _STEPS[min(place + 1, len(_STEPS) - 1)]
        case Move.BACK:
            return _STEPS[max(place - 1, 0)]
        case Move.SKIP:
            return Step.REVIEW
        case Move.STAY:
            return step
