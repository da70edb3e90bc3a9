"""Past leads by column: each value comes out as it went in, also when others look alike."""

from datetime import UTC, datetime, timedelta, timezone

from handoff.backtest import PastLeads, fields_read
from handoff.replay.past import instant, micros
from tests.handoff.samples import design

AT = datetime(2026, 8, 3, 14, 0, 0, 123_456, tzinfo=UTC)


def test_values_that_look_alike_stay_apart() -> None:
    """1, 1.0, "1" and True mean different things to rules of text and of truth."""
    leads = PastLeads(fields=["x"])
    values = [1, 1.0, "1", True, None, False, 0, -0.0, 0.0, ["a", "b"]]

    for number, value in enumerate(values):
        leads.add(id=str(number), arrived_at=AT, fields={"x": value, "y": 1})

    found = [leads.fields(index).get("x") for index in range(len(values))]
    assert [(type(value), repr(value)) for value in found] == [
        (type(value), repr(value)) for value in values
    ]
    assert leads.has("x")
    assert not leads.has("y")


def test_they_go_by_arrival_and_then_by_id() -> None:
    """Leads of one instant go in the order of their ids, in whatever zone it was written."""
    leads = PastLeads(fields=[])
    berlin = timezone(timedelta(hours=2))
    for id, at in (("c", AT), ("z", AT - timedelta(days=1)), ("a", AT.astimezone(berlin))):
        leads.add(id=id, arrived_at=at, fields={})
    leads.add(id="b", arrived_at=AT, fields={})

    assert [leads.ids[index] for index in leads.order()] == ["z", "a", "b", "c"]


def test_instants_are_kept_to_the_microsecond() -> None:
    """Before and after the epoch."""
    for at in (AT, datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)):
        assert instant(micros(at)) == at


def test_the_fields_that_decide_are_known() -> None:
    """Entry rule, gates, rows, required fields, and what decides the band and the owner."""
    read = fields_read(design().binding.routing)

    assert {"employees", "title", "hand_raise", "score", "account_owner", "domain"} <= read
    assert "first_name" not in read
