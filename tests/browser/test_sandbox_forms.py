"""Modals on the sandbox page: every kind of input, errors, updates and the stack."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Desk
from tests.browser.page_app import CHANNEL

pytestmark = pytest.mark.browser


def pick(desk: Desk, label: str, *choices: str) -> None:
    """Choose options in a select of the modal, then close its list."""
    combo = desk.modal().get_by_role("combobox", name=label, exact=True)
    combo.click()
    for choice in choices:
        desk.page.get_by_role("option", name=choice).first.click()
    if desk.page.get_by_role("listbox").is_visible():
        desk.page.keyboard.press("Escape")


def test_shortcuts(desk: Desk) -> None:
    """The global shortcut opens from the composer, the message shortcut from the message."""
    desk.open()
    desk.post("Please call Acme")

    message = desk.message("Please call Acme")
    message.hover()
    message.get_by_role("button", name="More actions").click()
    desk.page.get_by_role("menuitem", name="Keep this").click()
    expect(desk.message("Kept.")).to_be_visible()
    assert desk.heard.shortcuts[0]["message"]["text"] == "Please call Acme"

    desk.page.get_by_role("button", name="Shortcuts").click()
    desk.page.get_by_role("menuitem", name="Open form").click()
    expect(desk.page.get_by_role("dialog", name="Short form")).to_be_visible()


def test_required_fields_and_the_apps_errors(desk: Desk) -> None:
    """What is missing is said before the app is asked; the app's errors stand at their input."""
    desk.open()
    desk.say("/form")
    send = desk.modal().get_by_role("button", name="Send")
    name = desk.modal().get_by_label("Name")

    send.click()
    expect(desk.modal().get_by_text("Please complete this required field.")).to_have_count(2)
    expect(desk.modal().get_by_role("combobox", name="Segment")).to_be_focused()
    assert desk.heard.submissions == []

    pick(desk, "Segment", "SMB")
    name.fill("bad")
    send.click()
    expect(desk.modal().get_by_text("That name is taken. Try another.")).to_be_visible()
    expect(name).to_be_focused()
    expect(name).to_have_value("bad")
    expect(name).to_have_attribute("aria-invalid", "true")

    name.fill("good")
    name.press("Enter")
    expect(desk.modal()).to_have_count(0)
    assert desk.heard.values()["name"]["value"] == "good"


def test_update_keeps_what_was_typed(desk: Desk) -> None:
    """An update keeps inputs whose ids stayed the same and starts the others anew."""
    desk.open()
    desk.say("/form")
    desk.modal().get_by_label("Name").fill("East")
    desk.modal().get_by_label("Response SLA").fill("4h")

    pick(desk, "Segment", "Enterprise")

    expect(desk.modal().get_by_label("Response SLA")).to_have_value("30m")
    expect(desk.modal().get_by_label("Name")).to_have_value("East")
    segment = desk.modal().get_by_role("combobox", name="Segment")
    expect(segment).to_have_text("Enterprise")
    expect(segment).to_be_focused()


def test_modal_stack(desk: Desk) -> None:
    """Back and Cancel leave one view, the cross leaves all, and the app hears of both."""
    desk.open()
    desk.say("/form")
    desk.modal().get_by_label("Name").fill("East")

    desk.modal().get_by_role("button", name="Edit ladder").click()
    ladder = desk.page.get_by_role("dialog", name="Ladder")
    ladder.get_by_role("button", name="Back").click()
    expect(desk.modal().get_by_label("Name")).to_have_value("East")
    desk.modal().get_by_role("button", name="Edit ladder").click()
    ladder.get_by_role("button", name="Close all").click()

    expect(desk.modal()).to_have_count(0)
    expect(desk.page.get_by_role("radio", name="Ria Kovacs")).to_be_visible()
    assert [closing["is_cleared"] for closing in desk.heard.closings] == [False, True]


def test_escape_closes_the_list_then_the_modal(desk: Desk) -> None:
    """Esc in an open list closes the list alone; the next one closes the modal."""
    desk.open()
    desk.say("/form")

    desk.modal().get_by_role("combobox", name="Segment").click()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("listbox")).to_have_count(0)
    expect(desk.modal()).to_be_visible()
    desk.page.keyboard.press("Escape")

    expect(desk.modal()).to_have_count(0)


def fill_full_form(desk: Desk) -> None:
    """Fill every input of the full form."""
    modal = desk.modal()
    texts = {"Title": "ENT", "Notes": "one\ntwo", "Target": "90", "Story": "Once"}
    texts |= {"Email": "a@example.com", "Link": "https://example.com", "Go-live": "2026-03-02"}
    texts |= {"Opening": "09:30", "Promise": "2026-03-02T14:30"}
    for label, text in texts.items():
        modal.get_by_label(label).fill(text)
    modal.get_by_role("radio", name="All").check()
    modal.get_by_role("checkbox", name="Two").check()
    pick(desk, "Goal", "Expansion")
    pick(desk, "Pods", "East", "North")
    pick(desk, "Fallback", "Sam Whitfield")
    pick(desk, "Leaders", "Cleo Marchetti", "Mia Tanaka")
    pick(desk, "Room", "general")
    modal.get_by_role("combobox", name="City").click()
    desk.page.keyboard.type("lis")
    desk.page.get_by_role("option", name="Lisbon").click()
    csv: FilePayload = {"name": "leads.csv", "mimeType": "text/csv", "buffer": b"email\n"}
    modal.get_by_label("Leads").set_input_files(files=[csv])
    expect(modal.locator(".picked-files")).to_contain_text("leads.csv")


def test_every_kind_of_input(desk: Desk) -> None:
    """Each input reports its value in Slack's shape."""
    desk.open()
    desk.say("/form full")
    expect(desk.modal().get_by_text("Mind the gap.")).to_be_visible()

    fill_full_form(desk)
    desk.shot("page-full-form")
    desk.modal().get_by_role("button", name="Send").click()
    expect(desk.modal()).to_have_count(0)

    values = desk.heard.values()
    moment = datetime(2026, 3, 2, 19, 30, tzinfo=UTC)  # 14:30 in New York, where Ria is
    expected: dict[str, tuple[str, Any]] = {
        "text": ("value", "ENT"),
        "lines": ("value", "one\ntwo"),
        "number": ("value", "90"),
        "email": ("value", "a@example.com"),
        "url": ("value", "https://example.com"),
        "date": ("selected_date", "2026-03-02"),
        "time": ("selected_time", "09:30"),
        "moment": ("selected_date_time", int(moment.timestamp())),
        "person": ("selected_user", "U0SAM00001"),
        "people": ("selected_users", ["U0CLEO0001", "U0MIA00001"]),
        "channel": ("selected_conversation", CHANNEL),
        "room": ("selected_channels", ["C0GENERAL1"]),
    }
    assert {block: values[block][key] for block, (key, _) in expected.items()} == {
        block: value for block, (_, value) in expected.items()
    }
    assert values["radio"]["selected_option"]["value"] == "all"
    assert [one["value"] for one in values["check"]["selected_options"]] == ["two"]
    assert values["goal"]["selected_option"]["value"] == "expansion"
    assert [one["value"] for one in values["pods"]["selected_options"]] == ["east", "north"]
    assert values["city"]["selected_option"]["value"] == "lisbon"
    assert values["file"]["files"][0]["name"] == "leads.csv"
    assert values["rich"]["rich_text_value"]["elements"][0]["elements"][0]["text"] == "Once"


def test_a_form_waits_while_someone_else_is_looked_at(desk: Desk) -> None:
    """Alt and a digit act as another person; on the way back the open form is as it was."""
    desk.open()
    desk.say("/form")
    desk.modal().get_by_label("Name").fill("East")

    desk.page.keyboard.press("Alt+Digit3")
    expect(desk.page.get_by_test_id("who")).to_contain_text("Sam Whitfield")
    expect(desk.modal()).to_have_count(0)
    desk.page.keyboard.press("Alt+Digit1")

    expect(desk.modal().get_by_label("Name")).to_have_value("East")
