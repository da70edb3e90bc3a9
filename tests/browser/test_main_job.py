"""The whole job by hand in the browser: `handoff demo`, eight people, from command to active."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "build" / "browser"
PLACE = "enterprise-handoff"


@pytest.fixture
def demo() -> Iterator[str]:
    """Start the README's own command and return the page's address."""
    command = "from bot.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", command, "demo", "--no-browser", "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        try:
            yield first.strip().rpartition(" ")[2]
        finally:
            process.terminate()


class Walk:
    """One browser that acts as one person after the other."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.modal = page.get_by_test_id("modal")
        self._shots = 0

    def become(self, name: str) -> None:
        """Switch to a person by their real name, as a click does."""
        self.page.get_by_role("radio", name=name).click()
        self.page.locator("#sidebar b", has_text=name).wait_for()
        self.page.get_by_test_id(f"channel-{PLACE}").click()

    def next(self) -> None:
        """Press Next and wait for the step after this one."""
        before = self.modal.get_by_role("heading").first.inner_text()
        self.modal.get_by_role("button", name="Next").click()
        expect(self.modal.get_by_role("heading").first).not_to_have_text(before)
        self.shot()

    def packet(self) -> Locator:
        """Return the packet in the channel."""
        messages = self.page.get_by_test_id("messages").get_by_test_id("message")
        return messages.filter(has_text="ENT-1 · version 1").first

    def shot(self) -> None:
        """Keep a screenshot as a test artefact."""
        self._shots += 1
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"main-job-{self._shots:02}.png")


@pytest.fixture
def walk(chromium: Browser, demo: str) -> Iterator[Walk]:
    """A browser on the demo's page; a script error on it fails the test."""
    context = chromium.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(demo)
    page.locator("body[data-ready]").wait_for()
    yield Walk(page, demo)
    context.close()
    assert not errors


@pytest.mark.timeout(420)
def test_the_main_job_by_hand(walk: Walk) -> None:
    """Ria defines, Ben signs by button, Sam by reaction, Max settles items, and it is active."""
    define(walk)
    sign(walk)
    settle(walk)
    go_live(walk)


def define(walk: Walk) -> None:
    """Ria types the command with flags and fills the five steps."""
    walk.become("Ria Kovacs")
    composer = walk.page.get_by_role("textbox", name=f"Message #{PLACE}")
    composer.fill("/define-handoff --segment enterprise --goal pipeline --response-sla 2h")
    composer.press("Enter")
    expect(walk.modal).to_contain_text("1 of 5")
    today = datetime.now(ZoneInfo("America/New_York")).date()
    walk.modal.get_by_label("Go-live").fill(today.isoformat())
    walk.shot()
    walk.next()
    walk.next()
    walk.next()
    walk.modal.get_by_label("Leads per week").fill("60")
    walk.next()
    for box in walk.modal.get_by_role("checkbox").all():
        box.check()
    walk.modal.get_by_role("button", name="Send for sign-off").click()
    expect(walk.modal).to_contain_text("on its way")
    walk.modal.get_by_role("button", name="Close").last.click()
    expect(walk.packet()).to_contain_text("waiting for @Ben Osei")
    # the full proof and its pictures come when they are ready; a busy machine takes its time
    expect(walk.packet()).to_contain_text("7 replies", timeout=60_000)
    walk.shot()


def sign(walk: Walk) -> None:
    """Olga may not sign; Ben signs by button, Sam by reaction."""
    walk.become("Dana")
    walk.packet().get_by_role("button", name="Approve").click()
    refusal = walk.page.get_by_test_id("messages").get_by_text("Only the RevOps and Sales")
    expect(refusal).to_be_visible()
    walk.shot()
    walk.become("Ben Osei")
    walk.packet().get_by_role("button", name="Approve").click()
    expect(walk.packet()).to_contain_text(re.compile("RevOps: @Ben Osei, by button"))
    walk.become("Sam Whitfield")
    walk.packet().hover()
    walk.packet().get_by_role("button", name="React with white check mark").click()
    expect(walk.packet()).to_contain_text("Signed by both sides")
    walk.shot()


def settle(walk: Walk) -> None:
    """Max ticks what is done, and adds evidence where it is asked for."""
    walk.become("Max")
    walk.packet().get_by_role("button", name="Settle items…").click()
    expect(walk.modal).to_contain_text("Tick what is done")
    for box in walk.modal.get_by_role("checkbox").all():
        box.check()
    walk.shot()
    walk.modal.get_by_role("button", name="Mark done").click()
    expect(walk.modal).to_have_count(0)
    walk.packet().get_by_text("replies").click()
    card = walk.page.get_by_test_id("thread-messages").get_by_test_id("message").last
    expect(card).to_contain_text("required items are done or waived")
    menus = card.locator("[data-action-id='item.menu']")
    expect(menus).not_to_have_count(0)
    while (left := menus.count()) > 0:
        menus.first.click()
        walk.page.get_by_text("Mark done…").click()
        walk.modal.get_by_label("Evidence").fill("https://example.com/tests/1")
        walk.modal.get_by_role("button", name="Save").click()
        expect(walk.modal).to_have_count(0)
        expect(menus).to_have_count(left - 1)
    walk.shot()


def go_live(walk: Walk) -> None:
    """The clock runs on until go-live opens; in working hours that is at once."""
    speed = walk.page.get_by_role("combobox", name="Clock speed")
    speed.select_option("3600")
    expect(walk.packet()).to_contain_text("Active.", timeout=120_000)
    speed.select_option("1")
    expect(walk.packet().get_by_role("button", name="Manage…")).to_be_visible()
    walk.shot()
    walk.page.get_by_test_id("app").click()
    walk.page.get_by_role("tab", name="Home").click()
    expect(walk.page.get_by_test_id("home")).to_contain_text("ENT-1")
    walk.shot()
