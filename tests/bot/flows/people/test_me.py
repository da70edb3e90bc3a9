"""What a rep may set for themselves, checked here whatever the form let through."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.flows.people.me import MeForm, come_back, me, save_me
from bot.flows.people.team import Refused
from storage import migrations
from storage.database import Database
from storage.directory import Caps
from tests.support.clocks import MONDAY


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    with closing(Database(f"sqlite:///{tmp_path / 'handoff.db'}")) as opened:
        migrations.upgrade(opened)
        yield opened


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (MeForm(daily_cap="1.5"), "daily_cap"),
        (MeForm(daily_cap="-1"), "daily_cap"),
        (MeForm(open_cap="1001"), "open_cap"),
        (MeForm(open_cap="²"), "open_cap"),
        (MeForm(last="2026-12-24"), "first"),
        (MeForm(first="2026-12-24", last="2026-12-23"), "last"),
    ],
)
def test_what_cannot_be_used_is_refused(database: Database, form: MeForm, field: str) -> None:
    """The field says what to do, and nothing is saved."""
    asked = {"database": database, "workspace": "T1", "now": MONDAY, "by": "U1"}

    refused = save_me(**asked, form=form)

    assert isinstance(refused, Refused)
    assert set(refused.errors) == {field}
    assert me(**asked).caps == Caps()


def test_empty_caps_take_ones_own_away(database: Database) -> None:
    """Then the team's or the design's count again; another's time off cannot be removed."""
    asked = {"database": database, "workspace": "T1", "now": MONDAY, "by": "U1"}
    saved = save_me(**asked, form=MeForm(daily_cap="3", first="2026-12-24"))
    assert not isinstance(saved, Refused)
    assert saved.caps == Caps(daily_cap=3)
    (absence,) = saved.absences

    come_back(**{**asked, "by": "U2"}, absence=absence.id)
    cleared = save_me(**asked, form=MeForm())

    assert not isinstance(cleared, Refused)
    assert cleared.caps == Caps()
    assert cleared.absences == (absence,)
    assert come_back(**asked, absence=absence.id).absences == ()
