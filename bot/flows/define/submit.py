"""Step 5, Send: keep the confirmations, then send the draft for sign-off."""

from dataclasses import dataclass
from datetime import datetime

from bot.flows.define.form import DraftGone, FieldErrors, Form
from bot.flows.define.save_step import Submission, save_step
from bot.flows.signoff.send import CannotSend, Sent, send
from handoff.form_data import Step
from storage import events
from storage.database import Database


@dataclass(frozen=True)
class SentBefore:
    """This very form was sent already; nothing happens twice."""


def submit(
    *, database: Database, now: datetime, submission: Submission
) -> Sent | SentBefore | CannotSend | FieldErrors | Form | DraftGone:
    """Check the three confirmations and send the draft.

    Args:
        database: What is remembered.
        now: The domain's instant, UTC-aware.
        submission: The review step as it was submitted, with the move Next.

    Returns:
        What was sent; errors at the confirmations; the form at an earlier step if that has
        errors by now, or at its latest state if another window changed it.
    """
    saved = save_step(database=database, now=now, submission=submission)
    if isinstance(saved, DraftGone):
        return _gone(database, submission, now)
    if isinstance(saved, FieldErrors):
        return saved
    if saved.step is not Step.REVIEW or saved.notices:
        return saved
    return send(
        database=database,
        workspace=submission.workspace,
        now=now,
        draft_id=submission.draft,
        revision=saved.revision,
        by=submission.by,
    )


def _gone(database: Database, submission: Submission, now: datetime) -> SentBefore | DraftGone:
    """Tell a repeat of the submission that sent the draft from one of a lost draft."""
    is_new = database.run(
        lambda connection: events.take_submission(
            connection,
            workspace=submission.workspace,
            view_id=submission.view_id,
            step=Step.REVIEW,
            revision=submission.revision,
            now=now,
        )
    )
    return DraftGone() if is_new else SentBefore()
