"""Hand over a lead from Slack, by form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.flows.lead.take_in import Arrival, Refused, names_of, take_in
from handoff.intake.typed import typed_problems
from handoff.lead import LeadState
from handoff.model import Value
from storage import leads, versions
from storage.database import Database
from storage.leads import Lead

#: What the source of such leads is called.
SOURCE = "slack"


class AtWork(Value):
    """A design that may be chosen."""

    key: str
    name: str


@dataclass(frozen=True)
class HandedOver:
    """The lead is stored.

    Attributes:
        lead: As it stands now.
        is_known: It was there already; what was new is added.
    """

    lead: Lead
    is_known: bool

    @property
    def is_over(self) -> bool:
        """Tell whether it came to a lead that is closed already."""
        return self.lead.state in (LeadState.CLOSED, LeadState.DISPOSED)

    @property
    def is_nurtured(self) -> bool:
        """Tell whether it is kept, but below its design's gates."""
        return self.lead.state is LeadState.NURTURED


def designs_at_work(*, database: Database, workspace: str) -> tuple[AtWork, ...]:
    """Return the designs that take leads now, by key."""
    with database.read() as connection:
        found = [
            versions.get(connection, workspace=workspace, design=head.design, number=head.number)
            for head in versions.running(connection, workspace=workspace)
        ]
    bodies = [one.body for one in found if one is not None]
    return tuple(AtWork(key=one.key, name=one.brief.segment.name) for one in bodies)


def hand_over(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    fields: Mapping[str, object],
    name: str,
    design: str | None,
) -> HandedOver | Refused:
    """Take in a lead that a person typed: whoever it is about asked now, as far as we know.

    The same message handed over again is the same word, not another one.

    Args:
        database: Where leads are.
        workspace: The Slack team of the verified request.
        now: When the request was received, UTC-aware.
        by: Slack id from the signed payload.
        fields: As they were typed.
        name: Names the lead for ever: the message it was made from, or the form.
        design: Key of the design that was chosen, or None to let the rules choose.

    Returns:
        The lead; or what is wrong with it, and then nothing is kept: the form is still open.
    """
    unread = typed_problems(fields=fields, now=now)
    if unread:
        return Refused(refused_id=None, errors=unread)

    def work(connection: Connection) -> HandedOver | Refused:
        names = names_of(source=SOURCE, fields={**fields, "external_id": name})
        leads.hold_names(connection, workspace=workspace, names=names)
        known = leads.find(
            connection, workspace=workspace, source=SOURCE, external_id=name, email_key=None
        )
        asked_at = now if known is None else known.submitted_at
        told = {
            "external_id": name,
            "submitted_at": asked_at and asked_at.isoformat(),
            "handed_over_by": by,
        }
        arrival = Arrival(
            source=SOURCE,
            fields={**fields, **told},
            design=design,
            is_kept=False,
        )
        taken = take_in(connection, workspace=workspace, now=now, arrival=arrival)
        if isinstance(taken, Refused):
            return taken
        lead = leads.get(connection, workspace=workspace, lead=taken.lead_id)
        assert lead is not None, "it was stored a line above"
        return HandedOver(lead, is_known=taken.duplicate)

    return database.run(work)
