"""A lead's way: routed, accepted, handed back, touched in time or not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.flows.lead.again import came_again
from bot.flows.lead.outcomes import Denied, Done
from bot.flows.lead.pause import pause
from bot.flows.lead.touch import Touched, touch_lead
from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.brief import Band
from handoff.design import HandoffDesign
from handoff.lead import LeadState, Outcome
from handoff.sla.clock import ClockState
from storage import audit, incidents, outbox
from tests.support.forms import front
from tests.support.house import House
from tests.support.leads import CHANNEL, activate_design, arrive, stored, story
from tests.support.team import set_up_team

TEAM = ("dana", "noor", "eli")


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active enterprise design: two hours, half an hour for band A."""
    return activate_design(house, set_up_team(house))


def owner_name(house: House, lead_id: str) -> str:
    """Return the first name of a lead's owner."""
    owner = stored(house, lead_id).owner
    return next(n for n in (*TEAM, "sam", "ben") if house.person(n).id == owner)


def take_card(house: House, name: str) -> Message:
    """Return the one new direct message to a person."""
    (card,) = house.take_direct(name)
    return card


def private_to(house: House, name: str) -> list[Message]:
    """Return the newest message that a person sees in the channel."""
    return house.person(name).sees(CHANNEL)[-1:]


def shows(house: House, message: Message) -> str:
    """Return all words of a message as it is now."""
    current = house.sandbox.workspace.messages.find(message.channel, message.ts)
    return f"{current.text} {current.blocks}"


def test_touched_in_time_pings_once(house: House, design: HandoffDesign) -> None:
    """The owner gets one message; Accept, Contacted and the outcome are one tap each."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    assert "First contact is due" in card.text
    assert "it is your turn in enterprise-east" in shows(house, card)
    rep = house.person(name)

    house.step(minutes=5)
    rep.click(card, Action.LEAD_ACCEPT)
    house.step()
    assert stored(house, lead_id).state is LeadState.ACCEPTED
    assert "Accepted." in shows(house, card)

    house.step(minutes=5)
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    rep.click(current, Action.LEAD_CONTACTED)
    house.step()
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    rep.click(current, Action.LEAD_IS_SQL)
    house.step(days=3)

    lead = stored(house, lead_id)
    assert (lead.state, lead.outcome) == (LeadState.CLOSED, Outcome.SQL)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.MET
    assert lead.notified_at == lead.assigned_at == lead.arrived_at
    assert "Closed: SQL" in shows(house, card)


def take_warnings(house: House, name: str) -> list[str]:
    """Return the texts of a person's new direct messages."""
    return [message.text for message in house.take_direct(name)]


def click(house: House, name: str, card: Message, action: Action) -> None:
    """Press a button of a message as it is now."""
    current = house.sandbox.workspace.messages.find(card.channel, card.ts)
    house.person(name).click(current, action)


def decline(house: House, name: str, card: Message, reason: str) -> dict[str, str]:
    """Hand a lead back with a reason; returns the errors of the form."""
    click(house, name, card, Action.LEAD_DECLINE)
    rep = house.person(name)
    errors = rep.submit(front(rep), {Field.LEAD_REASON: reason, Field.LEAD_NOTE: "Not mine"})
    house.step()
    return errors


def history(house: House, lead_id: str) -> list[str]:
    """Return the kinds of facts about a lead, in order."""
    with house.app.database.read() as connection:
        facts = audit.history(connection, workspace=house.workspace, subject=lead_id)
    return [fact.kind.value for fact in facts]


def test_warned_at_50_and_80_and_touched_by_reaction(house: House, design: HandoffDesign) -> None:
    """An accepted lead is warned about twice; ✅ on the card is the first contact."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    click(house, name, card, Action.LEAD_ACCEPT)

    house.step(minutes=15)
    (half,) = take_warnings(house, name)
    assert half.startswith("50% of the time")
    house.step(minutes=9)
    (late,) = take_warnings(house, name)
    assert late.startswith("80% of the time")

    house.person(name).react(card, "white_check_mark")
    house.step(hours=4)

    assert stored(house, lead_id).state is LeadState.TOUCHED
    assert history(house, lead_id).count("clock_warned") == 2
    assert "clock_breached" not in history(house, lead_id)


def test_the_silent_rep_loses_the_lead_once(house: House, design: HandoffDesign) -> None:
    """At accept-by another rep who works now takes over; the clock runs on and warns them."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    card = take_card(house, first)
    due_at = stored(house, lead_id).clock

    house.step(minutes=15)

    second = owner_name(house, lead_id)
    assert second != first
    assert stored(house, lead_id).clock == due_at
    assert "This lead is now with" in shows(house, card)
    other = house.take_direct(second)
    assert "First contact is due" in other[0].text
    house.take_direct(first)
    click(house, second, other[0], Action.LEAD_CONTACTED)
    house.step()
    with house.app.database.read() as connection:
        facts = audit.history(connection, workspace=house.workspace, subject=lead_id)
    assert [f.data["because"] for f in facts if f.kind == "lead_rerouted"] == [
        "not accepted in time"
    ]


def test_declined_goes_on_and_at_last_to_the_fallback(house: House, design: HandoffDesign) -> None:
    """Two re-routes, then the fallback, who names a rep; decliners are out for the cycle."""
    lead_id = arrive(house, design=design)
    seen = []
    for _ in range(3):
        name = owner_name(house, lead_id)
        seen.append(name)
        card = take_card(house, name)
        assert not decline(house, name, card, "wrong_territory")
        assert "This lead is now with" in shows(house, card)

    assert sorted(seen) == sorted(TEAM)
    assert owner_name(house, lead_id) == "sam"
    card = take_card(house, "sam")
    assert "you are the fallback" in shows(house, card)
    errors = decline(house, "sam", card, "at_capacity")
    assert "nowhere else to go" in errors[Field.LEAD_REASON]
    sam = house.person("sam")
    sam.close_all()
    click(house, "sam", card, Action.LEAD_REASSIGN)
    assert not sam.submit(front(sam), {Field.LEAD_TO: house.person("dana").id})
    house.step()
    assert owner_name(house, lead_id) == "dana"
    named = take_card(house, "dana")
    assert "gave it to you" in shows(house, named)
    assert stored(house, lead_id).reroutes == 2
    click(house, "dana", named, Action.LEAD_CONTACTED)
    house.step()


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("not_ready", Outcome.RECYCLED),
        ("duplicate", Outcome.DUPLICATE),
        ("junk", Outcome.DISQUALIFIED),
    ],
)
def test_disposal_stops_the_clock(
    house: House, design: HandoffDesign, reason: str, outcome: Outcome
) -> None:
    """A reason that recycles or closes ends the lead before it is due: nothing more is sent."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    assert not decline(house, name, card, reason)
    house.step(days=1)

    lead = stored(house, lead_id)
    assert (lead.state, lead.outcome) == (LeadState.DISPOSED, outcome)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.STOPPED
    assert "Closed" in shows(house, card)


def test_buttons_that_come_too_late_answer(house: House, design: HandoffDesign) -> None:
    """Who lost the lead is told so privately; nothing changes."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    card = take_card(house, first)
    click(house, first, card, Action.LEAD_DECLINE)
    rep = house.person(first)
    assert not rep.submit(front(rep), {Field.LEAD_REASON: "away"})
    rep.click(card, Action.LEAD_ACCEPT)
    house.step()
    second = owner_name(house, lead_id)
    other = take_card(house, second)

    (told,) = house.take_direct(first)
    assert "not yours now" in told.text
    assert owner_name(house, lead_id) == second
    click(house, second, other, Action.LEAD_CONTACTED)
    house.step()


def test_an_outbox_names_every_message_once(house: House, design: HandoffDesign) -> None:
    """No ping more than needed: one card for the owner, whatever happens to it."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    card = take_card(house, name)
    click(house, name, card, Action.LEAD_ACCEPT)
    click(house, name, card, Action.LEAD_CONTACTED)
    house.step(days=1)

    with house.app.database.read() as connection:
        sent = outbox.about(connection, workspace=house.workspace, subject=lead_id)
    assert {message.kind for message in sent} == {"lead"}


def test_nobody_works_until_monday(house: House, design: HandoffDesign) -> None:
    """A lead of Friday evening is assigned at once and told when work starts; due on Monday."""
    friday = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
    house.step(friday)
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    assert not house.take_direct(name)

    house.step(monday - timedelta(seconds=1))
    assert not house.take_direct(name)
    house.step(monday)

    card = take_card(house, name)
    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.due_at == monday + timedelta(minutes=30)
    assert lead.notified_at == monday
    click(house, name, card, Action.LEAD_CONTACTED)
    house.step(days=1)


def test_who_is_away_on_monday_is_not_told(house: House, design: HandoffDesign) -> None:
    """Eligibility is checked again when the ping is to go out."""
    house.step(datetime(2026, 11, 27, 23, 30, tzinfo=UTC))
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    leave(house, first, date(2026, 11, 30), date(2026, 11, 30))

    house.step(datetime(2026, 11, 30, 14, 0, tzinfo=UTC))

    second = owner_name(house, lead_id)
    assert second != first
    assert not house.take_direct(first)
    card = take_card(house, second)
    (told,) = house.take_direct("ben")
    assert "is away, so their leads moved" in told.text
    click(house, second, card, Action.LEAD_CONTACTED)
    house.step()


def leave(house: House, name: str, first: date, last: date) -> None:
    """Let a person enter time off with `/handoff me`."""
    rep = house.person(name)
    rep.command(CHANNEL, "/handoff me")
    typed = {Field.ME_AWAY_FROM: first.isoformat(), Field.ME_AWAY_TO: last.isoformat()}
    assert not rep.submit(front(rep), typed)


def test_time_off_that_starts_moves_untouched_leads(house: House, design: HandoffDesign) -> None:
    """Leads that are due inside it go to others at once; the RevOps Director gets the list."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    card = take_card(house, first)

    leave(house, first, date(2026, 11, 23), date(2026, 11, 24))
    house.step()

    second = owner_name(house, lead_id)
    assert second != first
    assert "This lead is now with" in shows(house, card)
    (told,) = house.take_direct("ben")
    assert "Lena Lead" in told.text
    other = take_card(house, second)
    click(house, second, other, Action.LEAD_CONTACTED)
    house.step()
    assert stored(house, lead_id).reroutes == 0


@pytest.mark.parametrize(
    ("note", "told"),
    [("", "“wrong territory”"), ("In <Ulm>", "“wrong territory: In &lt;Ulm&gt;”")],
)
def test_why_tells_for_what_reason_a_lead_was_declined(
    house: House, design: HandoffDesign, note: str, told: str
) -> None:
    """The reason that was chosen, and what the rep wrote to it."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    click(house, name, take_card(house, name), Action.LEAD_DECLINE)
    rep = house.person(name)
    values = {Field.LEAD_REASON: "wrong_territory", Field.LEAD_NOTE: note}
    assert rep.submit(front(rep), values) == {}
    house.step()

    house.person("sam").command(CHANNEL, f"/handoff why {stored(house, lead_id).email_key}")

    (answer,) = private_to(house, "sam")
    assert f"ended: declined {told}" in str(answer.blocks)
    house.take(CHANNEL)
    take_card(house, owner_name(house, lead_id))


def test_a_manager_takes_a_lead_from_why(house: House, design: HandoffDesign) -> None:
    """`/handoff why` tells the story; the pod's manager sees what can be done, a rep does not."""
    lead_id = arrive(house, design=design)
    first = owner_name(house, lead_id)
    take_card(house, first)
    address = stored(house, lead_id).email_key
    other = next(name for name in TEAM if name != first)

    house.person(other).command(CHANNEL, f"/handoff why {address}")
    (plain,) = private_to(house, other)
    assert "was next in turn" in str(plain.blocks)
    assert "band A, 30m on calendar default" in str(plain.blocks)
    assert Action.LEAD_TAKE not in str(plain.blocks)
    sam = house.person("sam")
    sam.command(CHANNEL, f"/handoff why {address}")
    (managed,) = private_to(house, "sam")
    sam.click(managed, Action.LEAD_TAKE)
    house.step()

    assert owner_name(house, lead_id) == "sam"
    card = take_card(house, "sam")
    house.take(CHANNEL)
    click(house, "sam", card, Action.LEAD_CONTACTED)
    house.step()


def test_a_paused_clock_runs_again_by_itself(house: House, design: HandoffDesign) -> None:
    """Pausing needs a reason and a manager; what was left of the target is left after it."""
    lead_id = arrive(house, design=design)
    name = owner_name(house, lead_id)
    take_card(house, name)
    house.step(minutes=10)
    asked = {"database": house.app.database, "workspace": house.workspace, "lead_id": lead_id}
    now, sam = house.clocks.now(), house.person("sam").id
    by_rep = pause(**asked, now=now, by=house.person(name).id, reason="lunch")
    assert isinstance(by_rep, Denied)
    assert isinstance(pause(**asked, now=now, by=sam, reason=" "), Denied)

    assert isinstance(pause(**asked, now=now, by=sam, reason="asked to wait"), Done)
    house.step(hours=8)
    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.PAUSED
    assert not house.take_direct(name)
    house.step(lead.resume_at)

    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.RUNNING
    assert lead.clock.left_minutes == 20
    assert lead.clock.due_at == house.clocks.now() + timedelta(minutes=20)
    house.step(minutes=1)
    touch(house, lead_id, house.clocks.now())
    house.step()


def test_a_paused_lead_that_comes_again_still_runs_again(
    house: House, design: HandoffDesign
) -> None:
    """A better band shortens what is left; the pause ends when it should."""
    lead_id = arrive(house, design=design, band=Band.B)
    sam = house.person("sam").id
    asked = {"database": house.app.database, "workspace": house.workspace, "lead_id": lead_id}
    paused = pause(**asked, now=house.clocks.now(), by=sam, reason="asked to wait")
    assert isinstance(paused, Done)

    house.app.database.run(
        lambda connection: came_again(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=lead_id,
            arrival="again",
            source="website",
            band=Band.A,
        )
    )
    resume_at = stored(house, lead_id).resume_at
    assert resume_at is not None
    house.step(resume_at)

    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert lead.clock.state is ClockState.RUNNING
    assert lead.clock.left_minutes == 30
    touch(house, lead_id, house.clocks.now())
    house.step()
    house.take()


def touch(house: House, lead_id: str, occurred_at: datetime) -> Touched:
    """Let the CRM report a touch of a lead."""
    return house.app.database.run(
        lambda connection: touch_lead(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=lead_id,
            occurred_at=occurred_at,
            by="crm",
            via="crm",
            external_id=f"call {occurred_at.isoformat()}",
            kind="call",
        )
    )


def test_at_the_due_instant_it_is_late(house: House, design: HandoffDesign) -> None:
    """Met iff the touch occurred before the due instant, even if no tick ran yet."""
    in_time, late = arrive(house, design=design), arrive(house, design=design)
    for lead_id in (in_time, late):
        take_card(house, owner_name(house, lead_id))
    clock = stored(house, late).clock
    assert clock is not None
    house.clocks.move_to(clock.due_at)

    assert touch(house, late, clock.due_at) is Touched.LATE
    before = clock.due_at - timedelta(microseconds=1)
    assert touch(house, in_time, before) is Touched.MET

    assert stored(house, late).state is stored(house, in_time).state is LeadState.TOUCHED
    kinds = history(house, late)
    assert kinds.count("incident_recorded") == 1
    assert kinds.index("clock_breached") < kinds.index("lead_touched")
    assert "clock_breached" not in history(house, in_time)
    house.step()
    house.take()


def test_an_earlier_touch_reverses_a_breach(house: House, design: HandoffDesign) -> None:
    """The incident is voided and the climb stops; the audit log says why."""
    lead_id = arrive(house, design=design)
    started = house.clocks.now()
    house.step(minutes=40)
    house.take()
    assert "clock_breached" in history(house, lead_id)

    assert touch(house, lead_id, started + timedelta(minutes=3)) is Touched.UNBREACHED
    house.step(days=2)

    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert (lead.clock.state, lead.state) == (ClockState.MET, LeadState.TOUCHED)
    assert lead.touched_at == started + timedelta(minutes=3)
    assert "breach_reversed" in history(house, lead_id)
    assert not house.take(CHANNEL)


def test_nobody_eligible_is_a_routing_failure(house: House, design: HandoffDesign) -> None:
    """With reps, fallback and manager away the lead is unroutable at once: an incident."""
    for name in (*TEAM, "sam"):
        leave(house, name, date(2026, 11, 23), date(2026, 11, 27))
    lead_id = arrive(house, design=design)

    lead = stored(house, lead_id)
    assert (lead.state, lead.owner) == (LeadState.UNROUTABLE, None)
    assert history(house, lead_id).count("incident_recorded") == 1
    assert lead.clock is not None
    assert lead.clock.state is ClockState.RUNNING
    house.take()


@pytest.mark.usefixtures("design")
def test_a_lead_without_a_design_is_unmatched(house: House) -> None:
    """It is kept, has no clock, and its failure belongs to the reserved design."""
    lead_id = arrive(house, design=None)

    lead = stored(house, lead_id)
    assert (lead.state, lead.clock, lead.design) == (LeadState.UNROUTABLE, None, None)
    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert incident is not None
    assert incident.design == "unmatched"
    house.take()


def test_missing_fields_hold_then_route(house: House, design: HandoffDesign) -> None:
    """A lead without a required field waits a tenth of its target, the clock running."""
    lead_id = arrive(house, design=design, employees=None)
    lead = stored(house, lead_id)
    assert (lead.state, lead.owner) == (LeadState.HELD, None)
    assert lead.clock is not None
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=30)
    assert "Waits for: employees" in story(house, lead_id)

    house.step(minutes=3)

    assert "Waits for" not in story(house, lead_id)
    assert stored(house, lead_id).owner is not None
    house.take()
    touch(house, lead_id, house.clocks.now())
    house.step()
    house.take()


def test_a_broken_rule_never_loses_a_lead(
    house: House, design: HandoffDesign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Routing is tried again after 1 and 5 minutes, then the fallback has the lead."""

    def broken(**_given: object) -> None:
        raise RuntimeError("a rule that cannot be read")

    monkeypatch.setattr("bot.flows.lead.route.assign", broken)
    lead_id = arrive(house, design=design)
    assert stored(house, lead_id).state is LeadState.NEW
    house.step(minutes=1)
    assert stored(house, lead_id).state is LeadState.NEW
    house.step(minutes=5)

    assert owner_name(house, lead_id) == "sam"
    assert len(house.take_errors()) == 3
    house.take()
    touch(house, lead_id, house.clocks.now())
    house.step()
    house.take()
