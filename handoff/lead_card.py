"""What a lead's message shows one person, and why they have it, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from handoff.brief import Band, PersonKey
from handoff.lead import LeadState, Outcome
from handoff.model import Instant
from handoff.routing.assignment import Reason
from handoff.sla.clock import ClockState
from handoff.words import cut

_NAME_FIELDS = ("first_name", "last_name")
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, kw_only=True)
class LeadCard:
    """A lead as its owner, or somebody who had it before, sees it. Instants are UTC.

    Attributes:
        lead: Id of the cycle.
        fields: Its attributes, as the source sent them.
        design: Key of the design, None when none took it.
        row_name: The routing row that matched.
        reason: Why this owner, None while nobody has it.
        because: Why no rep was asked before the fallback, None if that says it all.
        is_mine: The reader owns it.
        is_stand_in: It is held as the fallback: to be disposed of, or given to a rep.
        accept_by_at: Until when its owner is asked to accept it, None once that is over.
        resume_at: When a paused clock runs again.
    """

    lead: str
    state: LeadState
    fields: Mapping[str, object]
    design: str | None = None
    row_name: str | None = None
    pod: str | None = None
    band: Band | None = None
    score: int | None = None
    owner: PersonKey | None = None
    reason: Reason | None = None
    because: str | None = None
    is_mine: bool = True
    is_stand_in: bool = False
    is_test: bool = False
    clock: ClockState | None = None
    due_at: Instant | None = None
    accept_by_at: Instant | None = None
    resume_at: Instant | None = None
    touched_at: Instant | None = None
    outcome: Outcome | None = None


#: So many of their leads a person sees at once; of more they are told that there are more.
MOST_SHOWN = 12


def in_short(value: object, *, most: int = 80) -> str:
    """Return what a source sent as one line for a message, however long it is.

    Marks that turn the direction of text are left out: what follows them would read backwards.
    """
    return cut(" ".join(str(value).translate(_TURNS).split()), most)


def lead_name(fields: Mapping[str, object]) -> str:
    """Return what people call a lead: the person, else the address, else the company."""
    person = " ".join(str(fields[name]) for name in _NAME_FIELDS if fields.get(name))
    others = (fields.get(name) for name in ("name", "email", "company", "phone"))
    found = (in_short(one) for one in (person, *others) if one)
    return next(filter(None, found), "A lead without a name")


def reason_words(*, reason: Reason, pod: str | None, because: str | None = None) -> str:
    """Return why somebody owns a lead, as told to them.

    Args:
        reason: Why this person.
        pod: Of the lead's row.
        because: Why no rep was asked before the fallback; None if none could take it.
    """
    team, why = pod or "your team", because or "no rep could take it"
    return {
        Reason.ACCOUNT_OWNER: "you own this account",
        Reason.NAMED_REP: "you are named for such leads",
        Reason.ROUND_ROBIN: f"it is your turn in {team}",
        Reason.LEAST_LOADED: f"you have the fewest waiting leads in {team}",
        Reason.LAST_OWNER: "you had this lead the last time",
        Reason.COMPANY_OWNER: "you have another open lead of this company",
        Reason.FALLBACK: f"you are the fallback ({why})",
        Reason.FALLBACK_SUBSTITUTE: f"you stand in for the fallback ({why})",
        Reason.POD_MANAGER: f"you manage {team}, and the fallback is away ({why})",
        Reason.REASSIGNED: "a manager, or the fallback, gave it to you",
    }[reason]
