"""One way to write an e-mail address, a phone number, a domain, a company, a country.

What a source sends is kept beside what it was read as; what cannot be read is missing.

Source: crm-intake.md section 5 (normalise); free-mail services are in free_mail.txt.
"""

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from cleanco import basename
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from handoff.model import made

if TYPE_CHECKING:
    import tldextract

_LONGEST_NUMBER = 40
_LONGEST_PLAIN = 200
#: Addresses that email_validator takes as they are: lower case, ASCII, no label like `xn--`.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*"
    r"@((?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}))"
)
_COUNTRY_NAMES = {
    "america": "US",
    "brasil": "BR",
    "cote d'ivoire": "CI",
    "czech republic": "CZ",
    "deutschland": "DE",
    "england": "GB",
    "espana": "ES",
    "great britain": "GB",
    "holland": "NL",
    "ivory coast": "CI",
    "northern ireland": "GB",
    "osterreich": "AT",
    "republic of korea": "KR",
    "schweiz": "CH",
    "scotland": "GB",
    "south korea": "KR",
    "suisse": "CH",
    "the netherlands": "NL",
    "turkiye": "TR",
    "u.k.": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "uae": "AE",
    "uk": "GB",
    "united kingdom": "GB",
    "united states": "US",
    "united states of america": "US",
    "usa": "US",
    "viet nam": "VN",
    "wales": "GB",
}


@made
class EmailAddress:
    """An address that can exist; `key` tells whether two are the same person's."""

    address: str
    key: str
    domain: str


class BadEmail(ValueError):
    """This is not an e-mail address."""


def read_email(text: str) -> EmailAddress:
    """Return an e-mail address in its one form; nothing is looked up.

    The key ignores case; `+tag` and dots stay, for they may be different people.

    Raises:
        BadEmail: if it is none, with the reason.
    """
    told = text.strip()
    plain = plain_domain(told)
    if plain is not None:
        return EmailAddress(address=told, key=told, domain=registered_domain(plain) or plain)
    try:
        found = validate_email(told, check_deliverability=False)
    except EmailNotValidError as exc:
        raise BadEmail(str(exc)) from exc
    return EmailAddress(
        address=found.normalized,
        key=found.normalized.lower(),
        domain=registered_domain(found.ascii_domain) or found.ascii_domain.lower(),
    )


def plain_domain(text: str) -> str | None:
    """Return the domain of a plain address, which is valid as it is; None where care is needed.

    Most addresses are plain, and reading them with all care takes a tenth of an import.
    """
    found = _PLAIN_EMAIL.fullmatch(text) if len(text) <= _LONGEST_PLAIN else None
    if found is None or found[2] in SPECIAL_USE_DOMAIN_NAMES:
        return None
    return found[1]


def read_phone(text: str, *, country: str | None) -> str | None:
    """Return a phone number as E.164 (`+442079460958`), None when it is not a valid one.

    Args:
        text: As a person typed it.
        country: ISO code for numbers without a leading `+`; without it those are not read.
    """
    import phonenumbers  # half a hundred modules that a start does not need

    if len(text) > _LONGEST_NUMBER:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def registered_domain(text: str) -> str | None:
    """Return the domain that a company registered, of a host name, an address or a web page.

    `https://www.shop.acme.co.uk/x` is `acme.co.uk`; None for IP addresses and host names.
    """
    return _extract()(text.strip().lower()).top_domain_under_public_suffix or None


def is_free_mail(domain: str) -> bool:
    """Return True for a domain where anybody gets an address: it tells nothing of a company."""
    label = domain.partition(".")[0]
    domains, families = _free_mail()
    return domain in domains or label in families


def company_key(name: str) -> str:
    """Return a company's name without its legal form, lower case, to compare names by."""
    return str(basename(" ".join(name.split()))).casefold()


@lru_cache(maxsize=1024)
def read_country(text: str) -> str | None:
    """Return the ISO 3166 code of a country's code or English name, None when unknown."""
    plain = _without_accents(" ".join(text.replace(" and ", " & ").split())).casefold()
    codes = _countries()
    return plain.upper() if plain.upper() in codes.values() else codes.get(plain)


@lru_cache(maxsize=1)
def _extract() -> "tldextract.TLDExtract":
    """Return the reader of domains, with the list of public suffixes that came with it."""
    # Imported here: it brings an HTTP client along, which nobody needs before the first lead.
    import tldextract

    return tldextract.TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )


@lru_cache(maxsize=1)
def _free_mail() -> tuple[frozenset[str], frozenset[str]]:
    """Return free-mail domains, and names that are free mail under any ending (`yahoo.*`)."""
    text = resources.files("handoff.intake").joinpath("free_mail.txt").read_text("utf-8")
    lines = {line.strip() for line in text.splitlines() if line and not line.startswith("#")}
    families = frozenset(line.removesuffix(".*") for line in lines if line.endswith(".*"))
    return frozenset(line for line in lines if not line.endswith(".*")), families


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Return ISO codes by English name, case-folded; the names are the time zone database's."""
    text = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return {_without_accents(row[1]).casefold(): row[0] for row in rows} | _COUNTRY_NAMES


def _without_accents(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
