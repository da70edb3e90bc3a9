"""Routing rules as a file: YAML or JSON, with a published schema, read back with nothing lost."""

import json
import re
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from handoff.model import problems_in, published_schema
from handoff.routing.rules import RoutingMatrix

_ODD_BREAKS = re.compile("[\x85\u2028\u2029\ufeff]")


class BadRules(ValueError):
    """This is not a routing rules file; the message names the places and what is wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("These are not valid routing rules: " + "; ".join(problems))
        self.problems = problems


def rules_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of a routing rules file."""
    return published_schema(RoutingMatrix, title="Handoff routing rules")


def dump_rules(*, matrix: RoutingMatrix, form: Literal["yaml", "json"]) -> str:
    """Return the text of a matrix's file; `load_rules` reads it back equal."""
    if form == "json":
        return matrix.model_dump_json(indent=2) + "\n"
    # Letters stay letters; but PyYAML leaves some line breaks of Unicode unquoted, and loses them.
    plain = matrix.model_dump_json()
    return yaml.safe_dump(
        json.loads(plain),
        sort_keys=False,
        allow_unicode=not _ODD_BREAKS.search(plain),
        width=100,
    )


def load_rules(text: str) -> RoutingMatrix:
    """Read a routing rules file, YAML or JSON.

    Raises:
        BadRules: if the text cannot be read or does not fit the schema.
    """
    try:
        return RoutingMatrix.model_validate(_content(text))
    except ValidationError as exc:
        raise BadRules(problems_in(exc)) from exc


def _content(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        pass  # not JSON, so it should be YAML
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise BadRules((f"the file: not readable as YAML or JSON ({exc})",)) from exc
