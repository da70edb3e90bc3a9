"""Go on with a draft that waited for the team's set-up, or for a new pod."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.define.change import change_draft
from bot.flows.define.form import DraftGone, FieldErrors, Form, defaults_for
from bot.flows.drafting import data_of, today_in
from handoff.defaults.form import with_defaults
from handoff.directory import Directory
from handoff.form_data import DraftData
from storage.database import Database
from storage.drafts import Draft


def carry_on(
    *, database: Database, workspace: str, now: datetime, by: str, draft: str
) -> Form | FieldErrors | DraftGone:
    """Fill what is still empty in a draft from the directory that there is now, and show it."""

    def change(connection: Connection, stored: Draft, directory: Directory) -> DraftData:
        data = data_of(stored)
        today = today_in(connection, workspace=workspace, now=now)
        known = data.capacity.history
        defaults = defaults_for(data, directory=directory, today=today, history=known)
        return with_defaults(data=data, defaults=defaults)

    return change_draft(
        change, database=database, workspace=workspace, now=now, by=by, draft=draft
    )
