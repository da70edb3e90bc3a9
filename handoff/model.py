"""The base of every value that Handoff passes around."""

from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar, dataclass_transform

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError


class Value(BaseModel):
    """A frozen, validated value; unknown fields are refused, so a misspelt key is never lost."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, ser_json_timedelta="iso8601"
    )


_Made = TypeVar("_Made")


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def made(cls: type[_Made]) -> type[_Made]:
    """Make a frozen dataclass for values that we put together ourselves, many for each lead.

    Nothing from outside is in them unchecked, so nothing is validated here. That they are frozen
    is held by the type checker alone: at run time that guard would cost more than the value.
    """
    return dataclass(kw_only=True, unsafe_hash=True)(cls)


def changed(value: _Made, /, **changes: object) -> _Made:
    """Return a value of a class that is `made`, with some of its fields changed."""
    new: _Made = object.__new__(value.__class__)
    new.__dict__.update(value.__dict__, **changes)
    return new


Instant = Annotated[AwareDatetime, "an aware instant in UTC"]


def problems_in(exc: ValidationError) -> tuple[str, ...]:
    """Return one line per problem of a refused value: the dotted place, and what is wrong."""
    return tuple(
        f"{'.'.join(map(str, error['loc'])) or 'the file'}: {error['msg']}"
        for error in exc.errors(include_url=False)
    )


def published_schema(model: type[BaseModel], *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file format, dates checked by pattern too."""
    schema = model.model_json_schema()
    _check_dates(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": title,
    }


def _check_dates(schema: object) -> None:
    """Give every date a pattern: by the standard, `format` alone is only a remark."""
    if isinstance(schema, dict):
        if schema.get("format") == "date":
            schema["pattern"] = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            _check_dates(part)
