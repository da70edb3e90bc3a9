"""Slack's Web API: one attempt a call, with a timeout, and the outcome told apart.

Nothing is retried here. Slack's SDK would post twice on a dropped connection; retries belong to
delivery, which knows what was saved.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.gateways.outcomes import (
    Done,
    Failure,
    Outcome,
    Refused,
    Unknown,
    read_api_error,
    read_connection_error,
)

#: Seconds that a delivery waits for an answer.
TIMEOUT = 10

#: The metadata by which a message is found again after an unclear answer.
METADATA_EVENT = "handoff_message"

_PAGE = 200
_HISTORY_PAGES = 5

#: How far before it was enqueued a message is looked for; clocks differ a little.
_MARGIN = timedelta(minutes=5)


class SlackUnavailable(RuntimeError):
    """Slack did not do what was asked, and there is nobody to hand the outcome to.

    Attributes:
        outcome: What happened.
    """

    def __init__(self, method: str, outcome: Failure) -> None:
        super().__init__(f"Slack's {method} did not work: {outcome}")
        self.outcome = outcome


@dataclass(frozen=True)
class Identity:
    """Who the bot token belongs to.

    Attributes:
        scopes: What the token may do, as Slack tells in a header.
    """

    team_id: str
    team_name: str
    bot_id: str
    bot_user_id: str
    scopes: frozenset[str]


class SlackGateway:
    """The Web API as one bot.

    Args:
        token: The bot's token.
        base_url: Where the Web API is, with a trailing slash.
        timeout: Seconds to wait for an answer.
    """

    def __init__(self, *, token: str, base_url: str, timeout: int) -> None:
        self._client = WebClient(
            token=token, base_url=base_url, timeout=timeout, retry_handlers=[]
        )
        self._timeout = timeout
        self._identity: Identity | None = None

    def post(
        self,
        *,
        channel: str,
        text: str,
        blocks: Sequence[Mapping[str, Any]] | None,
        key: str,
        thread_ts: str | None = None,
    ) -> Outcome:
        """Post a message that can be found again by `key`."""
        metadata = {"event_type": METADATA_EVENT, "event_payload": {"key": key}}
        return self._call(
            "chat.postMessage",
            channel=channel,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )

    def update(
        self, *, channel: str, ts: str, text: str, blocks: Sequence[Mapping[str, Any]] | None
    ) -> Outcome:
        """Replace a message's content. Safe to repeat."""
        return self._call("chat.update", channel=channel, ts=ts, text=text, blocks=blocks)

    def delete(self, *, channel: str, ts: str) -> Outcome:
        """Delete one of our own messages."""
        return self._call("chat.delete", channel=channel, ts=ts)

    def post_ephemeral(
        self, *, channel: str, user: str, text: str, blocks: Sequence[Mapping[str, Any]] | None
    ) -> Outcome:
        """Show one person a message that nobody else sees and that Slack does not keep."""
        return self._call(
            "chat.postEphemeral", channel=channel, user=user, text=text, blocks=blocks
        )

    def open_conversation(self, *, user: str) -> Outcome:
        """Open the direct messages with a person. Safe to repeat."""
        return self._call("conversations.open", users=user)

    def reactions(self, *, channel: str, ts: str) -> Outcome:
        """Read who reacted to a message, in full."""
        return self._call("reactions.get", channel=channel, timestamp=ts, full=True)

    def find(
        self, *, channel: str, keys: frozenset[str], since: datetime, thread_ts: str | None
    ) -> dict[str, list[str]] | Failure:
        """Look for messages by the keys they were posted with.

        Args:
            channel: The conversation.
            keys: The keys to look for.
            since: When the oldest of them was enqueued; nothing much older is looked at.
            thread_ts: Look in this thread; None for the conversation itself.

        Returns:
            The `ts` of each message that is there, and of each copy of it, oldest first; a
            failure if it cannot be told.
        """
        where = {"ts": thread_ts} if thread_ts else {}
        method = "conversations.replies" if thread_ts else "conversations.history"
        found: dict[str, list[str]] = {}
        cursor = ""
        for _ in range(_HISTORY_PAGES):
            page = self._call(
                method,
                channel=channel,
                oldest=f"{(since - _MARGIN).timestamp():.6f}",
                inclusive=True,
                include_all_metadata=True,
                limit=_PAGE,
                cursor=cursor or None,
                **where,
            )
            if not isinstance(page, Done):
                return page
            for message in page.data.get("messages", ()):
                key = _key_of(message)
                if key in keys:
                    found[key] = sorted([*found.get(key, ()), message["ts"]])
            cursor = (page.data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found
        if found.keys() == keys:
            return found
        return Refused("history_too_long", f"no end after {_HISTORY_PAGES} pages")

    def update_view(self, *, external_id: str, view: Mapping[str, Any]) -> Outcome:
        """Replace an open modal, found by the id that we gave it. Safe to repeat."""
        return self._call("views.update", external_id=external_id, view=dict(view))

    def download(self, *, url: str, most: int) -> bytes | Failure:
        """Read a file's bytes.

        Args:
            url: The `url_private_download` that `file_info` gave, and none from elsewhere: the
                token goes there.
            most: More bytes than this are refused.

        Returns:
            The bytes; Refused("file_too_large"), or Refused("no_access") when Slack shows its
            page to sign in instead, as it does for a token without `files:read`.
        """
        found: list[bytes] = []

        def fetch() -> Mapping[str, Any]:
            request = Request(url)
            # not as a header that a redirect takes along, wherever it leads
            request.add_unredirected_header("Authorization", f"Bearer {self._client.token}")
            with urlopen(request, timeout=self._timeout) as answer:
                is_page = answer.headers.get_content_type() == "text/html"
                found.append(answer.read(most + 1))
            return {"is_page": is_page}

        outcome = _outcome("files.download", fetch)
        if not isinstance(outcome, Done):
            return outcome
        if outcome.data["is_page"]:
            return Refused("no_access", "the token may not read files")
        return found[0] if len(found[0]) <= most else Refused("file_too_large")

    def upload_url(self, *, filename: str, length: int, alt: str = "") -> Outcome:
        """Ask for an address for a file's bytes; the answer has `upload_url` and `file_id`.

        `alt` describes an image, in at most 1,000 characters.
        """
        return self._call(
            "files.getUploadURLExternal", filename=filename, length=length, alt_txt=alt or None
        )

    def upload_bytes(self, *, url: str, content: bytes) -> Outcome:
        """Send a file's bytes to the address that `upload_url` gave. Safe to repeat."""

        def send() -> Mapping[str, Any]:
            request = Request(url, data=content, method="POST")
            request.add_header("Content-Type", "application/octet-stream")
            with urlopen(request, timeout=self._timeout) as answer:
                answer.read()
            return {}

        return _outcome("files.upload", send)

    def share_files(
        self,
        *,
        files: Sequence[Mapping[str, str]],
        channel: str,
        thread_ts: str | None,
        comment: str | None,
    ) -> Outcome:
        """Share uploaded files (`id` and `title` each) in a conversation."""
        return self._call(
            "files.completeUploadExternal",
            files=list(files),
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=comment,
        )

    def file_info(self, *, file: str) -> Outcome:
        """Read a file, with `shares` that tell whether it is in a conversation."""
        return self._call("files.info", file=file)

    def identity(self) -> Identity:
        """Ask whose token this is, once; it does not change while the process runs.

        Raises:
            SlackUnavailable: if Slack refuses the token or cannot be reached.
        """
        if self._identity is None:
            self._identity = self._ask_identity()
        return self._identity

    def _ask_identity(self) -> Identity:
        outcome = self._call("auth.test")
        if not isinstance(outcome, Done):
            raise SlackUnavailable("auth.test", outcome)
        data = outcome.data
        return Identity(
            team_id=data["team_id"],
            team_name=data.get("team", ""),
            bot_id=data.get("bot_id", ""),
            bot_user_id=data["user_id"],
            scopes=frozenset(data["scopes"]),
        )

    def members(self, *, cursor: str) -> tuple[Sequence[Mapping[str, Any]], str]:
        """Read a page of the workspace's members, as `users.list` describes them.

        Args:
            cursor: Where the page before ended; empty for the first.

        Returns:
            The page, and where it ended; empty after the last.

        Raises:
            SlackUnavailable: if the page could not be read.
        """
        method = "users.list"
        outcome = self._call(method, limit=_PAGE, cursor=cursor or None)
        if not isinstance(outcome, Done):
            raise SlackUnavailable(method, outcome)
        end = (outcome.data.get("response_metadata") or {}).get("next_cursor") or ""
        return outcome.data.get("members", ()), end

    def user_groups(self) -> Iterator[Mapping[str, Any]]:
        """Read the user groups with their members; none on a free plan.

        Raises:
            SlackUnavailable: if Slack could not be asked.
        """
        outcome = self._call("usergroups.list", include_users=True)
        if isinstance(outcome, Refused) and outcome.error == "plan_upgrade_required":
            return iter(())
        if not isinstance(outcome, Done):
            raise SlackUnavailable("usergroups.list", outcome)
        return iter(outcome.data.get("usergroups", ()))

    def _call(self, method: str, **arguments: object) -> Outcome:
        """Call a method once; arguments that are None are left out."""
        given = {name: value for name, value in arguments.items() if value is not None}
        # Slack takes JSON bodies for writing only; elsewhere it ignores them without a word.
        form = {
            name: json.dumps(value) if isinstance(value, list | dict) else value
            for name, value in given.items()
        }

        def send() -> Mapping[str, Any]:
            response = (
                self._client.api_call(method, json=given)
                if method.startswith("chat.")
                else self._client.api_call(method, params=form)
            )
            assert isinstance(response, SlackResponse)
            return _data(response)

        return _outcome(method, send)


def _outcome(method: str, send: Callable[[], Mapping[str, Any]]) -> Outcome:
    """Run one request and tell its outcomes apart."""
    try:
        return Done(send())
    except SlackApiError as exc:
        return read_api_error(exc, method=method)
    except SlackRequestError as exc:
        return Unknown(type(exc).__name__)
    except (OSError, HTTPException, ValueError) as exc:
        return read_connection_error(exc)
    except (AttributeError, TypeError) as exc:  # JSON, but no object, as the SDK takes it to be
        return Unknown(f"no answer of Slack's ({type(exc).__name__})")


def _data(response: SlackResponse) -> Mapping[str, Any]:
    """Return the answer, with the token's scopes, which Slack tells in a header."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    scopes = headers.get("x-oauth-scopes") or ""
    data = response.data
    if not isinstance(data, dict):
        raise TypeError
    return {**data, "scopes": [scope.strip() for scope in scopes.split(",") if scope.strip()]}


def _key_of(message: Mapping[str, Any]) -> str:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != METADATA_EVENT:
        return ""
    return str((metadata.get("event_payload") or {}).get("key") or "")


def check_app_token(*, token: str, base_url: str) -> None:
    """Ask for a web socket's address with an app-level token, and do not use it.

    Raises:
        SlackUnavailable: if Slack refuses the token or cannot be reached.
    """
    client = WebClient(token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[])
    method = "apps.connections.open"
    outcome = _outcome(method, lambda: _data(client.apps_connections_open(app_token=token)))
    if not isinstance(outcome, Done):
        raise SlackUnavailable(method, outcome)
