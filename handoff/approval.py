"""The sign-off state machine: states of a version, sides, and who may sign what.

Source: product.md section 4, rules.md "Versions, hash, sign-off".
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import Field

from handoff.brief import PersonKey
from handoff.directory import Person
from handoff.model import Instant, Value


class VersionState(StrEnum):
    """The states of a design version (architecture.md, "State machines")."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ACTIVE = "active"
    PAUSED = "paused"
    RETIRED = "retired"
    SUPERSEDED = "superseded"


TRANSITIONS: Mapping[VersionState, frozenset[VersionState]] = {
    VersionState.DRAFT: frozenset({VersionState.IN_REVIEW}),
    VersionState.IN_REVIEW: frozenset({VersionState.APPROVED, VersionState.SUPERSEDED}),
    VersionState.APPROVED: frozenset({VersionState.ACTIVE, VersionState.SUPERSEDED}),
    VersionState.ACTIVE: frozenset({VersionState.PAUSED, VersionState.RETIRED}),
    VersionState.PAUSED: frozenset({VersionState.ACTIVE, VersionState.RETIRED}),
    VersionState.RETIRED: frozenset({VersionState.ACTIVE}),
    VersionState.SUPERSEDED: frozenset(),
}


class TransitionNotAllowed(Exception):
    """A design version cannot change between these two states."""

    def __init__(self, before: VersionState, after: VersionState) -> None:
        super().__init__(f"a version that is {before} cannot become {after}")
        self.before = before
        self.after = after


def transition(*, before: VersionState, after: VersionState) -> VersionState:
    """Return `after` when a version in state `before` may become it.

    Raises:
        TransitionNotAllowed: if the table has no such step.
    """
    if after not in TRANSITIONS[before]:
        raise TransitionNotAllowed(before, after)
    return after


class Side(StrEnum):
    """The two sides whose sign-off a version needs."""

    REVOPS = "revops"
    SALES = "sales"

    @property
    def title(self) -> str:  # type: ignore[override]
        """Return the name people read."""
        return "RevOps" if self is Side.REVOPS else "Sales"


class Via(StrEnum):
    """How somebody signed."""

    BUTTON = "button"
    REACTION = "reaction"


class SignOff(Value):
    """One side's sign-off of exactly one content hash."""

    side: Side
    person: PersonKey
    version: int
    content_hash: str
    via: Via
    at: Instant
    reason: str | None = None


class Standing(Value):
    """What a version stands at inside the transaction that decides: everything read live.

    `approvers` are the holders of each side's role, the one in charge first, then substitutes;
    `named` is whom the brief asked, `stand_ins` the substitutes who were asked in their place.
    `blockers` forbid any sign-off, `doubts` ask every signer for a written reason (below the
    attainment target, unproven, coverage gap).
    """

    state: VersionState
    version: int
    content_hash: str
    approvers: Mapping[Side, tuple[PersonKey, ...]]
    named: Mapping[Side, PersonKey] = Field(default_factory=dict)
    stand_ins: Mapping[Side, tuple[PersonKey, ...]] = Field(default_factory=dict)
    sign_offs: tuple[SignOff, ...] = ()
    blockers: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Attempt(Value):
    """Somebody's attempt to sign: identity from the signed payload, version and hash as shown."""

    person: Person | None = Field(description="None: not a known member of the workspace")
    version: int
    content_hash: str
    via: Via
    reason: str | None = None


class RefusalCode(StrEnum):
    """Why a sign-off or a request for changes is refused."""

    UNKNOWN_PERSON = "unknown_person"
    NOT_A_MEMBER = "not_a_member"
    STALE = "stale"
    NOT_IN_REVIEW = "not_in_review"
    BLOCKED = "blocked"
    NOT_AN_APPROVER = "not_an_approver"
    ONE_SLOT = "one_slot"
    ALREADY_SIGNED = "already_signed"


class Signed(Value):
    """The sign-off to store; `completes` when it is the second of the two."""

    sign_off: SignOff
    completes: bool


class ReasonNeeded(Value):
    """The version has doubts: the same attempt must come again with a written reason."""

    side: Side
    doubts: tuple[str, ...]


class Refused(Value):
    """Nothing changes; `message` says why and what to do, `people` who can help."""

    code: RefusalCode
    message: str
    people: tuple[PersonKey, ...] = ()


def decide_sign_off(
    *, standing: Standing, attempt: Attempt, now: Instant
) -> Signed | ReasonNeeded | Refused:
    """Decide one attempt to sign a version.

    Args:
        standing: The version as it stands now, read in the deciding transaction.
        attempt: Who signs what, as the person saw it.
        now: Decision instant, UTC-aware.

    Returns:
        The sign-off to store, a request for a reason, or a refusal that changes nothing.
    """
    refusal = _refuse_person(attempt) or _refuse_version(standing, attempt)
    if refusal is not None:
        return refusal
    assert attempt.person is not None
    side = _side_for(standing, attempt.person.key)
    if isinstance(side, Refused):
        return side
    reason = (attempt.reason or "").strip() or None
    if standing.doubts and reason is None:
        return ReasonNeeded(side=side, doubts=standing.doubts)
    sign_off = SignOff(
        side=side,
        person=attempt.person.key,
        version=standing.version,
        content_hash=standing.content_hash,
        via=attempt.via,
        at=now,
        reason=reason,
    )
    return Signed(sign_off=sign_off, completes=len(standing.sign_offs) == 1)


def decide_request_changes(*, standing: Standing, attempt: Attempt) -> Refused | None:
    """Return the refusal of a request for changes, or None when it may go ahead.

    Either side's approver may ask for changes while the version is in review or approved.
    """
    refusal = _refuse_person(attempt) or _refuse_version(
        standing, attempt, allowed=(VersionState.IN_REVIEW, VersionState.APPROVED), blocks=False
    )
    if refusal is not None:
        return refusal
    assert attempt.person is not None
    if not any(attempt.person.key in keys for keys in standing.approvers.values()):
        return _not_an_approver(standing)
    return None


def may_withdraw(*, standing: Standing, person: PersonKey) -> SignOff | None:
    """Return the reaction sign-off that `person` may still take back, or None.

    Removing a reaction withdraws only the sign-off given by that person's own reaction, and not
    after the last sign-off was committed (the version has then left review).
    """
    if standing.state is not VersionState.IN_REVIEW:
        return None
    mine = [s for s in standing.sign_offs if s.person == person and s.via is Via.REACTION]
    return mine[0] if mine else None


def _refuse_person(attempt: Attempt) -> Refused | None:
    person = attempt.person
    if person is None:
        return Refused(
            code=RefusalCode.UNKNOWN_PERSON,
            message="I do not know you in this workspace yet. Open the Handoff Home tab once, "
            "then try again.",
        )
    if person.is_bot or person.is_guest or not person.is_active:
        return Refused(
            code=RefusalCode.NOT_A_MEMBER,
            message="Only full members of this workspace can sign a handoff, not guests or bots.",
        )
    return None


def _refuse_version(
    standing: Standing,
    attempt: Attempt,
    *,
    allowed: tuple[VersionState, ...] = (VersionState.IN_REVIEW,),
    blocks: bool = True,
) -> Refused | None:
    if (attempt.version, attempt.content_hash) != (standing.version, standing.content_hash):
        return Refused(
            code=RefusalCode.STALE,
            message=f"This is not the current version any more; version {standing.version} is. "
            "Please look at the newest packet.",
        )
    if standing.state not in allowed:
        return Refused(code=RefusalCode.NOT_IN_REVIEW, message=_state_message(standing))
    if blocks and standing.blockers:
        listed = "; ".join(standing.blockers)
        return Refused(
            code=RefusalCode.BLOCKED,
            message=f"This version cannot be signed yet: {listed}. Edit the design first.",
        )
    return None


def _state_message(standing: Standing) -> str:
    words = {
        VersionState.DRAFT: "is still a draft and was not sent for sign-off",
        VersionState.IN_REVIEW: "is in review",
        VersionState.APPROVED: "is already signed by both sides",
        VersionState.ACTIVE: "is already signed and active",
        VersionState.PAUSED: "is already signed; it is paused",
        VersionState.RETIRED: "is retired",
        VersionState.SUPERSEDED: "was replaced by a newer version",
    }
    return f"Nothing to do: version {standing.version} {words[standing.state]}."


def _side_for(standing: Standing, person: PersonKey) -> Side | Refused:
    """Return the side that `person` signs, or why there is none."""
    sides = [side for side in Side if person in standing.approvers.get(side, ())]
    if not sides:
        return _not_an_approver(standing)
    signed = {s.side: s for s in standing.sign_offs}
    own = [s for s in standing.sign_offs if s.person == person]
    if own:
        if len(sides) > 1 and len(signed) == 1:
            return Refused(
                code=RefusalCode.ONE_SLOT,
                message=f"You already signed for {own[0].side.title}. The other side needs a "
                "second person.",
            )
        return Refused(
            code=RefusalCode.ALREADY_SIGNED,
            message=f"You already signed for {own[0].side.title}. Nothing more to do.",
        )
    free = [side for side in sides if side not in signed]
    if not free:
        taken = signed[sides[0]]
        return Refused(
            code=RefusalCode.ALREADY_SIGNED,
            message=f"{taken.side.title} has already signed.",
            people=(taken.person,),
        )
    return _best_of(standing, free, person)


def _best_of(standing: Standing, free: Sequence[Side], person: PersonKey) -> Side:
    """Return the side that nobody else can sign, else one that `person` was asked to sign.

    Signing another would leave the version without anybody to sign the rest of it.
    """
    alone = [side for side in free if set(standing.approvers[side]) == {person}]
    asked = [
        side
        for side in free
        if person in (standing.named.get(side), *standing.stand_ins.get(side, ()))
    ]
    return (alone or asked or free)[0]


def _not_an_approver(standing: Standing) -> Refused:
    # One person may be in charge of both sides.
    in_charge = tuple(dict.fromkeys(keys[0] for keys in standing.approvers.values() if keys))
    return Refused(
        code=RefusalCode.NOT_AN_APPROVER,
        message="Only the RevOps and Sales approvers can do this."
        if in_charge
        else "Nobody holds the approver roles yet. An admin can set them with `/handoff team`.",
        people=in_charge,
    )
