"""`handoff run`: the app against Slack."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.failing import fail, failing_on, settings_or_fail
from bot.cli.loading import loading_for_good

if TYPE_CHECKING:
    from bot.app import App
    from bot.settings import Settings

_ASK_THE_DOCTOR = "Run `handoff doctor` to check everything."


def run(
    host: Annotated[str | None, typer.Option(help="Overrides HANDOFF_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Overrides HANDOFF_PORT.")] = None,
) -> None:
    """Run the app against Slack: Socket Mode when SLACK_APP_TOKEN is set, else HTTP."""
    settings = settings_or_fail()
    if missing := settings.missing():
        fail([*missing, _ASK_THE_DOCTOR])

    with loading_for_good():
        import uvicorn

        from bot.app import REFUSALS, App
        from bot.cli.logs import set_up_logs

        set_up_logs(settings.handoff_log_format)
        # Opened here and not by the server, so that what is wrong is a sentence, no traceback.
        with failing_on(*REFUSALS):
            app = App(settings)
            _open(app, settings)
    uvicorn.run(
        app.api,
        host=host or settings.handoff_host,
        port=settings.handoff_port if port is None else port,
        log_config=None,
        timeout_graceful_shutdown=15,
    )


def _open(app: "App", settings: "Settings") -> None:
    """Make the app ready; end the command if Slack does not take one of its tokens."""
    from bot.cli.examination import app_token_problem, bot_token_problem
    from bot.gateways.slack import SlackUnavailable, check_app_token

    try:
        app.open()
    except SlackUnavailable as exc:
        fail([bot_token_problem(exc, settings), _ASK_THE_DOCTOR])
    if settings.slack_app_token is None:
        return
    token = settings.slack_app_token.get_secret_value()
    try:
        check_app_token(token=token, base_url=settings.slack_api_url)
    except SlackUnavailable as exc:
        fail([app_token_problem(exc, settings), _ASK_THE_DOCTOR])
