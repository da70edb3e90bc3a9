"""Capacity notes: what is certain is read, the rest is told, nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.capacity_notes import apply_reading, read_capacity
from handoff.form_data import CapacityStep


def test_the_contracts_example_is_read_whole() -> None:
    """The notes of the contract give all five figures, each with a line to confirm."""
    reading = read_capacity("6 SDRs, 2 AEs, ~45 leads/day, 12 min each, 60% of their time")

    assert reading.reps == {"sdr": 6, "ae": 2}
    assert reading.leads_per_week == 225
    assert reading.handling_minutes == 12
    assert reading.time_available_percent == 60
    assert reading.lines == (
        "6 SDRs",
        "2 AEs",
        "45 leads a day, which is 225 a week (5 working days)",
        "12 minutes for each lead",
        "60% of working time for leads",
    )
    assert reading.ignored == ()


@pytest.mark.parametrize(
    ("text", "leads", "minutes", "share", "reps"),
    [
        ("", None, None, None, {}),
        ("200 leads per week", 200, None, None, {}),
        ("1,200 leads a week", 1200, None, None, {}),
        ("1.200 MQLs/wk", 1200, None, None, {}),
        ("1.5k leads/week", 1500, None, None, {}),
        ("45/day", 225, None, None, {}),
        ("about 520 inbound leads a month", 120, None, None, {}),
        ("leads per week: 180", 180, None, None, {}),
        ("8 minutes per lead", None, 8, None, {}),
        ("1.5 h per lead", None, 90, None, {}),
        ("0.125 h per lead", None, 7.5, None, {}),
        ("0,375 hours each", None, 22.5, None, {}),
        ("handling time: 25 min", None, 25, None, {}),
        ("takes 10 min on average", None, 10, None, {}),
        ("half their time", None, None, 50, {}),
        ("availability 70%", None, None, 70, {}),
        ("80 percent of working hours", None, None, 80, {}),
        ("one SDR and three senior AEs", None, None, None, {"sdr": 1, "ae": 3}),
        ("4 reps; 2 sales reps", None, None, None, {"rep": 6}),
        ("5 x BDRs\n1 CSM", None, None, None, {"bdr": 5, "csm": 1}),
        ("we have 6 account executives", None, None, None, {"ae": 6}),
    ],
)
def test_notes_are_read(
    text: str,
    leads: float | None,
    minutes: float | None,
    share: float | None,
    reps: dict[str, int],
) -> None:
    """Each way of writing a figure is read, and nothing is left over."""
    reading = read_capacity(text)

    assert reading.leads_per_week == leads
    assert reading.handling_minutes == minutes
    assert reading.time_available_percent == share
    assert reading.reps == reps
    assert reading.ignored == ()
    assert reading.is_empty == (text == "")


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("lots of leads", "lots of leads"),
        ("40-50 leads/day", "40-50 leads/day"),
        ("40 to 50 leads/day", "40 to 50 leads/day"),
        ("between 40 and 50 leads/day", "between 40 and 50 leads/day"),
        ("about 2–3 AEs", "about 2–3 AEs"),
        ("20 leads per rep per day", "20 leads per rep per day"),
        ("0 leads/day", "0 leads/day"),
        ("3 leads an hour", "3 leads an hour"),
        ("answer within 30 min", "answer within 30 min"),
        ("120% of their time", "120% of their time"),
        ("2.5 SDRs", "2.5 SDRs"),
        ("99999 h per lead", "99999 h per lead"),
        ("6 reps " * 40, ("6 reps " * 40).strip()),
        ("Bob is away on Fridays", "Bob is away on Fridays"),
    ],
)
def test_what_is_not_certain_is_told(text: str, ignored: str) -> None:
    """A range, a figure per rep or plain prose is listed as not understood."""
    reading = read_capacity(text)

    assert reading.ignored == (ignored,)
    assert reading.is_empty


def test_a_second_figure_does_not_win_silently() -> None:
    """Two different volumes: the first is taken, the second is told."""
    reading = read_capacity("45 leads/day, 300 leads/week")

    assert reading.leads_per_week == 225
    assert reading.ignored == ("300 leads/week (another figure was given before)",)


def test_a_repeated_figure_is_no_conflict() -> None:
    """The same figure twice is fine."""
    assert read_capacity("45 leads/day, 225 leads/week").ignored == ()


@pytest.mark.parametrize(
    ("notes", "typed", "line"),
    [
        ("1,000,000 leads/week", "1000000", "1,000,000 leads a week"),
        ("57692.31 leads/week", "57692.31", "57,692.31 leads a week"),
    ],
)
def test_large_figures_are_typed_as_people_write_them(notes: str, typed: str, line: str) -> None:
    """A field of numbers takes neither an exponent nor what was rounded away."""
    reading = read_capacity(notes)

    applied = apply_reading(step=CapacityStep(), reading=reading)

    assert applied.leads_per_week == typed
    assert reading.lines == (line,)


def test_confirmed_figures_are_typed_into_their_fields() -> None:
    """Only what was read changes; other fields stay as they are."""
    step = CapacityStep(notes="45 leads/day, 60% of their time", handling_minutes="25")

    applied = apply_reading(step=step, reading=read_capacity(step.notes or ""))

    assert (applied.leads_per_week, applied.time_available) == ("225", "60")
    assert (applied.handling_minutes, applied.notes) == ("25", step.notes)


@given(st.text(max_size=300))
def test_nothing_raises(text: str) -> None:
    """Whatever is written, there is an answer."""
    read_capacity(text)


@given(
    st.integers(1, 99),
    st.integers(1, 500),
    st.integers(1, 240),
    st.integers(1, 100),
    st.permutations(range(4)),
)
def test_figures_are_read_in_any_order(
    reps: int, leads: int, minutes: int, share: int, order: list[int]
) -> None:
    """The order of the notes does not matter."""
    parts = [f"{reps} SDRs", f"{leads} leads/week", f"{minutes} min each", f"{share}% of time"]

    reading = read_capacity(", ".join(parts[index] for index in order))

    assert reading.reps == {"sdr": reps}
    assert reading.leads_per_week == leads
    assert reading.handling_minutes == minutes
    assert reading.time_available_percent == share
