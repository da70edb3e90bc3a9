"""Columns of exported files: known by their usual names, mapped on request, named when unknown."""

import pytest

from handoff.intake.columns import (
    BadColumns,
    crm_columns,
    map_columns,
    misspelt_columns,
    parse_mapping,
)

WANTED = frozenset(
    {"employees", "score", "title", "work_email", "region", "tier", "account_owner"}
)
HUBSPOT = (
    "Record ID",
    "Email",
    "First Name",
    "Company name",
    "Create Date",
    "Country/Region",
    "Number of Employees",
    "HubSpot Score",
    "Job Title",
    "Original Source",
    "Lifecycle Stage",
)
SALESFORCE = (
    "Id",
    "Email",
    "FirstName",
    "Company",
    "CreatedDate",
    "CountryCode",
    "NumberOfEmployees",
    "Lead Score",
    "Title",
    "LeadSource",
    "Website",
)
PLAIN = (
    "external_id",
    "email",
    "first_name",
    "company",
    "arrived_at",
    "country",
    "employees",
    "score",
    "title",
    "lead_source",
)
CORE = {"external_id", "email", "company", "arrived_at", "country", "employees", "score", "title"}


@pytest.mark.parametrize("header", [HUBSPOT, SALESFORCE, PLAIN], ids=["hubspot", "sf", "plain"])
def test_usual_names_are_known(header: tuple[str, ...]) -> None:
    """Exports of HubSpot and Salesforce, and our own names, need no mapping."""
    found = map_columns(header=header, asked={}, wanted=WANTED)

    assert set(found.fields.values()) >= CORE
    assert found.unknown == ()
    assert found.missing == ("account_owner", "tier")


def test_what_the_person_says_counts_before_names() -> None:
    """A mapped column is the field, and another column of its name is not."""
    asked = parse_mapping('score = Fit grade\nArrived At="Became MQL"\naccount_owner_email=AE')

    found = map_columns(
        header=("Email", "Score", "fit grade", "Became MQL", "Create Date", "AE", "Tier", "Hue"),
        asked=asked,
        wanted=WANTED,
    )

    assert found.fields["fit grade"] == "score"
    assert found.fields["Became MQL"] == "arrived_at"
    assert "Score" not in found.fields
    assert found.fields["Tier"] == "tier"  # no field of ours, but a rule reads it
    assert found.unknown == ("Score", "Create Date", "Hue")
    assert "account_owner" not in found.missing


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "No column says when the leads came in"),
        ({"arrived_at": "Begn on"}, "Did you mean “Begun on”"),
        ({"arrived_at": "zzz"}, "There is no column “zzz”. There are: Email, Begun on."),
    ],
)
def test_columns_that_cannot_be_used(asked: dict[str, str], says: str) -> None:
    """The message names what is there and what to write."""
    with pytest.raises(BadColumns, match=says.replace(".", r"\.")):
        map_columns(header=("Email", "Begun on"), asked=asked, wanted=WANTED)


@pytest.mark.parametrize("text", ["score", "=x", "score="])
def test_a_mapping_has_two_sides(text: str) -> None:
    """Anything else is refused with an example."""
    with pytest.raises(BadColumns, match="must be FIELD=COLUMN"):
        parse_mapping(text)


def test_an_import_reads_the_columns_of_crm_exports() -> None:
    """A field's own column counts more; when it came and who owns the account are left alone."""
    header = (
        "Record ID",
        "Email Address",
        "Telephone",
        "phone",
        "Create Date",
        "Account Owner ID",
    )

    assert crm_columns(header) == {"Record ID": "external_id", "Email Address": "email"}
    assert crm_columns(("Lead ID", "Record ID", "Plan")) == {"Lead ID": "external_id"}


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("E-mial", "email"),
        ("Contry", "country"),
        ("Emplyees", "employees"),
        ("Email Adress", "email"),
        ("Plan", None),
        ("Segment", None),
        ("Phone 2", None),
        ("email", None),
    ],
)
def test_a_misspelt_column_is_told_with_the_field_it_is_nearly(
    column: str, field: str | None
) -> None:
    """Only if that field has no column of its own."""
    found = misspelt_columns(("external_id", "phone", column))

    assert found == ({} if field is None else {column: field})
