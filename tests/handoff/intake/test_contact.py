"""One way to write addresses, numbers, domains, companies and countries."""

import pytest
from email_validator import validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.intake.contact import (
    BadEmail,
    company_key,
    is_free_mail,
    plain_domain,
    read_country,
    read_email,
    read_phone,
    registered_domain,
)


def test_an_address_keeps_its_case_and_its_key_does_not() -> None:
    """`+tag` and dots may be different people; the domain is the registered one."""
    email = read_email(" J.Doe+a@Mail.Acme.co.uk ")

    assert email.address == "J.Doe+a@mail.acme.co.uk"
    assert email.key == "j.doe+a@mail.acme.co.uk"
    assert email.domain == "acme.co.uk"


@pytest.mark.parametrize("text", ["", "nope", "a@", "a@b@c", "a b@c.com", "@c.com"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """With a reason, and without a look-up."""
    with pytest.raises(BadEmail):
        read_email(text)


_ALMOST_PLAIN = st.from_regex(
    r"[a-z0-9_+.-]{1,70}@([a-z0-9-]{1,65}\.){0,3}(xn--)?([a-z0-9]{1,5}|test|local|onion|arpa)",
    fullmatch=True,
)


@settings(max_examples=500)
@given(text=_ALMOST_PLAIN)
@example(text="a@acme.test")
@example(text="a@ab--c.com")
@example(text="a@xn--p1ai.com")
@example(text="a@acme.c0m")
@example(text="a@-acme.com")
@example(text=f"a@{'a' * 64}.com")
@example(text="a@acme.com")
def test_a_plain_address_is_valid_as_it_is(text: str) -> None:
    """Whatever is read the short way is what the careful way reads, letter for letter."""
    domain = plain_domain(text)

    if domain is not None:
        found = validate_email(text, check_deliverability=False)
        assert (found.normalized, found.ascii_domain) == (text, domain)


def test_most_addresses_are_plain() -> None:
    """The short way is taken, or it would prove nothing."""
    assert plain_domain("lena.lead+news@mail.acme-group.co.uk") == "mail.acme-group.co.uk"


@pytest.mark.parametrize(
    ("text", "country", "read"),
    [
        ("+44 20 7946 0958", None, "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", None, None),
        ("020 7946 0958", "XX", None),
        ("12", "GB", None),
        ("call me", "GB", None),
        ("+4" * 50, None, None),
    ],
)
def test_a_number_is_e164_or_missing(text: str, country: str | None, read: str | None) -> None:
    """A number without `+` needs a country."""
    assert read_phone(text, country=country) == read


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://user@www.shop.acme.co.uk:8080/x?y=1", "acme.co.uk"),
        ("ACME.com", "acme.com"),
        ("jane@mail.acme.com", "acme.com"),
        ("acme.github.io", "acme.github.io"),
        ("localhost", None),
        ("10.0.0.1", None),
        ("http://[x", None),
        ("", None),
    ],
)
def test_a_domain_is_the_registered_one(text: str, domain: str | None) -> None:
    """Of host names, addresses and web pages; shared hosts are told apart."""
    assert registered_domain(text) == domain


@pytest.mark.parametrize(
    ("domain", "is_free"),
    [
        ("gmail.com", True),
        ("yahoo.co.jp", True),
        ("hotmail.fr", True),
        ("acme.com", False),
        ("live-events.com", False),
        ("yopmail.com", True),
    ],
)
def test_free_mail_is_known(domain: str, *, is_free: bool) -> None:
    """Some services have an address under every ending."""
    assert is_free_mail(domain) is is_free


@pytest.mark.parametrize(
    ("one", "other"),
    [("Acme GmbH & Co. KG", "ACME"), ("Acme, Inc.", "acme"), ("Acme  Pty Ltd", "acme")],
)
def test_a_company_is_compared_without_its_legal_form(one: str, other: str) -> None:
    """Nor case, nor blanks."""
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gb", "GB"),
        ("United Kingdom", "GB"),
        ("U.S.A.", "US"),
        ("Türkiye", "TR"),
        ("Germany", "DE"),
        ("Österreich", "AT"),
        ("Côte d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Atlantis", None),
        ("XX", None),
        ("", None),
    ],
)
def test_a_country_is_its_code(text: str, code: str | None) -> None:
    """Of a code, an English name, or a usual other one."""
    assert read_country(text) == code
