"""The sandbox page in a headless browser, against the real sandbox server and a small Bolt app."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload, expect

from bot.sandbox.hosting import hosted
from tests.browser.conftest import Desk
from tests.browser.page_app import CHANNEL, packet, section

pytestmark = pytest.mark.browser


def pick(desk: Desk, label: str, *choices: str) -> None:
    """Choose options in a select of the modal, then close its list."""
    combo = desk.modal().get_by_role("combobox", name=label, exact=True)
    combo.click()
    for choice in choices:
        desk.page.get_by_role("option", name=choice).first.click()
    if desk.page.get_by_role("listbox").is_visible():
        desk.page.keyboard.press("Escape")


def test_opens_without_an_address(desk: Desk) -> None:
    """The bare address shows the first channel as the first person."""
    desk.page.goto(desk.url)
    desk.ready("U0RIA00001")

    expect(desk.page.get_by_test_id("who")).to_contain_text("Ria Kovacs")
    expect(desk.page.get_by_test_id("channel-general")).to_have_attribute("aria-current", "page")
    expect(desk.page.get_by_role("radio", checked=True)).to_have_accessible_name("Ria Kovacs")


def test_people_talk(desk: Desk) -> None:
    """What one person writes stands unread, with a badge for a mention, for the other."""
    desk.open()

    desk.say("good morning @Sam Whitfield")
    expect(desk.message("good morning").locator(".mention")).to_have_text("@Sam Whitfield")

    desk.open("U0SAM00001", "C0GENERAL1")
    room = desk.page.get_by_role("button", name="enterprise-handoff, 1 unread, 1 mentions")
    expect(room.locator(".badge")).to_have_text("1")
    room.click()
    expect(desk.message("good morning").locator(".mention.mine")).to_be_visible()
    expect(desk.page.get_by_role("button", name="enterprise-handoff", exact=True)).to_be_visible()


def test_what_people_type_is_never_markup(desk: Desk) -> None:
    """Tags in a message are shown as typed and make no elements."""
    desk.open()

    desk.say("<img src=x onerror=document.title='owned'> & *bold*")

    message = desk.message("<img src=x onerror=document.title='owned'> & bold")
    expect(message.locator("strong", has_text="bold")).to_be_visible()
    expect(message.locator(".message-text img")).to_have_count(0)


def test_message_blocks(desk: Desk) -> None:
    """Blocks are drawn as Slack draws them; dates are in the viewer's zone; no unsafe link."""
    desk.open()
    desk.post("ENT-3", blocks=packet())
    message = desk.message("ENT-3")

    expect(message.get_by_role("heading", name="ENT-3 tada")).to_be_visible()
    for tag, text in (("strong", "bold"), ("em", "it"), ("s", "gone"), ("code", "code")):
        expect(message.locator(tag, has_text=text).first).to_be_visible()
    expect(message.get_by_role("link", name="a link")).to_have_attribute(
        "href", "https://example.com"
    )
    expect(message.get_by_text("not a link")).to_be_visible()
    expect(message.get_by_role("link")).to_have_count(1)
    expect(message.get_by_text("<b>")).to_be_visible()
    expect(message.get_by_role("cell", name="30m")).to_be_visible()
    expect(message.get_by_text("2026-01-01 19:00")).to_be_visible()
    desk.shot("page-packet")

    desk.act_as("Omar Farouk")
    expect(desk.message("ENT-3").get_by_text("2026-01-02 00:00")).to_be_visible()


def test_button_with_confirm_updates_the_message(desk: Desk) -> None:
    """A refused confirm sends nothing; an agreed one reaches the app, whose update is shown."""
    desk.open()
    desk.post("ENT-3", blocks=packet())
    approve = desk.page.get_by_role("button", name="Approve")

    approve.click()
    desk.page.get_by_role("dialog", name="Approve?").get_by_role("button", name="Not yet").click()
    assert desk.heard.actions == []
    approve.click()
    desk.page.get_by_role("button", name="Yes, sign").click()

    expect(desk.message("Signed.")).to_be_visible()
    action = desk.heard.actions[0]["actions"][0]
    assert (action["action_id"], action["value"]) == ("approve", "v2")


def test_overflow_menu(desk: Desk) -> None:
    """The overflow menu is worked with the keyboard and sends the chosen option."""
    desk.open()
    desk.post("ENT-3", blocks=packet())

    desk.message("ENT-3").get_by_role("button", name="More options").press("Enter")
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_role("menu")).to_have_count(0)
    desk.page.wait_for_function("!document.querySelector('[aria-busy=true]')")
    assert desk.heard.actions[0]["actions"][0]["selected_option"]["value"] == "retire"


def test_reactions(desk: Desk) -> None:
    """A reaction is added from the toolbar, counted for all, and taken back by its own button."""
    desk.open()
    desk.post("Ready for sign-off")
    message = desk.message("Ready for sign-off")

    message.hover()
    message.get_by_role("button", name="React with white check mark").click()
    mine = message.get_by_role("button", name="white check mark, 1 reaction")
    expect(mine).to_have_attribute("aria-pressed", "true")
    desk.sandbox.person("sam").react(desk.sandbox.messages(CHANNEL)[-1], "white_check_mark")

    both = message.get_by_role("button", name="white check mark, 2 reactions")
    both.click()
    expect(mine).to_have_attribute("aria-pressed", "false")


def test_emoji_picker(desk: Desk) -> None:
    """An emoji found by name becomes a reaction, without the mouse."""
    desk.open()
    desk.post("Ready for sign-off")
    message = desk.message("Ready for sign-off")

    message.hover()
    message.get_by_role("button", name="Add reaction…").click()
    desk.page.keyboard.type("rocket")
    desk.page.keyboard.press("Enter")

    expect(message.get_by_role("button", name="rocket, 1 reaction")).to_be_visible()


def test_threads(desk: Desk) -> None:
    """A thread opens beside the channel, takes replies, and Esc closes it."""
    desk.open()
    ts = desk.post("The packet")
    desk.post("Routing matrix", thread_ts=ts)

    desk.message("The packet").get_by_role("button", name="1 reply").click()
    pane = desk.page.get_by_role("complementary", name="Thread")
    expect(pane.get_by_test_id("message")).to_have_count(2)
    desk.say("Looks right", "Reply in thread")

    expect(pane.get_by_test_id("message").last).to_contain_text("Looks right")
    expect(desk.message("The packet").get_by_role("button", name="2 replies")).to_be_visible()
    expect(desk.message("Looks right")).to_have_count(0)
    pane.get_by_role("textbox").press("Escape")
    expect(pane).to_be_hidden()


def test_ephemeral_answer(desk: Desk) -> None:
    """An answer for one person is marked so and is not there for another."""
    desk.open()

    desk.say("/secret")

    answer = desk.message("Only @Ria Kovacs reads this.")
    expect(answer).to_contain_text("Only visible to you")
    desk.act_as("Sam Whitfield")
    expect(desk.page.get_by_test_id("messages").get_by_text("reads this")).to_have_count(0)
    desk.act_as("Ria Kovacs")
    answer.get_by_role("button", name="Dismiss message").click()
    expect(answer).to_have_count(0)


def test_slash_commands_are_completed(desk: Desk) -> None:
    """A slash lists the commands; Tab takes one."""
    desk.open()
    box = desk.page.get_by_role("textbox", name="Message #enterprise-handoff")

    box.press_sequentially("/se")
    suggestions = desk.page.get_by_role("listbox", name="Suggestions")
    expect(suggestions.get_by_role("option")).to_have_count(1)
    box.press("Tab")

    expect(box).to_have_value("/secret ")


def test_a_slow_app_is_told(desk: Desk) -> None:
    """A command that the app does not answer in time shows Slack's error."""
    desk.open()

    desk.say("/slow")

    expect(desk.page.get_by_test_id("toast").first).to_contain_text("operation_timeout")


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


def test_home_tab(desk: Desk) -> None:
    """The Home tab shows what the app published, and its buttons act."""
    desk.open()

    desk.page.get_by_test_id("app").click()
    home = desk.page.get_by_test_id("home")
    expect(home.get_by_role("heading", name="Your designs")).to_be_visible()
    home.get_by_role("button", name="Greet").click()
    desk.page.wait_for_function("!document.querySelector('[aria-busy=true]')")

    assert desk.heard.actions[0]["container"]["type"] == "view"
    expect(desk.page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


def test_the_apps_direct_message(desk: Desk) -> None:
    """A message from the app to a person waits under the app's Messages tab."""
    desk.open()

    desk.client.chat_postMessage(
        channel="U0RIA00001", text="Sign-off waits", blocks=[section("*")]
    )
    desk.page.get_by_role("button", name="Pager, 1 unread, 1 mentions").click()

    expect(desk.page.get_by_role("tab", name="Messages")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(desk.page.get_by_test_id("messages").get_by_test_id("message")).to_have_count(1)


def test_files_are_previewed(desk: Desk) -> None:
    """A CSV opens as a table; an HTML document is shown without its scripts."""
    desk.open()
    upload = desk.client.files_upload_v2
    upload(channel=CHANNEL, filename="leads.csv", content='email,company\na@b.c,"Acme, Inc"\n')
    page = "<h1>Design</h1><script>document.body.textContent = 'owned'</script>"
    upload(channel=CHANNEL, filename="design.html", content=page)

    desk.page.get_by_role("button", name="Preview leads.csv").click()
    expect(desk.page.get_by_role("cell", name="Acme, Inc")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Preview design.html").click()
    frame = desk.page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Design")).to_be_visible()

    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    assert all("Blocked script execution" in error for error in desk.errors)
    desk.errors.clear()


def test_quick_switcher(desk: Desk) -> None:
    """Ctrl+K finds a channel or a person by a few letters."""
    desk.open()

    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("revo")
    desk.page.keyboard.press("Enter")
    expect(desk.page.get_by_role("heading", name="revops", level=1)).to_be_visible()
    desk.page.keyboard.press("Control+k")
    desk.page.keyboard.type("act as sam")
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_test_id("who")).to_contain_text("Sam Whitfield")


def test_people_are_switched_by_keyboard(desk: Desk) -> None:
    """The rail of people is walked with the arrow keys; the place stays."""
    desk.open()

    desk.page.get_by_role("radio", name="Ria Kovacs").focus()
    desk.page.keyboard.press("ArrowDown")
    desk.page.keyboard.press("Enter")

    expect(desk.page.get_by_test_id("who")).to_contain_text("Ben Osei")
    expect(desk.page.get_by_role("heading", name="enterprise-handoff", level=1)).to_be_visible()


def test_clock_speed(desk: Desk) -> None:
    """The speed chosen on the page is the workspace's."""
    desk.open()

    desk.page.get_by_role("combobox", name="Clock speed").select_option("60")

    expect(desk.page.locator("#clock.fast")).to_be_visible()
    assert desk.sandbox.workspace.clock.speed == 60


def test_everything_has_a_name(desk: Desk) -> None:
    """Each control on the page, in a message and in the full form has an accessible name."""
    desk.open()
    desk.post("ENT-3", blocks=packet())
    desk.message("ENT-3").wait_for()
    desk.say("/form full")
    desk.modal().wait_for()

    controls = desk.page.locator("button, input, textarea, select, [role=option], [role=dialog]")
    nameless = [
        control.evaluate("node => node.outerHTML")
        for control in controls.all()
        if 'name ""' in control.aria_snapshot() or not _has_name(control.aria_snapshot())
    ]

    assert nameless == []


def _has_name(snapshot: str) -> bool:
    # A hidden control has no snapshot; a named one shows its name in quotes or as text.
    return not snapshot or '"' in snapshot or ":" in snapshot


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fits_a_laptop_and_a_narrow_window(desk: Desk, scheme: str) -> None:
    """Nothing is cut off sideways at any width, in either colour scheme."""
    desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.open()
    desk.post("ENT-3", blocks=packet())
    desk.message("ENT-3").wait_for()

    for width, height in ((1366, 768), (1024, 700), (700, 800), (420, 800)):
        desk.page.set_viewport_size({"width": width, "height": height})
        wide = desk.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width
        desk.shot(f"page-{scheme}-{width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable(desk: Desk, scheme: str) -> None:
    """All text keeps WCAG AA contrast: messages, marks of unread, errors, the form."""
    measure = Path(__file__).with_name("contrast.js").read_text()
    desk.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    desk.client.chat_postMessage(channel="C0REVOPS01", text="Look, <@U0RIA00001>")
    desk.open()
    desk.post("ENT-3", blocks=packet())
    desk.say("/secret")
    expect(desk.message("reads this")).to_be_visible()

    assert desk.page.evaluate(measure) == []
    desk.say("/form full")
    desk.modal().get_by_role("button", name="Send").click()
    desk.modal().get_by_text("Please complete").first.wait_for()

    assert desk.page.evaluate(measure) == []


def test_a_double_click_acts_once(desk: Desk) -> None:
    """While an action is under way its button and its neighbours do nothing."""
    desk.open(place="home")

    desk.page.get_by_test_id("home").get_by_role("button", name="Greet").dblclick()
    desk.page.wait_for_function("!document.querySelector('[aria-busy=true]')")

    assert len(desk.heard.actions) == 1


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


def test_reading_goes_on_after_a_break(desk: Desk) -> None:
    """A page that lost the sandbox says so, comes back by itself and shows what it missed."""
    with hosted(desk.sandbox.asgi) as url:
        desk.page.goto(f"{url}/#/U0RIA00001/{CHANNEL}")
        desk.ready("U0RIA00001")
    lost = desk.page.get_by_text("The sandbox does not answer. Trying again…")
    expect(lost).to_be_visible()
    desk.post("Missed meanwhile")

    with hosted(desk.sandbox.asgi, port=urlsplit(url).port or 0):
        expect(desk.message("Missed meanwhile")).to_be_visible()
        expect(lost).to_be_hidden()
        desk.page.goto("about:blank")
