"""The base of every value that Handoff passes around."""

from typing import Annotated

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
