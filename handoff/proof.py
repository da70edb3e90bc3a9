"""The two proofs of a design: the question they answer, and the key of its full answer.

A full proof takes seconds, so it is computed where nobody waits, and kept. Its key covers all
that it reads: the same key is the same proof, whoever asks and however often.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from handoff.brief import ClockBasis, HandoffBrief
from handoff.calendars import BusinessCalendar, clock_calendar
from handoff.design import HandoffDesign
from handoff.directory import Directory
from handoff.escalation.coverage import CoverageProof, prove_coverage
from handoff.escalation.ladder import draft_policy
from handoff.go_live import design_calendar
from handoff.people import calendar_named, display_name
from handoff.preparation import SHORT_NOTICE
from handoff.sla.feasibility import prove
from handoff.sla.model import Depth, Feasibility
from handoff.sla.staffing import staffing

#: Goes into every key. Raise it when the models answer the same question differently.
_REVISION = 1
_YEARS_AHEAD = 3


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the proofs are asked: can this team keep this brief on this clock, from this day on?

    Attributes:
        brief: Targets, volume, handling, ladder, pods.
        directory: The workspace as it is now.
        clock: The design's clock.
        as_of: The instant of the proof, aware.
    """

    brief: HandoffBrief
    directory: Directory
    clock: BusinessCalendar
    as_of: datetime

    @cached_property
    def key(self) -> str:
        """Return the SHA-256 (hex) of everything that the feasibility proof reads.

        Of the directory that is the reps of the pods: their hours, weights, time off and names.
        Of the day it is the first one looked at, so that a proof for a go-live ahead stays good.
        """
        staffed = staffing(
            brief=self.brief, directory=self.directory, calendar=self.clock, as_of=self.as_of
        )
        reps = sorted({rep for pod in staffed.pods for rep in pod.reps})
        names = [display_name(directory=self.directory, key=rep) for rep in reps]
        away = [off for off in self.directory.time_off if off.person in reps]
        read = (_REVISION, self.brief.model_dump_json(), staffed, names, away)
        return hashlib.sha256(repr(read).encode()).hexdigest()

    def feasibility(self, *, depth: Depth) -> Feasibility:
        """Return whether the team keeps the response SLA; FULL takes up to some seconds."""
        return prove(
            brief=self.brief,
            directory=self.directory,
            calendar=self.clock,
            as_of=self.as_of,
            depth=depth,
        )

    def coverage(self) -> CoverageProof:
        """Return whether every step of the ladder reaches somebody; takes milliseconds."""
        return prove_coverage(
            policy=draft_policy(brief=self.brief),
            directory=self.directory,
            calendar=self.clock,
            from_at=self.as_of,
        )


def question_of_brief(*, brief: HandoffBrief, directory: Directory, as_of: datetime) -> Question:
    """Return the question that a brief asks before it is a version.

    Raises:
        BadCalendar: if the brief's calendar cannot be used.
    """
    spec = calendar_named(directory=directory, name=brief.targets.calendar)
    clock = clock_calendar(spec=spec, clock=brief.targets.clock, years=years_from(as_of))
    return Question(brief=brief, directory=directory, clock=clock, as_of=as_of)


def question_of_design(
    *, design: HandoffDesign, directory: Directory, as_of: datetime
) -> Question:
    """Return the question that a version asks: its own frozen clock, the team as it is now."""
    if design.brief.targets.clock is ClockBasis.ELAPSED:
        return question_of_brief(brief=design.brief, directory=directory, as_of=as_of)
    clock = design_calendar(design)
    return Question(brief=design.brief, directory=directory, clock=clock, as_of=as_of)


def prove_design(
    *,
    brief: HandoffBrief,
    directory: Directory,
    as_of: datetime,
    depth: Depth = Depth.FULL,
) -> tuple[Feasibility, CoverageProof]:
    """Run both proofs of a brief against the directory as it is at `as_of`.

    Raises:
        BadCalendar: if the brief's calendar cannot be used.
    """
    question = question_of_brief(brief=brief, directory=directory, as_of=as_of)
    return question.feasibility(depth=depth), question.coverage()


def with_proof(*, design: HandoffDesign, proof: Feasibility | None) -> HandoffDesign:
    """Return a design that shows another feasibility proof; nothing that is signed changes.

    Args:
        design: A version; its own warning of short notice stays.
        proof: A newer or fuller proof of the same design; None leaves it as it is.
    """
    if proof is None:
        return design
    notice = [risk for risk in design.feasibility.risks if risk.code == SHORT_NOTICE]
    shown = proof.model_copy(update={"risks": (*proof.risks, *notice)})
    return design.model_copy(update={"feasibility": shown})


def years_from(as_of: datetime) -> range:
    """Return the years for which holidays are looked up."""
    return range(as_of.year - 1, as_of.year + _YEARS_AHEAD)
