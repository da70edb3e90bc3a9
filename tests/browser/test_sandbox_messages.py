"""Messages on the sandbox page: blocks, buttons, reactions, threads, files."""

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Desk
from tests.browser.page_app import CHANNEL, packet

pytestmark = pytest.mark.browser


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
    expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)
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


def test_no_message_is_lost_while_a_channel_loads(desk: Desk) -> None:
    """A message that events tell of before the channel's history has come is kept."""
    desk.post("Written before")

    def answer_late(route: Route) -> None:
        history = route.fetch()
        desk.post("Written meanwhile")
        expect(desk.message("Written meanwhile")).to_be_visible()
        route.fulfill(response=history)

    desk.page.route("**/sandbox/messages*", answer_late, times=1)
    desk.open()

    expect(desk.message("Written before")).to_be_visible()
    expect(desk.message("Written meanwhile")).to_be_visible()


def test_new_messages_below(desk: Desk) -> None:
    """Who reads further up stays there and is told of new messages below."""
    desk.open()
    for number in range(30):
        desk.post(f"Message number {number}.")
    log = desk.page.get_by_role("log", name="Messages")
    expect(desk.message("number 29.")).to_be_in_viewport()

    desk.message("number 0.").scroll_into_view_if_needed()
    desk.post("The latest")

    below = desk.page.get_by_role("button", name="New messages")
    expect(below).to_be_visible()
    expect(desk.message("The latest")).not_to_be_in_viewport()
    below.click()
    expect(log.get_by_text("The latest")).to_be_in_viewport()
    expect(below).to_be_hidden()
