"""The base of every value that Handoff passes around."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen, validated value; unknown fields are refused, so a misspelt key is never lost."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, ser_json_timedelta="iso8601"
    )


Instant = Annotated[AwareDatetime, "an aware instant in UTC"]
