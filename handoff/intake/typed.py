"""What a person typed about a lead: what cannot be read is told while the form is still open.

Sources send what they have, so there such a value is kept as it came and counts as missing; a
person can still mend it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from handoff.intake.arriving import NotUnderstood, Problem, read_lead, read_number
from handoff.intake.contact import read_country, read_phone

_COUNTRY = "is no country that I know; write its English name or its two letters, such as GB"
_EMPLOYEES = "is no number; write one, or a range such as 500-1000"
_PHONE = (
    "is no number that I can dial; write it with + and the code of its country, or put it into "
    "the note"
)


def typed_problems(*, fields: Mapping[str, object], now: datetime) -> tuple[Problem, ...]:
    """Return all that is wrong with a lead if something could not be read, else nothing.

    Args:
        fields: As they were typed.
        now: The instant of its receipt, UTC-aware.
    """
    unread = tuple(_unread(fields))
    if not unread:
        return ()
    try:
        read_lead(body={**fields, "external_id": "typed"}, now=now)
    except NotUnderstood as exc:
        return (*exc.problems, *unread)
    return unread


def _unread(fields: Mapping[str, object]) -> Iterator[Problem]:
    told = {name: str(value).strip() for name, value in fields.items()}
    country = read_country(told.get("country", ""))
    if told.get("country") and country is None:
        yield Problem(pointer="/country", detail=_COUNTRY)
    if told.get("phone") and read_phone(told["phone"], country=country) is None:
        yield Problem(pointer="/phone", detail=_PHONE)
    if told.get("employees") and read_number(told["employees"]) is None:
        yield Problem(pointer="/employees", detail=_EMPLOYEES)
