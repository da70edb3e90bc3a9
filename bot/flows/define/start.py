"""Start the form: from the command with its flags, the shortcut, or the Home tab."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.flows.define.form import Form, history_of
from bot.flows.define.notes import read_notes
from bot.flows.define.prove import show_form
from bot.flows.define.resume import DraftSummary, summaries
from bot.flows.drafting import today_in
from handoff.arrival_history import ArrivalHistory
from handoff.brief import Goal
from handoff.defaults.form import default_segment
from handoff.directory import Directory
from handoff.flags import ParsedFlags, parse_flags
from handoff.form import start_draft
from handoff.form_data import DraftData, Step
from storage import directory as directories
from storage import drafts
from storage.database import Database
from storage.drafts import Draft


@dataclass(frozen=True)
class NeedsSetUp:
    """The workspace has no directory yet; `draft` waits for it."""

    draft: str


@dataclass(frozen=True)
class ChooseDraft:
    """There are drafts to go on with, the last touched first."""

    drafts: tuple[DraftSummary, ...]


def start(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    text: str = "",
    channel: str | None = None,
    is_new: bool = False,
) -> Form | NeedsSetUp | ChooseDraft:
    """Store a new draft filled with defaults and flags, and return its first step.

    Args:
        database: What is remembered.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        by: Slack id of who starts; only they see the draft.
        text: What was typed after the command.
        channel: Where the command was typed; the packet's default, unless it is a DM.
        is_new: Start a new draft even if there are others.

    Returns:
        The form; or the choice between drafts when the command is bare; or that the team has to
        be set up first, with the draft that is kept meanwhile.
    """

    def work(connection: Connection) -> Draft | NeedsSetUp | ChooseDraft:
        mine = drafts.of_author(connection, workspace=workspace, author=by)
        if mine and not text.strip() and not is_new:
            return ChooseDraft(summaries(mine))
        found = directories.load(connection, workspace=workspace)
        flags = parse_flags(text)
        data = first_data(
            flags=flags,
            directory=found.directory,
            today=today_in(connection, workspace=workspace, now=now),
            channel=channel,
            history=history_of(
                connection,
                workspace=workspace,
                segment=flags.segment or default_segment(directory=found.directory),
                goal=flags.goal or Goal.PIPELINE,
                directory=found.directory,
                now=now,
            ),
        )
        stored = drafts.start(
            connection,
            workspace=workspace,
            author=by,
            step=Step.BRIEF,
            data=data.model_dump(mode="json"),
            now=now,
        )
        return stored if found.directory.is_set_up else NeedsSetUp(stored.id)

    outcome = database.run(work)
    if not isinstance(outcome, Draft):
        return outcome
    return show_form(database=database, workspace=workspace, draft=outcome, now=now)


def first_data(
    *,
    flags: ParsedFlags,
    directory: Directory,
    today: date,
    channel: str | None,
    history: ArrivalHistory | None = None,
) -> DraftData:
    """Return the defaults of a new draft with what the flags said over them."""
    data = start_draft(
        flags=flags,
        directory=directory,
        as_of=today,
        channel=channel if channel and channel[0] in "CG" else None,
        history=history,
    )
    if not flags.capacity:
        return data
    typed, understood = read_notes(typed={"notes": flags.capacity})
    capacity = data.capacity.model_copy(update=typed)
    told = (*data.problems, *understood)
    return data.model_copy(update={"capacity": capacity, "problems": told})
