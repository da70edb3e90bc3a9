"""The outer shape of what Slack sends, checked before Bolt walks through it."""

import json
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Json = dict[str, Any]


class JunkPayload(ValueError):
    """The request is signed but is not something that Slack sends."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class _Shape(BaseModel):
    """Only what Bolt and our middleware read before a listener is chosen."""

    model_config = ConfigDict(extra="allow", strict=True)

    team_id: str | None = None
    enterprise_id: str | None = None
    trigger_id: str | None = None
    response_url: str | None = None


class _Identified(_Shape):
    id: str


class _Authorization(_Shape):
    user_id: str | None = None


class _Action(_Shape):
    action_id: str
    block_id: str
    type: str


class _View(_Identified):
    type: Literal["modal", "home"]
    callback_id: str = ""
    private_metadata: str = ""
    blocks: list[Json] = []
    state: Json = {}


class _Event(_Shape):
    type: str


class _EventCallback(_Shape):
    type: Literal["event_callback"]
    team_id: str
    event_id: str
    event: _Event
    authorizations: list[_Authorization] | None = None


class _UrlVerification(_Shape):
    type: Literal["url_verification"]
    challenge: str


class _RateLimited(_Shape):
    type: Literal["app_rate_limited"]


class _Interaction(_Shape):
    user: _Identified
    team: _Identified | None = None
    enterprise: _Identified | None = None
    channel: _Identified | None = None


class _BlockActions(_Interaction):
    type: Literal["block_actions"]
    actions: Annotated[list[_Action], Field(min_length=1)]
    view: _View | None = None
    container: Json = {}
    message: Json | None = None


class _ViewSent(_Interaction):
    type: Literal["view_submission", "view_closed"]
    view: _View


class _Shortcut(_Interaction):
    type: Literal["shortcut"]
    callback_id: str


class _MessageShortcut(_Interaction):
    type: Literal["message_action"]
    callback_id: str
    message: Json


class _Suggestion(_Interaction):
    type: Literal["block_suggestion"]
    action_id: str
    block_id: str
    value: str
    view: _View | None = None


class _Command(_Shape):
    command: Annotated[str, Field(pattern=r"^/")]
    user_id: str
    team_id: str
    channel_id: str
    text: str = ""


_EVENTS: TypeAdapter[Any] = TypeAdapter(
    Annotated[_EventCallback | _UrlVerification | _RateLimited, Field(discriminator="type")]
)
_INTERACTIONS: TypeAdapter[Any] = TypeAdapter(
    Annotated[
        _BlockActions | _ViewSent | _Shortcut | _MessageShortcut | _Suggestion,
        Field(discriminator="type"),
    ]
)


def check_payload(body: str, *, content_type: str) -> None:
    """Check that `body` has the shape of an event, an interaction or a slash command.

    Bolt indexes into the payload while it looks for a listener, and answers junk with a 500.

    Args:
        body: The raw body, already known to be signed.
        content_type: The header, without parameters, in lower case.

    Raises:
        JunkPayload: if it is anything else.
    """
    try:
        if content_type == "application/json":
            _EVENTS.validate_python(json.loads(body))
        elif content_type == "application/x-www-form-urlencoded":
            _check_form(parse_qs(body, keep_blank_values=True, strict_parsing=True))
        else:
            raise JunkPayload
    except (ValueError, ValidationError, RecursionError) as exc:
        raise JunkPayload from exc


def _check_form(fields: dict[str, list[str]]) -> None:
    """Check an interaction, a slash command or Slack's own check of the certificate."""
    if any(len(values) != 1 for values in fields.values()):
        raise JunkPayload
    form = {name: values[0] for name, values in fields.items()}
    if "payload" in form:
        _INTERACTIONS.validate_python(json.loads(form["payload"]))
    elif "ssl_check" not in form:
        _Command.model_validate(form)
