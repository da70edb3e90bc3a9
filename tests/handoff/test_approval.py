"""The sign-off state machine: only allow-listed attempts succeed."""

from datetime import UTC, datetime
from itertools import product

import pytest

from handoff.approval import (
    TRANSITIONS,
    Attempt,
    ReasonNeeded,
    RefusalCode,
    Refused,
    Side,
    Signed,
    SignOff,
    Standing,
    TransitionNotAllowed,
    VersionState,
    Via,
    decide_request_changes,
    decide_sign_off,
    may_withdraw,
    transition,
)
from handoff.directory import Person

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HASH = "a" * 64
APPROVERS = {Side.REVOPS: ("ria", "both"), Side.SALES: ("sam", "both")}
PEOPLE = {
    "ria": Person(key="ria", name="Ria"),
    "sam": Person(key="sam", name="Sam"),
    "both": Person(key="both", name="Bo"),
    "outsider": Person(key="outsider", name="Olga"),
    "guest": Person(key="ria", name="Ria as guest", is_guest=True),
    "bot": Person(key="ria", name="Ria as bot", is_bot=True),
    "gone": Person(key="ria", name="Ria gone", is_active=False),
    "unknown": None,
}


def signed_by(person: str, side: Side, via: Via = Via.BUTTON) -> SignOff:
    """Return a sign-off of the current version."""
    return SignOff(side=side, person=person, version=2, content_hash=HASH, via=via, at=NOW)


def standing(**changes: object) -> Standing:
    """Return version 2 in review with nobody signed, changed as asked."""
    facts = {
        "state": VersionState.IN_REVIEW,
        "version": 2,
        "content_hash": HASH,
        "approvers": APPROVERS,
    }
    return Standing.model_validate(facts | changes)


def attempt(who: str, **changes: object) -> Attempt:
    """Return an attempt by `who` on the version as shown, changed as asked."""
    facts = {"person": PEOPLE[who], "version": 2, "content_hash": HASH, "via": Via.BUTTON}
    return Attempt.model_validate(facts | changes)


EARLIER = {
    "nobody": (),
    "ria for revops": (signed_by("ria", Side.REVOPS),),
    "sam for sales": (signed_by("sam", Side.SALES),),
    "both for revops": (signed_by("both", Side.REVOPS),),
}
ALLOWED = {
    ("ria", "nobody"): (Side.REVOPS, False),
    ("sam", "nobody"): (Side.SALES, False),
    ("both", "nobody"): (Side.REVOPS, False),
    ("sam", "ria for revops"): (Side.SALES, True),
    ("both", "ria for revops"): (Side.SALES, True),
    ("ria", "sam for sales"): (Side.REVOPS, True),
    ("both", "sam for sales"): (Side.REVOPS, True),
    ("sam", "both for revops"): (Side.SALES, True),
}


@pytest.mark.parametrize(
    ("who", "earlier", "state", "version", "content"),
    list(product(PEOPLE, EARLIER, VersionState, (1, 2, 3), (HASH, "b" * 64))),
)
def test_only_allow_listed_cells_sign(
    who: str, earlier: str, state: VersionState, version: int, content: str
) -> None:
    """Every combination of person, earlier sign-offs, state, version and hash is decided right."""
    decision = decide_sign_off(
        standing=standing(state=state, sign_offs=EARLIER[earlier]),
        attempt=attempt(who, version=version, content_hash=content),
        now=NOW,
    )

    current = state is VersionState.IN_REVIEW and version == 2 and content == HASH
    expected = ALLOWED.get((who, earlier)) if current else None
    if expected is None:
        assert isinstance(decision, Refused)
        assert decision.message
    else:
        assert isinstance(decision, Signed)
        assert (decision.sign_off.side, decision.completes) == expected
        assert decision.sign_off.content_hash == HASH


def test_one_person_fills_one_slot() -> None:
    """A substitute of both sides who signed one is told that the other needs a second person."""
    decision = decide_sign_off(
        standing=standing(sign_offs=EARLIER["both for revops"]), attempt=attempt("both"), now=NOW
    )

    assert isinstance(decision, Refused)
    assert decision.code is RefusalCode.ONE_SLOT


def test_the_asked_side_comes_first() -> None:
    """Somebody who may sign either side signs the one the brief asked them for."""
    decision = decide_sign_off(
        standing=standing(named={Side.SALES: "both"}), attempt=attempt("both"), now=NOW
    )

    assert isinstance(decision, Signed)
    assert decision.sign_off.side is Side.SALES


def test_a_stand_in_signs_the_side_they_were_asked_for() -> None:
    """A substitute of both who was asked instead of Sam does not take Ria's place."""
    decision = decide_sign_off(
        standing=standing(
            named={Side.REVOPS: "ria", Side.SALES: "sam"}, stand_ins={Side.SALES: ("both",)}
        ),
        attempt=attempt("both"),
        now=NOW,
    )

    assert isinstance(decision, Signed)
    assert decision.sign_off.side is Side.SALES


def test_a_side_that_only_one_person_can_sign_is_theirs() -> None:
    """Whatever the brief asked: who is left alone on a side must not sign the other one."""
    decision = decide_sign_off(
        standing=standing(
            approvers={Side.REVOPS: ("ria", "both"), Side.SALES: ("both",)},
            named={Side.REVOPS: "both", Side.SALES: "sam"},
        ),
        attempt=attempt("both"),
        now=NOW,
    )

    assert isinstance(decision, Signed)
    assert decision.sign_off.side is Side.SALES


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_doubts_need_a_written_reason(reason: str | None) -> None:
    """A design under its target is not signed in silence; blank is not a reason."""
    doubtful = standing(doubts=("predicted 71%, under 90%",))

    silent = decide_sign_off(standing=doubtful, attempt=attempt("ria", reason=reason), now=NOW)
    spoken = decide_sign_off(
        standing=doubtful, attempt=attempt("ria", reason=" a pilot "), now=NOW
    )

    assert isinstance(silent, ReasonNeeded)
    assert silent.doubts == ("predicted 71%, under 90%",)
    assert isinstance(spoken, Signed)
    assert spoken.sign_off.reason == "a pilot"


def test_blockers_forbid_signing_but_not_asking_for_changes() -> None:
    """A lint error cannot be signed away; the approver can still send it back."""
    blocked = standing(blockers=("row r2 has no fallback",))

    signing = decide_sign_off(standing=blocked, attempt=attempt("ria", reason="x"), now=NOW)

    assert isinstance(signing, Refused)
    assert signing.code is RefusalCode.BLOCKED
    assert "row r2 has no fallback" in signing.message
    assert decide_request_changes(standing=blocked, attempt=attempt("ria")) is None


@pytest.mark.parametrize(
    ("who", "state", "code"),
    [
        ("outsider", VersionState.IN_REVIEW, RefusalCode.NOT_AN_APPROVER),
        ("guest", VersionState.IN_REVIEW, RefusalCode.NOT_A_MEMBER),
        ("unknown", VersionState.IN_REVIEW, RefusalCode.UNKNOWN_PERSON),
        ("ria", VersionState.ACTIVE, RefusalCode.NOT_IN_REVIEW),
        ("ria", VersionState.APPROVED, None),
    ],
)
def test_who_may_ask_for_changes(who: str, state: VersionState, code: RefusalCode | None) -> None:
    """Only an approver asks for changes, and only before activation."""
    refusal = decide_request_changes(standing=standing(state=state), attempt=attempt(who))

    assert (refusal.code if refusal else None) == code


def test_nobody_in_the_roles_says_what_to_do() -> None:
    """Without holders the refusal leads to the directory."""
    decision = decide_sign_off(standing=standing(approvers={}), attempt=attempt("ria"), now=NOW)

    assert isinstance(decision, Refused)
    assert "/handoff team" in decision.message


def test_who_is_in_charge_of_both_sides_is_named_once() -> None:
    """Nobody is sent to the same person twice."""
    alone = standing(approvers=dict.fromkeys(Side, ("ria",)))

    refused = decide_sign_off(standing=alone, attempt=attempt("outsider"), now=NOW)

    assert isinstance(refused, Refused)
    assert refused.people == ("ria",)


def test_withdrawing_takes_back_only_the_own_reaction_in_review() -> None:
    """Not another's, not a button's, and not after the last sign-off."""
    mine = signed_by("ria", Side.REVOPS, Via.REACTION)

    assert may_withdraw(standing=standing(sign_offs=(mine,)), person="ria") == mine
    assert may_withdraw(standing=standing(sign_offs=(mine,)), person="sam") is None
    by_button = standing(sign_offs=(signed_by("ria", Side.REVOPS),))
    assert may_withdraw(standing=by_button, person="ria") is None
    done = standing(sign_offs=(mine,), state=VersionState.APPROVED)
    assert may_withdraw(standing=done, person="ria") is None


@pytest.mark.parametrize(("before", "after"), list(product(VersionState, VersionState)))
def test_transitions_outside_the_table_raise(before: VersionState, after: VersionState) -> None:
    """The table is the only way from one state to another."""
    if after in TRANSITIONS[before]:
        assert transition(before=before, after=after) is after
    else:
        with pytest.raises(TransitionNotAllowed) as caught:
            transition(before=before, after=after)
        assert (caught.value.before, caught.value.after) == (before, after)
