"""`handoff why`: who got a lead and why, and how its clock was reckoned."""

from datetime import datetime
from typing import Annotated

import typer

from bot.cli.failing import fail, failing_on, settings_or_fail
from bot.cli.opening import Workspace, open_database_or_fail


def why(
    lead: Annotated[str, typer.Argument(help="Its id, e-mail address, or name at its source.")],
    workspace: Workspace = None,
) -> None:
    """Explain who got a lead and why, and how its due time was reckoned (times in UTC)."""
    speed = settings_or_fail().handoff_time_scale

    from bot.clocks import RunningClocks
    from bot.flows.look.why import why as look
    from bot.flows.workspace import WorkspaceUnclear
    from handoff.lead_why import why_lines

    with open_database_or_fail() as database, failing_on(WorkspaceUnclear):
        now = RunningClocks(speed=speed).now()
        found = look(database=database, workspace=workspace, now=now, by="cli", asked=lead)
    if found is None:
        fail([f"No lead is known as “{lead}”. Give its id, e-mail address or external id."])
        return
    for line in why_lines(why=found, when=_utc, who=str, say=str):
        typer.echo(line)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
