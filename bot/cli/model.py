"""`handoff model`: the feasibility proof alone."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.brief_input import DateOption, TeamOption, day_or_now, failing_to_draft, load_or_fail
from bot.cli.waiting import PROVING, telling_if_long


class Form(StrEnum):
    """How the proof is printed: for people, or for programs."""

    TEXT = "text"
    JSON = "json"


def model(
    brief: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, metavar="BRIEF", help="YAML or JSON."),
    ],
    form: Annotated[Form, typer.Option("--format", help="How it is printed.")] = Form.TEXT,
    team: TeamOption = None,
    date: DateOption = None,
) -> None:
    """Prove whether the team of a brief can keep its SLA, and print what was found."""
    from handoff.documents.plain import render_plain
    from handoff.documents.proof import proof_report
    from handoff.proof import prove_design

    loaded = load_or_fail(brief=brief, team=team, as_of=day_or_now(date))
    with failing_to_draft(brief), telling_if_long(PROVING):
        proof, _ = prove_design(brief=loaded.brief, directory=loaded.directory, as_of=loaded.as_of)
    if form is Form.JSON:
        typer.echo(proof.model_dump_json(indent=2))
    else:
        typer.echo(render_plain(proof_report(proof)), nl=False)
