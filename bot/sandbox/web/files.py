"""files.*: an upload in three steps (reserve, send bytes, complete), and looking one up."""

from typing import Any

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.files import StoredFile, file_object
from bot.sandbox.messages import Message
from bot.sandbox.posting import check_thread
from bot.sandbox.shapes import fill_ids
from bot.sandbox.web.call import Call, Method

_LARGEST = 1_000_000_000
_LONGEST_ALT = 1000


def _reserve(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    name = call.required("filename")
    try:
        length = int(call.required("length"))
    except ValueError as error:
        raise SlackRefusal.with_messages(
            "invalid_arguments", ["[ERROR] length must be an integer"]
        ) from error
    if length <= 0:
        raise SlackRefusal("file_upload_size_restricted")
    if length > _LARGEST:
        raise SlackRefusal("file_size_too_large")
    alt = call.text("alt_txt")
    if len(alt) > _LONGEST_ALT:
        raise SlackRefusal("alt_txt_too_large")
    created = int(workspace.clock.now().timestamp())
    file = StoredFile(workspace.ids.next("F"), name, length, workspace.bot_user, created, alt=alt)
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.base_url}/upload/{file.id}", "file_id": file.id}


def _complete(call: Call) -> dict[str, Any]:
    workspace = call.workspace
    listed = call.data("files")
    if not isinstance(listed, list) or not listed:
        raise SlackRefusal.with_messages("invalid_arguments", ["[ERROR] files must be a list"])
    channels = [c for c in call.text("channels").split(",") if c]
    if call.text("channel_id"):
        channels.append(call.text("channel_id"))
    files = [_uploaded(call, one) for one in listed]
    for channel_id in dict.fromkeys(channels):
        _share(call, channel_id, files)
    for file in files:
        file.is_complete = True
    return {"files": [file_object(file, base_url=workspace.base_url) for file in files]}


def _uploaded(call: Call, listed: object) -> StoredFile:
    entry = listed if isinstance(listed, dict) else {}
    file = call.workspace.files.get(str(entry.get("id")))
    if file is None or file.content is None:
        raise SlackRefusal("file_not_found")
    if file.is_complete:
        raise SlackRefusal("file_already_completed")
    file.title = str(entry.get("title") or file.name)
    return file


def _share(call: Call, channel_id: str, files: list[StoredFile]) -> None:
    workspace = call.workspace
    channel = workspace.channel_for_app(channel_id)
    if workspace.bot_user not in channel.members:
        raise SlackRefusal("not_in_channel")
    thread_ts = call.text("thread_ts") or None
    if thread_ts:
        check_thread(workspace, channel.id, thread_ts)
    message = Message(
        channel.id,
        workspace.timestamps.next(),
        workspace.bot_user,
        call.text("initial_comment"),
        blocks=fill_ids(workspace, list(call.data("blocks") or [])),
        thread_ts=thread_ts,
        files=[file.id for file in files],
        bot_id=workspace.bot_id,
        bot_name=workspace.manifest.name,
        app_id=workspace.app_id,
    )
    for file in files:
        file.channels.append(channel.id)
        file.shares.setdefault(channel.id, []).append(message.ts)
    workspace.add_message(message)


def _info(call: Call) -> dict[str, Any]:
    file = call.workspace.files.get(call.required("file"))
    if file is None or file.content is None:
        raise SlackRefusal("file_not_found")
    return {"file": file_object(file, base_url=call.workspace.base_url)}


METHODS = {
    "files.getUploadURLExternal": Method(_reserve, ("files:write",)),
    "files.completeUploadExternal": Method(_complete, ("files:write",)),
    "files.info": Method(_info, ("files:read",)),
}
