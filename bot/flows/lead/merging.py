"""What comes to a cycle that we have: new fields, names to find it by, word to its owner."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.flows.lead.again import came_again
from bot.flows.lead.case import LeadCase, case_of, lock
from bot.flows.lead.records import Records
from handoff.audit import AuditFact
from handoff.brief import Band
from handoff.cycles import may_repeat
from handoff.intake.arriving import IncomingLead
from handoff.lead import LeadState
from handoff.model import made
from handoff.routing.entry import Nurtured, qualify
from storage import audit, designs, leads
from storage.leads import Lead


@made
class Merging:
    """A lead on its way into a cycle that we have.

    Attributes:
        records: Where; a batch has none of this.
        source: Who sent it.
        incoming: What came.
        known: The cycle.
    """

    records: Records
    source: str
    incoming: IncomingLead
    known: Lead

    def news(self) -> dict[str, Any]:
        """Return the fields that the cycle does not have like this."""
        return {
            name: value
            for name, value in self.incoming.attributes.items()
            if self.known.attributes.get(name) != value
        }

    @property
    def words(self) -> str:
        """Return a short name of just what came, by which its repeats are known."""
        told = {"submitted_at": self.incoming.submitted_at, **self.incoming.attributes}
        text = json.dumps(told, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_repeat(self) -> bool:
        """Tell whether the source sent the very same before; nothing of it is news.

        A hand that is raised without saying when is a repeat only for a while.
        """
        incoming, known = self.incoming, self.known
        is_told = self.source == known.source and not self.news()
        is_known = is_told and not self._asks_later_than(known)
        if not incoming.is_hand_raise or incoming.submitted_at is not None:
            return is_known or self._heard_at() is not None
        heard_at = self._heard_at() or (known.arrived_at if is_known else None)
        return heard_at is not None and may_repeat(heard_at=heard_at, arrived_at=self.records.now)

    def call(self) -> None:
        """Remember what this source calls the lead."""
        external_id = self.incoming.external_id
        if external_id is not None and (self.source, external_id) != (
            self.known.source,
            self.known.external_id,
        ):
            leads.call(
                self.records.connection,
                workspace=self.records.workspace,
                source=self.source,
                external_id=external_id,
                lead=self.known.id,
            )

    def merge(self, news: Mapping[str, Any], *, taker: tuple[str, int] | None = None) -> None:
        """Add fields to a cycle, and tell its owner that the lead came again.

        Args:
            news: The fields.
            taker: Design and version that take the lead now; only if none did so far.
        """
        if taker is not None:  # its climb stays where it began
            designs.hold(
                self.records.connection,
                workspace=self.records.workspace,
                keys={designs.UNMATCHED, taker[0]},
            )
        case = lock(
            self.records.connection,
            workspace=self.records.workspace,
            lead_id=self.known.id,
            now=self.records.now,
        )
        assert case is not None, "it was found in this transaction"
        if self.incoming.is_hand_raise and self._asks_later_than(case.lead):
            case.save(submitted_at=self.incoming.submitted_at)
        if news:
            score = case.lead.score if self.incoming.score is None else self.incoming.score
            attributes = {**case.lead.attributes, **news}
            case.save(attributes=attributes, score=score, **self._learned(case.lead))
        if taker is not None and case.lead.state is LeadState.UNROUTABLE:
            case.save(design=taker[0], version=taker[1])
            case = case_of(self.records, case.lead)
            case.save(band=_band(case))
        submitted_at = self.incoming.submitted_at or self.records.now
        came_again(
            self.records.connection,
            workspace=self.records.workspace,
            now=self.records.now,
            lead_id=self.known.id,
            arrival=f"{self.source} {submitted_at.isoformat()}",
            source=self.source,
            band=_band(case),
        )

    def _heard_at(self) -> datetime | None:
        """Return when the source sent just this, if that was its last word about the cycle."""
        facts = audit.history(
            self.records.connection, workspace=self.records.workspace, subject=self.known.id
        )
        last = next(
            (
                fact
                for fact in reversed(facts)
                if fact.kind is AuditFact.LEAD_MERGED and fact.data["source"] == self.source
            ),
            None,
        )
        return last.at if last is not None and last.data.get("words") == self.words else None

    def _learned(self, known: Lead) -> dict[str, str]:
        """Return by what the lead can be found from now on: the first address, the company.

        An address under which somebody else is open stays theirs.
        """
        incoming, learned = self.incoming, {}
        if known.domain is None and incoming.domain is not None:
            learned["domain"] = incoming.domain
        if known.email_key is None and incoming.email_key is not None:
            other = self.records.find(
                source=self.source, external_id=None, email_key=incoming.email_key
            )
            if other is None or other.ended_at is not None:
                learned["email_key"] = incoming.email_key
        return learned

    def _asks_later_than(self, known: Lead) -> bool:
        """Tell whether the person asked once more since we last heard of it."""
        asked_at = self.incoming.submitted_at
        if asked_at is None:
            return False
        return known.submitted_at is None or asked_at > known.submitted_at


def _band(case: LeadCase) -> Band | None:
    """Return the band of a lead as it is now, None when it does not qualify by itself."""
    if case.work is None:
        return None
    binding = case.work.design.binding
    verdict = qualify(lead=case.fields, matrix=binding.routing, table=binding.sla)
    return None if isinstance(verdict, Nurtured) else verdict.band
