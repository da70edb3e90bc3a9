"""Open a stored draft again, or discard it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.form import DraftGone, Form
from bot.flows.define.prove import show_form
from bot.flows.drafting import data_of, own_draft
from handoff.defaults.catalogue import catalogue
from handoff.form_data import Step
from storage import drafts
from storage.database import Database
from storage.drafts import Draft


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    """A draft as lists show it: what it is for, where it stands, when it was saved."""

    id: str
    title: str
    step: Step
    updated_at: datetime


def resume(
    *, database: Database, workspace: str, now: datetime, by: str, draft: str
) -> Form | DraftGone:
    """Return the form of a person's own draft at the step where they left it."""
    with database.read() as connection:
        stored = own_draft(connection, workspace=workspace, draft=draft, by=by)
        if stored is None:
            return DraftGone()
    return show_form(database=database, workspace=workspace, draft=stored, now=now)


def packet_channel(*, database: Database, workspace: str, by: str, draft: str) -> str | None:
    """Return the channel that a person's own draft is to be sent to, or None."""
    with database.read() as connection:
        stored = own_draft(connection, workspace=workspace, draft=draft, by=by)
        return data_of(stored).people.channel if stored else None


def discard(*, database: Database, workspace: str, by: str, draft: str) -> bool:
    """Delete a person's own draft; False if there is none of that id."""

    def work(connection: Connection) -> bool:
        if own_draft(connection, workspace=workspace, draft=draft, by=by) is None:
            return False
        return drafts.discard(connection, workspace=workspace, draft=draft)

    return database.run(work)


def summaries(stored: Sequence[Draft]) -> tuple[DraftSummary, ...]:
    """Return drafts as lists show them."""
    return tuple(
        DraftSummary(
            id=draft.id,
            title=title_of(draft),
            step=Step(draft.step),
            updated_at=draft.updated_at,
        )
        for draft in stored
    )


def title_of(draft: Draft) -> str:
    """Return what a draft is for: the design it edits, segment or persona, and goal."""
    brief = data_of(draft).brief
    segments = {key.value: item.name for key, item in catalogue().segments.items()}
    goals = {key.value: item.name for key, item in catalogue().goals.items()}
    segment = brief.persona or segments.get(brief.segment or "", "No segment yet")
    title = f"{segment} · {goals.get(brief.goal or '', 'no goal yet')}"
    return f"{draft.design}: {title}" if draft.design else title
