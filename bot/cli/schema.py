"""`handoff schema`: the published formats of the files that Handoff reads and writes."""

import json
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """The file formats."""

    BRIEF = "brief"
    PLAN = "plan"
    RULES = "rules"
    TEAM = "team"


def schema(
    file: Annotated[Format, typer.Argument(metavar="brief|plan|rules|team")],
) -> None:
    """Print the JSON Schema (draft 2020-12) of a file format: brief, plan, rules or team."""
    from handoff.brief_file import brief_schema
    from handoff.plan import plan_schema
    from handoff.routing.export import rules_schema
    from handoff.team_file import team_schema

    schemas = {
        Format.BRIEF: brief_schema,
        Format.PLAN: plan_schema,
        Format.RULES: rules_schema,
        Format.TEAM: team_schema,
    }
    typer.echo(json.dumps(schemas[file](), indent=2, ensure_ascii=False))
