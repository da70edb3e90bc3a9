"""The full proof of a draft: computed after its review was opened, then shown in that window."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.flows.define.form import Form, form_of
from bot.flows.drafting import question_of
from handoff.form import InvalidDraft
from handoff.sla.model import Depth, Feasibility
from storage import directory as directories
from storage import drafts, proofs, timers
from storage.database import Database
from storage.drafts import Draft
from storage.ids import new_id
from storage.timers import NewTimer, Timer, TimerKind

#: How long a window shows its first estimate before it says that the full proof is late.
_PATIENCE = timedelta(seconds=20)

#: Slack may learn of the window only after a very quick proof: it is looked for once more.
_ONCE_MORE = timedelta(seconds=3)
_DONE, _AGAIN = 1, 2


@dataclass(frozen=True)
class DraftProof:
    """A full proof and its key."""

    key: str
    feasibility: Feasibility


def show_form(
    *,
    database: Database,
    workspace: str,
    draft: Draft,
    now: datetime,
    notices: tuple[str, ...] = (),
) -> Form:
    """Return the form at the draft's step; a review without its full proof gets it soon.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        draft: As it was stored just now.
        now: The domain's instant, UTC-aware.
        notices: Lines for the top of the step.

    Returns:
        The form. With a `window`, its view carries that external id, by which the full proof
        finds it.
    """
    with database.read() as connection:
        form = form_of(connection, workspace=workspace, draft=draft, now=now, notices=notices)
    if form.review is None or not form.review.is_estimate:
        return form
    window = new_id("review", now=now)

    def prove_soon(connection: Connection) -> None:
        asked = NewTimer(workspace, TimerKind.PROOF_DRAFT, draft.id, now, slot=window)
        late = NewTimer(workspace, TimerKind.PROOF_SHOW, draft.id, now + _PATIENCE, slot=window)
        timers.schedule(connection, asked, late)

    database.run(prove_soon)
    return replace(form, window=window)


def proof_of_draft(
    *, database: Database, workspace: str, draft: str, now: datetime
) -> DraftProof | None:
    """Return the full proof of a draft as it is now; None if it is gone or has errors.

    It takes some seconds, so this runs outside any transaction that writes.
    """
    with database.read() as connection:
        stored = drafts.get(connection, workspace=workspace, draft=draft)
        if stored is None:
            return None
        directory = directories.load(connection, workspace=workspace).directory
        try:
            question = question_of(
                connection, workspace=workspace, draft=stored, directory=directory, now=now
            )
        except InvalidDraft:
            return None
        known = proofs.find(connection, workspace=workspace, key=question.key)
    return DraftProof(question.key, known or question.feasibility(depth=Depth.FULL))


def save_draft_proof(
    connection: Connection, *, timer: Timer, proof: DraftProof | None, now: datetime
) -> None:
    """Keep the proof that a `proof.draft` timer asked for, and have its window show it."""
    if proof is None:
        return
    proofs.save(
        connection,
        workspace=timer.workspace,
        key=proof.key,
        proof=proof.feasibility,
        now=now,
    )
    _show(connection, timer, at=now, generation=_DONE)


def review_for_window(*, database: Database, timer: Timer, now: datetime) -> Form | None:
    """Return what the window of a `proof.show` timer should show; None if it moved on."""
    with database.read() as connection:
        stored = drafts.get(connection, workspace=timer.workspace, draft=timer.subject)
        if stored is None:
            return None
        form = form_of(connection, workspace=timer.workspace, draft=stored, now=now)
    return replace(form, window=timer.slot) if form.review is not None else None


def look_again(connection: Connection, *, timer: Timer, now: datetime) -> None:
    """Look for the window once more: Slack did not know it yet, or it is closed."""
    if timer.generation == _DONE:
        _show(connection, timer, at=now + _ONCE_MORE, generation=_AGAIN)


def _show(connection: Connection, timer: Timer, *, at: datetime, generation: int) -> None:
    show = NewTimer(
        timer.workspace,
        TimerKind.PROOF_SHOW,
        timer.subject,
        at,
        slot=timer.slot,
        generation=generation,
    )
    timers.schedule(connection, show)
