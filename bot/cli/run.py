"""`handoff run`: the app against Slack."""

from typing import Annotated

import typer

from bot.cli.failing import fail, failing_on, settings_or_fail
from bot.cli.loading import loading_for_good


def run(
    host: Annotated[str | None, typer.Option(help="Overrides HANDOFF_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Overrides HANDOFF_PORT.")] = None,
) -> None:
    """Run the app against Slack: Socket Mode when SLACK_APP_TOKEN is set, else HTTP."""
    settings = settings_or_fail()
    if missing := settings.missing():
        fail([*missing, "Run `handoff doctor` to check everything."])

    with loading_for_good():
        import uvicorn

        from bot.app import REFUSALS, App
        from bot.cli.logs import set_up_logs

        set_up_logs(settings.handoff_log_format)
        # Opened here and not by the server, so that what is wrong is a sentence, no traceback.
        with failing_on(*REFUSALS):
            app = App(settings)
            app.open()
    uvicorn.run(
        app.api,
        host=host or settings.handoff_host,
        port=settings.handoff_port if port is None else port,
        log_config=None,
        timeout_graceful_shutdown=15,
    )
