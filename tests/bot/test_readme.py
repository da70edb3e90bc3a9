"""README tells the truth: about settings, commands, files and make targets."""

import re
from collections.abc import Iterator

import pytest
import typer.main

from bot.cli import main
from bot.listeners.help import SUBCOMMANDS
from bot.settings import Settings
from tests.support.house import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text below a heading, up to the next one of its level."""
    match = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert match, title
    return match[1]


def commands(group: object, words: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield each command with the words before it: `handoff team import`."""
    below = getattr(group, "commands", None)
    if below is None:
        yield " ".join(("handoff", *words))
        return
    for name, command in below.items():
        yield from commands(command, (*words, name))


def test_the_configuration_table_is_that_of_the_settings() -> None:
    """Every variable with its default, in the order of the code, and no other."""
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\|", section("Configuration"), re.M)

    known = [
        (name.upper(), "" if field.default is None else str(field.default))
        for name, field in Settings.model_fields.items()
    ]
    assert rows == known


def test_every_command_is_in_the_table_and_no_other() -> None:
    """What can be run is what README says."""
    table = re.findall(r"^\| (.+?) \|", section("Command line"), re.M)
    said = {
        match[0].strip()
        for cell in table
        for match in [re.match(r"[a-z ]+", part) for part in re.findall(r"`([^`]+)`", cell)]
        if match
    }

    assert said == set(commands(typer.main.get_command(main)))


def test_every_option_in_the_table_exists() -> None:
    """An option that README names is an option of its command."""
    group = typer.main.get_command(main)
    for line in re.findall(r"`handoff ([^`]+)`", section("Command line")):
        command = group
        for word in line.split():
            command = getattr(command, "commands", {}).get(word, command)
        known = {option for parameter in command.params for option in parameter.opts}

        assert set(re.findall(r"--[a-z-]+", line)) <= known, line


def test_the_subcommands_in_slack_are_named() -> None:
    """What follows `/handoff` is what the code answers."""
    said = set(re.findall(r"^\| `/handoff ([a-z]+)", section("In Slack"), re.M))

    assert said == set(SUBCOMMANDS)


def test_every_linked_file_exists() -> None:
    """No link leads nowhere."""
    links = re.findall(r"\]\(([^)#:]+)(?:#[a-z]+)?\)", README)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_target_exists() -> None:
    """`make` knows what README tells people to type."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))

    assert set(re.findall(r"^\s*make ([a-z]+)", README, re.M)) <= targets


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "handoff/README.md"])
def test_tables_are_whole(name: str) -> None:
    """Each row of a table has as many cells as its heading."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    cells = 0
    for line in lines:
        if not line.startswith("|"):
            cells = 0
            continue
        count = len(re.findall(r"(?<!\\)\|", line)) - 1
        cells = cells or count
        assert count == cells, line
