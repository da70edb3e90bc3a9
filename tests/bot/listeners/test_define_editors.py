from bot.sandbox.person import Person
from tests.support.forms import block_of, fill, front, text_of, tick, value_of, walk_to
from tests.support.house import House


def define(house: House, *, step: int, typed: str = "") -> Person:
    """Let Ria walk to a step of the form."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", f"/define-handoff --segment enterprise {typed}")
    walk_to(ria, step)
    return ria


def test_the_ladder_editor_saves_and_keeps_what_was_typed_under_it(house: House) -> None:
    """The pushed editor changes the ladder; the step below loses nothing, and Next still works."""
    ria = define(house, step=3)
    ria.click(front(ria), "define.edit_ladder")
    assert front(ria).title == "Ladder and guardrail"
    errors = ria.submit(
        None,
        {
            "define.ladder.acknowledge:0": "20m",
            "define.ladder.role:2": "none",
            "define.ladder.guardrail_count": "3",
        },
    )

    assert errors == {}
    assert front(ria).title == "3 of 5: People"
    review = walk_to(ria, 5)
    assert "3 incidents in 48 h" in text_of(review)
    ria.click(review, "define.edit_ladder")
    assert value_of(front(ria), "define.ladder.acknowledge") == "20m"


def test_errors_of_the_ladder_stand_at_their_step(house: House) -> None:
    """A left-out step does not shift the errors of the steps after it."""
    ria = define(house, step=3)
    ria.click(front(ria), "define.edit_ladder")

    errors = ria.submit(
        None,
        {
            "define.ladder.role:0": "none",
            "define.ladder.acknowledge:2": "never",
            "define.ladder.guardrail_hours": "0",
        },
    )

    assert set(errors) == {"define.ladder.acknowledge:2", "define.ladder.guardrail_hours"}


def test_a_ladder_without_steps_is_refused(house: House) -> None:
    """Somebody must be called on a breach."""
    ria = define(house, step=3)
    ria.click(front(ria), "define.edit_ladder")

    errors = ria.submit(None, {f"define.ladder.role:{place}": "none" for place in range(4)})

    assert "one to 6 steps" in errors["define.ladder.role:0"]


def test_rows_can_be_edited_as_text(house: House) -> None:
    """The editor shows the drafted rows, says what it cannot read, and the review follows."""
    ria = define(house, step=5)
    ria.click(front(ria), "define.edit_rows")
    drafted = str(value_of(front(ria), "define.rows.text"))

    assert "round_robin → enterprise-east → Sam Whitfield" in drafted
    refused = fill(ria, text="country in [US, CA] → round_robin → enterprise-west")
    assert "there is no pod “enterprise-west”" in refused["text"]
    written = "otherwise → round_robin → enterprise-east → Ben Osei → ask marketing"
    assert fill(ria, text=written) == {}

    assert "1 row, 1 pod" in text_of(front(ria))
    ria.click(front(ria), "define.edit_rows")
    assert value_of(front(ria), "define.rows.text") == written


def test_rows_that_take_more_than_a_field_are_all_shown_and_kept(house: House) -> None:
    """The fallback's name that each row gets makes them longer than what was typed."""
    ria = define(house, step=5)
    typed = [
        f"employees >= {1000 + number} and country in [US, CA] → round_robin → enterprise-east"
        for number in range(36)
    ]
    ria.click(front(ria), "define.edit_rows")
    assert fill(ria, text="\n".join([*typed, "otherwise → round_robin → enterprise-east"])) == {}

    ria.click(front(ria), "define.edit_rows")
    shown = [str(value) for value in values_by_block(ria).values()]
    assert "\n".join(shown).count("→ Sam Whitfield") == 37
    assert fill(ria) == {}
    ria.click(front(ria), "define.edit_rows")

    assert [str(value) for value in values_by_block(ria).values()] == shown


def test_a_row_that_is_longer_than_a_field_is_kept_whole(house: House) -> None:
    """The fallback's name makes it longer than what was typed; it goes on in the next field."""
    ria = define(house, step=5)
    end = "] → round_robin → enterprise-east"
    names = ", ".join(f"c{number:03}" for number in range(492))
    typed = f"country in [{names}{end}"
    assert 2985 < len(typed) <= 3000
    ria.click(front(ria), "define.edit_rows")
    assert fill(ria, text=typed) == {}

    ria.click(front(ria), "define.edit_rows")
    shown = [str(value) for value in values_by_block(ria).values()]
    assert len(shown) == 2
    assert shown[0].endswith("\\")
    assert shown[1].endswith("Sam Whitfield")
    assert fill(ria) == {}
    ria.click(front(ria), "define.edit_rows")

    assert [str(value) for value in values_by_block(ria).values()] == shown


def values_by_block(person: Person) -> dict[str, object]:
    """Return what each field of the row editor shows, in their order."""
    return {
        block: state["define.rows.text"]["value"]
        for block, state in front(person).values.items()
        if block.partition(":")[0] == "define.rows.text"
    }


def test_advanced_settings_are_kept(house: House) -> None:
    """Role holders of this design alone, the arrival profile and the spread come back."""
    ria = define(house, step=4)
    ria.click(front(ria), "define.edit_advanced")

    wrong = fill(ria, handling_cv="9")
    assert "up to 5" in wrong["handling_cv"]
    holders = block_of(front(ria), "define.advanced.holders")
    assert ria.submit(None, {holders: ["eli"], "define.advanced.handling_cv": "1.1"}) == {}

    ria.click(front(ria), "define.edit_advanced")
    assert value_of(front(ria), "define.advanced.handling_cv") == "1.1"
    assert value_of(front(ria), "define.advanced.holders") == [house.person("eli").id]


def test_a_new_pod_is_picked_in_the_form_at_once(house: House) -> None:
    """What was typed on the step stays, and the new pod joins the pods that were picked."""
    ria = define(house, step=3)
    view = front(ria)

    ria.click(view, "define.new_pod")
    refused = fill(ria, name="enterprise-east", manager="sam", members=["omar"])
    assert "already" in refused["name"]
    assert fill(ria, name="enterprise-emea", manager="sam", members=["omar"]) == {}

    assert value_of(front(ria), "define.people.pods") == ["enterprise-east", "enterprise-emea"]
    assert "2 pods" in text_of(walk_to(ria, 5))


def test_apply_takes_the_change_of_a_risk(house: House) -> None:
    """One tap types the proposed value into its field, and the review is of what it is then."""
    ria = define(house, step=4, typed="--response-sla 20m")
    assert fill(ria, leads_per_week="20") == {}
    review = front(ria)
    assert "B 20m" in text_of(review)
    risk = next(
        block["block_id"]
        for block in review.blocks
        if block["block_id"].startswith("define.risk:") and "accessory" in block
    )

    tick(review, "roles")

    ria.click(review, "define.apply", block_id=risk)

    assert value_of(front(ria), "define.review.confirmed") == ["roles"]
    assert "B 25m" in text_of(front(ria))
    for _ in range(4):
        ria.click(front(ria), "define.back")
    assert value_of(front(ria), "define.brief.response_sla") == "25m"


def test_a_tampered_risk_changes_nothing(house: House) -> None:
    """Only what the app itself proposes now can be applied."""
    ria = define(house, step=4, typed="--response-sla 20m")
    assert fill(ria, leads_per_week="20") == {}
    review = front(ria)
    block = next(b for b in review.blocks if "accessory" in b)
    block["accessory"]["value"] = "no_such_risk"
    before = text_of(review)

    ria.click(review, "define.apply", block_id=block["block_id"])

    assert text_of(front(ria)).removeprefix("Nothing was applied:").endswith(before)


def test_leadership_is_found_by_name_and_group(house: House) -> None:
    """People and user groups are offered from the database; guests and leavers are not."""
    ria = define(house, step=3)
    action = "define.people.sales_leadership"

    found = {option["text"]["text"] for option in ria.search(front(ria), action, "sa")}
    everybody = {option["text"]["text"] for option in ria.search(front(ria), action, "")}

    assert found == {"Sam Whitfield", "@sales-leads"}
    assert "Cleo Marchetti" in everybody
    assert not everybody & {"Olga Petrova", "Finn Archer"}
