"""A stored draft and the design that it makes: what the form and the sign-off both build on."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.flows.entering import overlaps_of
from handoff.defaults.catalogue import catalogue
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.draft import draft as draft_design
from handoff.form import to_brief
from handoff.form_data import DraftData, Step
from handoff.form_edit import draft_of
from handoff.plan import ReviewChecklist
from handoff.proof import Question, question_of_brief
from handoff.sla.model import Depth
from storage import directory as directories
from storage import drafts, proofs, versions, workspaces
from storage.drafts import Draft

_NEW = "new"


@dataclass(frozen=True, kw_only=True)
class Review:
    """What step 5 shows: the brief, drafted, and what else would take its leads.

    Attributes:
        design: With its full proof where that is known, else with a first estimate.
        proof: Key of its full proof.
        overlaps: Sentences on other designs.
    """

    design: HandoffDesign
    proof: str
    overlaps: tuple[str, ...] = ()

    @property
    def is_estimate(self) -> bool:
        """Tell whether the full proof is still to come."""
        return self.design.feasibility.depth is not Depth.FULL


def own_draft(connection: Connection, *, workspace: str, draft: str, by: str) -> Draft | None:
    """Return a draft that `by` started, or None; nobody else's form is ever shown."""
    found = drafts.get(connection, workspace=workspace, draft=draft)
    return found if found is not None and found.author == by else None


def data_of(draft: Draft) -> DraftData:
    """Return what was entered in a stored draft."""
    return DraftData.model_validate(draft.data)


def reviewed(
    connection: Connection,
    *,
    workspace: str,
    draft: Draft,
    directory: Directory,
    now: datetime,
    is_full: bool = True,
) -> Review:
    """Return what the draft makes: nothing of it is stored.

    Args:
        connection: Any connection.
        workspace: The Slack team.
        draft: The stored draft.
        directory: The workspace as it is now.
        now: The domain's instant, UTC-aware.
        is_full: Take the full proof if it was computed before; False makes the first estimate
            again, which a person may still have in front of them.

    Raises:
        InvalidDraft: if a step has an error, with all of them.
    """
    data = data_of(draft)
    question = question_of(
        connection, workspace=workspace, draft=draft, directory=directory, now=now
    )
    brief = question.brief
    known = proofs.find(connection, workspace=workspace, key=question.key) if is_full else None
    previous = (
        versions.latest(connection, workspace=workspace, design=draft.design)
        if draft.design
        else None
    )
    prefix = catalogue().segments[brief.segment.base].prefix
    design = draft_design(
        brief=brief,
        directory=directory,
        key=draft.design or f"{prefix}-{_NEW}",
        version=previous.number + 1 if previous else 1,
        as_of=now,
        previous=previous.body if previous else None,
        review=ReviewChecklist(**data.review.model_dump()),
        proof=known,
    )
    return Review(
        design=design,
        proof=question.key,
        overlaps=overlaps_of(connection, workspace=workspace, design=design),
    )


def question_of(
    connection: Connection,
    *,
    workspace: str,
    draft: Draft,
    directory: Directory,
    now: datetime,
) -> Question:
    """Return what the proofs of a draft are asked.

    Raises:
        InvalidDraft: if a step has an error, with all of them.
    """
    today = today_in(connection, workspace=workspace, now=now)
    brief = to_brief(data=data_of(draft), directory=directory, as_of=today, author=draft.author)
    return question_of_brief(brief=brief, directory=directory, as_of=now)


def draft_for(
    connection: Connection, *, workspace: str, now: datetime, by: str, design: str
) -> Draft | None:
    """Return a person's draft of a design's next version, stored if there is none yet."""
    for known in drafts.of_author(connection, workspace=workspace, author=by, limit=100):
        if known.design == design:
            return known
    newest = versions.latest(connection, workspace=workspace, design=design)
    if newest is None:
        return None
    directory = directories.load(connection, workspace=workspace).directory
    data = draft_of(brief=newest.body.brief, directory=directory)
    return drafts.start(
        connection,
        workspace=workspace,
        author=by,
        step=Step.BRIEF,
        data=data.model_dump(mode="json"),
        now=now,
        design=design,
    )


def today_in(connection: Connection, *, workspace: str, now: datetime) -> date:
    """Return the workspace's date at `now`; UTC's before the workspace is known."""
    known = workspaces.get(connection, workspace=workspace)
    return now.astimezone(ZoneInfo(known.timezone if known else "UTC")).date()
