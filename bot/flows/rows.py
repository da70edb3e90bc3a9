"""One row's failure must not stop the others: the wrapper that every batch shares."""

import logging
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

_LOG = logging.getLogger(__name__)

_CONFLICTS = {"40001", "40P01"}  # serialization failure, deadlock: the whole batch runs again


def attempt(work: Callable[[], object], *, what: str, **ids: object) -> Exception | None:
    """Carry out one row's work, and log its failure instead of raising it.

    Args:
        work: The row's work, already inside a savepoint or a transaction of its own.
        what: What kind of row it is, for the log.
        ids: What the row is, for the log; no secrets.

    Returns:
        None, or what went wrong.

    Raises:
        DBAPIError: on a conflict with another transaction, or when the connection is lost;
            then no row of the batch can be kept, and the batch is repeated.
    """
    try:
        work()
    except Exception as exc:
        if isinstance(exc, DBAPIError) and _is_for_the_batch(exc):
            raise
        _LOG.exception("A row failed: %s", what, extra={"ids": ids})
        return exc
    return None


def _is_for_the_batch(error: DBAPIError) -> bool:
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _CONFLICTS
