"""Routing rows as text: written, read back, and refused with the line that is wrong."""

import pytest

from handoff.brief import Band, OnMissing, OwnerModel
from handoff.form_data import RowText
from handoff.routing.conditions import parse_rule
from handoff.routing.rules import RoutingRow
from handoff.row_text import BadRow, format_rows, in_fields, read_rows

PODS = ("east", "west wing")
PEOPLE = {"U1": "Sam Whitfield", "U2": "Dana Lopez", "U3": "Dana Smith"}


def row(when: str, model: OwnerModel, **more: str) -> RoutingRow:
    """Return a row of a design."""
    targets = dict.fromkeys(Band, 60)
    usual = {"fallback": "U1", "id": "r1", "name": "A row", "on_missing": OnMissing.FALLBACK}
    fields = usual | {"band_targets": targets} | more
    return RoutingRow.model_validate({"when": parse_rule(when), "owner_model": model, **fields})


def read(text: str) -> tuple[RowText, ...] | None:
    """Read rows of the small team."""
    return read_rows(text=text, pods=PODS, people=PEOPLE)


def test_rows_are_written_and_read_back() -> None:
    """What the editor shows is what it saves when nothing is changed."""
    rows = [
        row("country in [US, CA] and employees >= 5000", OwnerModel.ROUND_ROBIN, pod="east"),
        row("account_owner is set", OwnerModel.ACCOUNT_OWNER),
        row("tier = 1", OwnerModel.NAMED_REP, named_rep="U2"),
        row("always", OwnerModel.LEAST_LOADED, pod="west wing", fallback="U3"),
    ]

    text = format_rows(rows=rows, names=PEOPLE)

    assert text.splitlines()[-1] == "otherwise → least_loaded → west wing → Dana Smith"
    assert read(text) == (
        RowText(
            when="country in [US, CA] and employees >= 5000",
            owner_model="round_robin",
            pod="east",
            fallback="U1",
        ),
        RowText(when="account_owner is set", owner_model="account_owner", fallback="U1"),
        RowText(when="tier = 1", owner_model="named_rep", named_rep="U2", fallback="U1"),
        RowText(when="", owner_model="least_loaded", pod="west wing", fallback="U3"),
    )


@pytest.mark.parametrize("arrow", ["→", "->", "=>", " | "])
def test_every_arrow_will_do(arrow: str) -> None:
    """A keyboard has no arrow key for this."""
    assert read(f"ELSE{arrow}Round Robin{arrow}EAST{arrow}@sam") == (
        RowText(when="", owner_model="round_robin", pod="east", fallback="U1"),
    )


@pytest.mark.parametrize("choice", OnMissing)
def test_a_row_says_what_happens_when_a_field_is_missing(choice: OnMissing) -> None:
    """In words after the fallback; the fallback itself goes without saying."""
    text = format_rows(
        rows=[row("always", OwnerModel.POD, pod="east", on_missing=choice)], names=PEOPLE
    )

    assert text.endswith("Sam Whitfield") == (choice is OnMissing.FALLBACK)
    (read_back,) = read(text) or ()
    assert read_back.on_missing == choice


@pytest.mark.parametrize("longest", [40, 57, 200, 3000])
def test_rows_fit_into_fields_and_none_is_cut_off(longest: int) -> None:
    """A row that is longer than a field goes on in the next line, after a mark."""
    listed = ", ".join(f"town {number}" for number in range(60))
    written = (
        f'city in [{listed}] or name = "{"x" * 90}" → round_robin → east → Sam Whitfield\n'
        "otherwise → account_owner → - → Dana Lopez"
    )

    parts = in_fields(text=written, longest=longest)

    assert all(len(part) <= longest for part in parts)
    assert read("\n".join(parts)) == read(written)


def test_a_mark_in_a_name_is_no_mark() -> None:
    """What becomes of leads that lack a field is said after a name that ends with one."""
    names = PEOPLE | {"U9": "Bo \\"}
    rows = [row("always", OwnerModel.ACCOUNT_OWNER, fallback="U9")] * 2

    found = read_rows(text=format_rows(rows=rows, names=names), pods=PODS, people=names)

    assert [one.fallback for one in found or ()] == ["U9", "U9"]


@pytest.mark.parametrize("text", ["", "  \n \n"])
def test_no_rows_means_the_drafted_ones(text: str) -> None:
    """An empty editor goes back to what the drafter makes."""
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("otherwise", "Row 1: needs two to five parts"),
        ("otherwise → pod → east → Sam → fallback → more", "Row 1: needs two to five parts"),
        (
            "otherwise → pod → east → Sam → wait",
            "There are: route anyway, fallback, ask marketing",
        ),
        ("otherwise → rotation → east", "“rotation” is no owner model"),
        ("otherwise → round_robin → north", "there is no pod “north”. There are: east, west wing"),
        ("otherwise → round_robin", "round_robin needs a pod"),
        ("otherwise → round_robin → east → Zoe", "nobody here is called “Zoe”"),
        ("otherwise → round_robin → east → Dana", "several people are called “Dana”"),
        ("employees >= → round_robin → east", "Row 1:"),
        ("a = 1 → account_owner\nb = → account_owner", "Row 2:"),
        ("otherwise → account_owner\n" * 41, "There are 41 rows"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text: str, told: str) -> None:
    """With its number, what is wrong, and what there is."""
    with pytest.raises(BadRow) as caught:
        read(text)

    assert told in str(caught.value)
