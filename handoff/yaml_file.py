"""Files that people write: YAML or JSON read with line numbers, and errors that name the place."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Path = tuple[str | int, ...]
_LONGEST_FILE = 1_000_000
_DEEPEST = 20
_TOO_DEEP = "Aliases and deep nesting are not supported; write the value out."


@dataclass(frozen=True, kw_only=True)
class FileProblem:
    """One thing that is wrong in a file.

    Attributes:
        field: Where, as a dotted path (`pods[0].manager`); empty for the file as a whole.
        message: What is wrong and what to do.
        line: Line number from 1, None when it is not known.
    """

    field: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        place += [self.field] if self.field else []
        return f"{', '.join(place)}: {self.message}" if place else self.message


class BadFile(ValueError):
    """The file cannot be used.

    Attributes:
        problems: Everything that is wrong, in the order of the file.
    """

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class ReadFile:
    """The plain data of a file, and the line of each of its values by path."""

    data: dict[str, object]
    lines: Mapping[Path, int]

    def problem(self, path: Path, message: str) -> FileProblem:
        """Return a problem at a path; its line is that of the nearest value that is there."""
        line = next(
            (
                self.lines[path[:count]]
                for count in range(len(path), -1, -1)
                if path[:count] in self.lines
            ),
            None,
        )
        return FileProblem(field=dotted(path), message=message, line=line)


def read_yaml(text: str) -> ReadFile:
    """Read a YAML (or JSON) mapping.

    Only `true` and `false` are flags, so the country `NO` stays a text. Aliases are refused: they
    can make a small file huge.

    Raises:
        BadFile: if it cannot be read, with the line.
    """
    if len(text) > _LONGEST_FILE:
        raise BadFile([FileProblem(field="", message="The file is larger than 1 MB.")])
    try:
        node = yaml.compose(_without_tabs(text), Loader=_PlainLoader)
    except RecursionError as exc:
        raise BadFile([FileProblem(field="", message=_TOO_DEEP)]) from exc
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else None
        message = f"This is not YAML: {exc.problem or exc.context}."
        raise BadFile([FileProblem(field="", message=message, line=line)]) from exc
    except yaml.YAMLError as exc:
        message = "The file holds characters that YAML does not allow."
        raise BadFile([FileProblem(field="", message=message)]) from exc
    lines: dict[Path, int] = {}
    data = _plain(node, path=(), lines=lines, seen=set())
    if not isinstance(data, dict):
        message = "The file must hold fields, such as `name: value`, not a list or a text."
        raise BadFile([FileProblem(field="", message=message, line=1)])
    return ReadFile(data=data, lines=lines)


def explain(
    error: ValidationError, *, read: ReadFile, model: type[BaseModel], under: Path = ()
) -> tuple[FileProblem, ...]:
    """Return the problems of a validation error in plain words, each with its line.

    Args:
        error: What pydantic found.
        read: The file that was validated.
        model: The model that it was validated against; its field names are the suggestions.
        under: Where in the file the validated part begins.
    """
    known = _field_names(model)
    whole = _at(read.data, under)
    found = [
        (_place_of(part["loc"], is_missing=part["type"] == "missing", data=whole), part)
        for part in error.errors(include_url=False, include_input=False)
    ]
    places = [path for path, _ in found]
    return tuple(
        read.problem((*under, *path), _message(part, path=path, known=known))
        for path, part in found
        if not _is_told_anyway(path, part["type"], places)
    )


def dotted(path: Path) -> str:
    """Return a path as people write it: `pods[0].members[1].weight`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def nearest(name: str, known: Collection[str]) -> str:
    """Return advice on a name that is not known: the nearest one, or all of them."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"use one of {', '.join(sorted(known))}."


# Private functions


def _without_tabs(text: str) -> str:
    """Return JSON with blanks for tabs: it may be indented with them, and YAML may not."""
    if "\t" not in text:
        return text
    try:
        json.loads(text)  # inside its texts a tab is written as an escape
    except (ValueError, RecursionError):
        return text
    return text.replace("\t", " ")


class _PlainLoader(yaml.SafeLoader):
    """YAML in which only `true` and `false` are flags."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if first in "tTfF" or not tag.endswith(":bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _plain(
    node: yaml.Node | None, *, path: Path, lines: dict[Path, int], seen: set[int]
) -> object:
    """Return the plain value of a node, noting the line of each value."""
    if node is None:
        return None
    line = lines[path] = node.start_mark.line + 1
    if id(node) in seen or len(path) > _DEEPEST:
        raise BadFile([FileProblem(field=dotted(path), message=_TOO_DEEP, line=line)])
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, path=(*path, index), lines=lines, seen=seen)
            for index, item in enumerate(node.value)
        ]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path=path, lines=lines, seen=seen)
    return _scalar(node, path=path, line=line)


def _mapping(
    node: yaml.MappingNode, *, path: Path, lines: dict[Path, int], seen: set[int]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for key_node, value_node in node.value:
        key = _joined(str(key_node.value), path=path, line=key_node.start_mark.line + 1)
        if key in found or not isinstance(key_node, yaml.ScalarNode):
            message = "is written twice; keep one." if key in found else "is not a field name."
            line = key_node.start_mark.line + 1
            raise BadFile([FileProblem(field=dotted((*path, key)), message=message, line=line)])
        found[key] = _plain(value_node, path=(*path, key), lines=lines, seen=seen)
        lines[(*path, key)] = key_node.start_mark.line + 1
    return found


def _scalar(node: yaml.Node, *, path: Path, line: int) -> object:
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError) as exc:
        message = f"“{node.value}” cannot be read; put it in quotes or correct it."
        raise BadFile([FileProblem(field=dotted(path), message=message, line=line)]) from exc
    return _joined(value, path=path, line=line) if isinstance(value, str) else value


def _joined(text: str, *, path: Path, line: int) -> str:
    """Return a text with its surrogate pairs joined: JSON may write an emoji as two escapes."""
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError as exc:
        message = "holds a half of a character; write it again, or leave it out."
        raise BadFile([FileProblem(field=dotted(path), message=message, line=line)]) from exc


def _field_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names (as written in a file) of all fields of a model and of its parts."""
    definitions = model.model_json_schema(by_alias=True)
    parts = (definitions, *definitions.get("$defs", {}).values())
    return frozenset(name for part in parts for name in part.get("properties", {}))


def _at(data: object, path: Path) -> object:
    """Return what stands at a path of plain data, None where nothing does."""
    for part in path:
        if isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _place_of(location: Path, *, is_missing: bool, data: object) -> Path:
    """Return a location as the file has it, without pydantic's names for alternatives."""
    path: Path = ()
    for number, part in enumerate(location, start=1):
        here = _at(data, path)
        is_absent = is_missing and number == len(location)
        if isinstance(here, list) if isinstance(part, int) else _holds(here, part) or is_absent:
            path = (*path, part)
    return path


def _holds(data: object, name: str) -> bool:
    return isinstance(data, dict) and name in data


def _is_told_anyway(path: Path, kind: str, places: Collection[Path]) -> bool:
    """Return True for a wrong alternative where another one says more."""
    if kind not in {"string_type", "model_type"}:
        return False
    is_below = any(len(place) > len(path) and place[: len(path)] == path for place in places)
    return is_below or (kind == "model_type" and list(places).count(path) > 1)


_A_LIST = "must be a valid list; write [first, second]."
_FIELDS = "must hold fields, such as `name: value`."
_TEXT = "must be a text; a number needs quotes around it."
_WHOLE = "must be a whole number."
_NUMBER = "must be a number."
_A_DAY = "must be a day, such as 2027-03-01."
_PLAIN = {
    "missing": "is missing; add it.",
    "string_type": _TEXT,
    "string_too_short": "must not be empty.",
    "tuple_type": _A_LIST,
    "dict_type": _FIELDS,
    "model_type": _FIELDS,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
}


def _message(error: "ErrorDetails", *, path: Path, known: Collection[str]) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"is not a known field; {nearest(str(path[-1]), known)}"
    if kind == "enum":
        choices = str(limits["expected"]).replace(" or ", ", ")
        return f"must be one of {choices}."
    if "too_long" in kind:
        what = "characters" if kind == "string_too_long" else "entries"
        return f"is too long; at most {limits['max_length']} {what} are possible."
    if told := _A_DAY if kind.startswith("date_") else _PLAIN.get(kind):
        return told
    plain = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return plain if plain.endswith(".") else f"{plain}."
