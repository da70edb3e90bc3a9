"""What a source sends about a lead, read into the fields that rules speak of.

Unknown fields are kept: plain values under their own name, so that rules can use them, the rest
under `extra`. Where a value was rewritten, what came is kept under `raw`.

Source: crm-intake.md sections 4 and 5, catalogue.yaml `lead_fields`.
"""

import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from handoff.cycles import is_from_the_future
from handoff.defaults.catalogue import catalogue
from handoff.intake.contact import (
    BadEmail,
    EmailAddress,
    is_free_mail,
    read_country,
    read_email,
    read_phone,
    registered_domain,
)
from handoff.model import Instant, Value, made
from handoff.regions import region_of_country
from handoff.routing.fields import as_flag

LONGEST_TEXT = 2_000
LONGEST_NAME = 200
_SHORT = 15
_DEEPEST = 20
_MOST_FIELDS = 200

_OTHER_NAMES = {
    "employee_count": "employees",
    "number_of_employees": "employees",
    "numberofemployees": "employees",
    "numemployees": "employees",
    "firstname": "first_name",
    "lastname": "last_name",
    "job_title": "title",
    "jobtitle": "title",
    "annual_revenue": "revenue",
    "annualrevenue": "revenue",
    "lifecycle_stage": "stage",
    "lifecyclestage": "stage",
    "website": "domain",
    "company_domain": "domain",
    "phone_number": "phone",
    "leadsource": "lead_source",
    "is_hand_raise": "hand_raise",
    "account_owner_e_mail": "account_owner_email",
}
_OURS = frozenset({"raw", "extra", "email or phone", "work_email", "account_suggestions"})
"""Names that senders cannot set: they go to `extra`."""
_IDENTITY = frozenset({"external_id", "source", "submitted_at", "design", "test"})
_PLAIN = _IDENTITY | {"email", "score", "hand_raise"}
"""Names that decide so much that a shape nobody can read is refused."""
_NAMES_IT = ("external_id", "email")
"""What a lead is known again by; it needs one of them."""
_NESTED = (dict, list)
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")
_SAFE = re.compile(r"[^\x00\ud800-\udfff]*")
_NUMBER = re.compile(r"\d[\d,_ ]*(?:\.\d+)?")


class Problem(Value):
    """What is wrong with one field.

    Attributes:
        pointer: Where, as an RFC 6901 pointer into the lead: `/email`; empty for the whole.
        detail: What is wrong and what to send instead.
    """

    pointer: str
    detail: str


@made
class IncomingLead:
    """A lead as it was understood.

    Attributes:
        external_id: Its name at its source.
        source: The source that the lead itself names, or None.
        design: Key of the design that it asks for, or None.
        email_key: Tells whether two leads are the same person.
        domain: The company's registered domain; None for free mail.
        first_touch_at: When sales was in contact already, if the source says so.
        attributes: Fields as rules name them, `raw` and `extra`.
        score: 0 to 100, whole, or None.
        is_test: It must not count anywhere.
    """

    external_id: str | None
    source: str | None
    design: str | None
    email_key: str | None
    domain: str | None
    submitted_at: Instant | None
    first_touch_at: Instant | None
    attributes: dict[str, Any]
    score: int | None
    is_hand_raise: bool
    is_test: bool


class NotUnderstood(Exception):
    """The lead cannot be taken as it is; `problems` says why, field by field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.pointer}: {p.detail}" for p in problems))
        self.problems = problems


def read_lead(*, body: Mapping[str, Any], now: datetime) -> IncomingLead:
    """Read a lead as a source sent it.

    Args:
        body: The JSON object; keys in any of the usual spellings.
        now: The instant of its receipt, UTC-aware; a lead from the future is refused.

    Raises:
        NotUnderstood: with every problem.
    """
    reading = _Reading(body=body, now=now)
    lead = reading.lead()
    if lead is None or reading.problems:
        raise NotUnderstood(tuple(reading.problems))
    return lead


@dataclass
class _Reading:
    """A lead while it is read: what came, what was understood, what is wrong."""

    body: Mapping[str, Any]
    now: datetime
    problems: list[Problem] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    raw: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)

    def lead(self) -> IncomingLead | None:
        if len(self.body) > _MOST_FIELDS:
            self._wrong("", f"more than {_MOST_FIELDS} fields; leave out what nobody needs")
            return None
        self._sort()
        email = self._email()
        self._places()
        self._phone()
        self._numbers()
        self._flags()
        domain = self._domain(email)
        lead = IncomingLead(
            external_id=self._text("external_id"),
            source=self._text("source"),
            design=self._text("design"),
            email_key=None if email is None else email.key,
            domain=domain,
            submitted_at=self._submitted_at(),
            first_touch_at=read_instant(self.fields.get("first_touch_at")),
            score=self._score(),
            is_hand_raise=self.fields.get("hand_raise") is True,
            is_test=self._flag("test") is True,
            attributes=self._attributes(),
        )
        if lead.external_id is None and lead.email_key is None and not self._is_told(*_NAMES_IT):
            self._wrong("", "needs `external_id` or `email`, so that we know it again")
        return lead

    def _sort(self) -> None:
        """Bring every value under its one name, or into `extra`."""
        for key, value in self._flattened():
            name, is_sound, is_field = _about(key)
            text = value.strip() if isinstance(value, str) else None
            if text and is_sound and is_field and _is_plain(value):
                self._add(name, key, text)
            elif obstacle := why_unstorable(value if is_sound else key):
                self._wrong(key, obstacle)
            elif text is not None and len(value) > LONGEST_TEXT:
                self._wrong(key, f"is longer than {LONGEST_TEXT} characters")
            elif value is None or text == "":
                continue
            elif name in _PLAIN and isinstance(value, _NESTED):
                self._wrong(key, "must be a plain value, not a list or an object")
            elif not is_field or isinstance(value, _NESTED):
                self.extra[key] = value
            else:
                self._add(name, key, value if text is None else text)

    def _add(self, name: str, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        """Add a field, unless another of its spellings came before; its own name counts most."""
        if name not in self.fields or name == key:
            self.fields[name] = value
            self._keys[name] = key

    def _flattened(self) -> list[tuple[str, Any]]:
        """Return the pairs of the body; `utm: {source: …}` as `utm_source`."""
        utm = self.body.get("utm")
        inner = utm if isinstance(utm, dict) else {}
        outer = [pair for pair in self.body.items() if pair[0] != "utm" or utm is not inner]
        return [*outer, *((f"utm_{name}", value) for name, value in inner.items())]

    def _email(self) -> EmailAddress | None:
        text = self._text("email", keep=True)
        if text is None:
            return None
        try:
            email = read_email(text)
        except BadEmail as exc:
            self._wrong("email", f"is not an e-mail address: {exc}")
            return None
        self._rewrite("email", email.address)
        self.fields["work_email"] = not is_free_mail(email.domain)
        return email

    def _places(self) -> None:
        text = self._text("country", keep=True)
        if text is None:
            return
        country = read_country(text) or text
        self._rewrite("country", country)
        region = region_of_country(country)
        if region is not None:
            self._rewrite("region", region)

    def _phone(self) -> None:
        text = self._text("phone", keep=True)
        if text is not None:
            country = self.fields.get("country")
            is_code = isinstance(country, str) and len(country) == 2
            self._rewrite("phone", read_phone(text, country=country if is_code else None))

    def _numbers(self) -> None:
        """Read what rules compare as numbers; `25-50` is 25, what is no number is missing."""
        for name in _fields_of("number") - {"score"}:
            value = self.fields.get(name)
            if value is not None:
                self._rewrite(name, read_number(value))

    def _flags(self) -> None:
        if "hand_raise" in self.fields:
            value = self._flag("hand_raise", keep=True)
            if value is not None:
                self._rewrite("hand_raise", value)

    def _domain(self, email: EmailAddress | None) -> str | None:
        """Return the company's domain: what was sent, else the address's; never free mail."""
        told = self._text("domain", keep=True)
        found = (registered_domain(told) if told else None, email and email.domain)
        domain = next((one for one in found if one and not is_free_mail(one)), None)
        if told is not None or domain is not None:
            self._rewrite("domain", domain)
        return domain

    def _score(self) -> int | None:
        value = self.fields.get("score")
        if value is None:
            return None
        number = read_number(value)
        if number is None or not 0 <= number <= 100:
            self._wrong("score", "must be a number from 0 to 100")
            return None
        self._rewrite("score", number)
        return math.floor(number)

    def _submitted_at(self) -> datetime | None:
        text = self._text("submitted_at")
        if text is None:
            return None
        instant = read_instant(text)
        if instant is None:
            self._wrong("submitted_at", "must be a time with a zone, like 2025-10-09T08:00:00Z")
            return None
        if is_from_the_future(submitted_at=instant, arrived_at=self.now):
            self._wrong("submitted_at", "is more than 5 minutes in the future; check the clock")
            return None
        return instant

    def _attributes(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.fields.items() if name not in _IDENTITY}
        reach = fields.get("email") or fields.get("phone")
        if reach is not None:
            fields["email or phone"] = reach
        if self.raw:
            fields["raw"] = self.raw
        if self.extra:
            fields["extra"] = self.extra
        return {name: value for name, value in fields.items() if value is not None}

    def _text(self, name: str, *, keep: bool = False) -> str | None:
        """Return a field that must be text; without `keep` it is an identity, not a field."""
        value = self.fields.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            self._wrong(name, "must be text")
            return None
        text = str(value)
        if not keep and len(text) > LONGEST_NAME:
            self._wrong(name, f"is longer than {LONGEST_NAME} characters")
            return None
        return text

    def _flag(self, name: str, *, keep: bool = False) -> bool | None:
        value = self.fields.get(name)
        if value is None:
            return None
        flag = as_flag(value)
        if flag is None:
            self._wrong(name, "must be true or false")
            if keep:
                self.fields.pop(name)
        return flag

    def _rewrite(self, name: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
        before = self.fields.get(name)
        if before is not None and before != value:
            self.raw[name] = before
        self.fields[name] = value

    def _wrong(self, name: str, detail: str) -> None:
        key = self._keys.get(name, name)
        pointer = "/" + key.replace("~", "~0").replace("/", "~1") if key else ""
        safe = pointer.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
        self.problems.append(Problem(pointer=safe, detail=detail))

    def _is_told(self, *names: str) -> bool:
        """Tell whether something is wrong with one of these fields."""
        return any(field_name(one.pointer.lstrip("/")) in names for one in self.problems)


def field_name(key: str) -> str:
    """Return the one name of a field, whatever of its spellings a source uses."""
    return _about(key)[0]


def _about(key: str) -> tuple[str, bool, bool]:
    """Return a key's one name, whether it can be stored, and whether rules can speak of it."""
    # Every lead of a source brings the same few; what is too long for a name is not kept.
    return _known_key(key) if len(key) <= LONGEST_NAME else _look_at(key)


def _look_at(key: str) -> tuple[str, bool, bool]:
    spelled = re.sub(r"[\s-]+", "_", key.strip()).casefold()
    name = _OTHER_NAMES.get(spelled, spelled)
    return name, is_storable(key), name not in _OURS and _NAME.fullmatch(name) is not None


_known_key = lru_cache(maxsize=1024)(_look_at)


@lru_cache(maxsize=8)
def _fields_of(kind: str) -> frozenset[str]:
    return frozenset(one.name for one in catalogue().lead_fields if one.kind == kind)


def read_number(value: object) -> int | float | None:
    """Return the number that a value says, the first one of a range; None when it says none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value if math.isfinite(value) else None
    text = str(value).strip()
    if len(text) <= _SHORT and text.isascii() and text.isdecimal():  # most are
        return int(text)
    found = _NUMBER.search(text)
    if found is None or text.startswith("-"):
        return None
    number = float(re.sub(r"[,_ ]", "", found.group()))
    if not math.isfinite(number):  # hundreds of digits
        return None
    return int(number) if number.is_integer() else number


def read_instant(value: object) -> datetime | None:
    """Return the instant that an ISO 8601 text with a zone names, in UTC; else None."""
    try:
        instant = datetime.fromisoformat(str(value))
        return None if instant.utcoffset() is None else instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_plain(text: str) -> bool:
    """Return True for what most texts are: short, with no character that needs a second look."""
    return len(text) <= LONGEST_TEXT and text.isascii() and text.isprintable()


def is_storable(value: object) -> bool:
    """Return True when a JSON value can be stored as it is."""
    return why_unstorable(value) is None


def why_unstorable(value: object, *, deep: int = _DEEPEST) -> str | None:
    """Return what keeps a JSON value from being stored, None when nothing does.

    Args:
        value: Any JSON value.
        deep: How deep it may be nested.
    """
    if isinstance(value, str):
        return _why_no_text(value)
    if isinstance(value, int | float):  # JSON says 1e999, and writes 400 digits
        is_float = abs(value) <= sys.float_info.max
        return None if is_float else "has a number that is too large to be stored"
    if not isinstance(value, Mapping | list):
        return None
    if deep == 0:
        return f"is nested more than {_DEEPEST} deep"
    inner = value if isinstance(value, list) else [*value.keys(), *value.values()]
    return next(filter(None, (why_unstorable(one, deep=deep - 1) for one in inner)), None)


def _why_no_text(text: str) -> str | None:
    if "\0" in text:
        return "has a NUL character, which cannot be stored"
    is_whole = text.isascii() or _SAFE.fullmatch(text) is not None
    return None if is_whole else "has half of a character (a surrogate), which cannot be stored"
