"""Backtests of Slack: run in the slow lane, shown where they were asked for, sent with files."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from bot.blocks.backtest import failed_text, failed_view, result_text, result_view
from bot.blocks.kit import View
from bot.flows.backtest.ask import MOST_BYTES
from bot.flows.backtest.work import DONE, FAILED, Answer, answer, save
from bot.gateways.outcomes import Done, Refused
from bot.gateways.press import draw_pictures
from bot.gateways.slack import SlackGateway, SlackUnavailable
from bot.watch.rendered import File, FileSet, Rendered, Renderer
from bot.watch.tick import Save
from handoff.documents.replay import ReplayFigures, load_pictures
from handoff.pictures.shapes import Bars, HeatMap
from storage import backtests, directory
from storage.backtests import StoredBacktest
from storage.database import Database
from storage.outbox import Intent
from storage.timers import Timer

_NO_SCOPE = (
    "Slack does not let Handoff read files: the scope `files:read` is missing. Ask whoever "
    "installed Handoff to install it again with its manifest."
)
_WHY_NOT = {
    "file_too_large": f"The file is larger than {MOST_BYTES // 1_000_000} MB. Send a part of it, "
    "or use `handoff backtest` on the host.",
    "no_access": _NO_SCOPE,
    "missing_scope": _NO_SCOPE,
}
_LOST = "Slack does not have the file any more. Add it again."
_FOR_GOOD = frozenset({"file_not_found", "file_deleted", *_WHY_NOT})


def run_backtest(timer: Timer, now: datetime, *, slack: SlackGateway, database: Database) -> Save:
    """Replay what was asked for; show it in the open window, and return how to save it.

    Raises:
        SlackUnavailable: if the file could not be read now; it is tried again later.
    """
    with database.read() as connection:
        asked = backtests.get(connection, workspace=timer.workspace, id=timer.subject)
    if asked is None or asked.is_settled:
        return _nothing
    content = None if asked.file is None else _content(slack, asked.file)
    found = (
        Answer(problem=content)
        if isinstance(content, str)
        else answer(database=database, asked=asked, content=content, now=now)
    )
    slack.update_view(external_id=asked.id, view=_view(asked, found))
    return partial(save, asked=asked, found=found, now=now)


def _nothing(_connection: Connection) -> None:
    """Save nothing."""


def _content(slack: SlackGateway, file: str) -> bytes | str:
    """Return a file's bytes, or in words why there are none."""
    told = slack.file_info(file=file)
    if isinstance(told, Done):
        url = str((told.data.get("file") or {}).get("url_private_download") or "")
        read = slack.download(url=url, most=MOST_BYTES) if url else Refused("file_not_found")
        if isinstance(read, bytes):
            return read
        failure = read
    else:
        failure = told
    if isinstance(failure, Refused) and failure.error in _FOR_GOOD:
        return _WHY_NOT.get(failure.error, _LOST)
    raise SlackUnavailable("files.info", failure)


def _view(asked: StoredBacktest, found: Answer) -> View:
    if found.figures is None:
        return failed_view(problem=found.problem or "", external_id=asked.id)
    return result_view(figures=found.figures, external_id=asked.id)


def _failed(connection: Connection, intent: Intent) -> Rendered | None:
    found = backtests.get(connection, workspace=intent.workspace, id=intent.subject)
    if found is None or found.problem is None:
        return None
    return Rendered(text=failed_text(found.problem))


def _done(connection: Connection, intent: Intent) -> FileSet | None:
    found = backtests.get(connection, workspace=intent.workspace, id=intent.subject)
    if found is None or found.figures is None:
        return None
    figures = ReplayFigures.model_validate_json(found.figures)
    team = directory.load(connection, workspace=intent.workspace).directory
    name = f"{figures.design} v{figures.version}"
    stem = f"backtest-{figures.design}-v{figures.version}"
    files = [
        (f"{stem}.csv", f"Every lead replayed through {name} (CSV)", found.assignments),
        (f"{stem}-to-repair.csv", "Rows that could not be read (CSV)", found.refused),
    ]
    pictures = load_pictures(figures=figures, directory=team)
    return FileSet(
        comment=result_text(figures),
        files=(
            *(
                File(name=name, title=title, content=partial(bytes, content))
                for name, title, content in files
                if content is not None
            ),
            *(_picture(picture, stem) for picture in pictures),
        ),
    )


def _picture(picture: Bars | HeatMap, stem: str) -> File:
    return File(
        name=f"{stem}-{picture.name}.png",
        title=picture.title,
        content=lambda: draw_pictures([picture])[picture.name].png,
        alt=picture.alt,
    )


BACKTEST_RENDERERS: Mapping[str, Renderer] = {DONE: _done, FAILED: _failed}
