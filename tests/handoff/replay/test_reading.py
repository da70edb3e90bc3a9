"""Rows that are read by remembered values give what the whole lead, read with care, gives."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handoff.intake.arriving import IncomingLead, read_lead
from handoff.replay import reading
from handoff.replay.history import History
from tests.handoff.samples import directory

_CELLS = {
    "Id": ["1", "2", "", "x" * 300, " 7 "],
    "Email": [
        "",
        "jane@acme.com",
        " joe@known.com",
        "jim@gmail.com",
        "Jane.Doe@ACME.com",
        "\N{KELVIN SIGN}im@acme.com",
        "Joe@Known.COM",
        "anna@straße.de",
        "nope",
        "a@b.test",
        "x@xn--bcher-kva.example",
    ],
    "Domain": ["", "known.com", "https://www.acme.co.uk/x", "10.0.0.1", "gmail.com"],
    "Phone": ["", "+44 20 7946 0958", "020 7946 0958", "none", "9" * 2100],
    "Arrived at": ["2026-08-03 10:00", "2026-08-03T10:00:00Z", "", "later", "2027-01-01"],
    "Country": ["", "US", "Germany", "gb", "Atlantis"],
    "Region": ["", "EMEA", "here"],
    "Employees": ["", "20", "1000-5000", "many", "7.5", "-3"],
    "Score": ["", "70", "70.5", "300", "high"],
    "Hand raise": ["", "yes", "no", "perhaps"],
    "Source": ["", "web", "y" * 300],
    "Account owner": ["", "UDANA", "nobody"],
    "Account owner email": ["", "UDANA@EXAMPLE.COM", "who@example.com"],
    "Named rep": ["", "eli@example.com"],
    "Named rep email": ["", "fay@example.com", "UDANA"],
    "Title": ["", "VP", "t" * 2100],
    "Hue": ["", "red", "=1"],
}
_HEADER = tuple(_CELLS)
_FIELDS = (
    "email domain work_email phone country region employees score hand_raise source account_owner "
    "account_owner_email named_rep named_rep_email title hue"
)
_ARRIVED = {"Arrived at": "2026-08-03 10:00"}
_TOO_LONG = {"Email": "jane@acme.com", "Phone": "9" * 2100}


def history(fields: frozenset[str], gone: Collection[str] = ()) -> History:
    """Return the reader of a file with these columns; those that are gone have no name."""
    return History(
        header=[f"old {name}" if name in gone else name for name in _HEADER],
        asked={"region": "Region"},
        fields=fields,
        zone=ZoneInfo("America/New_York"),
        directory=directory(),
        owner_of={"known.com": "UFAY"}.get,
        now=datetime(2026, 11, 2, 12, tzinfo=UTC),
    )


@st.composite
def rows(draw: st.DrawFn) -> list[list[str]]:
    """Rows with something in a few cells, now and then in all."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        filled = draw(st.sets(st.sampled_from(_HEADER), max_size=draw(st.sampled_from([4, 17]))))
        cells = {name: draw(st.sampled_from(_CELLS[name])) for name in sorted(filled)}
        found.append(list((dict.fromkeys(_HEADER, "") | _ARRIVED | cells).values()))
    return found


@pytest.mark.untraced
@example(
    some=frozenset({"email or phone"}),
    more=frozenset(),
    gone=set(),
    rows=[list((dict.fromkeys(_HEADER, "") | _ARRIVED | _TOO_LONG).values())],
)
@settings(max_examples=400, deadline=None)
@given(
    st.sets(st.sampled_from([*_FIELDS.split(), "email or phone"])).map(frozenset),
    st.sampled_from([frozenset(), frozenset(), frozenset(), frozenset({"raw", "extra"})]),
    rows(),
    st.sets(st.sampled_from(["Id", "Email", "Domain", "Phone", "Country", "Source"])),
)
def test_quick_as_with_care(
    some: frozenset[str], more: frozenset[str], rows: list[list[str]], gone: set[str]
) -> None:
    """Whatever is in the cells, and whichever fields rules read; problems, too."""
    fields = some | more
    quick, careful = history(fields, gone), history(fields, gone)

    told = list(quick.take(enumerate(rows, start=2)))

    # a row of another length is read as a whole; an empty cell at its end does no harm
    wanted = list(careful.take((line, [*cells, ""]) for line, cells in enumerate(rows, start=2)))
    assert [(line, wrong) for (line, _), wrong in told] == [
        (line, wrong) for (line, _), wrong in wanted
    ]
    assert quick.leads.ids == careful.leads.ids
    assert quick.leads.arrived == careful.leads.arrived
    for place in range(len(quick.leads)):
        assert quick.leads.fields(place) == careful.leads.fields(place)
    assert {name: quick.leads.has(name) for name in fields} == {
        name: careful.leads.has(name) for name in fields
    }


def test_plain_rows_are_read_once_for_each_set_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three hundred people of two companies: a dozen readings, however little is remembered."""
    monkeypatch.setattr(reading, "_MOST_REMEMBERED", 2)
    bodies = []

    def counted(*, body: Mapping[str, Any], now: datetime) -> IncomingLead:
        bodies.append(body)
        return read_lead(body=body, now=now)

    monkeypatch.setattr("handoff.replay.history.read_lead", counted)
    asked = history(frozenset({"email or phone", "work_email", "score", "country"}))

    for number in range(300):
        told = {"Email": f"p{number}@{('acme.com', 'gmail.com')[number % 2]}", "Score": "70"}
        cells = dict.fromkeys(_HEADER, "") | _ARRIVED | told
        assert not list(asked.take([(number + 2, list(cells.values()))]))

    assert len(bodies) < 12
    assert asked.leads.fields(299) == {
        "email or phone": "p299@gmail.com",
        "work_email": False,
        "score": 70,
    }
