"""One tap on a risk changes the brief at the place that the risk names."""

from datetime import date

import pytest
from pydantic import ValidationError

from handoff.brief_change import UnknownPath, apply_change
from handoff.sla.model import ProposedChange
from tests.handoff.samples import brief, design


def test_a_change_lands_at_its_path() -> None:
    """Everything else stays as it was."""
    changed = apply_change(brief=brief(), change=_change("go_live", "2026-04-01"))

    assert changed == brief(go_live=date(2026, 4, 1))


@pytest.mark.parametrize(("minutes", "a_minutes"), [(20, 20), (60, 30), (240, 30)])
def test_band_a_is_never_slower_than_the_sla(minutes: int, a_minutes: int) -> None:
    """The target of band A is the smaller of both."""
    targets = apply_change(
        brief=brief(), change=_change("targets.response_sla_minutes", minutes)
    ).targets

    assert (targets.response_sla_minutes, targets.a_minutes) == (minutes, a_minutes)


@pytest.mark.parametrize("path", ["nothing", "targets.nothing", "go_live.year", "people.pods.x"])
def test_an_unknown_place_is_refused(path: str) -> None:
    """A change never adds a field."""
    with pytest.raises(UnknownPath) as caught:
        apply_change(brief=brief(), change=_change(path, 1))

    assert caught.value.path == path


def test_a_value_that_does_not_fit_is_refused() -> None:
    """The changed brief is as valid as any other."""
    with pytest.raises(ValidationError):
        apply_change(brief=brief(), change=_change("targets.response_sla_minutes", -1))


def test_the_proposed_go_live_takes_the_risk_away() -> None:
    """A proposal, applied, passes."""
    short = design(brief=brief(go_live=date(2026, 3, 5)))
    (change,) = [risk.change for risk in short.feasibility.risks if risk.change]

    better = design(brief=apply_change(brief=short.brief, change=change))

    assert better.feasibility.risks == ()


def _change(path: str, value: int | str) -> ProposedChange:
    return ProposedChange(path=path, value=value, label="change")
