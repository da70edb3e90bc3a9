import pytest

from bot.sandbox.messages import Message
from tests.support.house import House


def answer(house: House, typed: str) -> Message:
    """Type a /handoff command and return the answer that only the person sees."""
    ria = house.person("ria")
    before = len(ria.sees("#enterprise-handoff"))
    ria.command("#enterprise-handoff", f"/handoff {typed}")
    (message,) = ria.sees("#enterprise-handoff")[before:]
    house.take()
    return message


@pytest.mark.parametrize("typed", ["", "help", "HELP"])
def test_help_says_what_can_be_typed(house: House, typed: str) -> None:
    """The bare command is a question too, and only the asker sees the answer."""
    message = answer(house, typed)

    assert message.only_for == house.person("ria").id
    assert "/define-handoff --segment" in str(message.blocks)


@pytest.mark.parametrize("blank", ["\n", "\t", "\u00a0"])
def test_any_blank_ends_the_subcommand(house: House, blank: str) -> None:
    """A line break or a phone's hard space after the word is no part of it."""
    assert "No lead is known by that" in answer(house, f"why{blank}lena@acme.com").text


def test_why_asks_which_lead_and_says_what_it_looked_for(house: House) -> None:
    """Nothing that was typed is markup."""
    assert answer(house, "why").text.startswith("Which lead? Give its e-mail address")
    unknown = answer(house, "why <!channel> lena").text
    assert "by that: “&lt;!channel&gt; lena”. Give its e-mail" in unknown


def test_a_very_long_word_gets_the_help_too(house: House) -> None:
    """What is wrong with it is not cut off behind it."""
    words = str(answer(house, "x" * 8_000).blocks)

    assert "is not something I know." in words
    assert "`/handoff help` shows this." in words


def test_an_unknown_word_gets_the_nearest_and_the_help(house: House) -> None:
    """A typo is not a dead end, and nothing typed is taken for markup."""
    words = str(answer(house, "taem").blocks)
    strange = str(answer(house, "<!here>").blocks)

    assert "Did you mean `/handoff team`?" in words
    assert "“taem” is not something I know." in words
    assert "<!here>" not in strange
