"""What a version's packet shows now, read from what is stored."""

from dataclasses import dataclass

from bot.flows.entering import overlaps_of
from bot.flows.signoff.case import Case
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.changes import changes_between
from handoff.enablement import ItemState
from handoff.go_live import go_live_opening
from handoff.packet import PacketState
from handoff.readiness import items_of
from storage import audit
from storage.audit import RecordedFact

#: Causes of a proof that make it news for those who read or signed the version before.
_NEWS = frozenset({"team", "day"})
_BECAUSE = {
    "edited": "The design was edited.",
    "changes_requested": "Changes were requested",
    "expired": "Nobody signed it within 14 days.",
    "retired": "The design was retired before it went live.",
}


@dataclass(frozen=True)
class LastProof:
    """What the last run of the proofs found, and why they were run.

    Attributes:
        because: `sent`, `first`, `team` or `day`.
    """

    doubts: tuple[str, ...]
    because: str


def packet_state(case: Case) -> PacketState:
    """Return all that a version's packet shows now."""
    required = [item for item in items_of(case.design.binding) if item.is_required]
    statuses = case.statuses()
    settled = {key for key, status in statuses.items() if status.state is not ItemState.OPEN}
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.subject)
    asked_for = _last(facts, AuditFact.CHANGES_REQUESTED)
    proof = _last_proof(facts)
    may_sign = case.approvers()
    return PacketState(
        design=case.design,
        state=case.version.state,
        asked={side: key for side, key in case.asked().items() if key in may_sign[side]},
        stand_ins={
            side: [key for key in keys if key in may_sign[side]]
            for side, keys in case.stand_ins().items()
        },
        sign_offs=case.sign_offs,
        changes=changes_of(case),
        newest_version=case.newest,
        items_open=sum(item.id not in settled for item in required),
        items_total=len(required),
        opens_at=go_live_opening(case.design),
        ended_because=_ended_because(case, facts),
        ended_by=asked_for.actor if asked_for else "",
        ended_reason=asked_for.data["reason"] if asked_for else "",
        overlaps=_overlaps(case),
        doubts_now=proof.doubts if proof and proof.because in _NEWS else (),
        doubts_because=proof.because if proof else "team",
    )


def _overlaps(case: Case) -> tuple[str, ...]:
    """Return with which designs at work it shares leads; nothing once it is over."""
    if case.version.state in {VersionState.RETIRED, VersionState.SUPERSEDED}:
        return ()
    return overlaps_of(case.connection, workspace=case.workspace, design=case.design)


def changes_of(case: Case) -> tuple[str, ...]:
    """Return what changed since the version before; nothing for the first."""
    earlier = case.sibling(case.version.number - 1)
    return changes_between(old=earlier.design, new=case.design) if earlier else ()


def last_proof(case: Case) -> LastProof | None:
    """Return what the last run of the proofs found; None before the first run."""
    facts = audit.history(case.connection, workspace=case.workspace, subject=case.subject)
    return _last_proof(facts)


def _last_proof(facts: list[RecordedFact]) -> LastProof | None:
    proof = _last(facts, AuditFact.PROOF_COMPUTED)
    if proof is None:
        return None
    return LastProof(tuple(proof.data["doubts"]), proof.data.get("because", "team"))


def _ended_because(case: Case, facts: list[RecordedFact]) -> str:
    if case.version.state is not VersionState.SUPERSEDED:
        return ""
    reasons = [fact.data["because"] for fact in facts if "because" in fact.data]
    return _BECAUSE.get(reasons[-1], "") if reasons else ""


def _last(facts: list[RecordedFact], kind: AuditFact) -> RecordedFact | None:
    return next((fact for fact in reversed(facts) if fact.kind == kind), None)
