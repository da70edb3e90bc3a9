"""From what a person typed to Slack's message text."""

import re

from bot.sandbox.workspace import Workspace

_TOKENS = re.compile(
    r"&lt;((?:@[UW]\w+|#C\w+|!subteam\^S\w+|!here|!channel|!everyone)(?:\|[^&]*)?)&gt;"
)
_HANDLES = re.compile(r"(?<![\w<@])@([\w.-]*\w)")
_CHANNELS = re.compile(r"(?<![\w<#&])#([\w-]+)")
_LINKS = re.compile(r"(?<![<\w])(https?://[^\s<>|]+)")
_LABELLED = re.compile(r"<([@#])(\w+)(?:\|[^>]*)?>")


def escape(text: str) -> str:
    """Return `text` with `&`, `<` and `>` as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed_text(workspace: Workspace, text: str) -> str:
    """Return the text of a message that a person typed: escaped, names and links as tokens."""
    escaped = _TOKENS.sub(r"<\1>", escape(text))
    escaped = _HANDLES.sub(lambda match: _handle(workspace, match), escaped)
    escaped = _CHANNELS.sub(lambda match: _channel(workspace, match), escaped)
    return _LINKS.sub(r"<\1>", escaped)


def command_text(workspace: Workspace, text: str, *, should_escape: bool) -> str:
    """Return the text of a slash command as the app gets it.

    With `should_escape` people come as `<@U1|name>`, public channels as `<#C1|name>` and private
    ones with an empty label; without it plain names stay.
    """
    if should_escape:
        return _LABELLED.sub(lambda match: _label(workspace, match), typed_text(workspace, text))
    return escape(_LABELLED.sub(lambda match: _plain_name(workspace, match), text))


def _handle(workspace: Workspace, match: re.Match[str]) -> str:
    name = match[1].lower()
    for user in workspace.users.values():
        if user.name.lower() == name:
            return f"<@{user.id}>"
    for group in workspace.groups.values():
        if group.handle.lower() == name:
            return f"<!subteam^{group.id}>"
    return f"<!{name}>" if name in ("here", "channel", "everyone") else match[0]


def _channel(workspace: Workspace, match: re.Match[str]) -> str:
    for channel in workspace.channels.values():
        if channel.name and channel.name == match[1]:
            return f"<#{channel.id}>"
    return match[0]


def _label(workspace: Workspace, match: re.Match[str]) -> str:
    id_ = match[2]
    if match[1] == "@":
        name = workspace.users[id_].name if id_ in workspace.users else ""
    else:
        channel = workspace.channels.get(id_)
        name = channel.name if channel and channel.kind == "channel" else ""
    return f"<{match[1]}{id_}|{name}>"


def _plain_name(workspace: Workspace, match: re.Match[str]) -> str:
    if match[1] == "@" and match[2] in workspace.users:
        return f"@{workspace.users[match[2]].name}"
    if match[1] == "#" and match[2] in workspace.channels:
        return f"#{workspace.channels[match[2]].name}"
    return match[0]
