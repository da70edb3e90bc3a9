"""P11: from Slack's request to the answer: a slash command with one durable transaction."""

import asyncio
import hashlib
import hmac
import json
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from subprocess import PIPE, run
from typing import Any

import uvicorn
from slack_bolt import Ack
from slack_bolt import App as BoltApp
from slack_bolt.adapter.fastapi import SlackRequestHandler
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.flows.lead.messages import whisper
from bot.flows.lead.outcomes import Denied
from bot.http.slack import SlackEndpoint
from storage import migrations
from storage.database import Database
from tests.benchmarks.goals import Effort, Goal, limit
from tests.benchmarks.load import PATH, SECRET, Speed, signature
from tests.benchmarks.world import WORKSPACE, folder

_STORE = (
    "INSERT INTO outbox (workspace, dedupe_key, kind, subject, recipient, order_key, priority,"
    " facts, state, is_possible_repeat, attempts, enqueued_at)"
    " VALUES (?, ?, 'lead.refused', 'U1', 'C1', 'whisper', 2, '{}', 'pending', 0, 0, ?)"
)


def goals(effort: Effort) -> Iterator[Goal]:
    """Measure the product's endpoint, an endpoint written by hand, and Bolt's default adapter."""
    requests = {
        1: effort.choose(400, 100),
        10: effort.choose(800, 200),
        100: effort.choose(800, 300),
    }
    rounds = effort.choose(3, 1)
    with folder() as path, ExitStack() as stack:
        servers = {
            name: stack.enter_context(_served(make(path / f"{name}.db", stack)))
            for name, make in (("ours", _ours), ("hand", _by_hand), ("bolt", _bolts_own))
        }
        for connections, count in requests.items():
            found: dict[str, list[Speed]] = {name: [] for name in servers}
            for _ in range(rounds):
                for name, port in servers.items():
                    few = max(count // 10, connections) if name == "bolt" else count
                    found[name].append(_drive(port, connections, few))
            yield from _compare(connections, found)


def _compare(connections: int, found: dict[str, list[Speed]]) -> Iterator[Goal]:
    """Compare speeds; what bounds any endpoint in Python stands beside the goals it bounds."""
    ours, hand, bolt = (found[name] for name in ("ours", "hand", "bolt"))
    at = f"at {connections} connection{'s' if connections > 1 else ''}"
    answered = f"requests answered a second {at}"
    least = {1: 0.5, 10: 0.3}.get(connections)
    yield _faster(ours, hand, what=answered, peer_name="by hand", least=least)
    least = 30 if connections == 10 else None
    yield _faster(ours, bolt, what=answered, peer_name="Bolt's adapter", least=least)
    if connections == 10:
        yield _faster(hand, bolt, what=f"{answered}, by hand", peer_name="Bolt's adapter")
    if connections == 100:
        mine, theirs = (median(p99 for _, _, p99 in side) for side in (ours, hand))
        what = f"99th percentile {at}"
        yield limit(goal="P11", what=what, ours=mine, most=100, unit="ms")
        by_hand = limit(goal="P11", what=f"{what}, by hand", ours=theirs, most=100, unit="ms")
        yield replace(by_hand, wanted="", met=True)


def _faster(
    ours: Sequence[Speed],
    peer: Sequence[Speed],
    *,
    what: str,
    peer_name: str,
    least: float | None = None,
) -> Goal:
    pairs = [(mine, theirs) for (mine, *_), (theirs, *_) in zip(ours, peer, strict=True)]
    ratio = median(mine / theirs for mine, theirs in pairs)
    return Goal(
        goal="P11",
        what=what,
        ours=median(mine for mine, _ in pairs),
        peer=median(theirs for _, theirs in pairs),
        peer_name=peer_name,
        unit="/s",
        ratio=ratio,
        wanted="" if least is None else f"≥ {least:g}x",
        met=least is None or ratio >= least,
    )


def _ours(path: Path, stack: ExitStack) -> Starlette:
    """The product's endpoint, Bolt and storage; the listener is one of its smallest flows."""
    bolt = BoltApp(
        authorize=_authorize,
        process_before_response=True,
        request_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    bolt.command("/handoff")(_listener(_database(path, stack)))
    endpoint = SlackEndpoint(bolt=bolt, signing_secret=SECRET, wall=lambda: datetime.now(UTC))
    return Starlette(routes=[Route(PATH, endpoint, methods=["POST"])])


def _bolts_own(path: Path, stack: ExitStack) -> Starlette:
    """The same listener behind Bolt as its documentation puts it up."""
    bolt = BoltApp(authorize=_authorize, signing_secret=SECRET)
    bolt.command("/handoff")(_listener(_database(path, stack)))
    handler = SlackRequestHandler(bolt)

    async def answer(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def _by_hand(path: Path, stack: ExitStack) -> Starlette:
    """A signature, one durable row and an answer, and nothing else: the limit."""
    _database(path, stack)
    raw = stack.enter_context(
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False))
    )
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        raw.execute(f"PRAGMA {pragma}")
    turn = threading.Lock()

    def store(key: str) -> None:
        with turn:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(_STORE, (WORKSPACE, key, time.time_ns() // 1000))
            raw.execute("COMMIT")

    async def answer(request: Request) -> Response:
        body = await request.body()
        stamp = request.headers["x-slack-request-timestamp"]
        if not hmac.compare_digest(signature(body, stamp), request.headers["x-slack-signature"]):
            return Response(status_code=401)
        await asyncio.to_thread(store, hashlib.sha256(body).hexdigest())
        return PlainTextResponse("Noted.")

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


def _listener(database: Database) -> Callable[..., None]:
    def on_command(ack: Ack, body: dict[str, Any]) -> None:
        whisper(
            database=database,
            workspace=body["team_id"],
            now=datetime.now(UTC),
            person=body["user_id"],
            channel=body["channel_id"],
            denied=Denied("Noted."),
            key=body["trigger_id"],
        )
        ack("Noted.")

    return on_command


def _authorize() -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=None, team_id=WORKSPACE, bot_token="xoxb-", bot_id="B1", bot_user_id="U1"
    )


def _database(path: Path, stack: ExitStack) -> Database:
    database = stack.enter_context(closing(Database(f"sqlite:///{path}")))
    migrations.upgrade(database)
    return database


@contextmanager
def _served(app: Starlette) -> Iterator[int]:
    """Serve on a free port of loopback, in a thread of its own."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


def _drive(port: int, connections: int, count: int) -> Speed:
    """Send requests from a process of its own, so that it takes no time from the server."""
    arguments = [str(port), str(connections), str(count)]
    done = run(
        [sys.executable, "-m", "tests.benchmarks.load", *arguments],
        stdout=PIPE,
        check=True,
        timeout=120,
    )
    speed, middle, last = json.loads(done.stdout)
    return speed, middle, last


GOALS = {"P11": goals}
