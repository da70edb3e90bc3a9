from bot.sandbox.person import Person
from bot.sandbox.views import View
from storage import directory as directories
from tests.support.forms import block_of, fill, front, text_of, value_of, walk_to
from tests.support.house import House
from tests.support.team import meet_people

ROLE = "team.role"


def team_of(house: House, name: str) -> Person:
    """Let somebody open the team."""
    person = house.person(name)
    person.command("#enterprise-handoff", "/handoff team")
    return person


def saved(house: House) -> directories.DirectoryRevision:
    """Return the directory as it is stored."""
    with house.app.database.read() as connection:
        return directories.load(connection, workspace=house.workspace)


def button(view: View, action: str, words: str) -> str:
    """Return the block id of the section that has some words and a button."""
    return next(
        block["block_id"]
        for block in view.blocks
        if words in block.get("text", {}).get("text", "")
        and block.get("accessory", {}).get("action_id") == action
    )


def test_the_first_command_leads_through_the_set_up_and_back(empty_house: House) -> None:
    """Without a directory the form is no dead end: set up from a proposal, then go on."""
    meet_people(empty_house)
    ria = empty_house.person("ria")

    ria.command("#pod-enterprise-east", "/define-handoff --segment enterprise --response-sla 3h")
    assert front(ria).title == "Set up your team"
    members = value_of(front(ria), "team.pod.members")
    assert empty_house.person("dana").id in members  # type: ignore[operator]
    errors = ria.submit(
        None,
        {
            "team.role:revops_approver": ["ria"],
            "team.role:sales_approver": ["sam"],
            "team.role:revops_director": ["ben"],
            "team.role:sales_manager": ["sam"],
            "team.role:cro": ["cleo"],
            "team.pod.name": "enterprise-east",
            "team.pod.segments": ["enterprise"],
            "team.pod.manager": "sam",
            "team.pod.members": ["dana", "noor", "eli"],
        },
    )

    assert errors == {}
    assert front(ria).title == "1 of 5: Brief"
    assert value_of(front(ria), "define.brief.response_sla") == "3h"
    walk_to(ria, 3)
    assert value_of(front(ria), "define.people.pods") == ["enterprise-east"]
    assert value_of(front(ria), "define.people.sales_approver") == empty_house.person("sam").id


def test_reps_elsewhere_get_the_same_hours_in_their_own_zone(empty_house: House) -> None:
    """The proposal's time zones are kept: a rep in Chicago gets a calendar there."""
    meet_people(empty_house)
    ria = team_of(empty_house, "ria")

    errors = fill(ria, name="east", manager="sam", members=["dana", "noor"])

    assert errors == {}
    found = saved(empty_house).directory
    zones = {spec.name: spec.timezone for spec in found.calendars}
    assert zones == {"default": "America/New_York", "chicago": "America/Chicago"}
    calendars = {member.person: member.calendar for member in found.pods[0].members}
    assert calendars[empty_house.person("noor").id] == "chicago"


def test_set_up_by_somebody_else_leaves_the_roles_to_an_admin(empty_house: House) -> None:
    """Not an admin: everything but the role holders, and whom to ask for those."""
    meet_people(empty_house)
    sam = team_of(empty_house, "sam")

    assert f"Please ask <@{empty_house.person('ria').id}>" in text_of(front(sam))
    assert not any(block.startswith(ROLE) for block in front(sam).values)
    assert fill(sam, name="east", manager="sam", members=["dana"]) == {}

    assert saved(empty_house).directory.roles == {}
    assert front(sam).title == "Team"


def test_set_up_names_what_is_wrong_at_its_field(empty_house: House) -> None:
    """Errors of roles, pod and hours come together, each at its own field."""
    meet_people(empty_house)
    ria = team_of(empty_house, "ria")

    errors = ria.submit(
        None,
        {
            "team.role:revops_approver": ["olga"],
            "team.pod.name": "east",
            "team.pod.manager": "finn",
            "team.pod.members": ["dana"],
            "team.hours.timezone": "Mars/Olympus",
            "team.hours.hours": "whenever",
        },
    )

    assert set(errors) == {
        "team.role:revops_approver",
        "team.pod.manager",
        "team.hours.timezone",
        "team.hours.hours",
    }
    assert "guest" in errors["team.role:revops_approver"]
    assert saved(empty_house).directory.is_set_up is False


def test_holidays_that_nobody_knows_are_refused(empty_house: House) -> None:
    """A country code must be one that has holidays."""
    meet_people(empty_house)
    ria = team_of(empty_house, "ria")

    errors = fill(ria, name="east", manager="sam", members=["dana"], holidays="Atlantis")

    assert set(errors) == {"holidays"}


def test_only_admins_change_role_holders(house: House) -> None:
    """The polite refusal names whom to ask, and a forged form changes nothing."""
    sam, ria = team_of(house, "sam"), team_of(house, "ria")
    before = saved(house)

    sam.click(front(sam), "team.edit_roles")
    assert "set by workspace admins and owners" in text_of(front(sam))
    ria.click(front(ria), "team.edit_roles")
    forged = dict(front(ria).body)
    front(sam).body = forged
    front(sam).values = dict(front(ria).values)
    sam.submit(front(sam), {"team.role:sales_approver": ["sam", "eli"]})

    assert "set by workspace admins and owners" in text_of(front(sam))
    assert saved(house) == before


def test_an_admin_changes_role_holders(house: House) -> None:
    """In order: the first is in charge, the others stand in."""
    ria = team_of(house, "ria")
    ria.click(front(ria), "team.edit_roles")

    assert ria.submit(None, {"team.role:sales_approver": ["sam", "eli"]}) == {}

    roles = saved(house).directory.roles
    assert roles["sales_approver"] == (house.person("sam").id, house.person("eli").id)  # type: ignore[index]
    assert "Eli" in text_of(front(ria)) or house.person("eli").id in text_of(front(ria))


def test_one_person_cannot_hold_both_sides_alone(house: House) -> None:
    """Four eyes need two people: refused where the roles are set."""
    ria = team_of(house, "ria")
    ria.click(front(ria), "team.edit_roles")

    errors = ria.submit(
        None, {"team.role:sales_approver": ["ria"], "team.role:revops_approver": ["ria"]}
    )

    assert "two different people" in errors["team.role:sales_approver"]


def test_two_editors_of_the_team_do_not_overwrite_each_other(house: House) -> None:
    """The second to save is told that somebody else was faster."""
    ria, sam = team_of(house, "ria"), team_of(house, "sam")
    pod = button(front(sam), "team.edit_pod", "enterprise-east")
    sam.click(front(sam), "team.edit_pod", block_id=pod)
    ria.click(front(ria), "team.edit_pod", block_id=pod)
    assert fill(ria, details="Dana: weight 3") == {}

    sam.submit()

    assert "Somebody else changed the team" in text_of(front(sam))
    assert saved(house).directory.pods[0].members[0].weight == 3


def test_a_pod_is_edited_with_weights_caps_and_roles(house: House) -> None:
    """What differs from the usual is typed a line a person, and shown again."""
    sam = team_of(house, "sam")
    pod = button(front(sam), "team.edit_pod", "enterprise-east")
    sam.click(front(sam), "team.edit_pod", block_id=pod)

    wrong = fill(sam, details="Cleo: weight 2")
    assert "not a member" in wrong["details"]
    typed = "Eli: ae, weight 2, daily 20, open 40, calendar default"
    assert fill(sam, details=typed, model="least_loaded") == {}

    assert "least loaded" in text_of(front(sam))
    sam.click(front(sam), "team.edit_pod", block_id=pod)
    assert value_of(front(sam), "team.pod.details") == (
        "Eli Brandt: ae, weight 2, daily 20, open 40, calendar default"
    )


def test_a_pod_keeps_its_name(house: House) -> None:
    """Designs know a pod by its name."""
    sam = team_of(house, "sam")
    pod = button(front(sam), "team.edit_pod", "enterprise-east")
    sam.click(front(sam), "team.edit_pod", block_id=pod)

    assert "cannot be changed" in fill(sam, name="west")["name"]


def test_a_new_pod_needs_people(house: House) -> None:
    """An app or somebody who left is no rep."""
    sam = team_of(house, "sam")
    sam.click(front(sam), "team.new_pod")

    errors = fill(sam, name="west", manager="sam", members=["finn"])

    assert "deactivated" in errors["members"]


def test_hours_are_edited_and_added(house: House) -> None:
    """A calendar changes in place; a new one may be named by members."""
    sam = team_of(house, "sam")
    default = button(front(sam), "team.edit_hours", "default")
    sam.click(front(sam), "team.edit_hours", block_id=default)
    assert fill(sam, hours="mon-thu 08:00-17:00\nfri: 08:00-12:00") == {}
    sam.click(front(sam), "team.edit_hours", block_id="team.calendars")
    assert "another one" in fill(sam, name="default", timezone="Europe/London")["name"]
    assert fill(sam, name="london", timezone="Europe/London", holidays="GB") == {}

    hours = {spec.name: spec.hours for spec in saved(house).directory.calendars}
    assert hours == {
        "default": {"mon-thu": "08:00-17:00", "fri": "08:00-12:00"},
        "london": {"mon-fri": "09:00-18:00"},
    }


def test_a_calendar_keeps_its_name(house: House) -> None:
    """Designs know a calendar by its name."""
    sam = team_of(house, "sam")
    default = button(front(sam), "team.edit_hours", "default")
    sam.click(front(sam), "team.edit_hours", block_id=default)

    assert set(fill(sam, name="", timezone="")) == {"name", "timezone"}
    assert "Keep the name" in fill(sam, name="other", timezone="UTC")["name"]


def test_time_off_without_end_is_not_entered(house: House) -> None:
    """Every day of it would be gone through for each lead."""
    dana = team_of(house, "dana")
    dana.click(front(dana), "team.add_time_off")

    assert "five years at most" in fill(dana, first="2026-12-24", last="9999-12-31")["last"]


def test_time_off_is_entered_and_removed(house: House) -> None:
    """Whole days, first and last included; the overview shows it at once."""
    dana = team_of(house, "dana")
    dana.click(front(dana), "team.add_time_off")
    assert value_of(front(dana), "team.time_off.person") == dana.id
    assert "before the first" in fill(dana, first="2026-12-31", last="2026-12-24")["last"]
    assert fill(dana, first="2026-12-24", last="2026-12-31") == {}

    assert "24 Dec 2026 to 31 Dec 2026" in text_of(front(dana))
    assert len(saved(house).directory.time_off) == 1
    dana.click(front(dana), "team.remove_time_off")

    assert "24 Dec 2026" not in text_of(front(dana))
    assert saved(house).directory.time_off == ()


def test_the_home_tab_opens_the_team(house: House) -> None:
    """The same overview without typing."""
    ria = house.person("ria")
    home = ria.open_home()
    assert home is not None

    ria.click(home, "team.open")

    assert front(ria).title == "Team"


def test_without_approvers_the_form_says_whom_to_ask(empty_house: House) -> None:
    """A team set up by somebody who is no admin: the People step says what is missing."""
    meet_people(empty_house)
    sam = team_of(empty_house, "sam")
    assert fill(sam, name="east", manager="sam", members=["dana", "noor"]) == {}
    sam.close_all()

    sam.command("#enterprise-handoff", "/define-handoff")
    walk_to(sam, 3)
    assert "ask a workspace admin" in text_of(front(sam))
    for name in ("sales_leadership", "marketing_leadership"):
        field = f"define.people.{name}"
        option = sam.search(front(sam), field, "cleo")[0]
        block = block_of(front(sam), field)
        front(sam).values[block] = {
            field: {"type": "multi_external_select", "selected_options": [option]}
        }
    errors = sam.submit()

    assert "a workspace admin sets it" in " ".join(errors.values())
