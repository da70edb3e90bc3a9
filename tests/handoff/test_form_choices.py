"""What the form offers, and who is found for leadership."""

import pytest

from handoff.defaults.form import default_draft
from handoff.directory import Directory
from handoff.form_choices import form_choices, leadership_options, names_of
from handoff.form_data import DraftData
from tests.handoff.team import person, revenue_team
from tests.handoff.test_form import TODAY

TEAM = revenue_team()


def test_pods_of_the_segment_come_first() -> None:
    """The others are offered after them, none is left out."""
    data = default_draft(segment=None, goal=None, directory=TEAM, as_of=TODAY)
    smb = data.model_copy(update={"brief": data.brief.model_copy(update={"segment": "smb"})})

    assert [c.value for c in form_choices(data=data, directory=TEAM).pods] == [
        "enterprise-east",
        "smb",
    ]
    assert [c.value for c in form_choices(data=smb, directory=TEAM).pods] == [
        "smb",
        "enterprise-east",
    ]


def test_only_holders_may_be_picked_as_approvers() -> None:
    """In order, with who is in charge and who stands in."""
    offered = form_choices(data=DraftData(), directory=TEAM)

    shown = [(c.value, c.label, c.description) for c in offered.revops_approvers]
    assert shown == [("U01RIA", "Ria", "in charge"), ("U02BEN", "Ben", "substitute")]
    assert [c.value for c in offered.sales_approvers] == ["U03SAM"]


def test_what_the_draft_holds_stays_on_offer() -> None:
    """A field or need that nothing else offers is not lost when the form is shown again."""
    data = DraftData()
    data = data.model_copy(
        update={
            "qualification": data.qualification.model_copy(
                update={"blocking_fields": ("shoe_size",)}
            ),
            "capacity": data.capacity.model_copy(update={"dependencies": ("Legal review",)}),
        }
    )

    offered = form_choices(data=data, directory=TEAM)

    assert "shoe_size" in [c.value for c in offered.lead_fields]
    assert "Legal review" in [c.value for c in offered.needs]


def test_an_empty_directory_offers_the_catalogue() -> None:
    """Segments, goals, fields and owner models do not depend on a team."""
    offered = form_choices(data=DraftData(), directory=Directory())

    assert len(offered.segments) == 4
    assert len(offered.goals) == 4
    assert offered.pods == offered.sales_approvers == ()
    assert len(offered.calendars) == 1  # a select without options is refused by Slack


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sa", ["@sales-leads", "Sam"]),
        ("@sales", ["@sales-leads"]),
        ("SAM@EXAMPLE.COM", ["Sam"]),
        ("lea", ["@leavers", "@sales-leads"]),  # who starts with it first; Lea has left
        ("gus", []),  # a guest
        ("robo", []),  # an app
    ],
)
def test_leadership_is_found_by_name_address_and_handle(query: str, found: list[str]) -> None:
    """People and groups whose name fits, those that start with the query first."""
    assert [c.label for c in leadership_options(query=query, directory=TEAM)] == found


def test_leadership_never_offers_more_than_slack_takes() -> None:
    """An answer holds at most 100 options."""
    crowd = Directory(people=tuple(person(f"U{n:04}", f"Person {n}") for n in range(250)))

    assert len(leadership_options(query="", directory=crowd)) == 100


def test_names_are_of_people_and_groups() -> None:
    """A group is shown with its at sign."""
    names = names_of(directory=TEAM)

    assert (names["U01RIA"], names["S01ALL"]) == ("Ria", "@sales-leads")
