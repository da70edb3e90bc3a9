"""The base of every value that Handoff passes around."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError


class Value(BaseModel):
    """A frozen, validated value; unknown fields are refused, so a misspelt key is never lost."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, ser_json_timedelta="iso8601"
    )


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
