"""Take in the leads of one request: together where they are new, one by one where they are not."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from bot.flows.keep.sources import Caller
from bot.flows.lead.batch import Batch, NotInBatch
from bot.flows.lead.case import case_of
from bot.flows.lead.entrance import Entrance
from bot.flows.lead.route import route
from bot.flows.lead.take_in import Arrival, Old, Refused, Taken, take_in, take_in_read
from bot.flows.rows import attempt
from handoff.intake.arriving import IncomingLead, NotUnderstood, Problem, read_lead
from handoff.model import Value
from storage import intake

_LOG = logging.getLogger(__name__)

_NOT_AN_OBJECT = Problem(pointer="", detail="must be a JSON object with the lead's fields")
_OUR_FAULT = Problem(pointer="", detail="something went wrong on our side; it is kept for repair")


class Status(StrEnum):
    """What became of one item of a request.

    FAILED: it is kept for repair, and the fault is ours.
    """

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


class Result(Value):
    """What became of one item.

    Attributes:
        external_id: As it was sent, so that the sender finds it again.
        id: Of the lead, or of what is kept for repair.
        duplicate: We had this lead already.
        nurtured: It is kept, but not handed over.
        outcome: Of a touch: what it meant for the lead's clock.
    """

    status: Status
    id: str | None = None
    external_id: str | None = None
    duplicate: bool = False
    nurtured: bool = False
    outcome: str | None = None
    errors: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On which terms leads are taken.

    Attributes:
        design: Key of the design that takes them all, None to let the rules choose.
        old: What to do with those that are older than the response SLA.
        is_kept: Keep those that are refused, for repair.
    """

    design: str | None = None
    old: Old = Old.TAKE
    is_kept: bool = True


class NotTogether(RuntimeError):
    """These leads cannot be written together; nothing may be kept. Take them in one by one."""


@dataclass(frozen=True)
class Taking:
    """The leads of one request on their way in.

    Attributes:
        connection: The transaction.
        caller: Whose request it is.
        entrance: The designs at work, as read in this transaction.
        now: The durable receipt, UTC-aware.
        terms: On which terms they are taken.
    """

    connection: Connection
    caller: Caller
    entrance: Entrance
    now: datetime
    terms: Terms

    def together(self, items: Sequence[Any]) -> tuple[Result, ...]:
        """Store new leads in sets; the effects are those of `one_by_one()`.

        Whatever is not new, or not usual, is taken in by itself, in its turn.

        Raises:
            NotTogether: if the sets cannot be written.
        """
        read = [self._read(item) for item in items]
        batch = Batch(
            self.connection,
            workspace=self.caller.workspace,
            now=self.now,
            source=self.caller.source,
            entrance=self.entrance,
            incoming=[incoming for incoming in read if incoming is not None],
        )
        try:
            results = tuple(
                self._take_in_batch(batch, item, incoming) or self._by_itself(batch, item)
                for item, incoming in zip(items, read, strict=True)
            )
            batch.flush()
        except (IntegrityError, DataError, ValueError, OverflowError) as exc:
            raise NotTogether from exc
        return results

    def one_by_one(self, items: Sequence[Any]) -> tuple[Result, ...]:
        """Store every lead in a savepoint of its own; what goes wrong with it stays with it."""
        return tuple(self._take_one(item) for item in items)

    def _read(self, item: object) -> IncomingLead | None:
        """Read a lead; None if it cannot be, which is told when its turn comes."""
        if not isinstance(item, Mapping):
            return None
        try:
            return read_lead(body=item, now=self.now)
        except NotUnderstood:
            return None
        except Exception:  # noqa: BLE001 - the row wrapper: by itself it fails again, and is kept
            _LOG.warning("A lead cannot be read", exc_info=True)
            return None

    def _take_in_batch(
        self, batch: Batch, item: Mapping[str, Any], incoming: IncomingLead | None
    ) -> Result | None:
        """Put one lead in, or return None with the batch as it was before."""
        if incoming is None:
            return None
        mark = batch.mark()
        try:
            taken = take_in_read(
                batch,
                arrival=self._arrival(item),
                incoming=incoming,
                entrance=self.entrance,
                route=lambda lead: route(case_of(batch, lead), tries=1),
            )
        except DBAPIError:  # the transaction is lost, and so is the batch
            raise
        except (NotInBatch, NotUnderstood):
            batch.leave_out(mark)
            return None
        except Exception:  # noqa: BLE001 - the row wrapper: by itself it fails again, and is kept
            _LOG.warning("A lead does not fit into its batch", exc_info=True)
            batch.leave_out(mark)
            return None
        return _result(taken, _told_id(item))

    def _by_itself(self, batch: Batch, item: object) -> Result:
        batch.flush()
        return self._take_one(item)

    def _take_one(self, item: object) -> Result:
        if not isinstance(item, Mapping):
            kept = self._keep(item, _NOT_AN_OBJECT)
            return Result(status=Status.REFUSED, id=kept, errors=(_NOT_AN_OBJECT,))
        found: list[Taken | Refused] = []

        def work() -> None:
            with self.connection.begin_nested():
                taken = take_in(
                    self.connection,
                    workspace=self.caller.workspace,
                    now=self.now,
                    arrival=self._arrival(item),
                    entrance=self.entrance,
                )
                found[:] = [taken]

        told = _told_id(item)
        here = {"workspace": self.caller.workspace, "source": self.caller.source}
        if attempt(work, what="lead", **here) is not None:
            kept = self._keep(item, _OUR_FAULT)
            return Result(status=Status.FAILED, id=kept, external_id=told, errors=(_OUR_FAULT,))
        return _result(found[0], told)

    def _arrival(self, fields: Mapping[str, Any]) -> Arrival:
        return Arrival(
            source=self.caller.source,
            fields=fields,
            design=self.terms.design,
            old=self.terms.old,
            is_kept=self.terms.is_kept,
        )

    def _keep(self, item: object, problem: Problem) -> str | None:
        """Keep an item for repair, and return under which id."""
        if not self.terms.is_kept:
            return None
        return intake.refuse(
            self.connection,
            workspace=self.caller.workspace,
            source=self.caller.source,
            external_id=None,
            body=json.dumps(item),
            problems=[problem.model_dump()],
            now=self.now,
        )


def _told_id(item: Mapping[str, Any]) -> str | None:
    """Return the sender's own name of a lead, so that the sender finds it again."""
    told = item.get("external_id")
    return told if isinstance(told, str) and told.isprintable() else None


def _result(found: Taken | Refused, external_id: str | None) -> Result:
    if isinstance(found, Refused):
        return Result(
            status=Status.REFUSED,
            id=found.refused_id,
            external_id=external_id,
            errors=found.errors,
        )
    return Result(
        status=Status.ACCEPTED,
        id=found.lead_id,
        external_id=external_id,
        duplicate=found.duplicate,
        nurtured=found.is_nurtured,
    )
