"""One tap on a risk types its proposed value into the form."""

from datetime import timedelta

import pytest

from handoff.form_changes import UnknownChange, apply_change, changes_clock, is_applicable
from handoff.form_data import DraftData, PeopleStep
from handoff.sla.model import ProposedChange

#: Path in the brief, its new value, the field of the form, and what is then typed there.
CHANGES = (
    ("targets.response_sla_minutes", 90, "brief.response_sla", "1h 30m"),
    ("targets.response_sla_minutes", 540, "brief.response_sla", "1d"),
    ("targets.attainment_target_percent", 85.0, "brief.target_percent", "85"),
    ("targets.c_minutes", 600, "qualification.cool_target", "1d 1h"),
    ("targets.clock", "elapsed", "brief.clock", "elapsed"),
    ("targets.calendar", "berlin", "brief.calendar", "berlin"),
    ("go_live", "2026-04-01", "brief.go_live", "2026-04-01"),
    ("capacity.time_available_percent", 72.5, "capacity.time_available", "72.5"),
    ("ladder.guardrail_count", 4, "people.guardrail_count", "4"),
)


@pytest.mark.parametrize(("path", "value", "field", "typed"), CHANGES)
def test_a_change_is_typed_into_its_field(
    path: str, value: float | str, field: str, typed: str
) -> None:
    """Durations as durations of the design's clock, numbers without a trailing zero."""
    change = ProposedChange(path=path, value=value, label="try this")

    data = apply_change(data=DraftData(), change=change, day=timedelta(hours=9))

    step, _, name = field.partition(".")
    assert is_applicable(change)
    assert getattr(getattr(data, step), name) == typed


def test_changes_that_help_together_are_typed_together() -> None:
    """A clock that counts every hour, and the response SLA that holds on it, in hours."""
    longer = ProposedChange(path="targets.response_sla_minutes", value=3900, label="try this")
    change = ProposedChange(path="targets.clock", value="elapsed", label="try", also=(longer,))

    data = apply_change(data=DraftData(), change=change)

    assert (data.brief.clock, data.brief.response_sla) == ("elapsed", "65h")
    assert is_applicable(change)
    assert changes_clock(change)
    assert not changes_clock(longer)
    unknown = ProposedChange(path="people.fallback", value="USAM", label="try this")
    assert not is_applicable(change.model_copy(update={"also": (unknown,)}))


def test_a_pod_is_added_once() -> None:
    """The pods that were picked stay, and the proposed one joins them."""
    change = ProposedChange(path="people.pods", value="west", label="try this")
    data = apply_change(data=DraftData(people=PeopleStep(pods=("east",))), change=change)

    assert data.people.pods == ("east", "west")
    assert apply_change(data=data, change=change) == data


def test_a_change_without_a_field_is_refused() -> None:
    """A path that the form does not show names itself."""
    change = ProposedChange(path="people.fallback", value="USAM", label="try this")

    assert not is_applicable(change)
    with pytest.raises(UnknownChange, match=r"people\.fallback"):
        apply_change(data=DraftData(), change=change)
