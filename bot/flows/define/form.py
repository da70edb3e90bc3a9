"""The form as it stands: what the stored draft, the directory and today make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.drafting import Review, data_of, reviewed, today_in
from handoff.arrival_history import LOOK_BACK, ArrivalHistory, learn_arrivals
from handoff.brief import Goal, Segment
from handoff.defaults.catalogue import catalogue
from handoff.defaults.form import default_draft, follow_defaults
from handoff.directory import Directory
from handoff.form import InvalidDraft
from handoff.form_choices import FormChoices, form_choices
from handoff.form_data import DraftData, Step
from handoff.people import DEFAULT_CALENDAR, calendar_named
from storage import designs, views
from storage import directory as directories
from storage.drafts import Draft


@dataclass(frozen=True, kw_only=True)
class Form:
    """One step of a stored draft, ready to be shown.

    Attributes:
        draft: Id of the draft.
        revision: Of the draft; whoever saves says which one they saw.
        step: The step to show; earlier than the stored one if that one cannot be shown yet.
        design: Key of the design that is edited, None for a new one.
        notices: Lines for the top of the step.
        review: Only on step 5.
        active: Key of another design that is active for the same segment and goal: editing that
            one is what is probably meant.
        window: External id for the view of a review that still waits for its full proof.
    """

    draft: str
    revision: int
    step: Step
    data: DraftData
    offered: FormChoices
    design: str | None = None
    notices: tuple[str, ...] = ()
    review: Review | None = None
    active: str | None = None
    window: str | None = None


@dataclass(frozen=True)
class DraftGone:
    """The draft was sent, discarded, or belongs to somebody else."""


@dataclass(frozen=True)
class FieldErrors:
    """What is wrong, by field of the step, in words that say what to do."""

    errors: Mapping[str, str]


def form_of(
    connection: Connection,
    *,
    workspace: str,
    draft: Draft,
    now: datetime,
    notices: tuple[str, ...] = (),
) -> Form:
    """Return the form at the draft's step.

    Step 5 needs a brief without errors. If an earlier step has some, that step is returned with
    them as notices: nothing is a dead end.
    """
    data = data_of(draft)
    directory = directories.load(connection, workspace=workspace).directory
    step = Step(draft.step)
    review = None
    if step is Step.REVIEW:
        try:
            review = reviewed(
                connection, workspace=workspace, draft=draft, directory=directory, now=now
            )
        except InvalidDraft as exc:
            step, errors = next(iter(exc.errors.items()))
            notices = (*notices, "This step needs a look first.", *errors.values())
    return Form(
        draft=draft.id,
        revision=draft.revision,
        step=step,
        data=data,
        offered=form_choices(data=data, directory=directory),
        design=draft.design,
        notices=(*notices, *data.problems) if step is Step.BRIEF else notices,
        review=review,
        active=_active(connection, workspace=workspace, draft=draft, data=data),
    )


def refollow(
    connection: Connection,
    *,
    workspace: str,
    before: DraftData,
    after: DraftData,
    directory: Directory,
    now: datetime,
) -> DraftData:
    """Return `after` with the defaults of its segment and goal, if one of them changed.

    What the person had changed stays; what still is the old default follows.
    """
    if _aim(before) == _aim(after):
        return after
    today = today_in(connection, workspace=workspace, now=now)
    history = history_of(
        connection,
        workspace=workspace,
        segment=_known_segment(after.brief.segment) if after.brief.persona is None else None,
        goal=_known_goal(after.brief.goal),
        directory=directory,
        now=now,
    )
    known = before.capacity.history
    old = defaults_for(before, directory=directory, today=today, history=known)
    new = defaults_for(after, directory=directory, today=today, history=history)
    return follow_defaults(data=after, old=old, new=new)


def defaults_for(
    data: DraftData, *, directory: Directory, today: date, history: ArrivalHistory | None
) -> DraftData:
    """Return every default for the segment and goal that a draft has by now."""
    return default_draft(
        segment=_known_segment(data.brief.segment),
        goal=_known_goal(data.brief.goal),
        persona=data.brief.persona,
        directory=directory,
        as_of=today,
        channel=data.people.channel,
        history=history,
    )


def history_of(
    connection: Connection,
    *,
    workspace: str,
    segment: Segment | None,
    goal: Goal | None,
    directory: Directory,
    now: datetime,
) -> ArrivalHistory | None:
    """Return what the stored leads of a segment and goal tell, on the office's clock.

    None where they tell nothing yet, and for a persona, whose leads no other design takes.
    """
    if segment is None or goal is None:
        return None
    arrived_at = views.arrivals(
        connection,
        workspace=workspace,
        segment=segment.value,
        goal=goal.value,
        since=now - LOOK_BACK,
    )
    office = calendar_named(directory=directory, name=DEFAULT_CALENDAR)
    return learn_arrivals(
        arrived_at=arrived_at,
        zone=ZoneInfo(office.timezone),
        usual=catalogue().arrival_weights(segment=segment),
        now=now,
    )


def _active(
    connection: Connection, *, workspace: str, draft: Draft, data: DraftData
) -> str | None:
    """Return the active design of the same segment and goal, if the draft is a new one."""
    if draft.design is not None or data.brief.persona is not None:
        return None
    aim = (data.brief.segment, data.brief.goal)
    return next(
        (
            design.key
            for design in designs.everyone(connection, workspace=workspace)
            if design.active_version is not None and (design.segment, design.goal) == aim
        ),
        None,
    )


def _aim(data: DraftData) -> tuple[str | None, ...]:
    return (data.brief.segment, data.brief.goal, data.brief.persona)


def _known_segment(value: str | None) -> Segment | None:
    return next((item for item in Segment if item == value), None)


def _known_goal(value: str | None) -> Goal | None:
    return next((item for item in Goal if item == value), None)
