"""Apply the change that a risk of the review proposes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.change import change_draft
from bot.flows.define.form import DraftGone, FieldErrors, Form
from bot.flows.drafting import data_of, own_draft, reviewed, today_in
from handoff.brief import ResponseTargets
from handoff.calendars import clock_calendar
from handoff.directory import Directory
from handoff.form import InvalidDraft
from handoff.form_changes import apply_change, changes_clock, is_applicable
from handoff.form_data import DraftData
from handoff.people import calendar_named
from handoff.sla.model import ProposedChange
from storage import directory as directories
from storage.database import Database
from storage.drafts import Draft

_MOVED_ON = "Nothing was applied: the team or the draft has changed meanwhile. Please look again."


def apply_risk(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    draft: str,
    revision: int,
    confirmed: Mapping[str, object],
    code: str,
    is_full: bool,
) -> Form | FieldErrors | DraftGone:
    """Type a proposed change into the draft, and return the review of what it is then.

    The risk is found again by its code in the proof that was shown, first estimate or full, so
    that a button of an old view or a tampered value can only ever apply what the app itself
    proposes now. The estimate is made again outside of the write transaction.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        by: Slack id of the author.
        draft: Id of the draft.
        revision: The revision whose review was shown; another one changes nothing.
        confirmed: What is ticked in the review, by field of its step; it is kept.
        code: Of the risk.
        is_full: The full proof was shown, not the first estimate.
    """
    with database.read() as connection:
        stored = own_draft(connection, workspace=workspace, draft=draft, by=by)
        if stored is None:
            return DraftGone()
        found = _proposed(
            connection, workspace=workspace, stored=stored, now=now, code=code, is_full=is_full
        )

    def change(connection: Connection, current: Draft, directory: Directory) -> DraftData:
        data = data_of(current)
        if current.revision != revision:
            return data
        review = data.review.model_copy(update=dict(confirmed))
        kept = data.model_copy(update={"review": review})
        if found is None:
            return kept
        proposed, targets = found
        today = today_in(connection, workspace=workspace, now=now)
        spec = calendar_named(directory=directory, name=targets.calendar)
        clock = clock_calendar(spec=spec, clock=targets.clock, years=(today.year,))
        day = None if changes_clock(proposed) else clock.day
        return apply_change(data=kept, change=proposed, day=day)

    outcome = change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )
    if found is None and isinstance(outcome, Form):
        return replace(outcome, notices=(_MOVED_ON,))
    return outcome


def _proposed(
    connection: Connection,
    *,
    workspace: str,
    stored: Draft,
    now: datetime,
    code: str,
    is_full: bool,
) -> tuple[ProposedChange, ResponseTargets] | None:
    """Return the change that the risk with this code proposes, and the targets it is for.

    None where the proof that was shown is not that of the present any more.
    """
    directory = directories.load(connection, workspace=workspace).directory
    try:
        review = reviewed(
            connection,
            workspace=workspace,
            draft=stored,
            directory=directory,
            now=now,
            is_full=is_full,
        )
    except InvalidDraft:
        return None
    if review.is_estimate is is_full:
        return None
    for risk in review.design.feasibility.risks:
        if risk.code == code and risk.change is not None and is_applicable(risk.change):
            return risk.change, review.design.brief.targets
    return None
