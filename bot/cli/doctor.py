"""`handoff doctor`: checks everything, and says what to do."""

import typer

from bot.cli.failing import settings_or_fail


def doctor() -> None:
    """Check settings, database, migrations, token and scopes; say what to do."""
    settings = settings_or_fail()

    from bot.cli.examination import examine
    from bot.flows.look.doctor import Level

    marks = {
        Level.FINE: ("ok      ", typer.colors.GREEN),
        Level.WARNING: ("warning ", typer.colors.YELLOW),
        Level.PROBLEM: ("problem ", typer.colors.RED),
    }
    has_problem = False
    for finding in examine(settings):
        mark, colour = marks[finding.level]
        typer.echo(typer.style(mark, fg=colour) + finding.text)
        has_problem |= finding.level is Level.PROBLEM
    if has_problem:
        raise typer.Exit(1)
    typer.echo("Handoff can run.")
