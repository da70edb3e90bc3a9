"""The directory's views and the Home tab at their widest, checked as strictly as Slack does."""

from datetime import date

import pytest

from bot.blocks.define.chooser import DraftLine
from bot.blocks.home import DesignSummary, WaitingLine, home_view
from bot.blocks.team import (
    TeamPlace,
    hours_view,
    pod_view,
    read_team_place,
    roles_refused,
    roles_view,
    setup_view,
    team_view,
    time_off_view,
)
from bot.ids import Action
from bot.sandbox.validate import check_home, check_modal
from handoff.directory import CalendarSpec, Directory, Pod, PodMember, Role, TimeOff
from handoff.lead import LeadState
from handoff.lead_card import LeadCard
from tests.bot.blocks.define.reading import words
from tests.handoff.samples import AS_OF

LONG = "<!channel> & a very long name " * 6
KEYS = tuple(f"U{n:03}" for n in range(30))
PLACE = TeamPlace(revision=4, subject="x" * 80, draft="draft_01", parent="V1")
CROWD = Directory(
    roles={role: (*KEYS, "S0GROUP", "late@example.com") for role in Role},
    calendars=tuple(
        CalendarSpec(name=f"c{n}", timezone="UTC", hours={"mon-fri": "09:00-18:00"}, holidays="US")
        for n in range(30)
    ),
    pods=tuple(
        Pod(
            name=f"pod {n} {LONG}"[:200],
            segments=("enterprise", "fintech"),
            manager="U001",
            members=tuple(PodMember(person=key, weight=2) for key in KEYS),
        )
        for n in range(60)
    ),
)
AWAY = TimeOff(person="U001", first=date(2026, 12, 24), last=date(2026, 12, 31))


def test_the_overview_of_a_large_team_fits() -> None:
    """At most a hundred blocks, however many pods, calendars and absences there are."""
    view = team_view(
        directory=CROWD,
        absences=[(f"off_{n}", AWAY) for n in range(80)],
        names={key: LONG for key in KEYS},
        place=PLACE,
        may_set_roles=False,
        notice="Saved.",
    )

    check_modal(view)
    assert "<!subteam^S0GROUP>" in words(view)
    assert "late@example.com" in words(view)
    assert "<!channel>" not in words(view)


def test_the_overview_of_an_empty_team_fits() -> None:
    """Nobody yet is said in words."""
    view = team_view(directory=Directory(), absences=[], names={}, place=PLACE, may_set_roles=True)

    check_modal(view)
    assert "*CRO*: _nobody yet_" in words(view)


def test_every_editor_fits() -> None:
    """Full and empty."""
    views = [
        roles_view(directory=CROWD, names={}, place=PLACE),
        roles_view(directory=Directory(), names={}, place=PLACE),
        pod_view(pod=CROWD.pods[0], details="d" * 3000, place=PLACE),
        pod_view(pod=None, details="", place=PLACE, segment="enterprise"),
        hours_view(calendar=CROWD.calendars[0], place=PLACE),
        hours_view(calendar=None, place=PLACE),
        time_off_view(place=PLACE, person=None),
        setup_view(proposal=CROWD, names={}, place=PLACE, may_set_roles=True, admins=KEYS),
        setup_view(
            proposal=Directory(),
            names={},
            place=TeamPlace(revision=0),
            may_set_roles=False,
            admins=(),
        ),
    ]

    for view in views:
        check_modal(view)


def test_the_refusal_names_whom_to_ask() -> None:
    """Three admins at most, or an admin in general."""
    assert "<@U000> or <@U001> or <@U002> to open" in roles_refused(KEYS)
    assert "an admin of this workspace" in roles_refused(())


@pytest.mark.parametrize("metadata", ["", "3", "{}", '{"revision": "x"}'])
def test_junk_is_no_place(metadata: str) -> None:
    """Only what the app wrote is read."""
    assert read_team_place(metadata) is None
    assert read_team_place(PLACE.dump()) == PLACE


def test_a_full_home_tab_fits() -> None:
    """At most a hundred blocks; what does not fit is counted."""
    waiting = [
        WaitingLine(
            design=f"ENT-{n}",
            version=2,
            title=LONG,
            content_hash="h",
            channel="C1",
            sent_at=AS_OF,
        )
        for n in range(30)
    ]
    view = home_view(
        waiting=waiting,
        drafts=[
            DraftLine(id=f"d{n}", title=LONG, step="brief", updated_at=AS_OF) for n in range(30)
        ],
        designs=[
            DesignSummary(
                design=f"ENT-{n}", title=LONG, state="active", latest_version=2, running="active"
            )
            for n in range(30)
        ],
        has_directory=False,
    )

    check_home(view)
    assert words(view).count("and 18 more") == 3
    assert "not set up yet" in words(view)


def test_a_home_tab_with_too_much_cuts_nothing_in_two() -> None:
    """Each list says that there is more, and the last design that is shown has its buttons."""
    leads = [
        LeadCard(lead=f"lead_{n}", state=LeadState.ASSIGNED, fields={}, owner="U1")
        for n in range(13)
    ]
    waiting = [
        WaitingLine(
            design=f"ENT-{n}", version=1, title="t", content_hash="h", channel=None, sent_at=AS_OF
        )
        for n in range(13)
    ]
    designs = [
        DesignSummary(design=f"ENT-{n}", title="t", state="s", latest_version=1, running=None)
        for n in range(13)
    ]
    drafts = [DraftLine(id=f"d{n}", title="t", step="brief", updated_at=AS_OF) for n in range(13)]

    view = home_view(
        waiting=waiting,
        drafts=drafts,
        designs=designs,
        has_directory=False,
        leads=leads,
        refused=2,
    )

    check_home(view)
    *_, last, more = view["blocks"]
    assert last["elements"][0]["action_id"] == Action.PACKET_OPEN
    assert more["elements"][0]["text"] == "and 5 more"
    assert "and more, which move up" in words(view)
    assert words(view).count("and 1 more") == 2
