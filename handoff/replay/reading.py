"""Cells of past leads read into columns: each distinct value, or set of values, once.

A lead is read field by field, and few fields look at one another. Those that do are read
together; what came of them is remembered, so that a million rows cost a million look-ups and not
a million readings. What has to be refused, and what is read only by the whole lead, is left to
whoever reads leads with all care.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import itemgetter

from handoff.brief import PersonKey
from handoff.intake.arriving import LONGEST_TEXT
from handoff.intake.contact import is_free_mail, plain_domain, registered_domain
from handoff.replay.past import PastLeads

Read = Callable[[Mapping[str, str]], Mapping[str, object] | None]
"""From cells by field to the fields of a lead; None: they have to be read with care."""
OwnerOf = Callable[[str], PersonKey | None]
Codes = tuple[int, ...]
"""Of some columns, for one lead."""

_EMAIL, _PHONE, _REACH, _DOMAIN = "email", "phone", "email or phone", "domain"
_OF_PERSON = frozenset(
    {_EMAIL, "work_email", _DOMAIN, _PHONE, _REACH, "account_owner", "account_owner_email"}
)
_TOGETHER = (
    frozenset({"country", "region"}),
    frozenset({"named_rep", "named_rep_email"}),
)
_OF_THE_WHOLE = frozenset({"raw", "extra"})
_MOST_REMEMBERED = 200_000


class QuickReading:
    """Reads the cells of rows that need no care, many at once."""

    def __init__(
        self, *, leads: PastLeads, places: Mapping[str, int], read: Read, owner_of: OwnerOf
    ) -> None:
        """Tell which cells go together.

        Args:
            leads: Whose columns are filled.
            places: Of the cells, by field; neither names nor instants of arrival.
            read: What a few cells mean; asked once for each set of values.
            owner_of: From a company's domain to the owner of its account, as `read` uses it.
        """
        wanted = set(leads.columns)
        self._is_possible = not wanted & _OF_THE_WHOLE
        self._groups: list[_Group] = []
        left = (wanted | set(places)) - _OF_PERSON
        for together in (*_TOGETHER, *(frozenset({name}) for name in sorted(left))):
            names = together & left
            left -= names
            if names & wanted:
                self._groups.append(_Group(names, leads, places, read))
        if wanted & _OF_PERSON:
            person = _Person(leads, places, read, owner_of)
            self._groups += [person, *person.own_fields(leads)]

    def codes(self, rows: Sequence[Sequence[str]]) -> list[tuple[Codes, ...] | None]:
        """Return the codes of each row, group by group; None: the row needs care."""
        if not self._is_possible:
            return [None] * len(rows)
        if not self._groups:
            return [()] * len(rows)
        groups = [group.codes(rows) for group in self._groups]
        return [_whole(one) for one in zip(*groups, strict=True)]

    def codes_of(self, fields: Mapping[str, object]) -> tuple[Codes, ...]:
        """Return the codes of a lead that was read with care."""
        return tuple(group.codes_of(fields) for group in self._groups)

    def append(self, leads: Sequence[tuple[Codes, ...]]) -> None:
        """Append leads to the columns by their codes."""
        for group, found in zip(self._groups, zip(*leads, strict=True), strict=False):
            for column, codes in zip(
                group.columns.values(), zip(*found, strict=True), strict=True
            ):
                column.codes.extend(codes)


class _Group(dict[object, Codes | None]):
    """Fields that depend on some cells alone: their codes by what stands in the cells.

    Attributes:
        columns: Those that are filled, by field.
    """

    def __init__(
        self, names: Collection[str], leads: PastLeads, places: Mapping[str, int], read: Read
    ) -> None:
        super().__init__()
        self.columns = {name: one for name, one in leads.columns.items() if name in names}
        self._names = [name for name in places if name in names]
        self._read = read
        here = [places[name] for name in self._names]
        self._pick: Callable[[Sequence[str]], object] = itemgetter(*here) if here else _nothing

    def codes(self, rows: Sequence[Sequence[str]]) -> Iterable[Codes | None]:
        """Return the codes of each row; None: its cells need care."""
        return map(self.__getitem__, map(self._pick, rows))

    def codes_of(self, fields: Mapping[str, object]) -> Codes:
        """Return the codes of a lead's fields."""
        return tuple(column.code(fields.get(name)) for name, column in self.columns.items())

    def __missing__(self, key: object) -> Codes | None:
        """Read cells for the first time."""
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        fields = self._read(self._body(key))
        self[key] = codes = None if fields is None else self.codes_of(fields)
        return codes

    def _body(self, key: object) -> dict[str, str]:
        cells = key if isinstance(key, tuple) else (key,)
        told = zip(self._names, cells, strict=False)
        return {name: text for name, cell in told if (text := cell.strip())}


class _Person(_Group):
    """What an address tells: nearly every lead has another, and few have another company.

    Of a plain address all other fields follow from its domain. The company's domain itself is
    read off it; the rest, from whether it is free mail, and whose account it is.
    """

    def __init__(
        self, leads: PastLeads, places: Mapping[str, int], read: Read, owner_of: OwnerOf
    ) -> None:
        self._own = {_EMAIL, _REACH} if _DOMAIN in places else {_EMAIL, _REACH, _DOMAIN}
        super().__init__(_OF_PERSON - self._own - {_PHONE}, leads, places, read)
        if _PHONE in leads.columns:
            self.columns[_PHONE] = leads.columns[_PHONE]
        self._email, self._phone = places.get(_EMAIL), places.get(_PHONE)
        self._owner_of = owner_of
        self._companies: dict[str, tuple[str, str | None]] = {"": ("", None)}
        self._first_alike: dict[object, str] = {}

    def own_fields(self, leads: PastLeads) -> "list[_Own]":
        """Return the fields that nearly every lead has for itself."""
        of = {_EMAIL: self._address, _REACH: self._address, _DOMAIN: self._company}
        return [_Own(name, leads, of[name]) for name in sorted(self._own & set(leads.columns))]

    def codes(self, rows: Sequence[Sequence[str]]) -> Iterable[Codes | None]:
        """Return the codes of each row but its own fields; None: its cells need care."""
        return map(self._code, rows)

    def _code(self, cells: Sequence[str]) -> Codes | None:
        email = self._address(cells)
        phone = "" if self._phone is None else cells[self._phone].strip()
        if phone and (_PHONE in self.columns or not email or len(phone) > LONGEST_TEXT):
            return None
        if email and (not email.isascii() or plain_domain(email.lower()) is None):
            return None
        return self[self._traits(email)[0], self._pick(cells)]

    def _address(self, cells: Sequence[str]) -> str:
        """Return the address as it is kept: of a plain one, the case of its domain is changed."""
        local, at, domain = ("" if self._email is None else cells[self._email].strip()).rpartition(
            "@"
        )
        return f"{local}{at}{domain.lower()}"

    def _company(self, cells: Sequence[str]) -> str | None:
        return self._traits(self._address(cells))[1]

    def _traits(self, email: str) -> tuple[str, str | None]:
        """Return the first domain that is like the address's, and the company's own domain."""
        domain = email.rpartition("@")[2]
        found = self._companies.get(domain)
        if found is None:
            found = self._companies[domain] = self._read_domain(domain)
        return found

    def _read_domain(self, domain: str) -> tuple[str, str | None]:
        if plain_domain(f"anybody@{domain}") is None:
            return "", None  # of an address that needs care
        registered = registered_domain(domain) or domain
        company = None if is_free_mail(registered) else registered
        kept = domain if _DOMAIN in self.columns else ""
        traits = company and (kept, self._owner_of(company))
        return self._first_alike.setdefault(traits, domain), company

    def _body(self, key: object) -> dict[str, str]:
        assert isinstance(key, tuple)
        domain, cells = key
        return super()._body(cells) | ({_EMAIL: f"anybody@{domain}"} if domain else {})


class _Own(_Group):
    """A field that is worked out for each row, which is plain or lacks it."""

    def __init__(
        self, name: str, leads: PastLeads, of: Callable[[Sequence[str]], str | None]
    ) -> None:
        super().__init__({name}, leads, {}, _nothing)
        (self._column,) = self.columns.values()
        self._of = of

    def codes(self, rows: Sequence[Sequence[str]]) -> Iterable[Codes]:
        """Return the code of each row's value."""
        code, of = self._column.code, self._of
        return [(code(of(cells) or None),) for cells in rows]


def _whole(found: tuple[Codes | None, ...]) -> tuple[Codes, ...] | None:
    return None if None in found else found  # type: ignore[return-value]


def _nothing(_: object) -> None:
    return None
