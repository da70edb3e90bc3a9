"""Sets of files: uploaded and shared step by step, with the state saved after each."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.gateways.outcomes import Done, Failure, Outcome, Refused
from bot.gateways.slack import SlackGateway
from bot.watch.lease import Lease
from bot.watch.rendered import File, FileSet

#: Saves how far the set has come; False if the lease was lost.
SaveProgress = Callable[[Mapping[str, Any]], bool]


class OutOfTime(RuntimeError):
    """The lease has no time left for another call; the set goes on from here later."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def share(
    *,
    slack: SlackGateway,
    files: FileSet,
    channel: str,
    thread_ts: str | None,
    key: str,
    progress: Mapping[str, Any],
    save: SaveProgress,
    lease: Lease,
) -> Outcome:
    """Upload what is not uploaded yet, then share all files with one call.

    Files that cannot be made are left out; if that is all of them, their words are posted.
    Uploading is safe to repeat; sharing is not, so that `progress` says when it was begun.

    Args:
        slack: The Web API.
        files: The set.
        channel: Where to share it.
        thread_ts: In which thread, or None.
        key: By which the words are found again, if none of the files could be made.
        progress: What was saved before; `{}` at first.
        save: Saves the progress after each step.
        lease: Must leave time for each call.

    Returns:
        The outcome of the call that ended it.

    Raises:
        OutOfTime: if the lease is about to end, or was lost.
    """
    ids = dict(progress.get("files") or {})

    def saved(**more: object) -> None:
        if not (lease.allows_a_call and save({"files": ids, **more})):
            raise OutOfTime

    for file in files.files:
        if file.name in ids:
            continue
        outcome = _upload(slack, file)
        if outcome is None:
            continue
        if not isinstance(outcome, str):
            return outcome
        ids[file.name] = outcome
        saved()
    saved(is_sharing=True)
    listed = [
        {"id": ids[file.name], "title": file.title} for file in files.files if file.name in ids
    ]
    if not listed:
        words = files.words or files.comment
        return slack.post(channel=channel, text=words, blocks=None, key=key, thread_ts=thread_ts)
    return slack.share_files(
        files=listed, channel=channel, thread_ts=thread_ts, comment=files.comment
    )


def is_shared(*, slack: SlackGateway, progress: Mapping[str, Any], channel: str) -> bool | Failure:
    """Ask Slack whether the set was shared after all, when the answer to sharing was lost.

    Returns:
        True or False, or a failure if it cannot be told.
    """
    ids = list((progress.get("files") or {}).values())
    if not (ids and progress.get("is_sharing")):
        return False
    outcome = slack.file_info(file=ids[0])
    if isinstance(outcome, Refused) and outcome.error == "file_not_found":
        return False
    if not isinstance(outcome, Done):
        return outcome
    file = outcome.data.get("file") or {}
    shares = (file.get("shares") or {}).values()
    places = {place for share in shares for place in share}
    return channel in places.union(
        *(file.get(kind) or () for kind in ("channels", "groups", "ims"))
    )


def is_in_words(progress: Mapping[str, Any]) -> bool:
    """Tell whether a set was posted as a message, for none of its files could be made."""
    return bool(progress.get("is_sharing")) and not progress.get("files")


def _upload(slack: SlackGateway, file: File) -> str | Failure | None:
    """Upload one file's bytes; return its id, None if it cannot be made."""
    content = file.content()
    if content is None:
        return None
    outcome = slack.upload_url(filename=file.name, length=len(content), alt=file.alt)
    if not isinstance(outcome, Done):
        return outcome
    sent = slack.upload_bytes(url=outcome.data["upload_url"], content=content)
    return outcome.data["file_id"] if isinstance(sent, Done) else sent
