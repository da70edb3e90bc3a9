"""The forms and private answers of a packet."""

from bot.blocks.packet_forms import private_answer


def test_nobody_is_named_twice() -> None:
    """One person is in charge of both sides."""
    (block,) = private_answer("Only the approvers can do this.", people=("U1", "U1", "U2"))

    assert block["text"]["text"].endswith("Please ask <@U1> or <@U2>.")
