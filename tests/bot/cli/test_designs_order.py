"""`handoff designs order`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import main
from bot.settings import Settings
from tests.support.house import open_house
from tests.support.leads import activate_design
from tests.support.team import set_up_team


@pytest.fixture
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run commands in a folder whose database holds two designs that want the same leads."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    with open_house(tmp_path) as house:
        directory = set_up_team(house)
        activate_design(house, directory)
        house.clocks.advance(seconds=1)
        activate_design(house, directory)


def order(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, ["designs", "order", *arguments])


@pytest.mark.usefixtures("_folder")
def test_the_order_is_shown_and_changed() -> None:
    """Designs that are named come first; --default forgets it."""
    shown = order().output
    changed = order("ENT-2").output
    back = order("--default").output

    assert shown.splitlines()[0].startswith("1. ENT-1")
    assert "(by the default order)" in shown
    assert changed.splitlines()[0].startswith("1. ENT-2")
    assert "default" not in changed.splitlines()[0]
    assert "default" in changed.splitlines()[1]
    assert back == shown


@pytest.mark.usefixtures("_folder")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ENT-9",), "No design “ENT-9” is at work. At work: ENT-1, ENT-2."),
        (("ENT-1", "ENT-1"), "ENT-1 is named twice"),
        (("ENT-1", "--default"), "not both"),
    ],
)
def test_an_order_that_cannot_be_changes_nothing(arguments: tuple[str, ...], said: str) -> None:
    """One sentence with what to do."""
    before = order().output

    refused = order(*arguments)

    assert refused.exit_code != 0
    assert said in refused.output
    assert order().output == before
