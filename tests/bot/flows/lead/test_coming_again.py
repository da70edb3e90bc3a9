"""Somebody who is known comes again: found by any name, with all that is known of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.flows.lead.import_rows import Became, ImportedRow, Old, import_leads
from bot.flows.people.time_off import add_time_off
from handoff.escalation.incident import IncidentKind
from handoff.lead import LeadState
from storage import accounts, incidents, views
from storage.accounts import Account
from storage.leads import Lead
from tests.handoff import samples
from tests.support.escalations import now_shows
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design, stored
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

_NAMELESS = {name: told for name, told in LEAD.items() if name != "email"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The app with a secret for the built-in source; a design asks for a title, and no rivals."""
    qualification = samples.brief().qualification
    (title, *_) = qualification.gates
    gates = qualification.model_copy(update={"gates": (title, "company != Rival")})
    with open_house(tmp_path, handoff_webhook_secret=SECRET) as opened:
        activate_design(opened, set_up_team(opened), qualification=gates)
        yield opened


def now(house: House) -> str:
    """Return the instant as sources write it."""
    return house.clocks.now().isoformat()


def later(house: House, **by: float) -> str:
    """Return an instant that is still to come, as sources write it."""
    return (house.clocks.now() + timedelta(**by)).isoformat()


def come(house: House, **lead: object) -> Lead:
    """Let a lead arrive with just these fields, and all that is due then happen."""
    answer = send(house, lead)
    assert answer.status_code == 202, answer.text
    house.step()
    return stored(house, answer.json()["id"])


def touch(house: House, lead: dict[str, str], **told: str) -> str:
    """Let sales report a contact, or an outcome; returns what it meant."""
    body = {"lead": lead, "type": "call", "occurred_at": now(house), **told}
    answer = send(house, body, path="/v1/touches")
    assert answer.status_code == 202, answer.text
    house.step()
    return str(answer.json()["outcome"])


def close(house: House, lead: Lead) -> None:
    """Let sales contact a lead and close it."""
    assert touch(house, {"id": lead.id}) == "met"
    touch(house, {"id": lead.id}, type="outcome", outcome="no_response")
    house.take()


def raise_hand(house: House, **lead: object) -> Lead:
    """Let somebody ask for a talk now."""
    return come(house, **lead, hand_raise=True, submitted_at=now(house))


def test_a_touch_by_an_older_name_reaches_the_cycle_that_is_open(house: House) -> None:
    """The CRM's own name was learned in the first cycle; the second came from the website."""
    first = come(house, **LEAD)
    come(house, **{**LEAD, "source": "crm", "external_id": "77"})
    close(house, first)
    house.step(hours=1)
    second = raise_hand(house, **LEAD)

    assert touch(house, {"source": "crm", "external_id": "77"}) == "met"

    assert stored(house, second.id).state is LeadState.TOUCHED
    house.take()


def test_a_cycle_that_came_by_name_alone_is_the_same_person_s(house: House) -> None:
    """Who knows the address finds it, and its owner reads all that is known of them."""
    close(house, come(house, **LEAD))
    house.step(hours=1)

    second = raise_hand(house, external_id=LEAD["external_id"])

    assert (second.cycle, second.state) == (2, LeadState.ASSIGNED)
    assert (second.email_key, second.domain) == ("jane@acme.example", "acme.example")
    assert second.attributes["title"] == LEAD["title"]
    assert (second.score, second.attributes.get("score")) == (None, None)
    assert come(house, **{**LEAD, "source": "webinar", "external_id": "w9"}).id == second.id
    house.take()


def test_a_better_score_is_enough_for_a_nurtured_lead(house: House) -> None:
    """The marketing tool sends nothing else again; the rest is known."""
    cold = come(house, **{**LEAD, "score": 10})
    assert cold.state is LeadState.NURTURED

    warm = come(house, external_id=LEAD["external_id"], score=85)

    assert (warm.root, warm.state, warm.band) == (cold.id, LeadState.ASSIGNED, "A")
    assert warm.attributes["company"] == LEAD["company"]
    house.take()


def test_a_nurtured_lead_that_gets_what_it_lacked_is_handed_over(house: House) -> None:
    """`why` said that it needs a title; here it is, and its score still counts."""
    cold = come(house, **{**LEAD, "title": "Intern"})
    assert cold.state is LeadState.NURTURED

    again = come(house, external_id=LEAD["external_id"], company="Acme Holding")
    warm = come(house, external_id=LEAD["external_id"], title="VP Operations")

    assert again.id == cold.id
    assert (warm.root, warm.state, warm.band) == (cold.id, LeadState.ASSIGNED, "A")
    assert (warm.score, warm.attributes["company"]) == (90, "Acme Holding")
    house.take()


def test_an_address_that_is_learned_finds_the_lead(house: House) -> None:
    """The first words came without it; from then on it is the same person from any source."""
    eli = house.sandbox.workspace.users[house.person("eli").id]
    account = Account(domain="acme.example", name="Acme", name_key="acme", owner=eli.id)
    house.app.database.run(
        lambda connection: accounts.save(
            connection, workspace=house.workspace, new=[account], now=house.clocks.now()
        )
    )
    held = come(house, **_NAMELESS)
    assert held.state is LeadState.HELD  # for the address

    known = come(house, **LEAD)
    elsewhere = come(house, **{**LEAD, "source": "webinar", "external_id": "w9"})

    assert (known.id, known.email_key) == (held.id, "jane@acme.example")
    assert (known.owner, known.domain) == (eli.id, "acme.example")
    assert elsewhere.id == held.id
    house.take()


def test_two_that_turn_out_to_be_one_stay_as_they_are_while_both_are_open(house: House) -> None:
    """The address stays with the lead that has it; once that is closed, the open one has it."""
    by_name = come(house, **{**_NAMELESS, "external_id": "crm-7"})
    by_address = come(house, **LEAD)
    assert by_name.id != by_address.id

    both = come(house, external_id="crm-7", email=LEAD["email"])
    assert (both.id, both.email_key) == (by_name.id, None)
    close(house, by_address)
    come(house, external_id="crm-7", email=LEAD["email"], company="Acme Holding")

    assert stored(house, by_name.id).email_key == by_address.email_key
    asked = raise_hand(house, source="webinar", external_id="w9", email=LEAD["email"])
    assert asked.id == by_name.id
    house.take()


def import_row(
    house: House, old: Old, row: dict[str, object], *, days_ago: int = 21
) -> ImportedRow:
    """Import a file with one lead of three weeks ago."""
    asked_at = (house.clocks.now() - timedelta(days=days_ago)).isoformat()
    told = {**row, "submitted_at": asked_at}
    values = ",".join(f'"{value}"' for value in told.values())
    (imported,) = import_leads(
        database=house.app.database,
        text=f"{','.join(told)}\n{values}\n",
        source="csv",
        design=None,
        old=old,
        now=house.clocks.now,
        wall=house.clocks.wall,
    )
    house.step()
    return imported


def test_who_is_in_the_history_and_asks_now_is_a_new_cycle(house: House) -> None:
    """Their lead came three weeks ago, whenever its file was imported."""
    import_row(house, Old.RECORD, LEAD)
    house.step(hours=1)

    asked = raise_hand(house, source="form", external_id="f-1", email=LEAD["email"])

    assert (asked.cycle, asked.state) == (2, LeadState.ASSIGNED)
    house.take()


def test_history_that_is_imported_again_stays_one_lead(house: House) -> None:
    """Rows were changed since; it is the same lead of two months ago, not one that comes anew."""
    became = [
        import_row(house, Old.RECORD, {**LEAD, "title": title}, days_ago=60).became
        for title in ("VP Operations", "COO")
    ]

    assert became == [Became.TAKEN, Became.KNOWN]
    assert import_row(house, Old.RECORD, LEAD, days_ago=20).became is Became.TAKEN
    assert not house.take()


def test_history_stays_where_it_was_when_the_lead_is_heard_of_again(house: House) -> None:
    """The pattern by which a team is proven is learned from when it came."""
    import_row(house, Old.RECORD, LEAD, days_ago=2)
    submitted_at = house.clocks.now() - timedelta(days=2)
    known = raise_hand(house, **{**LEAD, "source": "form"})

    with house.app.database.read() as connection:
        arrived_at = views.arrivals(
            connection,
            workspace=house.workspace,
            segment="enterprise",
            goal="pipeline",
            since=submitted_at - timedelta(days=1),
        )

    assert known.state is LeadState.CLOSED
    assert arrived_at == [submitted_at]


def test_history_of_an_open_lead_is_no_news(house: House) -> None:
    """Its owner is not told, and what was true three weeks ago is not true again."""
    lead = come(house, **LEAD)
    house.take()
    past = {**LEAD, "external_id": "old-1", "title": "Intern", "score": 20}

    asked = import_row(house, Old.ASK, past)
    known = import_row(house, Old.RECORD, past)

    assert (asked.became, known.became) == (Became.REFUSED, Became.KNOWN)
    assert "--history" in asked.problems[0]
    assert stored(house, lead.id) == lead
    assert come(house, source="csv", external_id="old-1").id == lead.id
    house.take()


def test_a_score_of_long_ago_makes_a_nurtured_lead_no_better(house: House) -> None:
    """It waits for a better score of now, and then it comes."""
    cold = come(house, **{**LEAD, "score": 10})

    import_row(house, Old.RECORD, {**LEAD, "score": 70})

    assert come(house, external_id=LEAD["external_id"], score=60).root == cold.id
    assert house.take_direct("dana")


def test_history_that_no_design_takes_calls_nobody(house: House) -> None:
    """Nobody has to answer it any more; without a word for it, it is asked."""
    small = {**LEAD, "employees": 5}

    asked = import_row(house, Old.ASK, small)
    kept = import_row(house, Old.RECORD, small)

    assert (asked.became, kept.became) == (Became.REFUSED, Became.TAKEN)
    assert not house.take()


def test_a_submission_that_is_delivered_twice_starts_no_cycle(house: House) -> None:
    """It was merged while the lead was open; its repeats, and what came before it, are known."""
    first, second = (
        {**LEAD, "hand_raise": True, "submitted_at": now(house)},
        {**LEAD, "hand_raise": True, "submitted_at": later(house, minutes=2)},
    )
    lead = come(house, **first)
    house.step(minutes=2)
    come(house, **second)
    close(house, lead)
    house.step(hours=1)

    again = [come(house, **told).id for told in (second, first, second)]

    assert again == [lead.id] * 3
    assert not house.take()
    assert raise_hand(house, **LEAD).cycle == 2
    house.take()


def clock_state(lead: Lead) -> str | None:
    """Return where a lead's clock stands."""
    return lead.clock and lead.clock.state.value


def test_news_of_a_lead_is_not_its_hand_raised(house: House) -> None:
    """The CRM told of a change in between; what the person asked for just before still counts."""
    lead = come(house, **LEAD)
    close(house, lead)
    house.step(hours=1)
    asked_at = now(house)
    house.step(minutes=10)
    crm = {**LEAD, "source": "crm", "external_id": "77", "title": "COO"}
    assert come(house, **crm, submitted_at=now(house)).id == lead.id
    house.step(minutes=10)

    assert come(house, **LEAD, hand_raise=True, submitted_at=asked_at).cycle == 2
    house.take()


def test_a_touch_of_a_nurtured_lead_meets_the_clock_that_comes_later(house: House) -> None:
    """Sales called it before it was handed over, less than a day ago: nobody is asked to again."""
    cold = come(house, **{**LEAD, "score": 10})
    assert touch(house, {"id": cold.id}, actor_email="dana@example.com") == "not_open"
    called_at = house.clocks.now()
    house.step(hours=1)

    warm = come(house, external_id=LEAD["external_id"], score=90)

    assert (clock_state(warm), warm.touched_at) == ("met", called_at)
    (card,) = house.take()
    assert "Contacted" in card.text


def test_only_a_touch_after_the_close_counts_for_the_next_cycle(house: House) -> None:
    """The contact that ended the last one answered that; one of two days ago answers nothing."""
    close(house, come(house, **LEAD))
    house.step(minutes=10)
    second = raise_hand(house, **LEAD)
    assert clock_state(second) == "running"
    close(house, second)
    house.step(minutes=10)
    touch(house, {"id": second.id}, external_id="call-3")
    house.step(hours=23)
    third = raise_hand(house, **LEAD)
    assert clock_state(third) == "met"
    touch(house, {"id": third.id}, type="outcome", outcome="recycled")
    house.step(minutes=10)
    touch(house, {"id": third.id}, external_id="call-4")
    house.step(hours=25)

    assert clock_state(raise_hand(house, **LEAD)) == "running"
    house.take()


def test_a_touch_that_a_source_repeats_counts_for_the_cycle_that_it_answered(house: House) -> None:
    """A CRM sends the first touch along for ever; the one of the last cycle meets no new clock."""
    called_at = now(house)
    close(house, come(house, **LEAD))
    house.step(minutes=10)

    second = raise_hand(house, **LEAD, first_touch_at=called_at)
    again = come(house, **{**LEAD, "title": "COO"}, first_touch_at=called_at)

    assert (second.cycle, clock_state(second)) == (2, "running")
    assert (again.id, clock_state(again)) == (second.id, "running")
    house.take()


def test_a_source_that_learns_of_the_touch_tells_it_with_the_lead(house: House) -> None:
    """`first_touch_at` counts for an open lead, too, and takes a breach back."""
    lead = come(house, **LEAD)
    called_at = house.clocks.now()
    house.step(minutes=40)
    assert clock_state(stored(house, lead.id)) == "breached"

    known = come(house, **LEAD, first_touch_at=called_at.isoformat())

    assert (known.id, known.state, clock_state(known)) == (lead.id, LeadState.TOUCHED, "met")
    house.take()


def test_who_had_the_lead_last_goes_first_however_long_it_was_nurtured(house: House) -> None:
    """The months in which nobody had it do not make it a stranger's."""
    first = come(house, **LEAD)
    close(house, first)
    house.clocks.move_to(house.clocks.now() + timedelta(days=32))
    assert come(house, **{**LEAD, "score": 10}).state is LeadState.NURTURED
    come(house, **{**LEAD, "external_id": "web-2", "email": "li@other.example"})

    again = come(house, **{**LEAD, "score": 90})

    assert (again.cycle, again.owner) == (3, first.owner)
    house.take()


def test_a_hand_that_is_raised_without_a_time_is_told_from_its_repeats(house: House) -> None:
    """A form that sends no `submitted_at` is delivered again for days; later it is a new word."""
    told = {**LEAD, "company": "Rival", "hand_raise": True}
    cold = come(house, **told)
    assert cold.state is LeadState.NURTURED

    again = [come(house, **told).id for _ in range(2)]
    elsewhere = come(house, **told, source="webinar")
    house.clocks.move_to(house.clocks.now() + timedelta(hours=73))

    assert again == [cold.id] * 2
    assert (elsewhere.cycle, elsewhere.state) == (2, LeadState.NURTURED)
    assert come(house, **told, source="webinar").cycle == 3
    assert not house.take()


def test_who_asks_again_without_a_time_long_after_the_close_is_heard(house: House) -> None:
    """The webhook's repeats are no news for days; after that somebody filled in the form again."""
    told = {**LEAD, "hand_raise": True}
    lead = come(house, **told)
    close(house, lead)
    house.step(hours=1)
    assert come(house, **told).id == lead.id
    assert not house.take()

    house.clocks.move_to(house.clocks.now() + timedelta(hours=73))

    assert [come(house, **told).id for _ in range(2)] == [lead.id] * 2
    (message,) = house.take()
    assert "came again" in message.text


def test_a_touch_of_two_cycles_ago_meets_no_new_clock(house: House) -> None:
    """It answered the first one; in between the lead was nurtured, which nobody answered."""
    called_at = now(house)
    close(house, come(house, **LEAD))
    house.step(minutes=10)
    cold = raise_hand(house, **{**LEAD, "company": "Rival"})
    assert (cold.cycle, cold.state) == (2, LeadState.NURTURED)

    warm = come(house, **LEAD, first_touch_at=called_at)

    assert (warm.cycle, clock_state(warm)) == (3, "running")
    house.take()


def test_what_a_source_repeats_of_a_closed_lead_is_told_once(house: House) -> None:
    """Its CRM sends the changed row every night; the cycle keeps what it was closed with."""
    lead = come(house, **LEAD)
    close(house, lead)
    changed = {**LEAD, "title": "COO", "source": "crm", "external_id": "77"}
    come(house, **changed)
    (message,) = house.take()
    assert "came again" in message.text

    for _ in range(3):
        house.step(hours=24)
        assert come(house, **changed).id == lead.id

    assert not house.take()


def test_an_unmatched_lead_that_brings_what_it_lacked_is_handed_over(house: House) -> None:
    """No design took it without a size; RevOps, who was called, reads who has it now."""
    lost = come(house, **{**LEAD, "employees": ""})
    assert (lost.state, lost.design, lost.clock) == (LeadState.UNROUTABLE, None, None)
    (call,) = house.take_direct("ben")
    house.step(hours=1)

    found = come(house, external_id=LEAD["external_id"], employees=5000)

    assert (found.id, found.state, found.design) == (lost.id, LeadState.ASSIGNED, "ENT-1")
    assert found.clock is not None
    assert (found.band, found.clock.due_at) == ("A", later_at(house, minutes=30))
    owner = house.sandbox.workspace.users[str(found.owner)]
    assert owner.real_name in now_shows(house, call)
    (card,) = house.take_direct(owner.name)
    assert "First contact is due" in card.text
    house.step(hours=1)
    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=lost.id)
    assert incident is not None
    assert (incident.design, incident.kind) == ("unmatched", IncidentKind.ROUTING_FAILURE)
    house.take()


def later_at(house: House, **by: float) -> datetime:
    """Return an instant that is still to come."""
    return house.clocks.now() + timedelta(**by)


def test_an_unmatched_lead_that_is_no_better_stays_with_revops(house: House) -> None:
    """What came does not pass the gates of the design that would take it now."""
    lost = come(house, **{**LEAD, "employees": ""})

    again = come(house, external_id=LEAD["external_id"], employees=5000, company="Rival")

    assert (again.id, again.state, again.design) == (lost.id, LeadState.UNROUTABLE, None)
    house.take()


def test_a_lead_that_nobody_could_take_is_tried_again_when_it_comes_again(house: House) -> None:
    """Everybody was away for the day; the next day there are reps again."""
    today = house.clocks.now().date().isoformat()
    for name in ("dana", "noor", "eli", "sam"):
        add_time_off(
            database=house.app.database,
            workspace=house.workspace,
            now=house.clocks.now(),
            by="cli",
            person=house.person(name).id,
            first=today,
            last=today,
        )
    lost = come(house, **LEAD)
    assert (lost.state, lost.owner) == (LeadState.UNROUTABLE, None)
    house.step(days=1)
    house.take()

    found = come(house, **{**LEAD, "title": "COO"})

    assert (found.id, found.state) == (lost.id, LeadState.ASSIGNED)
    assert clock_state(found) == "breached"
    assert len(house.take()) == 1
