"""A file of past leads: read as live leads are; each bad row says what to do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handoff.backtest import fields_read
from handoff.intake.csv_rows import read_csv_records
from handoff.replay.history import BadTime, History, read_time
from handoff.replay.past import instant
from tests.handoff.samples import design, directory

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HEADER = "Id,Email,Created,Country,Employees,Score,Account owner email,Hue"


def read(*lines: str, header: str = HEADER) -> tuple[History, list[tuple[str, ...]]]:
    """Return a history of these lines, and what is wrong with those that cannot be read."""
    names, records = read_csv_records("\n".join((header, *lines)).splitlines(keepends=True))
    history = History(
        header=names,
        asked={"arrived_at": "Created"},
        fields=fields_read(design().binding.routing),
        zone=NEW_YORK,
        directory=directory(),
        owner_of={"known.com": "UFAY"}.get,
        now=NOW,
    )
    return history, [wrong for _, wrong in history.take(records)]


def test_fields_are_those_that_rules_see_live() -> None:
    """Numbers, countries, work addresses and owners are read; times without a zone are local."""
    history, wrong = read(
        "7,jane@acme.com,2026-08-03 10:00,Germany,1000-5000,70.5,UDANA@EXAMPLE.COM,red",
        "8,joe@known.com,2026-08-03T10:00:00Z,,,,,",
        "9,jim@gmail.com,1785765600,,,,nobody@example.com,",
    )

    assert wrong == []
    first, second, third = (history.leads.fields(index) for index in range(3))
    assert first["employees"] == 1000
    assert first["score"] == 70
    assert first["account_owner"] == "UDANA"
    assert first["work_email"] is True
    assert second["account_owner"] == "UFAY"  # the owner of the company's account
    assert third["work_email"] is False
    assert "account_owner" not in third
    assert [instant(at).isoformat() for at in history.leads.arrived] == [
        "2026-08-03T14:00:00+00:00",
        "2026-08-03T10:00:00+00:00",
        "2026-08-03T14:00:00+00:00",
    ]
    assert history.leads.ids == ["7", "8", "9"]


def test_columns_and_fields_without_a_partner_are_named() -> None:
    """So that nobody takes a result for whole that lacks half of the rules' fields."""
    history, _ = read()

    unknown, missing = history.notes()
    assert unknown == "Columns that no rule reads: Hue."
    assert "hand_raise" in missing
    assert "FIELD=COLUMN" in missing


def test_bad_rows_say_what_to_do() -> None:
    """An address, a time, a score, the number of cells: each by the field's name."""
    history, wrong = read(
        "1,nope,2026-08-03 10:00,,,,,",
        "2,a@b.com,03/08/2026,,,,,",
        "3,a@b.com,,,,,,",
        "4,a@b.com,2026-08-03 10:00,,,300,,",
        "5,a@b.com,2027-08-03 10:00,,,,,",
        "6,a@b.com,2026-08-03 10:00,,,,,,extra",
    )

    assert [problems[0].partition(":")[0] for problems in wrong] == [
        "email",
        "arrived_at",
        "arrived_at",
        "score",
        "arrived_at",
        "has 9 cells where 8 are named",
    ]
    assert "write it like 2026-08-03 14:00" in wrong[1][0]
    assert "in the future" in wrong[4][0]
    assert len(history.leads) == 0


def test_a_lead_without_a_name_is_called_by_its_line() -> None:
    """It still needs no e-mail address: only its fields decide."""
    history, wrong = read("2026-08-03 10:00,US", header="Created,Country")

    assert wrong == []
    assert history.leads.ids == ["line 2"]
    assert [told[0][:20] for _, told in history.take([(9, ["", "US"])])] == [
        "arrived_at: is empty"
    ]
    assert len(history.notes()) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-08-03T14:00:00Z", "2026-08-03T14:00:00+00:00"),
        ("2026-08-03T14:00:00.000+02:00", "2026-08-03T12:00:00+00:00"),
        (" 2026-08-03 10:00:05 ", "2026-08-03T14:00:05+00:00"),
        ("2026-08-03", "2026-08-03T04:00:00+00:00"),
        ("2026-12-03 10:00", "2026-12-03T15:00:00+00:00"),
        ("1785765600000", "2026-08-03T14:00:00+00:00"),
    ],
)
def test_times_with_and_without_a_zone(text: str, expected: str) -> None:
    """ISO 8601 and epochs; no zone means the design's calendar, summer and winter."""
    assert read_time(text, zone=NEW_YORK).isoformat() == expected


@pytest.mark.parametrize("text", ["8/3/2026 2:00 PM", "yesterday", "0001-01-01T00:00:00+14:00"])
def test_times_that_could_be_mistaken_are_refused(text: str) -> None:
    """A day and a month in another order are never guessed."""
    with pytest.raises(BadTime, match="write it like"):
        read_time(text, zone=NEW_YORK)
