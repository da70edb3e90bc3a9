"""What we know about people follows Slack: at the start, each night, and on events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import delete

from bot.flows.people.team_file import Imported, import_team
from bot.sandbox.faults import Fault
from handoff.directory import Role
from storage import directory, people, timers, workspaces
from storage.tables import person_table
from storage.timers import TimerKind
from tests.support.house import House

TEAM = """
roles:
  revops_approver: [ria@example.com]
  sales_approver: [sam@example.com, ada@example.com]
time_off:
  - {person: ada@example.com, from: 2026-12-24, to: 2026-12-31}
"""


def test_everybody_is_known_after_the_start(house: House) -> None:
    """People, guests, bots, who left, their zones and the user groups."""
    with house.app.database.read() as connection:
        known = {one.key: one for one in people.everyone(connection, workspace=house.workspace)}
        groups = directory.load(connection, workspace=house.workspace).directory.groups
        workspace = workspaces.get(connection, workspace=house.workspace)

    assert known["U0RIA00001"].is_admin
    assert known["U0OMAR0001"].timezone == "Europe/London"
    assert known["U0OLGA0001"].is_guest
    assert not known["U0FINN0001"].is_active
    assert known["U0HANDOFF1"].is_bot
    assert [group.key for group in groups] == ["S0REVOPS01", "S0SALESLD1"]
    assert workspace is not None
    assert workspace.timezone == "America/New_York"


def test_the_sweep_comes_each_night(house: House) -> None:
    """At three in the morning in the workspace's zone; each one plans the next."""
    calls = house.sandbox.journal.calls
    before = len(calls("users.list"))

    house.step(until=datetime(2026, 11, 26, 12, 0, tzinfo=UTC))

    assert len(calls("users.list")) - before == 3
    with house.app.database.read() as connection:
        waiting = timers.waiting(connection, workspace=house.workspace, subject=house.workspace)
    assert {one.kind for one in waiting} == {TimerKind.PEOPLE_SYNC, TimerKind.RETENTION_SWEEP}
    assert {one.due_at for one in waiting} == {datetime(2026, 11, 27, 8, 0, tzinfo=UTC)}


def test_who_opens_the_home_tab_is_known_soon(house: House) -> None:
    """Slack's word of who joined was lost; nobody has to wait for the night to be known."""
    sam = house.person("sam")
    house.app.database.run(
        lambda connection: connection.execute(
            delete(person_table).where(person_table.c.slack_id == sam.id)
        )
    )

    sam.open_home()
    house.step()

    with house.app.database.read() as connection:
        known = people.get(connection, workspace=house.workspace, person=sam.id)
    assert known is not None
    calls = len(house.sandbox.journal.calls("users.list"))
    sam.open_home()
    house.step()
    assert len(house.sandbox.journal.calls("users.list")) == calls


def test_an_outage_delays_the_sweep(house: House) -> None:
    """A sweep that Slack does not answer is tried again."""
    house.sandbox.faults.add("users.list", "500", count=2)

    house.step(hours=24)

    with house.app.database.read() as connection:
        synced = people.synced_at(connection, workspace=house.workspace)
    assert synced is not None
    assert synced > datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    house.take_errors()
    house.take_refusals()


def test_a_large_workspace_is_read_in_several_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack lets a few pages through at a time: reading goes on there, after the rest it wants."""
    monkeypatch.setattr("bot.gateways.slack._PAGE", 2)
    faults, calls = house.sandbox.faults, house.sandbox.journal.calls
    before, take = len(calls("users.list")), faults.take

    def every_third_rests(method: str) -> Fault | None:
        is_third = method == "users.list" and (len(calls("users.list")) - before) % 3 == 2
        return Fault(method, "429", retry_after=30) if is_third else take(method)

    monkeypatch.setattr(faults, "take", every_third_rests)
    start = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

    house.step(until=start + timedelta(minutes=30))

    with house.app.database.read() as connection:
        synced = people.synced_at(connection, workspace=house.workspace)
    assert synced is not None
    assert synced >= start
    asked = [entry.at for entry in calls("users.list")[before:]]
    gaps = {later - earlier for earlier, later in pairwise(asked)}
    assert {gap for gap in gaps if timedelta(0) < gap < timedelta(seconds=30)} == set()
    house.take_errors()
    house.take_refusals()


def test_user_groups_that_slack_refuses_keep_nobody_from_being_known(house: House) -> None:
    """Who left is noticed each night, and the groups stay as they were; the operator is told."""
    house.sandbox.faults.add("usergroups.list", "error", code="missing_scope", count=99)
    house.sandbox.workspace.users["U0DANA0001"].deleted = True

    house.step(hours=24)

    with house.app.database.read() as connection:
        known = {one.key: one for one in people.everyone(connection, workspace=house.workspace)}
        groups = directory.load(connection, workspace=house.workspace).directory.groups
    assert not known["U0DANA0001"].is_active
    assert [group.key for group in groups] == ["S0REVOPS01", "S0SALESLD1"]
    assert "The user groups stay as they were" in house.take_errors()[0]
    house.take_refusals()


def test_awaited_people_stand_where_their_address_stood(house: House) -> None:
    """A role and time off may name somebody who joins Slack later."""
    done = import_team(database=house.app.database, text=TEAM, now=house.clocks.now())
    assert isinstance(done, Imported)
    assert done.unknown == ("ada@example.com",)
    workspace = house.sandbox.workspace
    ada = workspace.users["U0DANA0001"].__class__(
        "U0ADA00001", "ada", "Ada Byron", email="Ada@example.com", tz="Europe/London"
    )
    workspace.users[ada.id] = ada

    house.step(hours=24)

    with house.app.database.read() as connection:
        found = directory.load(connection, workspace=house.workspace).directory
    assert found.roles[Role.SALES_APPROVER] == ("U0SAM00001", "U0ADA00001")
    assert [span.person for span in found.time_off] == ["U0ADA00001"]
