"""A headless browser on a running sandbox; a script error on the page fails the test."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright
from slack_sdk import WebClient

from bot.sandbox import Sandbox, StillClock, load_seed
from tests.browser.page_app import MANIFEST, SECRET, TOKEN, Heard, build_app, in_process

START = datetime(2026, 1, 2, 15, 0, tzinfo=UTC)
ARTEFACTS = Path(__file__).parents[2] / "build" / "browser"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Desk:
    """A person's browser on the sandbox, and what stands behind it."""

    page: Page
    sandbox: Sandbox
    client: WebClient
    heard: Heard
    url: str
    errors: list[str]

    def open(self, user: str = "U0RIA00001", place: str = "C0ENTHAND1") -> None:
        """Open a place as a person and wait until the page is drawn."""
        self.page.goto(f"{self.url}/#/{user}/{place}")
        self.ready(user)

    def ready(self, user: str) -> None:
        """Wait until the page acts as `user`."""
        self.page.locator(f"body[data-ready='{user}']").wait_for()

    def act_as(self, name: str) -> None:
        """Switch to a person by their real name."""
        self.page.get_by_role("radio", name=name).click()
        self.page.locator("#sidebar b", has_text=name).wait_for()

    def say(self, text: str, box: str = "Message #enterprise-handoff") -> None:
        """Type into a composer and press Enter."""
        composer = self.page.get_by_role("textbox", name=box)
        composer.fill(text)
        composer.press("Enter")

    def modal(self) -> Locator:
        """Return the modal on screen."""
        return self.page.get_by_test_id("modal")

    def message(self, text: str) -> Locator:
        """Return the message in the main list that holds `text`."""
        return self.page.get_by_test_id("messages").get_by_test_id("message").filter(has_text=text)

    def post(self, text: str, **more: Any) -> str:  # noqa: ANN401  # Slack's own arguments
        """Let the app post into the channel; return the message's ts."""
        posted = self.client.chat_postMessage(channel="C0ENTHAND1", text=text, **more)
        return str(posted["ts"])

    def shot(self, name: str) -> None:
        """Keep a screenshot as a test artefact."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=ARTEFACTS / f"{name}.png")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    if path is None:
        pytest.skip("needs Chromium; install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    delivered: list[Any] = []
    seed = load_seed()
    sandbox = Sandbox(
        manifest=MANIFEST,
        seed=seed,
        signing_secret=SECRET,
        bot_token=TOKEN,
        app_url="http://127.0.0.1/slack/events",
        clock=StillClock(START),
        deliver=lambda outgoing: delivered[0](outgoing),
        answer_limit=0.5,
    )
    with sandbox.running(with_pump=True) as url:
        app, heard = build_app(sandbox.api_url)
        delivered.append(in_process(app))
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        context.set_default_timeout(8000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: _note_error(message, errors))
        client = WebClient(token=TOKEN, base_url=sandbox.api_url, retry_handlers=[])
        yield Desk(page, sandbox, client, heard, url, errors)
        context.close()
    assert not errors


def _note_error(message: ConsoleMessage, errors: list[str]) -> None:
    # A refusal by the server is shown to the person; that the browser logs it is not an error.
    if message.type == "error" and "Failed to load resource" not in message.text:
        errors.append(message.text)
