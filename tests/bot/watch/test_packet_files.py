"""The files of a packet's thread: pictures, documents, and what is left when the press fails."""

from collections.abc import Iterator

import pytest

from bot.gateways.press import PressFailed
from bot.sandbox.files import StoredFile
from bot.sandbox.messages import Message
from bot.watch import packet_files
from tests.support.house import House
from tests.support.review import CHANNEL, send_for_review
from tests.support.team import set_up_team

FINDING = "Every escalation step reaches somebody in the next 14 days"


@pytest.fixture
def jam(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let the press fail, at what this list names; it is full when the test begins."""
    broken = ["draw_pictures", "press_pdf"]

    def failing(name: str) -> None:
        real = getattr(packet_files, name)

        def press(*args: object, **kwargs: object) -> object:
            if name in broken:
                raise PressFailed("It could not be made.", detail="paper jam")
            return real(*args, **kwargs)

        monkeypatch.setattr(packet_files, name, press)

    for name in tuple(broken):
        failing(name)
    packet_files._draw.cache_clear()
    yield broken
    packet_files._draw.cache_clear()


@pytest.fixture(autouse=True)
def _team(house: House) -> None:
    """Set up the team of the design."""
    set_up_team(house)


def with_files(house: House) -> tuple[Message, Message]:
    """Take the message of the pictures and that of the documents."""
    pictures, documents = house.take(CHANNEL)[-2:]
    house.take()
    assert "The proof of ENT-1 version 1 in " in pictures.text
    assert documents.text == "Documents and plan of ENT-1 version 1"
    return pictures, documents


def files_of(house: House, message: Message) -> dict[str, StoredFile]:
    """Return the files of a message by their names."""
    found = (house.sandbox.workspace.files[key] for key in message.files)
    return {file.name: file for file in found}


def test_pictures_stand_in_the_thread_and_in_the_documents(house: House) -> None:
    """The same pictures: drawn once, as images with their answers, and inside HTML and PDF."""
    send_for_review(house)

    pictures, documents = with_files(house)
    shown = files_of(house, pictures)

    assert shown["coverage.png"].title == FINDING
    assert FINDING in shown["coverage.png"].alt
    html = files_of(house, documents)["ENT-1-v1.html"].content
    assert html is not None
    assert html.count(b'class="chart"') == len(shown)
    pdf = files_of(house, documents)["ENT-1-v1.pdf"].content
    assert pdf is not None
    assert pdf.count(b"/Subtype/Image") >= len(shown)


def test_without_the_press_the_words_are_there(house: House, jam: list[str]) -> None:
    """Findings as a message, HTML without pictures, no PDF; and each failure is logged."""
    send_for_review(house)

    pictures, documents = with_files(house)

    assert not pictures.files
    assert f"• {FINDING}" in pictures.text
    files = files_of(house, documents)
    assert list(files) == ["ENT-1-v1.html", "ENT-1-v1.md", "plan-20261123T140000Z.json"]
    html = files["ENT-1-v1.html"].content
    assert html is not None
    assert FINDING.encode() in html
    assert b'class="chart"' not in html
    logged = house.take_errors()
    assert [line.splitlines()[0].endswith("paper jam") for line in logged] == [True] * 3
    assert jam


def test_without_pictures_there_is_still_a_pdf(house: House, jam: list[str]) -> None:
    """The PDF tells in words what could not be drawn."""
    jam.remove("press_pdf")
    send_for_review(house)

    _, documents = with_files(house)

    pdf = files_of(house, documents)["ENT-1-v1.pdf"].content
    assert pdf is not None
    assert b"/Subtype/Image" not in pdf
    house.take_errors()
