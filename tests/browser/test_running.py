"""The running product in the browser: the guided scene, and three leads by hand."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from bot.cli.demo import moved_in

pytestmark = pytest.mark.browser

ARTEFACTS = Path(__file__).parents[2] / "build" / "browser"
_SCENE_MS = 150_000


@pytest.fixture
def pace() -> float:
    """How long captions stand: shorter than a person could read."""
    return 0.1


@pytest.fixture
def address(tmp_path: Path, pace: float) -> Iterator[str]:
    """Serve the demo; return the page's address."""
    with moved_in(tmp_path, port=0, speed=1, pace=pace) as (app, page, listening):
        server = uvicorn.Server(uvicorn.Config(app.api, log_config=None))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        yield page
        server.should_exit = True
        thread.join(20)


class Visitor:
    """Somebody at the page, who acts as one person after the other."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scene = page.get_by_role("region", name="Guided scene")
        self.speed = page.get_by_role("combobox", name="Clock speed")
        self.modal = page.get_by_test_id("modal")
        self._shots = 0

    def become(self, name: str, *, place: str = "app") -> None:
        """Switch to a person by their real name, and go to a place."""
        self.page.get_by_role("radio", name=name).click()
        self.page.locator("#sidebar b", has_text=name).wait_for()
        self.page.get_by_test_id(place).click()
        if place == "app":
            self.page.get_by_role("tab", name="Messages").click()

    def message(self, *texts: str) -> Locator:
        """Return the newest message on screen that holds all of these."""
        found = self.page.get_by_test_id("messages").get_by_test_id("message")
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    def press(self, label: str, *texts: str) -> None:
        """Press a button of a message."""
        self.message(*texts).get_by_role("button", name=label, exact=True).click()

    def send_lead(self) -> None:
        """Send a lead from the panel."""
        self.page.get_by_test_id("send-leads").click()
        panel = self.page.get_by_role("dialog", name="Send leads")
        answers = panel.get_by_role("log").get_by_role("listitem")
        before = answers.count()
        panel.get_by_role("button", name="Send", exact=True).click()
        expect(answers).to_have_count(before + 1)
        expect(answers.first).to_contain_text("202")
        panel.get_by_role("button", name="Close").last.click()

    def shot(self, name: str) -> None:
        """Keep a screenshot as a test artefact."""
        self._shots += 1
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"running-{self._shots:02}-{name}.png")


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Visitor]:
    """A browser on the demo's page; a script error on it fails the test."""
    context = chromium.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    page.locator("body[data-ready]").wait_for()
    yield Visitor(page)
    context.close()
    assert not errors


def test_a_narrow_window_has_room_beside_the_caption(visitor: Visitor) -> None:
    """The scene's caption covers neither people nor channels, nor the head of a thread."""
    visitor.page.set_viewport_size({"width": 390, "height": 800})
    expect(visitor.scene).to_be_visible()
    visitor.page.locator("#menu").click()
    visitor.page.get_by_role("radio", name="Ria").click()
    expect(visitor.page.locator("#sidebar")).to_be_hidden()  # as Ria is where she was before
    visitor.page.locator("#menu").click()
    visitor.page.get_by_test_id("channel-general").click()
    visitor.page.get_by_role("textbox", name="Message #general").fill("Is anybody here?")
    visitor.page.keyboard.press("Enter")

    visitor.message("Is anybody here?").hover()
    visitor.message("Is anybody here?").get_by_label("Reply in thread").click()
    visitor.shot("narrow")
    pane = visitor.page.get_by_role("complementary", name="Thread")
    pane.get_by_role("button", name="Close thread").click()

    expect(pane).to_be_hidden()


@pytest.mark.timeout(300)
def test_the_scene_plays_to_its_end(visitor: Visitor) -> None:
    """One click, and the page follows everybody up to leadership and back."""
    visitor.scene.get_by_role("button", name="Play the scene").click()

    expect(visitor.scene).to_contain_text("Now the demo is yours", timeout=_SCENE_MS)

    expect(visitor.scene.get_by_role("button", name="Close")).to_be_visible()
    assert visitor.speed.input_value() == "1"
    expect(visitor.message("after the due time")).to_be_visible()
    visitor.shot("end")
    visitor.become("Cleo Marchetti")
    expect(visitor.message("is failing: 2 incidents")).to_contain_text("Resolved by Cleo")
    expect(visitor.message("is failing: 2 incidents")).to_contain_text("New York time")
    expect(visitor.scene.get_by_role("button", name="Show me")).to_be_visible()
    visitor.scene.get_by_role("button", name="Close").click()
    expect(visitor.scene).to_be_hidden()


# The scene sends its own first lead when the caption has stood: time enough to end it before.
@pytest.mark.parametrize("pace", [1.0])
@pytest.mark.timeout(300)
def test_the_visitor_takes_over(visitor: Visitor) -> None:
    """With the design signed by the scene, three leads by hand: one answered, two ignored."""
    visitor.scene.get_by_role("button", name="Play the scene").click()
    expect(visitor.scene).to_contain_text("the design is active", timeout=_SCENE_MS)
    visitor.scene.get_by_role("button", name="End").click()
    answered(visitor)
    ignored(visitor)
    climbed(visitor)
    leadership(visitor)


def answered(visitor: Visitor) -> None:
    """Dana accepts, contacts, and says what became of it."""
    visitor.send_lead()
    visitor.become("Dana Lopez")
    expect(visitor.message("First contact is due")).to_contain_text("Please accept by")
    visitor.shot("new-lead")
    visitor.press("Accept", "First contact is due")
    expect(visitor.message("Jane Acme")).to_contain_text("Accepted.")
    visitor.press("Contacted", "Accepted.")
    expect(visitor.message("Jane Acme")).to_contain_text("What became of it?")
    visitor.press("SQL", "What became of it?")
    expect(visitor.message("Jane Acme")).to_contain_text("Closed: SQL.")
    visitor.shot("closed-lead")


def ignored(visitor: Visitor) -> None:
    """Eli and Noor are silent, so Dana has both leads, who is silent as well: breaches."""
    visitor.send_lead()
    visitor.send_lead()
    visitor.become("Eli Brandt")
    expect(visitor.message("First contact is due")).to_be_visible()
    visitor.speed.select_option("600")
    expect(visitor.message("is now with")).to_be_visible(timeout=60_000)
    visitor.become("Dana Lopez")
    expect(visitor.message("Overdue since")).to_be_visible(timeout=60_000)
    visitor.speed.select_option("60")
    visitor.shot("breach")


def climbed(visitor: Visitor) -> None:
    """Two leads that were due at about the same time are one call; Ben takes both."""
    visitor.become("Ben Osei")
    call = visitor.message("2 leads of ENT-1 without an answer")
    expect(call).to_contain_text("Nobody has it yet")
    visitor.speed.select_option("1")
    visitor.press("Acknowledge all 2", "without an answer")
    expect(visitor.message("without an answer")).to_contain_text(re.compile("Ben Osei has it"))
    visitor.shot("acknowledged")
    visitor.become("Ben Osei", place="channel-enterprise-handoff")
    expect(visitor.message("without an answer")).to_contain_text("Ben Osei has it")


def leadership(visitor: Visitor) -> None:
    """The second breach called leadership; Mia is on it and resolves it with a cause."""
    visitor.become("Mia Tanaka")
    packet = visitor.message("is failing: 2 incidents")
    expect(packet).to_contain_text("Ben Osei has it")
    visitor.press("I am on it", "is failing")
    expect(packet).to_contain_text("Mia Tanaka has it")
    visitor.press("Resolve…", "is failing")
    visitor.modal.get_by_role("combobox", name="What went wrong?").click()
    visitor.page.get_by_role("option", name="The owner missed it").click()
    visitor.modal.get_by_role("button", name="Resolve").click()
    expect(packet).to_contain_text("Resolved by Mia Tanaka")
    visitor.shot("resolved")
