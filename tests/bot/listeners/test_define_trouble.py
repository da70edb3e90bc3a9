"""What happens when Slack, another window or the directory gets in the way of the form."""

import pytest

from bot.sandbox.errors import AppFailed
from handoff.directory import Directory
from storage import directory as directories
from storage import drafts
from tests.support.forms import fill, front, text_of, value_of, walk_to
from tests.support.house import House

CONFIRMED = ["roles", "dependencies", "deliverables"]


def change_team(house: House, **changes: object) -> None:
    """Change the directory behind everybody's back."""

    def work(connection: object) -> None:
        found = directories.load(connection, workspace=house.workspace)  # type: ignore[arg-type]
        directories.save(
            connection,  # type: ignore[arg-type]
            workspace=house.workspace,
            directory=Directory.model_validate({**dict(found.directory), **changes}),
            expected=found.revision,
            by="cli",
            now=house.clocks.now(),
        )

    house.app.database.run(work)


def lose_drafts(house: House) -> None:
    """Delete every draft, as another window would."""

    def work(connection: object) -> None:
        for name in ("ria", "sam"):
            mine = drafts.of_author(
                connection,  # type: ignore[arg-type]
                workspace=house.workspace,
                author=house.person(name).id,
            )
            for draft in mine:
                drafts.discard(connection, workspace=house.workspace, draft=draft.id)  # type: ignore[arg-type]

    house.app.database.run(work)


def test_a_trigger_that_expired_is_told_and_the_draft_is_kept(house: House) -> None:
    """Slack gave up on opening the form: the person is told, and finds the draft again."""
    ria = house.person("ria")
    house.sandbox.faults.add("views.open", "error", code="expired_trigger_id")

    ria.command("#enterprise-handoff", "/define-handoff --segment smb")
    (message,) = house.take()
    assert "Please try again; nothing was lost." in message.text
    house.take_refusals()
    ria.command("#enterprise-handoff", "/define-handoff")

    assert "SMB" in text_of(front(ria))


def test_slack_down_while_the_team_opens_is_told(house: House) -> None:
    """The same for /handoff team, when Slack's API itself is in trouble."""
    ria = house.person("ria")
    house.sandbox.faults.add("views.open", "500")

    ria.command("#enterprise-handoff", "/handoff team")

    assert len(house.take()) == 1
    house.take_refusals()
    house.take_errors()


def test_a_home_tab_that_slack_refuses_changes_nothing(house: House) -> None:
    """The older one stays; the next visit shows the newer."""
    house.sandbox.faults.add("views.publish", "500")

    assert house.person("ria").open_home() is None

    house.take_refusals()
    house.take_errors()
    assert house.person("ria").open_home() is not None


def test_a_select_answered_after_the_window_closed_keeps_the_draft(house: House) -> None:
    """A hash conflict is nobody's mistake: what the person sees is newer."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    house.sandbox.faults.add("views.update", "error", code="hash_conflict")

    ria.select(front(ria), "define.brief.segment", "smb")
    house.take_refusals()
    ria.close_all()
    ria.command("#enterprise-handoff", "/define-handoff")
    ria.click(front(ria), "define.resume")

    assert value_of(front(ria), "define.brief.segment") == "smb"


@pytest.mark.parametrize(
    ("step", "action"),
    [
        (1, "define.save"),
        (1, "define.skip"),
        (3, "define.edit_ladder"),
        (4, "define.read_notes"),
        (4, "define.back"),
    ],
)
def test_a_button_of_a_lost_draft_says_so(house: House, step: int, action: str) -> None:
    """Sent or discarded in another window: every button answers."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    view = walk_to(ria, step)
    lose_drafts(house)

    ria.click(view, action)

    assert "not there any more" in text_of(front(ria))


@pytest.mark.parametrize(
    "action", ["define.edit_ladder", "define.edit_advanced", "define.new_pod"]
)
def test_an_editor_of_a_lost_draft_closes(house: House, action: str) -> None:
    """What lies under it says that the draft is gone; a pod that was made stays made."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    ria.click(walk_to(ria, 3), action)
    lose_drafts(house)

    values = {"name": "west", "manager": "sam", "members": ["omar"]}
    assert fill(ria, **(values if action == "define.new_pod" else {})) == {}

    if action != "define.new_pod":
        assert "not there any more" in text_of(front(ria))


def test_a_team_that_changed_leads_back_to_the_step_that_needs_a_look(house: House) -> None:
    """An approver who lost the role is told before anything is sent."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    walk_to(ria, 5)
    change_team(house, roles={"sales_approver": (house.person("eli").id,)})

    assert fill(ria, confirmed=CONFIRMED) == {}

    assert front(ria).title == "3 of 5: People"
    assert "This step needs a look first." in text_of(front(ria))
    assert "Pick somebody who may sign for Sales: Eli Brandt." in text_of(front(ria))


def test_a_pod_that_was_emptied_cannot_be_sent(house: House) -> None:
    """A lint error forbids sign-off, so it is told where one sends, and no design is made."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    walk_to(ria, 5)
    with house.app.database.read() as connection:
        team = directories.load(connection, workspace=house.workspace).directory
    empty = team.pods[0].model_copy(update={"members": ()})
    change_team(house, pods=(empty,))

    errors = fill(ria, confirmed=CONFIRMED)

    assert "Please correct this first" in errors["confirmed"]
    home = ria.open_home()
    assert home is not None
    assert "There is no design yet." in text_of(home)


def test_a_form_that_stands_nowhere_ignores_its_buttons(house: House) -> None:
    """Junk in the metadata does nothing at all."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    view = walk_to(ria, 4)
    view.body["private_metadata"] = "junk"

    for action in ("define.save", "define.read_notes", "define.edit_advanced"):
        ria.click(view, action)

    assert front(ria).title == "4 of 5: Capacity"


def test_an_editor_without_a_place_is_answered_with_a_reference(house: House) -> None:
    """Metadata that the app never wrote is an error on our side, told with a reference."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    ria.click(walk_to(ria, 3), "define.edit_ladder")
    front(ria).body["private_metadata"] = "junk"

    try:
        errors = ria.submit()
    except AppFailed:
        errors = {"": "Something went wrong"}

    assert "Something went wrong" in " ".join(errors.values())
    assert house.take_errors()
