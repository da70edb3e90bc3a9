"""A design version inside an open transaction: what every sign-off decision is made on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.flows.signoff.outcomes import Denied
from bot.flows.signoff.reference import Reference
from handoff.approval import Side, SignOff, Standing, VersionState, transition
from handoff.audit import AuditFact
from handoff.design import HandoffDesign
from handoff.directory import Directory, Person, Role
from handoff.enablement import ItemStatus
from handoff.people import find_person, holders
from handoff.proof import Question, question_of_design, with_proof
from handoff.sign_off_check import blockers, proof_doubts
from handoff.sla.model import Feasibility
from storage import audit, designs, directory, proofs, readiness, sign_offs, versions
from storage.versions import DesignVersion

_ROLES = {Side.REVOPS: Role.REVOPS_APPROVER, Side.SALES: Role.SALES_APPROVER}


class MovedMeanwhile(RuntimeError):
    """The version changed its state although its design was locked."""


@dataclass(frozen=True)
class Case:
    """A version as it stands in this transaction.

    Attributes:
        connection: The transaction; flows that change the version hold its design's lock.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
        version: The stored version, immutable body included.
        sign_offs: Those given when it was loaded.
        directory: The workspace directory, live.
        newest: Number of the design's newest version.
        active: Number of the version that takes leads (or is paused), or None.
    """

    connection: Connection
    workspace: str
    now: datetime
    version: DesignVersion
    sign_offs: tuple[SignOff, ...]
    directory: Directory
    newest: int
    active: int | None

    @property
    def design(self) -> HandoffDesign:
        """Return the version with its newest full proof, if there is one by now."""
        return self.proved_by(self.version.proof)

    def proved_by(self, key: str | None) -> HandoffDesign:
        """Return the version as a certain full proof shows it; as it was sent for None."""
        proof = self.find_proof(key) if key is not None else None
        return with_proof(design=self.version.body, proof=proof)

    def find_proof(self, key: str) -> Feasibility | None:
        """Return a full proof by its key, or None if there is none."""
        return proofs.find(self.connection, workspace=self.workspace, key=key)

    @property
    def question(self) -> Question:
        """Return what the proofs of this version are asked at this instant."""
        return question_of_design(
            design=self.version.body, directory=self.directory, as_of=self.now
        )

    @property
    def subject(self) -> str:
        """Return the id by which timers, messages and audit facts name this version."""
        return subject_of(self.version.design, self.version.number)

    @property
    def channel(self) -> str:
        """Return the channel of its packet."""
        return self.design.brief.people.channel

    @property
    def reference(self) -> Reference:
        """Return the reference that its own packet carries."""
        return Reference(self.version.design, self.version.number, self.version.content_hash)

    def person(self, key: str) -> Person | None:
        """Return a member of the workspace, or None."""
        return find_person(directory=self.directory, key=key)

    def approvers(self) -> dict[Side, tuple[str, ...]]:
        """Return who may sign each side now, the one in charge first."""
        return {
            side: holders(directory=self.directory, role=role) for side, role in _ROLES.items()
        }

    def asked(self) -> dict[Side, str]:
        """Return whom the brief asks to sign each side."""
        people = self.design.brief.people
        return {Side.REVOPS: people.revops_approver, Side.SALES: people.sales_approver}

    def stand_ins(self) -> dict[Side, tuple[str, ...]]:
        """Return the substitutes who were asked to sign each side."""
        facts = audit.history(self.connection, workspace=self.workspace, subject=self.subject)
        asked = [fact.data for fact in facts if fact.kind is AuditFact.SUBSTITUTE_ASKED]
        return {
            side: tuple(data["person"] for data in asked if data["side"] == side.value)
            for side in Side
        }

    def standing(self, *, with_proofs: bool) -> Standing:
        """Return what a decision is made on.

        Args:
            with_proofs: Look for blockers and doubts again, live; False where they do not
                matter, to save the work. The full proof for the present input decides; while
                it is not there the version counts as unproven.
        """
        stands = Standing(
            state=self.version.state,
            version=self.version.number,
            content_hash=self.version.content_hash,
            approvers=self.approvers(),
            named=self.asked(),
            stand_ins=self.stand_ins(),
            sign_offs=self.sign_offs,
        )
        if not with_proofs:
            return stands
        question = self.question
        found = proof_doubts(
            feasibility=self.find_proof(question.key), coverage=question.coverage()
        )
        against = blockers(design=self.version.body, directory=self.directory)
        return stands.model_copy(update={"blockers": against, "doubts": found})

    def statuses(self) -> dict[str, ItemStatus]:
        """Return the live status of each readiness item, by id."""
        rows = readiness.of_version(
            self.connection,
            workspace=self.workspace,
            design=self.version.design,
            version=self.version.number,
        )
        return {row.item: row.status for row in rows}

    def move(self, to: VersionState) -> None:
        """Bring the version into its next state.

        Raises:
            TransitionNotAllowed: if the state machine has no such step.
            MovedMeanwhile: if it is in another state by now; the flow is repeated or fails.
        """
        before = self.version.state
        moved = versions.move(
            self.connection,
            workspace=self.workspace,
            design=self.version.design,
            number=self.version.number,
            expected=before,
            to=transition(before=before, after=to),
            now=self.now,
        )
        if not moved:
            raise MovedMeanwhile(self.subject)

    def record(
        self, kind: AuditFact, *, by: str = "handoff", data: Mapping[str, Any] | None = None
    ) -> None:
        """Add a fact about the version to the audit log."""
        audit.record(
            self.connection,
            workspace=self.workspace,
            kind=kind,
            actor=by,
            subject=self.subject,
            now=self.now,
            data=data,
        )

    def sibling(self, number: int) -> "Case | None":
        """Return another version of the same design, in the same transaction."""
        return load(
            self.connection,
            workspace=self.workspace,
            subject=subject_of(self.version.design, number),
            now=self.now,
        )


def subject_of(design: str, version: int) -> str:
    """Return the id of a version, such as `ENT-3/2`."""
    return f"{design}/{version}"


def version_of(subject: str) -> tuple[str, int]:
    """Return design and number of a version's id."""
    design, _, number = subject.rpartition("/")
    return design, int(number)


def load(connection: Connection, *, workspace: str, subject: str, now: datetime) -> Case | None:
    """Load a version without locking its design: for rendering, or inside a flow that did."""
    design, number = version_of(subject)
    version = versions.get(connection, workspace=workspace, design=design, number=number)
    owner = designs.get(connection, workspace=workspace, key=design)
    if version is None or owner is None:
        return None
    signed = sign_offs.of_version(connection, workspace=workspace, design=design, version=number)
    return Case(
        connection=connection,
        workspace=workspace,
        now=now,
        version=version,
        sign_offs=tuple(signed),
        directory=directory.load(connection, workspace=workspace).directory,
        newest=versions.next_number(connection, workspace=workspace, design=design) - 1,
        active=owner.active_version,
    )


def lock(connection: Connection, *, workspace: str, subject: str, now: datetime) -> Case | None:
    """Lock the version's design until the transaction ends, then load the version."""
    design, _ = version_of(subject)
    if designs.lock(connection, workspace=workspace, key=design) is None:
        return None
    return load(connection, workspace=workspace, subject=subject, now=now)


def lock_shown(
    connection: Connection, *, workspace: str, reference: Reference, now: datetime
) -> Case | Denied:
    """Lock and load the version that a button named, or say that there is none.

    A reference to an old version, or with another hash, still loads: the decision says so.
    """
    subject = subject_of(reference.design, reference.version)
    found = lock(connection, workspace=workspace, subject=subject, now=now)
    return found or Denied("I do not know this version. Please look at the newest packet.")
