"""Open a design's newest version in the form: what comes of it is the next version."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.form import Form
from bot.flows.define.prove import show_form
from bot.flows.drafting import draft_for
from storage.database import Database
from storage.drafts import Draft


@dataclass(frozen=True)
class NoSuchDesign:
    """There is no design of this key, or it has no version yet."""

    key: str


def edit(
    *, database: Database, workspace: str, now: datetime, by: str, design: str
) -> Form | NoSuchDesign:
    """Return the form filled with a design's newest version.

    A draft of the same design that the person has already is opened again instead of a second
    one.
    """

    def work(connection: Connection) -> Draft | None:
        return draft_for(connection, workspace=workspace, now=now, by=by, design=design)

    stored = database.run(work)
    if stored is None:
        return NoSuchDesign(design)
    return show_form(database=database, workspace=workspace, draft=stored, now=now)
