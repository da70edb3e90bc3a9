"""How the workspace says no."""

from typing import Any


class SlackRefusal(Exception):
    """The workspace refused a call.

    Attributes:
        code: Slack's own error code, as in `{"ok": false, "error": code}`.
        extra: Further keys of the answer (`needed`, `provided`, `errors`, ...).
    """

    def __init__(self, code: str, **extra: object) -> None:
        super().__init__(code, extra)
        self.code = code
        self.extra = extra

    @classmethod
    def with_messages(cls, code: str, messages: list[str]) -> "SlackRefusal":
        """Return a refusal that explains itself in `response_metadata.messages`."""
        return cls(code, response_metadata={"messages": messages})

    def answer(self) -> dict[str, Any]:
        """Return the JSON body that Slack would send."""
        return {"ok": False, "error": self.code, **self.extra}

    def __str__(self) -> str:
        metadata = self.extra.get("response_metadata")
        messages = metadata.get("messages", []) if isinstance(metadata, dict) else []
        return ": ".join([self.code, *messages[:3]])


class AppFailed(Exception):
    """The app did not answer a person as it must.

    Attributes:
        doing: What the person did, for example "/define-handoff".
        reason: Slack's word for it (`operation_timeout`, `dispatch_failed`) or the refusal of
            what the app answered.
    """

    def __init__(self, doing: str, reason: str) -> None:
        super().__init__(f"{doing} failed with the error {reason}")
        self.doing = doing
        self.reason = reason
