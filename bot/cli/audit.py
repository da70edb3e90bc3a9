"""`handoff audit …`: the log that nobody can change unseen."""

import typer

from bot.cli.failing import fail
from bot.cli.opening import open_database_or_fail

commands = typer.Typer(no_args_is_help=True, help="The audit log.")


@commands.callback()
def _group() -> None:
    """Keep `verify` a command of its own, although it is the only one so far."""


@commands.command()
def verify() -> None:
    """Check that no fact of the audit log was changed, removed or added behind our back."""
    with open_database_or_fail() as database:
        from bot.flows.keep.audit_verify import verify_audit

        reports = verify_audit(database=database)
    if not reports:
        typer.echo("There are no facts yet: no workspace has used this database.")
    for report in reports:
        if report.is_whole:
            typer.echo(f"{report.workspace}: {report.facts} facts, all whole.")
    broken = [
        f"{report.workspace}: fact {report.broken_at} does not fit: {report.problem}"
        for report in reports
        if not report.is_whole
    ]
    if broken:
        fail([*broken, "Restore the database from a backup, and find out who could write to it."])
