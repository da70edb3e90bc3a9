import pytest

from bot.sandbox.views import View
from tests.support.forms import fill, front, text_of, value_of, walk_to
from tests.support.house import House

CONFIRMED = ["roles", "dependencies", "deliverables"]


def home_of(house: House, name: str) -> View:
    """Open somebody's Home tab."""
    home = house.person(name).open_home()
    assert home is not None
    return home


def send(house: House, typed: str = "") -> None:
    """Let Ria send a design for sign-off with all defaults."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", f"/define-handoff {typed or '--segment enterprise'}")
    walk_to(ria, 5)
    assert fill(ria, confirmed=CONFIRMED) == {}


def test_the_bare_command_offers_the_drafts(house: House) -> None:
    """With drafts one chooses; a new one can be started all the same."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment smb")
    ria.submit()
    ria.close_all()

    ria.command("#revops", "/define-handoff")
    assert "SMB" in text_of(front(ria))
    assert "At qualification" in text_of(front(ria))
    ria.click(front(ria), "define.start")

    assert front(ria).title == "1 of 5: Brief"
    assert value_of(front(ria), "define.brief.segment") == "enterprise"


def test_a_draft_goes_on_where_it_was_left(house: House) -> None:
    """From the Home tab as from the command."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment smb --response-sla 45m")
    walk_to(ria, 3)
    ria.close_all()

    ria.click(home_of(house, "ria"), "define.resume")

    assert front(ria).title == "3 of 5: People"
    ria.click(front(ria), "define.back")
    ria.click(front(ria), "define.back")
    assert value_of(front(ria), "define.brief.response_sla") == "45m"


def test_a_discarded_draft_is_gone_everywhere(house: House) -> None:
    """The Home tab shows it no more, and its open window says so."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment smb")
    window = front(ria)
    home = home_of(house, "ria")

    ria.click(home, "define.discard")
    ria.submit(window)

    assert "Your drafts" not in text_of(home_of(house, "ria"))
    assert "not there any more" in text_of(front(ria))


def test_a_draft_can_be_discarded_in_the_chooser(house: House) -> None:
    """The chooser says that it is gone."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment smb")
    ria.close_all()
    ria.command("#revops", "/define-handoff")

    ria.click(front(ria), "define.discard")

    assert "not there any more" in text_of(front(ria))


def test_the_home_tab_of_somebody_new_shows_what_to_do(house: House) -> None:
    """Nothing to sign, no drafts, no designs: a button that starts."""
    home = home_of(house, "cleo")

    assert "Nothing waits for you." in text_of(home)
    assert "There is no design yet." in text_of(home)
    house.person("cleo").click(home, "define.start")
    assert front(house.person("cleo")).title == "1 of 5: Brief"


def test_a_sent_design_waits_for_its_approvers(house: House) -> None:
    """Both sides see it on their Home tab, others do not; and it can be edited from there."""
    send(house)
    house.take_errors()

    assert "ENT-1 v1" in text_of(home_of(house, "sam"))
    assert "Nothing waits for you." in text_of(home_of(house, "cleo"))
    home = home_of(house, "ria")
    assert "v1 is waiting for sign-off" in text_of(home)
    house.person("ria").click(home, "define.edit")

    assert front(house.person("ria")).title == "1 of 5: Brief"
    review = walk_to(house.person("ria"), 5)
    assert "ENT-1 v2" in text_of(review)


def test_editing_twice_opens_the_same_draft(house: House) -> None:
    """Two clicks on Edit do not make two drafts, and the next version keeps everything."""
    send(house, "--segment smb --goal expansion --response-sla 45m")
    house.take_errors()
    ria = house.person("ria")

    ria.click(home_of(house, "ria"), "define.edit")
    assert fill(ria, target_percent="80") == {}
    ria.close_all()
    ria.click(home_of(house, "ria"), "define.edit")

    assert front(ria).title == "2 of 5: Qualification"
    ria.click(front(ria), "define.back")
    assert value_of(front(ria), "define.brief.response_sla") == "45m"
    assert value_of(front(ria), "define.brief.target_percent") == "80"


def test_sending_the_same_form_twice_makes_one_version(house: House) -> None:
    """The second of two clicks on Send is told that it was sent."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    review = walk_to(ria, 5)
    before = (dict(review.body), dict(review.values))
    assert fill(ria, confirmed=CONFIRMED) == {}
    assert "ENT-1 v1" in text_of(front(ria))

    review.body, review.values = before
    assert fill(ria, confirmed=CONFIRMED) == {}

    assert "sent for sign-off already" in text_of(front(ria))
    assert "ENT-2" not in text_of(home_of(house, "ria"))
    house.take_errors()


@pytest.mark.parametrize("design", ["ENT-99", "'; drop table design"])
def test_an_unknown_design_cannot_be_edited(house: House, design: str) -> None:
    """A button of another time or a tampered one gets an answer, not an error."""
    send(house)
    house.take_errors()
    home = home_of(house, "ria")
    button = next(b for b in home.blocks if b["block_id"] == "home.design:ENT-1")
    (edit,) = (e for e in button["elements"] if e["action_id"] == "define.edit")
    edit["value"] = design

    house.person("ria").click(home, "define.edit")

    assert "There is no design" in text_of(front(house.person("ria")))


def test_sending_needs_the_app_in_the_channel(house: House) -> None:
    """Removed from the channel meanwhile, it says how to bring it back."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", "/define-handoff --segment enterprise")
    walk_to(ria, 5)
    workspace = house.sandbox.workspace
    workspace.channel_named("#enterprise-handoff").members.remove(workspace.bot_user)

    errors = fill(ria, confirmed=CONFIRMED)

    assert "/invite @handoff" in errors["confirmed"]
