"""The Web API: finds the method, checks the token and scopes, answers in Slack's manner."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.outward.events import Events
from bot.sandbox.web import chat, conversations, files, reactions, team, users, views
from bot.sandbox.web.call import Call, Method
from bot.sandbox.workspace import Workspace

METHODS: dict[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **reactions.METHODS,
    **team.METHODS,
    **users.METHODS,
    **views.METHODS,
}


class WebApi:
    """Answers Web API calls."""

    def __init__(self, workspace: Workspace, events: Events) -> None:
        self._workspace = workspace
        self._events = events

    def answer(self, method: str, args: dict[str, Any], token: str) -> dict[str, Any]:
        """Return the JSON answer to one call; refusals come as `{"ok": false, ...}`."""
        with self._workspace.lock:
            try:
                result = {"ok": True, **self._run(method, args, token)}
            except SlackRefusal as refusal:
                result = refusal.answer()
        return result

    def _run(self, method: str, args: dict[str, Any], token: str) -> dict[str, Any]:
        known = METHODS.get(method)
        if known is None:
            raise SlackRefusal("unknown_method", req_method=method)
        if not token:
            raise SlackRefusal("not_authed")
        if token != self._workspace.bot_token:
            raise SlackRefusal("invalid_auth")
        call = Call(self._workspace, self._events, args)
        call.needs(*known.scopes)
        return known.run(call)
