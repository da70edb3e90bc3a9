"""`handoff demo`: the whole product against a local sandbox workspace; no Slack account."""

import signal
import socket
import tempfile
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.failing import fail

if TYPE_CHECKING:
    from bot.app import App

_SIGNING_SECRET = "the sandbox signs with this"
_WEBHOOK_SECRET = "whsec_dGhlIHNhbmRib3ggc2VuZHMgbGVhZHMgd2l0aCB0aGlz"
_BOT_TOKEN = "xoxb-sandbox"
_HOST = "127.0.0.1"


def demo(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 picks one.")] = 3100,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address.")
    ] = False,
    speed: Annotated[float, typer.Option(min=1, max=3600, help="How fast time goes by.")] = 1,
) -> None:
    """Try the whole product in the browser, with a small revenue team in a local workspace."""
    from bot.cli.logs import set_up_logs
    from bot.settings import LogFormat

    set_up_logs(LogFormat.TEXT, quiet=True)
    with _ended_as_by_ctrl_c(), tempfile.TemporaryDirectory(prefix="handoff-demo-") as folder:
        try:
            with moved_in(Path(folder), port=port, speed=speed) as (app, page, listening):
                typer.echo(f"Handoff is ready at {page}")
                typer.echo("A guided scene waits at its top; or type /define-handoff yourself.")
                typer.echo("Ctrl-C ends it, and nothing is kept.")
                if not no_browser:
                    webbrowser.open(page)
                _serve(app, listening)
        except OSError as exc:
            fail(
                [f"The page cannot be served on port {port}: {exc.strerror}. Try another --port."]
            )


@contextmanager
def moved_in(
    folder: Path, *, port: int, speed: float, pace: float = 1
) -> "Iterator[tuple[App, str, socket.socket]]":
    """Set up a workspace with the app and its team in it; yield the app and where it listens.

    Args:
        folder: For the database.
        port: Of the page; 0 picks one.
        speed: Of the clock at first.
        pace: How long the captions of the guided scene stand, a multiple of the usual.
    """
    from bot.app import App
    from bot.cli.demo_scene import demo_scene
    from bot.cli.manifest import read_manifest
    from bot.clocks import RunningClocks
    from bot.flows.people.team_file import import_team
    from bot.sandbox import Sandbox, load_seed
    from bot.settings import Settings

    clocks = RunningClocks(speed=speed)
    with socket.create_server((_HOST, 0)) as listening:
        address = f"http://{_HOST}:{listening.getsockname()[1]}"
        sandbox = Sandbox(
            manifest=read_manifest(),
            seed={**load_seed(), "webhooks": _webhooks(address)},
            signing_secret=_SIGNING_SECRET,
            bot_token=_BOT_TOKEN,
            app_url=f"{address}/slack/events",
            clock=clocks,
            scene=demo_scene(clocks, pace=pace),
        )
        with sandbox.running(port=port, with_pump=True) as page:
            settings = Settings(
                _env_file=None,
                slack_bot_token=_BOT_TOKEN,
                slack_signing_secret=_SIGNING_SECRET,
                slack_app_token=None,
                slack_api_url=sandbox.api_url,
                handoff_database_url=f"sqlite:///{folder / 'handoff.db'}",
                handoff_public_url=None,
                handoff_webhook_secret=_WEBHOOK_SECRET,
            )
            app = App(settings, clocks=clocks)
            app.open()
            app.drain()  # reads the people, so that the team can be found among them
            import_team(database=app.database, text=_team(), now=clocks.now())
            yield app, page, listening


def _webhooks(address: str) -> list[dict[str, Any]]:
    """Return what the panel "Send leads" offers, signed as an outside system signs."""
    import yaml

    text = Path(__file__).with_name("demo_leads.yaml").read_text(encoding="utf-8")
    return [
        {
            "name": source["name"],
            "url": f"{address}/v1/leads",
            "secret": None if source.get("unsigned") else _WEBHOOK_SECRET,
            "templates": source["templates"],
        }
        for source in yaml.safe_load(text)
    ]


def _team() -> str:
    """Return the demo's directory, so that the form is complete at once."""
    return Path(__file__).with_name("demo_team.yaml").read_text(encoding="utf-8")


@contextmanager
def _ended_as_by_ctrl_c() -> Iterator[None]:
    """Let a polite `kill` end the demo as Ctrl-C does, so that nothing is kept."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _serve(app: "App", listening: socket.socket) -> None:
    """Answer the sandbox until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(app.api, log_config=None, timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listening])
