"""Leases: the right to work on a claimed row for a while, proven by a token."""

import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

#: No lease, retry or look-up is set further ahead than this; a gate may rest for longer.
FURTHEST = timedelta(minutes=15)

_SERVER_NOW = select(func.clock_timestamp())


def new_token() -> str:
    """Make a lease token that no other claim will ever hold."""
    return secrets.token_hex(8)


def lease_time(connection: Connection, *, wall: datetime) -> datetime:
    """Return the instant against which leases and retries are judged.

    Args:
        connection: A connection of `Database.write()` or `read()`.
        wall: The caller's real clock, UTC-aware.

    Returns:
        The database server's clock on PostgreSQL, because the clocks of replicas differ;
        otherwise `wall`.
    """
    if not connection.get_execution_options().get("server_time"):
        return wall
    instant: datetime = connection.execute(_SERVER_NOW).scalar_one()
    return instant.astimezone(UTC)


def set_back(connection: Connection, *, wall: datetime) -> datetime | None:
    """Return after which instant a retry must have been set before the clock was set back.

    Args:
        connection: A connection of `Database.write()` or `read()`.
        wall: The caller's real clock, UTC-aware.

    Returns:
        None where the database server's clock decides: it is not the one that sets retries, and
        may well be behind.
    """
    if connection.get_execution_options().get("server_time"):
        return None
    return wall + FURTHEST
