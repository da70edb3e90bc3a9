"""`handoff why`: who got a lead and why, and how its clock was reckoned."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.failing import fail, failing_on, settings_or_fail


def why(
    lead: Annotated[str, typer.Argument(help="Its id, e-mail address, or name at its source.")],
) -> None:
    """Explain who got a lead and why, and how its due time was reckoned (times in UTC)."""
    settings = settings_or_fail()

    from bot.clocks import RunningClocks
    from bot.flows.keep.opening import REFUSALS, open_database
    from bot.flows.look.why import why as look
    from handoff.lead_why import why_lines

    with failing_on(*REFUSALS):
        database = open_database(settings.handoff_database_url)
    now = RunningClocks(speed=settings.handoff_time_scale).now()
    found = look(database=database, workspace=None, now=now, by="cli", asked=lead)
    if found is None:
        fail([f"No lead is known as “{lead}”. Give its id, e-mail address or external id."])
        return
    for line in why_lines(why=found, when=_utc, who=str, say=str):
        typer.echo(line)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
