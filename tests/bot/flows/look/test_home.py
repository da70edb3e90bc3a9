"""The words of the Home tab."""

import pytest

from bot.flows.look.home import state_of
from handoff.approval import VersionState
from handoff.defaults.catalogue import title_of
from storage.views import DesignLine


@pytest.mark.parametrize(
    ("active", "latest", "state", "blocking", "words"),
    [
        (None, None, None, 0, "Nothing was sent for sign-off yet"),
        (None, 1, VersionState.IN_REVIEW, 0, "v1 is waiting for sign-off"),
        (None, 1, VersionState.APPROVED, 3, "v1 is signed, getting ready (3 required items open)"),
        (None, 1, VersionState.APPROVED, 0, "v1 is signed, getting ready"),
        (2, 2, VersionState.ACTIVE, 0, "v2 is active"),
        (1, 2, VersionState.IN_REVIEW, 0, "v1 is active; v2 is waiting for sign-off"),
    ],
)
def test_a_design_says_what_runs_and_what_is_on_its_way(
    active: int | None, latest: int | None, state: VersionState | None, blocking: int, words: str
) -> None:
    """In plain words, the running version first."""
    line = DesignLine(
        design="ENT-1",
        segment="enterprise",
        goal="pipeline",
        active_version=active,
        latest_version=latest,
        latest_state=state,
        blocking=blocking,
    )

    assert state_of(line) == words


def test_titles_are_as_people_say_them() -> None:
    """A custom persona's key is shown as it is."""
    assert title_of("mid-market", "abm-campaign") == "Mid-market · ABM campaign"
    assert title_of("fintech", "pipeline") == "fintech · Pipeline"
