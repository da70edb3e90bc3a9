"""The composition root: reads settings, builds everything, owns the clocks."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from fastapi import FastAPI
from pydantic import SecretStr
from slack_bolt import App as BoltApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.clocks import RunningClocks
from bot.flows.context import Clocks, Services
from bot.flows.keep import opening
from bot.flows.keep.clock import last_instant, save_instant
from bot.flows.keep.opening import CannotStart, prepare_tables
from bot.flows.look.health import database_problems
from bot.flows.people.sync import welcome
from bot.gateways.heartbeat import beat
from bot.gateways.slack import TIMEOUT, SlackGateway, SlackUnavailable
from bot.gateways.socket_mode import open_socket
from bot.http.api import build_api
from bot.http.callers import Secrets
from bot.http.receiving import Desk
from bot.http.slack import SlackEndpoint
from bot.listeners import register_all
from bot.listeners.patient import PatientApp
from bot.settings import Settings
from bot.watch.auditor import AUDIT_PATIENCE, Auditor
from bot.watch.delivery import LEASE, Delivery
from bot.watch.engine import Engine
from bot.watch.handlers import CLOCK_HANDLERS, slow_handlers
from bot.watch.loops import Loop
from bot.watch.reactions import look_at_all
from bot.watch.reconcile import Reconciliation
from bot.watch.rendering import RENDERERS
from bot.watch.settling import Settling
from bot.watch.tick import SLOW_LEASE, seconds_until_due, tick, work_slowly
from storage.database import Database, explained
from storage.engine_lock import EngineAlreadyRuns
from storage.timers import Lane

if TYPE_CHECKING:
    from slack_bolt.adapter.socket_mode import SocketModeHandler

_LOG = logging.getLogger(__name__)

#: Seconds that a listener waits for Slack while a person waits for the listener.
_LISTENER_TIMEOUT = 2


@runtime_checkable
class SteppedClocks(Clocks, Protocol):
    """Clocks that stand still until they are moved; tests bring them."""

    def move_to(self, instant: datetime) -> None:
        """Show `instant` on the domain's clock; the other clocks move on by as much."""
        ...


#: What `App.open()` raises when somebody must do something first; the messages say what.
REFUSALS: tuple[type[Exception], ...] = (*opening.REFUSALS, EngineAlreadyRuns, SlackUnavailable)


class App:
    """The whole app, put together from its settings.

    Args:
        settings: What the person who deploys it chose; the bot token must be there.
        clocks: The computer's if None.

    Attributes:
        settings: As given.
        clocks: All three.
        services: What listeners and routes are given.
        bolt: Slack's requests arrive here.
        api: The ASGI application.
    """

    def __init__(self, settings: Settings, *, clocks: Clocks | None = None) -> None:
        self.settings = settings
        self.clocks = clocks or RunningClocks(speed=settings.handoff_time_scale)
        self.database = Database(
            settings.handoff_database_url,
            # Clocks that stand still do not agree with PostgreSQL's own about a lease.
            server_time=not isinstance(self.clocks, SteppedClocks),
        )
        self.services = Services(
            database=self.database, clocks=self.clocks, public_url=settings.handoff_public_url
        )
        self.slack = SlackGateway(
            token=_token(settings), base_url=settings.slack_api_url, timeout=TIMEOUT
        )
        self.bolt = self._make_bolt()
        register_all(self.bolt, self.services)
        self._slow_handlers = slow_handlers(
            slack=self.slack, database=self.database, wall=self.clocks.wall
        )
        self._auditor = self._make_auditor()
        self.loops = self._make_loops()
        self.engine = Engine(loops=self.loops, monotonic=self.clocks.monotonic)
        self.database.on_wake = self.engine.wake
        self.api = self._make_api()
        self._engine_lock = self.database.engine_lock()
        self._socket: SocketModeHandler | None = None
        self._is_open = False

    def open(self) -> None:
        """Make ready to answer: the engine's lock, the tables, and whose bot this is.

        Opening what is open does nothing.

        Raises:
            CannotStart: if the database has other tables than this version needs.
            EngineAlreadyRuns: if another process works on this SQLite file.
            NewerDatabase: if a later version has changed the tables.
            SlackUnavailable: if Slack refuses the token.
            UnusableDatabase: if it cannot be reached, or not be written to.
        """
        if self._is_open:
            return
        with explained():
            self._open()

    def _open(self) -> None:
        """Open what is not open yet."""
        self._engine_lock.acquire()
        prepare_tables(self.database)
        self._resume_clock()
        advice = self.database.advice()
        if advice is not None:
            _LOG.warning(advice)
        identity = self.slack.identity()
        welcome(
            database=self.database,
            workspace=identity.team_id,
            name=identity.team_name,
            now=self.clocks.now(),
        )
        look_at_all(database=self.database, workspace=identity.team_id, now=self.clocks.now())
        _LOG.info("Working as %s in %s", identity.bot_user_id, identity.team_name)
        self._is_open = True

    def start(self) -> None:
        """Open, and keep time and messages going in the background; `stop()` ends it."""
        self.open()
        self.engine.start()
        if self.settings.slack_app_token is not None:
            self._socket = open_socket(
                self.bolt,
                token=self.settings.slack_app_token.get_secret_value(),
                base_url=self.settings.slack_api_url,
            )

    def stop(self) -> None:
        """Take no more requests, finish what is under way, and close the database."""
        if self._socket is not None:
            self._socket.close()  # type: ignore[no-untyped-call]  # untyped in Bolt
            self._socket = None
        self.engine.stop()
        self._engine_lock.release()
        self.database.close()

    def drain(self) -> None:
        """Do all that is due now, in this thread."""
        while sum([loop.drain() for loop in self.loops]):
            pass

    def step(self, until: datetime) -> None:
        """Live through the time until an instant, in this thread, on clocks that stand still.

        Does all that is due, moves the clocks to the next due instant, and so on.

        Args:
            until: Where the domain's clock is left, UTC-aware.

        Raises:
            TypeError: if the clocks run by themselves.
        """
        if not isinstance(self.clocks, SteppedClocks):
            raise TypeError("step() is for clocks that stand still until they are moved")
        while (instant := self._drain_and_look()) is not None and instant <= until:
            self.clocks.move_to(instant)
        self.clocks.move_to(until)
        self._drain_and_look()

    def problems(self) -> tuple[str, ...]:
        """Return one sentence for each thing that keeps the app from its work; for `/readyz`."""
        socket = self._socket
        is_cut_off = socket is not None and not socket.client.is_connected()
        return (
            *self.engine.problems(),
            *database_problems(
                database=self.database, now=self.clocks.now(), workspace=self._team()
            ),
            *self._auditor.problems(),
            *(("Slack's web socket is not connected.",) if is_cut_off else ()),
        )

    def _drain_and_look(self) -> datetime | None:
        """Do all that is due, and return the domain's next instant at which something is."""
        self.drain()
        waits = [wait for loop in self.loops if (wait := loop.seconds_until_due()) is not None]
        if not waits:
            return None
        # What is due and still there waits for something else; time must go on meanwhile.
        seconds = min(wait if wait > 0 else 1.0 for wait in waits)
        return self.clocks.now() + timedelta(seconds=seconds)

    def _team(self) -> str:
        """Return the Slack team that the token speaks to; a database may hold several."""
        return self.slack.identity().team_id

    def _resume_clock(self) -> None:
        """Let a fast clock go on where it was: it is ahead of real time."""
        last = last_instant(database=self.database)
        if last is not None and isinstance(self.clocks, RunningClocks):
            self.clocks.resume(last)

    def _save_clock(self) -> int:
        """Save where a clock is that is ahead of real time, be it that an earlier run was fast."""
        if isinstance(self.clocks, RunningClocks) and self.clocks.is_real:
            return 0
        save_instant(database=self.database, now=self.clocks.now())
        return 0

    def _make_bolt(self) -> BoltApp:
        """Make the Bolt app: it answers after the listener, and its caller checks signatures."""
        client = WebClient(
            base_url=self.settings.slack_api_url, timeout=_LISTENER_TIMEOUT, retry_handlers=[]
        )

        def authorize(team_id: str | None) -> AuthorizeResult | None:
            # Bolt goes by the names of the arguments; the `self` of a method confuses it.
            return self._authorize(team_id)

        return PatientApp(
            database=self.database,
            name="handoff",
            logger=logging.getLogger("slack_bolt"),
            client=client,
            authorize=authorize,  # None is Bolt's word for no
            process_before_response=True,
            request_verification_enabled=False,
            raise_error_for_unhandled_request=True,
        )

    def _authorize(self, team_id: str | None) -> AuthorizeResult | None:
        """Let in what comes from the workspace that the token belongs to."""
        identity = self.slack.identity()
        if team_id != identity.team_id:
            _LOG.warning("A request of workspace %s is not for us", team_id)
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=identity.team_id,
            bot_token=_token(self.settings),
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )

    def _make_loops(self) -> tuple[Loop, ...]:
        """Make the work that goes on by itself. Two senders, so that one may wait for Slack."""
        clocks, database = self.clocks, self.database
        delivery = self._make_delivery()
        waiting = delivery.seconds_until_due
        reconciliation = Reconciliation(delivery)

        def timed(lane: Lane) -> Callable[[], float | None]:
            return lambda: seconds_until_due(
                database=database,
                lane=lane,
                seconds_until=clocks.seconds_until,
                wall=clocks.wall(),
                workspace=self._team() if lane is Lane.SLOW else None,
            )

        loop = partial(Loop, monotonic=clocks.monotonic)
        # A proof takes its time, and so does a Slack that does not answer.
        slow = partial(loop, patience=SLOW_LEASE.total_seconds())
        sending = partial(loop, patience=LEASE.total_seconds())
        may_be_fast = self.settings.handoff_time_scale != 1 or isinstance(clocks, RunningClocks)
        return (
            *([loop(name="clock", work=self._save_clock)] if may_be_fast else []),
            loop(name="tick", work=self._tick, sleep=timed(Lane.CLOCK)),
            slow(name="slow work", work=self._work_slowly, sleep=timed(Lane.SLOW)),
            sending(name="delivery", work=delivery.deliver, sleep=waiting),
            sending(name="second delivery", work=delivery.deliver, sleep=waiting),
            sending(name="reconciliation", work=reconciliation.reconcile, sleep=waiting),
            loop(name="auditor", work=self._auditor.audit, patience=AUDIT_PATIENCE),
        )

    def _tick(self) -> int:
        return tick(
            database=self.database,
            handlers=CLOCK_HANDLERS,
            now=self.clocks.now(),
            wall=self.clocks.wall(),
        )

    def _work_slowly(self) -> int:
        return work_slowly(
            database=self.database,
            handlers=self._slow_handlers,
            now=self.clocks.now(),
            wall=self.clocks.wall(),
            workspace=self._team(),
        )

    def _make_auditor(self) -> Auditor:
        url = self.settings.handoff_heartbeat_url
        heartbeat = {} if url is None else {"beat": partial(beat, url=url)}
        return Auditor(
            database=self.database, clocks=self.clocks, workspace=self._team, **heartbeat
        )

    def _make_delivery(self) -> Delivery:
        quiet = timedelta(seconds=self.settings.handoff_quiet_seconds)
        return Delivery(
            database=self.database,
            slack=self.slack,
            renderers=RENDERERS,
            clocks=self.clocks,
            settling=Settling(clocks=self.clocks, quiet=quiet),
        )

    def _make_api(self) -> FastAPI:
        endpoint = SlackEndpoint(
            bolt=self.bolt,
            signing_secret=_revealed(self.settings.slack_signing_secret),
            wall=self.clocks.wall,
        )
        secrets = Secrets(
            default=_revealed(self.settings.handoff_webhook_secret),
            encryption=_revealed(self.settings.handoff_encryption_key),
        )
        return build_api(
            slack=endpoint,
            desk=Desk(self.services, secrets),
            problems=self.problems,
            start=self.start,
            stop=self.stop,
        )


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _token(settings: Settings) -> str:
    """Return the bot's token; the command line has checked that it is there."""
    if settings.slack_bot_token is None:
        raise CannotStart(" ".join(settings.missing()))
    return settings.slack_bot_token.get_secret_value()
