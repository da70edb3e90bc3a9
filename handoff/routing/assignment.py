"""Who gets a lead: the first matching row, its owner model, an eligible rep, and the reason why.

Decides and explains; saving the assignment and the credits is up to the caller.
Source: rules.md "Routing", product.md section 5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from handoff.brief import OnMissing, OwnerModel, PersonKey
from handoff.directory import Directory
from handoff.kept import Kept
from handoff.model import Instant, Value, made
from handoff.routing.conditions import format_rule
from handoff.routing.eligibility import (
    Availability,
    Caps,
    Eligible,
    Excluded,
    Exclusion,
    RepLoad,
    Selection,
    select_reps,
)
from handoff.routing.fairness import next_turn
from handoff.routing.fields import missing_fields
from handoff.routing.matching import compiled_rows
from handoff.routing.rotation import Rotation, rotation
from handoff.routing.rules import STRATEGIES, RoutingMatrix, RoutingRow

NO_ROW_MATCHED = "no routing row matched"
HOLD_SHARE = 0.1
HOLD_AT_MOST_MINUTES = 10
RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5))


class Reason(StrEnum):
    """Why exactly this person: shown as "why me"."""

    ACCOUNT_OWNER = "account_owner"
    NAMED_REP = "named_rep"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    LAST_OWNER = "last_owner"
    COMPANY_OWNER = "company_owner"
    FALLBACK = "fallback"
    FALLBACK_SUBSTITUTE = "fallback_substitute"
    POD_MANAGER = "pod_manager"
    REASSIGNED = "reassigned"


STAND_INS = frozenset({Reason.FALLBACK, Reason.FALLBACK_SUBSTITUTE, Reason.POD_MANAGER})
"""Who holds a lead for one of these may dispose of it or name a rep, and not accept it."""


class SkippedRow(Value):
    """A row (or preferred owner) that did not take the lead, and why."""

    row: str
    because: str


class ClockArithmetic(Value):
    """How the due instant came about: minutes of the design's clock, added on its calendar."""

    calendar: str
    band: str
    target_minutes: float
    arrived_at: Instant
    due_at: Instant
    warn_50_at: Instant | None = None
    warn_80_at: Instant | None = None
    accept_by_at: Instant | None = None


class Explanation(Value):
    """What was weighed: stored with the assignment and shown by `why`."""

    row: str | None = None
    row_name: str | None = None
    rule: str | None = None
    skipped: tuple[SkippedRow, ...] = ()
    tier: int = 0
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[str, ...] = ()
    clock: ClockArithmetic | None = None


@made
class Turn:
    """A rotation's state: whose pods, the key of members and weights, exact credits as text."""

    pods: tuple[str, ...]
    key: str
    credits: Mapping[PersonKey, str] = field(default_factory=dict)


@made
class Situation:
    """Everything an assignment depends on, read in the transaction that decides.

    `lead` has `account_owner` and `named_rep` as keys of people; `pod_models` are the pods' owner
    models as the version froze them; `turns` is by the pods of a rotation; `barred` are the reps
    who declined or stayed silent in this cycle; `availability` is of the same directory and
    instant, shared by leads that are assigned together; `preferred` is the owner of the last
    cycle or of the company's open lead.
    """

    matrix: RoutingMatrix
    lead: Mapping[str, object]
    directory: Directory
    default_caps: Caps
    at: datetime
    pod_models: Mapping[str, OwnerModel] = field(default_factory=dict)
    loads: Mapping[PersonKey, RepLoad] = field(default_factory=dict)
    turns: Mapping[tuple[str, ...], Turn] = field(default_factory=dict)
    barred: Mapping[PersonKey, Exclusion] = field(default_factory=dict)
    availability: Availability | None = None
    preferred: tuple[PersonKey, Reason] | None = None


@made
class AssignTo:
    """Give the lead to `person`; tell them at `notify_at`, after checking eligibility again.

    `turn` is the rotation after the pick, to be stored; None when no rotation was asked.
    """

    person: PersonKey
    reason: Reason
    notify_at: Instant
    explanation: Explanation
    turn: Turn | None = None


@dataclass(frozen=True, kw_only=True)
class Unroutable:
    """Nobody can take the lead: a routing failure."""

    because: str
    explanation: Explanation


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Wait for enrichment, the clock running; minutes of the design's clock."""

    fields: tuple[str, ...]
    minutes: float


@dataclass(frozen=True, kw_only=True)
class Incomplete:
    """The hold is over and fields are still missing: do what the row says."""

    fields: tuple[str, ...]
    then: OnMissing


def assign(*, situation: Situation) -> AssignTo | Unroutable:
    """Decide who gets a lead.

    Returns:
        The owner with the reason and all that was weighed, or a routing failure. A person named
        by account or rule who left Slack or handed the lead back is no match, and the next row is
        tried; one who is on time off gives the lead to the row's fallback.
    """
    return _Assigner(situation).decide()


def assign_fallback(
    *, situation: Situation, row: RoutingRow, because: str = ""
) -> AssignTo | Unroutable:
    """Give a lead to a row's fallback: after two re-routes, or when fields stay missing.

    Args:
        situation: Who can be reached.
        row: Whose fallback.
        because: Why no rep was asked, in words; the explanation says so. Empty: no more to say.

    Source: rules.md "Routing": fallback away → substitute → pod manager → routing failure.
    """
    assigner = _Assigner(situation)
    weighed = assigner.explain(row).model_copy(update={"notes": (because,) if because else ()})
    return assigner.fall_back(row, weighed)


def decide_missing(
    *, row: RoutingRow, lead: Mapping[str, object], target_minutes: float, was_held: bool
) -> Hold | Incomplete | None:
    """Decide what happens to a lead that lacks required fields; None when it lacks none."""
    fields = missing_fields(required=row.required_fields, lead=lead)
    if not fields:
        return None
    if was_held:
        return Incomplete(fields=fields, then=row.on_missing)
    return Hold(fields=fields, minutes=min(HOLD_AT_MOST_MINUTES, HOLD_SHARE * target_minutes))


def retry_after(*, attempts: int) -> timedelta | None:
    """Return the elapsed time until the next try after `attempts` transient failures, or None."""
    return RETRY_AFTER[attempts - 1] if 1 <= attempts <= len(RETRY_AFTER) else None


def rotation_of(*, row: RoutingRow, matrix: RoutingMatrix, directory: Directory) -> Rotation:
    """Return the pods of a row; a row that names a person has the matrix's first."""
    names = row.pods or tuple(other.pod for other in matrix.rows if other.pod)[:1]
    return rotation(directory=directory, names=names)


def stand_ins(
    *, row: RoutingRow, matrix: RoutingMatrix, directory: Directory
) -> list[tuple[PersonKey, Reason]]:
    """Return who takes a row's leads when nobody else can, in order, each person once.

    Source: rules.md "Routing": fallback away → substitute → pod manager.
    """
    chain = [(row.fallback, Reason.FALLBACK)]
    chain += [
        (holder, Reason.FALLBACK_SUBSTITUTE)
        for holders in directory.roles.values()
        if row.fallback in holders
        for holder in holders
    ]
    pods = rotation_of(row=row, matrix=matrix, directory=directory).pods
    chain += [(pod.manager, Reason.POD_MANAGER) for pod in pods]
    first: dict[PersonKey, Reason] = {}
    for person, reason in chain:
        first.setdefault(person, reason)
    return list(first.items())


def nobody_found(row: RoutingRow) -> str:
    """Return why a lead that a row matched has no owner."""
    return f"row “{row.name}” found nobody, and its fallback is away"


class _Assigner:
    """Walks the rows of one situation, keeping what it saw for the explanation."""

    def __init__(self, situation: Situation) -> None:
        self._now = situation
        self._available = situation.availability or Availability(
            directory=situation.directory, at=situation.at
        )
        self._skipped: list[tuple[str, str]] = []
        self._declined: RoutingRow | None = None

    def decide(self) -> AssignTo | Unroutable:
        preferred = self._prefer()
        if preferred is not None:
            return preferred
        for one in compiled_rows(self._now.matrix):
            if not one.is_met(self._now.lead):
                self._skip(one.row, one.failure(self._now.lead))
                continue
            found = self._by_row(one.row)
            if found is not None:
                return found
        if self._declined is not None:
            return self.fall_back(self._declined, self.explain(self._declined))
        return Unroutable(because=NO_ROW_MATCHED, explanation=self.explain(None))

    def explain(
        self,
        row: RoutingRow | None,
        *,
        tier: int = 0,
        excluded: Sequence[Excluded] = (),
    ) -> Explanation:
        told = (None, None, None) if row is None else (row.id, row.name, _words_of(row.when))
        return _explanation(told, tuple(self._skipped), tier, tuple(excluded))

    def fall_back(self, row: RoutingRow, explanation: Explanation) -> AssignTo | Unroutable:
        """Try the fallback, then its substitutes, then the pod's manager."""
        excluded = list(explanation.excluded)
        for person, reason in stand_ins(
            row=row, matrix=self._now.matrix, directory=self._now.directory
        ):
            works_at, out = self._availability(person)
            if out is None and works_at is not None:
                return AssignTo(
                    person=person,
                    reason=reason,
                    notify_at=works_at,
                    explanation=explanation.model_copy(update={"excluded": tuple(excluded)}),
                )
            excluded += [out] if out else []
        return Unroutable(
            because=nobody_found(row),
            explanation=explanation.model_copy(update={"excluded": tuple(excluded)}),
        )

    def _prefer(self) -> AssignTo | None:
        if self._now.preferred is None:
            return None
        person, reason = self._now.preferred
        works_at, out = self._availability(person)
        if out is not None or works_at is None:
            self._skipped.append((reason.value, _out_words(out)))
            return None
        return AssignTo(
            person=person, reason=reason, notify_at=works_at, explanation=self.explain(None)
        )

    def _by_row(self, row: RoutingRow) -> AssignTo | Unroutable | None:
        """Return what a matching row decides, None when its person is no match after all."""
        if row.owner_model not in STRATEGIES:
            return self._by_person(row)
        asked = rotation_of(row=row, matrix=self._now.matrix, directory=self._now.directory)
        selection = select_reps(
            members=asked.members,
            loads=self._now.loads,
            default_caps=self._now.default_caps,
            barred=self._now.barred,
            availability=self._available,
        )
        explanation = self.explain(row, tier=selection.tier, excluded=selection.excluded)
        if not selection.eligible:
            return self.fall_back(row, explanation)
        model = row.owner_model
        if model is OwnerModel.POD:
            first = asked.pods[0]
            model = self._now.pod_models.get(first.name, first.model)
        if model is OwnerModel.LEAST_LOADED:
            return _to(_lightest(selection), Reason.LEAST_LOADED, explanation)
        return self._in_turn(asked, selection, explanation)

    def _by_person(self, row: RoutingRow) -> AssignTo | Unroutable | None:
        by_account = row.owner_model is OwnerModel.ACCOUNT_OWNER
        field_name = Reason.ACCOUNT_OWNER if by_account else Reason.NAMED_REP
        person = (None if by_account else row.named_rep) or self._now.lead.get(field_name)
        if not isinstance(person, str) or not person:
            self._skip(row, f"the lead has no {field_name.value.replace('_', ' ')}")
            return None
        works_at, out = self._availability(person)
        if out is None and works_at is not None:
            return AssignTo(
                person=person,
                reason=field_name,
                notify_at=works_at,
                explanation=self.explain(row),
            )
        if person in self._now.barred:
            self._declined = self._declined or row
        if out is not None and out.reason is not Exclusion.TIME_OFF:
            self._skip(row, _out_words(out))
            return None
        return self.fall_back(row, self.explain(row, excluded=[out] if out else []))

    def _in_turn(
        self, asked: Rotation, selection: Selection, explanation: Explanation
    ) -> AssignTo:
        stored = self._now.turns.get(asked.names)
        picked, after = next_turn(
            credits=stored.credits if stored is not None and stored.key == asked.key else {},
            weights={found.person: found.weight for found in selection.eligible},
        )
        chosen = next(found for found in selection.eligible if found.person == picked)
        turn = Turn(pods=asked.names, key=asked.key, credits=after)
        return _to(chosen, Reason.ROUND_ROBIN, explanation, turn)

    def _availability(self, person: PersonKey) -> tuple[datetime | None, Excluded | None]:
        if person in self._now.barred:
            return None, Excluded(person=person, reason=self._now.barred[person])
        found = self._available.of(person)
        return found.works_at, found.excluded

    def _skip(self, row: RoutingRow, because: str) -> None:
        self._skipped.append((row.id, because))


@lru_cache(maxsize=32)  # of five hundred rows one is large
def _explanation(
    told: tuple[str | None, str | None, str | None],
    skipped: tuple[tuple[str, str], ...],
    tier: int,
    excluded: tuple[Excluded, ...],
) -> Explanation:
    """Return what was weighed; for many leads in a row that is the very same."""
    row, name, rule = told
    return Explanation(
        row=row,
        row_name=name,
        rule=rule,
        skipped=tuple(SkippedRow(row=one, because=because) for one, because in skipped),
        tier=tier,
        excluded=excluded,
    )


_words_of = Kept(format_rule, most=4096)


def _to(
    found: Eligible, reason: Reason, explanation: Explanation, turn: Turn | None = None
) -> AssignTo:
    return AssignTo(
        person=found.person,
        reason=reason,
        notify_at=found.notify_at,
        explanation=explanation,
        turn=turn,
    )


def _lightest(selection: Selection) -> Eligible:
    """Return the rep with the fewest untouched leads for its weight, ties by id."""
    return min(
        selection.eligible,
        key=lambda found: (Fraction(found.load.untouched, found.weight), found.person),
    )


def _out_words(out: Excluded | None) -> str:
    words = {
        Exclusion.UNKNOWN: "is not known in Slack",
        Exclusion.DEACTIVATED: "left Slack",
        Exclusion.TIME_OFF: "is on time off",
        Exclusion.DECLINED: "declined this lead",
        Exclusion.SILENT: "did not accept in time",
    }
    return f"{out.person} {words.get(out.reason, out.reason)}" if out else ""
