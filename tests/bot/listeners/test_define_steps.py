import pytest

from bot.sandbox.person import Person
from tests.support.forms import block_of, fill, front, text_of, value_of, values_of, walk_to
from tests.support.house import House

CONFIRMED = ["roles", "dependencies", "deliverables"]

#: Step, field, what is typed there, and what the error at that field says.
BAD_INPUT = (
    (1, "response_sla", "soon", "Write for example"),
    (1, "response_sla", "0h", "more than"),
    (1, "response_sla", "-2h", "negative"),
    (1, "response_sla", "31d", "30 days"),
    (1, "target_percent", "0", "over 0"),
    (1, "target_percent", "101", "up to 100"),
    (1, "entry_rule", "employees >=", "value"),
    (1, "entry_rule", "employees >= 10 and", "field name is expected"),
    (1, "go_live", "2026-11-01", "in the past"),
    (1, "go_live", "2031-01-01", "two years"),
    (2, "gates", "title contains", "Line 1"),
    (2, "mql_minimum", "120", "0 to 100"),
    (2, "mql_minimum", "70", "B from"),
    (2, "b_from", "90", "A from"),
    (2, "cool_target", "1h", "faster"),
    (2, "cool_target", "a while", "Write for example"),
    (3, "channel", "#marketing-ops", "/invite @handoff"),
    (3, "sales_approver", None, "required"),
    (3, "fallback", "finn", "deactivated"),
    (3, "owner_model_2", "account_owner", "already chosen"),
    (4, "handling_minutes", "0", "over 0"),
    (4, "time_available", "140", "up to 100"),
    (4, "leads_per_week", "-5", "over 0"),
    (4, "baseline_conversion", "200", "up to 100"),
    (5, "confirmed", ["roles"], "Confirm that the dependencies"),
)
OVERTAKEN = {("mql_minimum", "70"): "b_from", ("b_from", "90"): "a_from"}


def define(house: House, typed: str = "--segment enterprise") -> Person:
    """Let Ria open the form."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", f"/define-handoff {typed}")
    return ria


def test_every_kind_of_bad_input_is_told_at_its_field(house: House) -> None:
    """The form stays open, names the field, and says what to do; then the step can go on."""
    ria = define(house)
    missed = []

    for step, field, typed, told in BAD_INPUT:
        view = walk_to(ria, step)
        before = dict(view.values)
        errors = fill(ria, **{field: typed})
        # A threshold that overtakes the next one is told at the next one.
        where = OVERTAKEN.get((field, str(typed)), field)
        if told not in errors.get(where, "") or not front(ria).title.startswith(f"{step} of 5"):
            missed.append((step, field, typed, told, errors))
        view.values = before

    assert missed == []


def test_next_on_every_step_makes_a_valid_design(house: House) -> None:
    """Once the directory exists the defaults alone are a design that can be sent."""
    ria = define(house)

    review = walk_to(ria, 5)

    assert "A 30m, B 2h, C 2h" in text_of(review)
    assert "nothing to complain about" in text_of(review)


def test_going_back_and_forth_loses_nothing(house: House) -> None:
    """What was typed on each step is there again, whichever way one comes."""
    ria = define(house)
    typed = {
        1: {"response_sla": "3h", "target_percent": "88"},
        2: {"gates": "email is set\nscore >= 40", "cool_target": "2d"},
        3: {"owner_model_3": "least_loaded", "fallback": "ben"},
        4: {"leads_per_week": "40", "other_dependencies": "Data room, Legal"},
    }

    for values in typed.values():
        assert fill(ria, **values) == {}
    for _ in range(4):
        ria.click(front(ria), "define.back")
    seen = {}
    for step in typed:
        seen[step] = values_of(front(ria))
        ria.submit()

    for step, values in typed.items():
        name = ("brief", "qualification", "people", "capacity")[step - 1]
        shown = {field: seen[step][f"define.{name}.{field}"] for field in values}
        expected = dict(values)
        if "fallback" in expected:
            expected["fallback"] = house.person("ben").id
        assert shown == expected


def test_going_back_keeps_what_was_typed_even_if_it_is_wrong(house: House) -> None:
    """Back checks nothing and keeps everything."""
    ria = define(house)
    walk_to(ria, 2)
    view = front(ria)
    block = block_of(view, "define.qualification.cool_target")
    view.values[block] = {block: {"type": "plain_text_input", "value": "no idea"}}

    ria.click(view, "define.back")
    ria.submit()

    assert value_of(front(ria), "define.qualification.cool_target") == "no idea"


def test_another_segment_refreshes_only_what_was_not_changed(house: House) -> None:
    """Defaults follow the segment; what the person typed stays."""
    ria = define(house)
    view = front(ria)
    target = block_of(view, "define.brief.target_percent")
    view.values[target] = {target: {"type": "number_input", "value": "77"}}

    ria.select(view, "define.brief.segment", "smb")

    shown = values_of(front(ria))
    assert shown["define.brief.response_sla"] == "30m"
    assert shown["define.brief.target_percent"] == "77"
    assert shown["define.brief.entry_rule"] == "employees >= 1 and employees <= 99"


def test_a_custom_persona_takes_its_defaults_from_its_base(house: House) -> None:
    """Picking a custom persona asks for a name; another base refreshes the defaults."""
    ria = define(house)

    ria.select(front(ria), "define.brief.segment", "custom")
    assert fill(ria)["persona"] == "Please complete this required field."
    ria.select(front(ria), "define.brief.base", "partner")

    assert value_of(front(ria), "define.brief.response_sla") == "4h"
    assert fill(ria, persona="Resellers") == {}
    assert "Resellers" in text_of(walk_to(ria, 5))


def test_stage_definitions_appear_when_they_are_to_be_edited(house: House) -> None:
    """The check box shows the four texts, filled from the catalogue, and what was typed stays."""
    ria = define(house)
    walk_to(ria, 2)

    ria.select(front(ria), "define.qualification.edit_stages", ["edit"])
    assert "Director" in str(value_of(front(ria), "define.qualification.mql"))
    assert fill(ria, mql="A director who asked for a demo.") == {}
    ria.click(front(ria), "define.back")

    shown = value_of(front(ria), "define.qualification.mql")
    assert shown == "A director who asked for a demo."


def test_notes_fill_their_fields_and_say_what_was_understood(house: House) -> None:
    """Read notes shows figures in the fields and lines to confirm."""
    ria = define(house)
    walk_to(ria, 4)
    view = front(ria)
    notes = "define.capacity.notes"
    text = "3 SDRs, ~12 leads/day, 20 min each, 50% of their time"
    view.values[notes] = {notes: {"type": "plain_text_input", "value": text}}

    ria.click(view, "define.read_notes")

    shown = values_of(front(ria))
    assert shown["define.capacity.leads_per_week"] == "60"
    assert shown["define.capacity.handling_minutes"] == "20"
    assert shown["define.capacity.time_available"] == "50"
    assert "taken from the pods" in text_of(front(ria))


def test_skip_to_review_goes_straight_to_the_verdict(house: House) -> None:
    """The quick tenth time: one step and the review."""
    ria = define(house)

    ria.click(front(ria), "define.skip")

    assert front(ria).title == "5 of 5: Review"


def test_skip_to_review_tells_what_is_wrong_first(house: House) -> None:
    """Step 1 is checked; its errors stand at the top, because a button has no field errors."""
    ria = define(house)
    view = front(ria)
    sla = "define.brief.response_sla"
    view.values[sla] = {sla: {"type": "plain_text_input", "value": "never"}}

    ria.click(view, "define.skip")

    assert front(ria).title == "1 of 5: Brief"
    assert "Before the review:" in text_of(front(ria))
    assert value_of(front(ria), sla) == "never"


def test_save_draft_keeps_what_was_typed_and_the_window_open(house: House) -> None:
    """A closed window loses at most what was typed since."""
    ria = define(house)
    view = front(ria)
    sla = "define.brief.response_sla"
    view.values[sla] = {sla: {"type": "plain_text_input", "value": "5h"}}

    ria.click(view, "define.save")
    assert "Draft saved" in text_of(front(ria))
    ria.close_all()
    ria.command("#revops", "/define-handoff")
    ria.click(front(ria), "define.resume")

    assert value_of(front(ria), sla) == "5h"


def test_the_same_submission_twice_is_one(house: House) -> None:
    """A double click on Next shows the same next step and saves nothing twice."""
    ria = define(house)
    first = front(ria)
    before = (dict(first.body), dict(first.values))
    ria.submit(first)
    after = dict(front(ria).body)

    first.body, first.values = before
    ria.submit(first)

    assert front(ria).title == "2 of 5: Qualification"
    assert front(ria).body["private_metadata"] == after["private_metadata"]
    assert "another window" not in text_of(front(ria))


def test_an_older_window_is_told_and_changes_nothing(house: House) -> None:
    """Two windows of one draft: the one that is behind sees the latest state."""
    ria = define(house)
    view = front(ria)
    old = (dict(view.body), dict(view.values))
    assert fill(ria, response_sla="6h") == {}
    ria.click(front(ria), "define.back")
    ria.close_all()
    ria.command("#revops", "/define-handoff")
    ria.click(front(ria), "define.resume")
    reopened = front(ria)
    reopened.body, reopened.values = old

    ria.submit(reopened, {"define.brief.response_sla": "9h"})

    assert "another window" in text_of(front(ria))
    assert value_of(front(ria), "define.brief.response_sla") == "6h"


def test_a_tampered_place_shows_that_there_is_no_such_draft(house: House) -> None:
    """Metadata that names another person's draft, or nothing at all, opens nothing."""
    ria, sam = define(house), house.person("sam")
    stolen = front(ria).private_metadata
    sam.command("#enterprise-handoff", "/define-handoff --segment smb")
    front(sam).body["private_metadata"] = stolen

    sam.submit()

    assert "not there any more" in text_of(front(sam))


@pytest.mark.parametrize("metadata", ["", "[]", "{}", '{"draft": 1, "step": "x"}'])
def test_a_form_that_stands_nowhere_says_so(house: House, metadata: str) -> None:
    """Junk in the metadata is an answer, not an error."""
    ria = define(house)
    front(ria).body["private_metadata"] = metadata

    ria.submit()

    assert "not there any more" in text_of(front(ria))


def test_without_volume_the_review_says_what_the_team_holds(house: House) -> None:
    """A blank volume is unproven, and shows the volume that the team can take."""
    ria = define(house)

    review = walk_to(ria, 5)

    assert "Unproven: no volume was given." in text_of(review)
    assert "leads a week" in text_of(review)
