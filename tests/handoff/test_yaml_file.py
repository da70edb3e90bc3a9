"""Files that people and programs write: read as they are meant, or refused in plain words."""

import json

import pytest

from handoff.yaml_file import BadFile, read_yaml

PLACES = {"pods": [{"name": "🚀 rockets", "note": "a\tb\\c/d"}], "weight": 2, "open": None}


@pytest.mark.parametrize("indent", [None, 2, "\t"])
@pytest.mark.parametrize("is_ascii", [True, False])
def test_json_is_read_as_programs_write_it(indent: int | str | None, is_ascii: bool) -> None:
    """Indented with tabs or with emoji as escapes, it is the same data."""
    text = json.dumps(PLACES, indent=indent, ensure_ascii=is_ascii)

    assert read_yaml(text).data == PLACES


def test_a_tab_in_yaml_is_still_told() -> None:
    """What is no JSON is taken as it is written."""
    with pytest.raises(BadFile, match="line 2: This is not YAML"):
        read_yaml("pods:\n\t- east")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('name: "\\ud83d"', "line 1, name: holds a half of a character"),
        ('"na\\ude80": 1', "line 1: holds a half of a character"),
        ("a: " + "[" * 3000, "Aliases and deep nesting are not supported"),
    ],
)
def test_what_no_text_can_hold_is_told(text: str, problem: str) -> None:
    """Such a file is refused with a sentence that can be printed."""
    with pytest.raises(BadFile) as caught:
        read_yaml(text)

    assert problem in str(caught.value)
    assert str(caught.value).encode()
