"""What a chat message says about a lead."""

import pytest

from handoff.intake.message_text import read_message


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", {}),
        ("call her", {"note": "call her"}),
        (
            "<mailto:jane@big-acme.com|jane@big-acme.com> &amp; "
            "<tel:+442079460958|+44 20 7946 0958>",
            {
                "note": "jane@big-acme.com & +44 20 7946 0958",
                "email": "jane@big-acme.com",
                "company": "Big Acme",
                "phone": "+44 20 7946 0958",
            },
        ),
        ("write a@gmail.com.", {"note": "write a@gmail.com.", "email": "a@gmail.com"}),
        ("a..b@acme.com", {"note": "a..b@acme.com"}),
    ],
)
def test_a_message_fills_the_form_in(text: str, read: dict[str, str]) -> None:
    """Links are read as their words; a free-mail address names no company."""
    assert read_message(text) == read
