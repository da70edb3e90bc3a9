"""`handoff designs …`: the designs at work, from the host."""

from typing import Annotated

import typer

from bot.cli.failing import BAD_INPUT, fail, failing_on
from bot.cli.opening import Workspace, open_database_or_fail

commands = typer.Typer(no_args_is_help=True, help="The designs at work.")


@commands.callback()
def _group() -> None:
    """Keep `order` a subcommand although it is the only one."""


@commands.command()
def order(
    designs: Annotated[
        list[str] | None,
        typer.Argument(help="Keys of designs, the one to be asked first first."),
    ] = None,
    default: Annotated[
        bool, typer.Option("--default", help="Go back to the default order.")
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Show the order in which designs are asked whether they take a lead, or change it.

    Designs that are not named follow in the default order: by goal, then by segment.
    """
    from bot.clocks import RunningClocks
    from bot.flows.keep.entry_order import OrderRefused, set_order_on_host, shown_order
    from bot.flows.workspace import WorkspaceUnclear

    if designs and default:
        fail(["Name designs or say --default, not both."], code=BAD_INPUT)
    with (
        open_database_or_fail() as database,
        failing_on(OrderRefused, WorkspaceUnclear),
    ):
        if designs or default:
            set_order_on_host(
                database=database,
                now=RunningClocks().now(),
                keys=designs or (),
                workspace=workspace,
            )
        found = shown_order(database=database, workspace=workspace)
    if not found:
        typer.echo("No design is at work yet.")
    for place, one in enumerate(found, start=1):
        how = "" if one.is_placed else "  (by the default order)"
        typer.echo(f"{place}. {one.key}  {one.title}: {one.rule}{how}")
