"""Which column of an exported file is which field: by its name, or as the person says.

Source: crm-intake.md section 5; the names of HubSpot's and Salesforce's fields and exports.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from handoff.defaults.catalogue import catalogue
from handoff.intake.arriving import field_name

ARRIVED_AT = "arrived_at"
"""When a past lead came in."""

_ALSO = {
    ARRIVED_AT: (
        "arrived_at submitted_at created_at createdat createdate create_date created_date "
        "createddate creation_date created created_on date_created timestamp"
    ),
    "external_id": "id lead_id record_id hs_object_id contact_id vid",
    "email": "email_address e_mail work_email_address",
    "first_name": "first",
    "last_name": "last",
    "phone": "telephone mobile_phone mobilephone",
    "company": "company_name company_account account_name",
    "domain": "website_url hs_email_domain email_domain",
    "country": "country_code countrycode country_region",
    "state": "state_code statecode state_region state_province",
    "employees": "no_of_employees num_employees",
    "revenue": "annual_revenue annualrevenue",
    "lead_source": "hs_analytics_source original_source",
    "stage": "lifecyclestage lifecycle_stage",
    "score": "hubspotscore hubspot_score lead_score hs_lead_score",
    "account_owner": "account_owner_id",
}
_NOT_BY_CRM = (ARRIVED_AT, "account_owner")
_NEAR = 0.8
_FIELD = {name: field for field, names in _ALSO.items() for name in names.split()}


class BadColumns(ValueError):
    """The columns of a file cannot be used as asked; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a file are.

    Attributes:
        fields: By the name of the column, the field that it holds.
        unknown: Columns that are no field, or one that another column is, in their order.
        missing: Fields that were asked for and that no column holds.
    """

    fields: Mapping[str, str]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def map_columns(
    *, header: Sequence[str], asked: Mapping[str, str], wanted: Collection[str]
) -> Columns:
    """Tell which column is which field.

    Args:
        header: Names of the columns.
        asked: Columns by field, as the person says; they count before any name.
        wanted: Fields that decide what becomes of a lead.

    Raises:
        BadColumns: if an asked column is not there, or none says when leads came in.
    """
    chosen = {_column(header, name): field for field, name in asked.items()}
    taken = set(chosen.values())
    unknown = []
    for column in header:
        if not column or column in chosen:
            continue
        field = _field_of(column, wanted)
        if field is None or field in taken:
            unknown.append(column)
        else:
            taken.add(field)
            chosen[column] = field
    if ARRIVED_AT not in taken:
        raise BadColumns(
            "No column says when the leads came in. Name one `arrived_at`, or say which it is, "
            f"like arrived_at={_quoted(next(iter(unknown), 'Created'))}."
        )
    found = _derived(taken)
    missing = tuple(sorted(name for name in wanted if name not in found))
    return Columns(fields=chosen, unknown=tuple(unknown), missing=missing)


def names_a_lead(header: Sequence[str]) -> bool:
    """Tell whether any column is a field of a lead; if none is, a file may have no header."""
    return any(_field_of(column, ()) is not None for column in header)


def crm_columns(header: Sequence[str]) -> dict[str, str]:
    """Return the columns that an import reads under another name, each with the name of its field.

    Those are the names of CRM exports, like `Email Address`; a field's own column counts most.
    When a lead came in and who owns its account are left alone: a CRM can mean something else.
    """
    taken = {field_name(column) for column in header}
    found: dict[str, str] = {}
    for column in header:
        field = _FIELD.get(_plain(column))
        if field is not None and field not in {*_NOT_BY_CRM, *taken, *found.values()}:
            found[column] = field
    return found


def misspelt_columns(header: Sequence[str]) -> dict[str, str]:
    """Return the columns that are no field, each with the missing field that it is nearly."""
    fields = {column: _field_of(column, ()) for column in header if column}
    names = {name: name for name in _known()} | _FIELD
    missing = [name for name, field in names.items() if field not in fields.values()]
    near = {
        column: get_close_matches(_plain(column), missing, n=1, cutoff=_NEAR)
        for column, field in fields.items()
        if field is None
    }
    return {column: names[found[0]] for column, found in near.items() if found}


def parse_mapping(text: str) -> dict[str, str]:
    """Read `OURS=COLUMN`, several of them on lines of their own.

    Raises:
        BadColumns: if a line is something else.
    """
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        ours, sign, column = line.partition("=")
        if not sign or not ours.strip() or not column.strip():
            raise BadColumns(f"“{line}” must be FIELD=COLUMN, like score=HubSpot Score.")
        field = _plain(ours)
        found[_FIELD.get(field, field_name(field))] = column.strip().strip('"“”')
    return found


def _column(header: Sequence[str], name: str) -> str:
    """Return the column of that name, in whatever case."""
    by_name = {column.casefold(): column for column in header}
    found = by_name.get(name.casefold())
    if found is None:
        near = get_close_matches(name.casefold(), list(by_name), n=1)
        hint = f" Did you mean {_quoted(by_name[near[0]])}?" if near else ""
        there = ", ".join(filter(None, header))
        raise BadColumns(f"There is no column {_quoted(name)}.{hint} There are: {there}.")
    return found


def _field_of(column: str, wanted: Collection[str]) -> str | None:
    plain = _plain(column)
    name = _FIELD.get(plain) or field_name(plain)
    name = _FIELD.get(name, name)
    return name if name in wanted or name in _known() else None


def _known() -> frozenset[str]:
    fields = (field.name for field in catalogue().lead_fields)
    more = (ARRIVED_AT, "external_id", "source", "account_owner_email", "named_rep_email")
    return frozenset((*fields, *more)) - {"work_email", "region"}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().casefold()).strip("_")


def _derived(taken: Collection[str]) -> frozenset[str]:
    """Return the fields that are known when these are."""
    found = set(taken)
    if "email" in found:
        found |= {"work_email", "domain"}
    if "country" in found:
        found.add("region")
    found |= {name.removesuffix("_email") for name in found if name.endswith("_email")}
    if found & {"email", "phone"}:
        found.add("email or phone")
    return frozenset((*found, "source"))


def _quoted(name: str) -> str:
    return f"“{name}”"
