"""The sandbox page in a headless browser: people, places, commands, Home, clock, layout."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from bot.sandbox.hosting import hosted
from tests.browser.conftest import Desk
from tests.browser.page_app import CHANNEL, packet

pytestmark = pytest.mark.browser


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


def test_home_tab(desk: Desk) -> None:
    """The Home tab shows what the app published, and its buttons act."""
    desk.open()

    desk.page.get_by_test_id("app").click()
    home = desk.page.get_by_test_id("home")
    expect(home.get_by_role("heading", name="Your designs")).to_be_visible()
    home.get_by_role("button", name="Greet").click()
    expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)

    assert desk.heard.actions[0]["container"]["type"] == "view"
    expect(desk.page.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")


def test_the_apps_direct_message(desk: Desk) -> None:
    """A message from the app to a person waits under the app's Messages tab."""
    desk.open()

    desk.client.chat_postMessage(channel="U0RIA00001", text="Sign-off waits")
    desk.page.get_by_role("button", name="Pager, 1 unread, 1 mentions").click()

    expect(desk.page.get_by_role("tab", name="Messages")).to_have_attribute(
        "aria-selected", "true"
    )
    expect(desk.message("Sign-off waits")).to_be_visible()


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
    sent: list[str] = []
    desk.page.on("request", lambda request: sent.append(request.url))

    desk.page.get_by_test_id("home").get_by_role("button", name="Greet").dblclick()
    expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)

    assert sum(url.endswith("/sandbox/action") for url in sent) == 1
    assert len(desk.heard.actions) == 1


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


def test_joining_a_channel(desk: Desk) -> None:
    """A channel one is not a member of can be read and joined, then written to."""
    desk.open("U0DANA0001", "C0REVOPS01")

    desk.page.get_by_role("button", name="Join channel").click()

    desk.say("Hello from Dana", "Message #revops")
    expect(desk.message("Hello from Dana")).to_be_visible()


def test_send_leads(desk: Desk) -> None:
    """The panel shows what it sends and what was answered; without webhooks it is hidden."""
    desk.open()
    expect(desk.page.get_by_test_id("send-leads")).to_be_hidden()
    sample = {"name": "demo", "label": "Demo request", "body": {"email": "a@example.com"}}
    hook = {"name": "Website", "url": "http://127.0.0.1:9/leads", "templates": [sample]}
    desk.sandbox.workspace.webhooks.append(hook)

    desk.act_as("Max Lindqvist")
    desk.page.get_by_test_id("send-leads").click()
    panel = desk.page.get_by_role("dialog", name="Send leads")
    expect(panel.get_by_label("What will be sent")).to_contain_text("a@example.com")
    panel.get_by_role("button", name="Send", exact=True).click()

    expect(panel.get_by_role("log")).to_contain_text("The app cannot be reached")
    for number in ("0", "-2", "2.5", "501", ""):
        panel.get_by_label("How many").fill(number)
        panel.get_by_role("button", name="Send", exact=True).click()
        expect(panel.get_by_role("alert")).to_have_text("Write a whole number from 1 to 500.")
    expect(panel.get_by_role("log").get_by_role("listitem")).to_have_count(1)
    panel.get_by_label("How many").fill("2")
    expect(panel.get_by_role("alert")).to_be_hidden()
