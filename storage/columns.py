"""Column types that mean the same on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

#: A row's place in line. SQLite only numbers rows by itself for a column called INTEGER.
Sequence = BigInteger().with_variant(Integer(), "sqlite")


class NaiveInstant(ValueError):
    """An instant without a zone cannot be stored; pass an aware datetime in UTC."""

    def __init__(self, instant: datetime) -> None:
        super().__init__(f"{self.__doc__} Got {instant!r}.")
        self.instant = instant


class Instant(TypeDecorator[datetime]):
    """An aware instant, always read back in UTC.

    PostgreSQL keeps a `timestamptz`. SQLite has no such type and would sort text with mixed
    offsets wrongly, so there it is the number of microseconds since 1970: exact, and it sorts
    and subtracts as time does.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Choose the type that the database of `dialect` stores."""
        kind = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)  # type: ignore[arg-type]  # a number on SQLite

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """Turn an aware datetime into what the database stores."""
        return _to_microseconds if dialect.name == "sqlite" else _to_utc

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Turn what the database stored into an aware datetime in UTC.

        The processors are given straight to SQLAlchemy, one call for each value: a tick reads
        two instants of every timer.
        """
        del coltype
        return _from_microseconds if dialect.name == "sqlite" else _to_utc


def _to_microseconds(value: datetime | None) -> int | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise NaiveInstant(value)
    return (value - _EPOCH) // _MICROSECOND


def _from_microseconds(value: int | None) -> datetime | None:
    # Multiplying takes half the time of timedelta(microseconds=…), and a tick reads hundreds.
    return None if value is None else _EPOCH + _MICROSECOND * value


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise NaiveInstant(value)
    return value.astimezone(UTC)


@lru_cache(maxsize=256)
def instant_as_text(value: datetime | None) -> str | None:
    """Return an instant as PostgreSQL reads it in a COPY; what is copied together has few.

    The driver would take longer to write an instant than for all the rest of a row.
    """
    instant = _to_utc(value)
    return None if instant is None else instant.isoformat()
