"""The directory comes in and goes out as a file."""

import pytest

from bot.flows.people.team import Refused
from bot.flows.people.team_file import (
    Imported,
    export_team,
    import_team,
)
from bot.flows.workspace import NoWorkspace, SeveralWorkspaces
from handoff.audit import AuditFact
from handoff.directory import Role
from handoff.yaml_file import BadFile
from storage import audit, directory, workspaces
from storage.database import Database
from tests.support.house import ROOT, House

DEMO = (ROOT / "bot" / "cli" / "demo_team.yaml").read_text()


def test_the_demo_team_comes_in_whole_and_goes_out_again(house: House) -> None:
    """Everybody in it is known; the export reads back as the same directory."""
    database, now = house.app.database, house.clocks.now()

    first = import_team(database=database, text=DEMO, now=now)
    exported = export_team(database=database)
    second = import_team(database=database, text=exported, now=now)

    assert isinstance(first, Imported)
    assert isinstance(second, Imported)
    assert first.unknown == ()
    assert export_team(database=database) == exported
    with database.read() as connection:
        found = directory.load(connection, workspace=house.workspace).directory
        facts = audit.history(connection, workspace=house.workspace, subject="directory")
    assert found.roles[Role.CRO] == ("U0CLEO0001",)
    assert [fact.kind for fact in facts] == [
        AuditFact.DIRECTORY_CHANGED,
        AuditFact.ROLE_HOLDERS_CHANGED,
        AuditFact.DIRECTORY_CHANGED,
    ]


def test_time_off_is_added_once(house: House) -> None:
    """The same file twice does not double it."""
    text = f"{DEMO}\ntime_off:\n  - {{person: dana@example.com, from: 2026-12-24, to: 2026-12-31}}"

    for _ in range(2):
        import_team(database=house.app.database, text=text, now=house.clocks.now())

    with house.app.database.read() as connection:
        assert len(directory.time_off(connection, workspace=house.workspace)) == 1


def test_a_file_with_mistakes_changes_nothing(house: House) -> None:
    """Neither what cannot be read nor roles that cannot sign."""
    database, now = house.app.database, house.clocks.now()
    one_signer = "roles: {revops_approver: [sam@example.com], sales_approver: [sam@example.com]}"

    with pytest.raises(BadFile):
        import_team(database=database, text="roles: [", now=now)
    refused = import_team(database=database, text=one_signer, now=now)

    assert isinstance(refused, Refused)
    with database.read() as connection:
        assert directory.load(connection, workspace=house.workspace).directory.roles == {}


def test_which_workspace(house: House) -> None:
    """The only one is meant; among several one must be named; without any there is a reason."""
    database, now = house.app.database, house.clocks.now()
    database.run(
        lambda connection: workspaces.save(
            connection, workspace="T2", name="Two", timezone="UTC", now=now
        )
    )

    with pytest.raises(SeveralWorkspaces, match="T0NORTHWND, T2"):
        export_team(database=database)

    assert export_team(database=database, workspace="T2").strip() == "{}"


def test_before_the_first_start_there_is_no_workspace(house: House) -> None:
    """The message says to start once."""
    empty = Database(f"{house.app.database.url}-empty")
    from storage import migrations

    migrations.upgrade(empty)
    try:
        with pytest.raises(NoWorkspace, match="start `handoff run` once"):
            export_team(database=empty)
    finally:
        empty.close()
