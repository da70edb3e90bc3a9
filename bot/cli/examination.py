"""What `handoff doctor` checks; loaded only when it is asked for."""

from collections.abc import Iterator, Mapping

from bot.cli.manifest import needed_scopes
from bot.flows.look.doctor import Finding, Level, examine_database
from bot.gateways.outcomes import Refused
from bot.gateways.slack import TIMEOUT, SlackGateway, SlackUnavailable, check_app_token
from bot.settings import Settings

_TOKEN_ERRORS = {
    "invalid_auth": "Slack does not know this token. Copy it again from OAuth & Permissions.",
    "not_authed": "Slack does not know this token. Copy it again from OAuth & Permissions.",
    "token_revoked": "The token was revoked. Reinstall the app and copy the new one.",
    "account_inactive": "The app was removed from the workspace. Install it again.",
    "token_expired": "The token has expired. Switch token rotation off in the app, or reinstall.",
}


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what is fine, and what is not and how to mend it."""
    missing = settings.missing()
    for text in missing:
        yield Finding(Level.PROBLEM, text)
    if not missing:
        yield Finding(Level.FINE, "All settings that are needed are there.")
    yield from examine_database(url=settings.handoff_database_url)
    if settings.slack_bot_token is not None:
        yield from _examine_bot_token(settings, settings.slack_bot_token.get_secret_value())
    yield from _examine_connection(settings)


def bot_token_problem(error: SlackUnavailable, settings: Settings) -> str:
    """Say why the bot token does not serve, and what to do."""
    return f"SLACK_BOT_TOKEN: {_explained(error, settings)}"


def app_token_problem(error: SlackUnavailable, settings: Settings) -> str:
    """Say why the app-level token does not serve, and what to do."""
    return (
        f"SLACK_APP_TOKEN: {_explained(error, settings, known={})} It is made under "
        "Basic Information, App-Level Tokens, and needs the scope connections:write."
    )


def _examine_bot_token(settings: Settings, token: str) -> Iterator[Finding]:
    """Check whose token it is, and what it may do."""
    slack = SlackGateway(token=token, base_url=settings.slack_api_url, timeout=TIMEOUT)
    try:
        identity = slack.identity()
    except SlackUnavailable as exc:
        yield Finding(Level.PROBLEM, bot_token_problem(exc, settings))
        return
    yield Finding(Level.FINE, f"The bot token belongs to {identity.team_name}.")
    needed = needed_scopes()
    for scope in sorted(needed - identity.scopes):
        yield Finding(
            Level.PROBLEM,
            f"The token lacks the scope {scope}. Add it under OAuth & Permissions, then "
            "reinstall the app: a new scope takes effect only then.",
        )
    if needed <= identity.scopes:
        yield Finding(Level.FINE, f"It has all {len(needed)} scopes.")
    for scope in sorted(identity.scopes - needed):
        yield Finding(Level.WARNING, f"The token has the scope {scope}, which Handoff never uses.")


def _examine_connection(settings: Settings) -> Iterator[Finding]:
    """Check how Slack reaches us."""
    if settings.slack_app_token is None:
        address = settings.handoff_public_url or "the https address of this server"
        yield Finding(
            Level.FINE,
            "Without SLACK_APP_TOKEN Slack calls us by HTTP. The app's request URLs must be "
            f"{address.rstrip('/')}/slack/events and reach port {settings.handoff_port} here.",
        )
        return
    try:
        check_app_token(
            token=settings.slack_app_token.get_secret_value(), base_url=settings.slack_api_url
        )
    except SlackUnavailable as exc:
        yield Finding(Level.PROBLEM, app_token_problem(exc, settings))
    else:
        yield Finding(Level.FINE, "Socket Mode is on, and Slack takes the app token.")


def _explained(
    error: SlackUnavailable, settings: Settings, known: Mapping[str, str] = _TOKEN_ERRORS
) -> str:
    outcome = error.outcome
    if isinstance(outcome, Refused):
        return known.get(outcome.error, f"Slack refuses it ({outcome.error}).")
    return (
        f"Slack did not answer at {settings.slack_api_url}. Is the network or a proxy in the way?"
    )
