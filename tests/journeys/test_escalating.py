"""A lead is not answered: who is called, when, and what stops it."""

from datetime import timedelta

import pytest

from bot.flows.keep.messages import send_again
from bot.ids import Action, Field
from bot.sandbox.messages import Message
from handoff.brief import LadderSpec, OwnerModel, People, StepSpec
from handoff.design import HandoffDesign, content_hash
from handoff.directory import Role, TimeOff, UserGroup
from handoff.escalation.climb import EscalationState
from handoff.escalation.policy import EscalationPolicy, EscalationStep
from handoff.lead import LeadState
from storage import directory as directories
from storage import outbox, timers
from storage.outbox import MessageState
from tests.handoff import samples
from tests.support.escalations import (
    calls,
    climb_of,
    current_of,
    message_to,
    now_shows,
    who,
)
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.leads import activate_design, arrive, go_live, stored
from tests.support.team import save_team, set_up_team

CHANNEL = "#enterprise-handoff"


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active design: band A is due after half an hour; steps of 15, 30 and 60 minutes."""
    return activate_design(house, set_up_team(house))


def breach(house: House, design: HandoffDesign) -> tuple[str, str]:
    """Let a lead arrive and nobody answer until it is due; return its id and its owner's name."""
    lead_id = arrive(house, design=design)
    house.step(minutes=29, seconds=59)
    assert calls(house) == []
    house.step(seconds=1)
    owner = stored(house, lead_id).owner
    names = ("dana", "noor", "eli", "sam", "ben")
    return lead_id, next(name for name in names if house.person(name).id == owner)


def test_breached_and_climbed_all_three_steps(house: House, design: HandoffDesign) -> None:
    """At the due instant owner, channel and step 1; then each step in its time, then repeats."""
    _, owner = breach(house, design)
    first = calls(house)
    assert who(first) == [CHANNEL, owner, "ben"]
    assert "Acknowledge" not in now_shows(house, message_to(first, owner))

    house.step(minutes=14, seconds=59)
    assert calls(house) == []
    house.step(seconds=1)
    assert who(calls(house)) == ["sam"]
    house.step(minutes=30)
    assert who(calls(house)) == ["cleo"]

    house.step(hours=3)
    assert who(calls(house)) == ["cleo"] * 3
    house.step(hours=20)  # Tuesday, 09:00 in New York is 14:00 UTC
    assert who(calls(house)) == ["cleo"]
    shown = now_shows(house, message_to(first, CHANNEL))
    assert "RevOps Director" in shown
    assert "4 more times" in shown


@pytest.mark.parametrize(("steps", "name"), [(0, "ben"), (1, "sam"), (2, "cleo")])
def test_acknowledged_at_each_step(
    house: House, design: HandoffDesign, steps: int, name: str
) -> None:
    """One tap stops the climb; every message already sent says who has it."""
    lead_id, _ = breach(house, design)
    found = calls(house)
    for minutes in (15, 30)[:steps]:
        house.step(minutes=minutes)
        found += calls(house)

    assert "unless somebody acknowledges it" in now_shows(house, message_to(found, name))
    house.person(name).click(message_to(found, name), Action.ESCALATION_ACKNOWLEDGE)
    house.step(minutes=119)

    assert calls(house) == []
    assert climb_of(house, lead_id).state is EscalationState.ACKNOWLEDGED
    for _, message in found:
        assert "has it" in now_shows(house, message)
        assert "unless somebody contacts the lead" in now_shows(house, message)


def test_an_acknowledgement_holds_two_hours_and_calls_the_same_step_once(
    house: House, design: HandoffDesign
) -> None:
    """Then the climb goes on with the next step."""
    lead_id, _ = breach(house, design)
    message = message_to(calls(house), "ben")
    house.person("ben").click(message, Action.ESCALATION_ACKNOWLEDGE)

    house.step(hours=2)
    again = calls(house)
    assert who(again) == ["ben"]
    assert climb_of(house, lead_id).state is EscalationState.OPEN
    assert "Open again" in now_shows(house, message)
    house.step(minutes=15)
    assert who(calls(house)) == ["sam"]


def test_a_touch_ends_the_climb_for_good(house: House, design: HandoffDesign) -> None:
    """Everybody sees it, and nobody is called any more."""
    lead_id, owner = breach(house, design)
    found = calls(house)
    card = house.person(owner).direct_messages()[0]

    house.person(owner).click(current_of(house, card), Action.LEAD_CONTACTED)
    house.step(days=2)

    assert stored(house, lead_id).state is LeadState.TOUCHED
    assert calls(house) == []
    assert climb_of(house, lead_id).state is EscalationState.RESOLVED
    for _, message in found:
        assert "Resolved" in now_shows(house, message)
    assert "Acknowledge" not in now_shows(house, message_to(found, "ben"))


def test_a_late_lead_that_is_declined_is_shown_with_its_next_owner(
    house: House, design: HandoffDesign
) -> None:
    """Whoever is called about it sees who has it by now; who had it is not told to own it."""
    lead_id, owner = breach(house, design)
    found = calls(house)
    call, told = message_to(found, "ben"), message_to(found, owner)
    assert "You own this" in now_shows(house, told)
    names = {"dana": "Dana Lopez", "noor": "Noor", "eli": "Eli"}
    assert names[owner] in now_shows(house, call)
    rep = house.person(owner)

    rep.click(current_of(house, rep.direct_messages()[0]), Action.LEAD_DECLINE)
    assert not rep.submit(front(rep), {Field.LEAD_REASON: "wrong_territory"})
    house.step()

    after = stored(house, lead_id).owner
    following = next(name for name in names if house.person(name).id == after)
    assert following != owner
    assert names[following] in now_shows(house, call)
    assert names[following] in now_shows(house, told)
    assert "You own this" not in now_shows(house, told)
    house.take()


def test_a_broken_promise_opens_the_climb_again(house: House, design: HandoffDesign) -> None:
    """Ben promises a time in the form; when it comes and nothing happened, he is called again."""
    lead_id, _ = breach(house, design)
    message = message_to(calls(house), "ben")
    ben = house.person("ben")

    ben.click(message, Action.ESCALATION_PROMISE)
    assert "Lena" in text_of(front(ben))
    past = house.clocks.now() - timedelta(minutes=1)
    assert "passed" in fill(ben, at=int(past.timestamp()))["at"]
    late = house.clocks.now() + timedelta(days=2)
    assert "one working day" in fill(ben, at=int(late.timestamp()))["at"]
    promised_at = house.clocks.now() + timedelta(minutes=45)
    assert not fill(ben, at=int(promised_at.timestamp()))
    house.step()
    assert "promised by" in now_shows(house, message)

    house.step(minutes=44, seconds=59)
    assert calls(house) == []
    house.step(seconds=1)
    assert who(calls(house)) == ["ben"]
    assert "still not done" in now_shows(house, message)
    assert climb_of(house, lead_id).state is EscalationState.OPEN
    house.step(minutes=15)
    assert who(calls(house)) == ["sam"]


@pytest.mark.parametrize("filling", ["<!channel> *b* ", "&", "é\n", "W\u202e"])
def test_whatever_a_source_sends_everybody_can_be_told(
    house: House, design: HandoffDesign, filling: str
) -> None:
    """Leads whose every field is as long as can be: no message, form or list is refused."""
    endless = (filling * 2_000)[:1_999]
    texts = dict.fromkeys(("first_name", "last_name", "company", "phone", "notes"), endless)
    ids = [arrive(house, design=design, title=f"VP {endless}", **texts) for _ in range(3)]
    owner = stored(house, ids[0]).owner
    rep = next(one for one in map(house.person, ("dana", "noor", "eli")) if one.id == owner)
    rep.click(rep.direct_messages()[0], Action.LEAD_DECLINE)
    rep.cancel()
    assert rep.open_home() is not None
    ria = house.person("ria")
    ria.command(CHANNEL, f"/handoff why {ids[0]}")

    house.step(minutes=30)
    found = calls(house)
    assert house.person("ben").open_home() is not None
    mia = house.person("mia")
    mia.click(message_to(found, "mia"), Action.ESCALATION_RESOLVE)
    assert not fill(mia, cause="nobody_free", note=endless[:500])
    house.step(hours=3)

    assert {"ben", "cleo", "mia"} <= set(who(found))
    assert all(len(message.text) < 4_000 for _, message in found)
    house.take()


def test_resolved_with_a_cause(house: House, design: HandoffDesign) -> None:
    """Ben says what went wrong; nobody is called any more, and everybody can read why."""
    breach(house, design)
    found = calls(house)
    ben = house.person("ben")

    ben.click(message_to(found, "ben"), Action.ESCALATION_RESOLVE)
    assert not fill(ben, cause="nobody_free", note="All at <lunch>")
    house.step(days=2)

    assert calls(house) == []
    shown = now_shows(house, message_to(found, CHANNEL))
    assert "Resolved by Ben Osei" in shown
    assert "Nobody was free to answer" in shown
    assert "All at &lt;lunch&gt;" in shown


def test_who_may_not_take_it(house: House, design: HandoffDesign) -> None:
    """Not the owner, not a passer-by; and it is taken once."""
    lead_id, _ = breach(house, design)
    found = calls(house)
    channel = message_to(found, CHANNEL)
    max_ops, ben, ria = (house.person(name) for name in ("max", "ben", "ria"))

    max_ops.click(channel, Action.ESCALATION_ACKNOWLEDGE)
    assert "Only those who were called" in text_of(front(max_ops))
    ben.click(message_to(found, "ben"), Action.ESCALATION_ACKNOWLEDGE)
    ria.click(channel, Action.ESCALATION_ACKNOWLEDGE)
    assert "Ben Osei has it already, since 09:30" in text_of(front(ria))
    house.step()

    assert climb_of(house, lead_id).acknowledged_by == ben.id


def test_breaches_at_about_the_same_time_share_a_message(
    house: House, design: HandoffDesign
) -> None:
    """One message for each person, updated; one tap takes all of them, or each by its menu."""
    leads = [arrive(house, design=design)]
    house.step(minutes=4)
    leads.append(arrive(house, design=design))
    house.step(minutes=26)
    first = calls(house)
    house.step(minutes=4)
    second = calls(house)

    assert "ben" in who(first)
    assert "ben" not in who(second)
    assert all("is failing" in packet.text for _, packet in second)
    message = message_to(first, "ben")
    assert "2 leads of ENT-1" in now_shows(house, message)
    ben = house.person("ben")
    ben.click(current_of(house, message), Action.ESCALATION_ACKNOWLEDGE_ALL)
    house.step(minutes=60)
    assert calls(house) == []
    states = {climb_of(house, lead).state for lead in leads}
    assert states == {EscalationState.ACKNOWLEDGED}


def test_five_minutes_apart_is_another_message(house: House, design: HandoffDesign) -> None:
    """The message is shared for less than five minutes."""
    arrive(house, design=design)
    house.step(minutes=5)
    arrive(house, design=design)
    house.step(minutes=25)
    assert "ben" in who(calls(house))

    house.step(minutes=5)

    assert "ben" in who(calls(house))


def test_nobody_of_a_step_is_there(house: House, design: HandoffDesign) -> None:
    """The step is skipped at once, and the next one's message says so."""
    ben_away(house)

    breach(house, design)

    found = calls(house)
    assert "sam" in who(found)
    assert "ben" not in who(found)
    assert "RevOps Director skipped, nobody can be reached" in now_shows(
        house, message_to(found, "sam")
    )


def ben_away(house: House) -> None:
    """Let Ben be on time off today."""
    now = house.clocks.now()
    away = TimeOff.model_validate(
        {"person": house.person("ben").id, "from": now.date(), "to": now.date()}
    )
    house.app.database.run(
        lambda connection: directories.add_time_off(
            connection, workspace=house.workspace, time_off=away, by="cli", now=now
        )
    )


def test_a_lead_that_no_design_takes_is_the_directors(house: House) -> None:
    """A routing failure climbs the usual ladder, with a guardrail of its own."""
    set_up_team(house)

    lead_id = arrive(house, design=None)

    found = calls(house)
    assert who(found) == ["ben"]
    assert "Nobody to give it to" in message_to(found, "ben").text
    assert climb_of(house, lead_id).design == "unmatched"
    house.step(minutes=15)
    assert who(calls(house)) == ["sam"]


def test_who_is_called_about_a_lead_of_nobody_names_a_rep(house: House) -> None:
    """The message has the button; then the lead has an owner, and the button is gone."""
    set_up_team(house)
    lead_id = arrive(house, design=None)
    call = message_to(calls(house), "ben")
    ben, dana = house.person("ben"), house.person("dana")
    assert "*Design*\nnone" in str(call.blocks).replace("\\n", "\n")

    ben.click(call, Action.LEAD_REASSIGN)
    assert not ben.submit(front(ben), {Field.LEAD_TO: dana.id})
    house.step()

    assert stored(house, lead_id).owner == dana.id
    shown = now_shows(house, call)
    assert "Dana Lopez" in shown
    assert Action.LEAD_REASSIGN not in shown
    (card,) = house.take_direct("dana")
    dana.click(card, Action.LEAD_CONTACTED)
    house.step()


def test_leads_in_flight_keep_their_policy(house: House, design: HandoffDesign) -> None:
    """A new version with another ladder goes live; the older lead climbs as it arrived."""
    lead_id = arrive(house, design=design)
    binding = design.binding.model_copy(
        update={
            "policy": EscalationPolicy(steps=(EscalationStep(role="cro", acknowledge_minutes=5),))
        }
    )
    newer = design.model_copy(
        update={"version": 2, "binding": binding, "content_hash": content_hash(binding)}
    )
    go_live(house, newer)
    later = arrive(house, design=newer)

    house.step(minutes=30)

    assert climb_of(house, lead_id).policy == design.binding.policy
    assert climb_of(house, later).policy == newer.binding.policy
    assert {"ben", "cleo"} <= set(who(calls(house)))


def test_a_user_group_is_called_through_its_members(house: House) -> None:
    """Each member who can be reached is called once; a member's own later step is skipped."""
    group = UserGroup(
        key="S0REVOPS01",
        name="revops-team",
        members=tuple(house.person(name).id for name in ("ria", "ben", "sam", "finn")),
    )
    team = set_up_team(house)
    team = team.model_copy(update={"groups": (*team.groups, group)})
    save_team(house, team)
    step = StepSpec(role="revops_director", acknowledge_minutes=15)
    ladder = LadderSpec(
        steps=(
            step,
            StepSpec(role="sales_manager", acknowledge_minutes=30),
            StepSpec(role="cro", acknowledge_minutes=60),
        )
    )
    design = activate_design(house, team, ladder=ladder, people=with_group(house))

    lead_id = arrive(house, design=design)
    house.step(minutes=30)
    first = calls(house)
    assert {"ria", "ben", "sam"} <= set(who(first))
    house.step(minutes=15)
    second = calls(house)

    assert who(second) == ["cleo"]
    assert "Sales Manager skipped" in now_shows(house, message_to(second, "cleo"))
    house.person("ria").click(message_to(first, "ria"), Action.ESCALATION_ACKNOWLEDGE)
    house.step()
    assert climb_of(house, lead_id).acknowledged_by == house.person("ria").id


def with_group(house: House) -> People:
    """The people of a brief whose first step is a user group."""
    return samples.people(
        pods=("enterprise-east",),
        owner_models=(OwnerModel.ROUND_ROBIN,),
        fallback=house.person("sam").id,
        revops_approver=house.person("ria").id,
        sales_approver=house.person("sam").id,
        sales_leadership=(house.person("cleo").id,),
        marketing_leadership=(house.person("mia").id,),
        role_holders={"revops_director": ("S0REVOPS01",)},
        channel=house.sandbox.workspace.channel_named(CHANNEL).id,
    )


def test_what_slack_refuses_for_good_is_an_incident(house: House, design: HandoffDesign) -> None:
    """Two reps cannot be told of their leads: one error within the hour, one incident."""
    house.sandbox.faults.add("chat.postMessage", "error", count=1, code="channel_not_found")

    lead_id = arrive(house, design=design)

    assert "ben" in who(calls(house))
    incident = "Slack: channel_not_found"
    assert incident in now_shows(house, house.person("ben").direct_messages()[-1])
    assert climb_of(house, lead_id).state is EscalationState.OPEN
    house.sandbox.faults.add("chat.postMessage", "error", count=1, code="channel_not_found")
    arrive(house, design=design)
    assert calls(house) == []
    assert len(house.take_errors()) == 2


def test_a_test_lead_calls_nobody(house: House, design: HandoffDesign) -> None:
    """It breaches, but it is no incident."""
    arrive(house, design=design, is_test=True)

    house.step(hours=2)

    assert calls(house) == []


def test_no_timer_is_left_when_it_is_over(house: House, design: HandoffDesign) -> None:
    """Resolving cancels whatever the climb waits for."""
    breach(house, design)
    found = calls(house)
    ben = house.person("ben")
    ben.click(message_to(found, "ben"), Action.ESCALATION_ACKNOWLEDGE)
    ben.click(current_of(house, message_to(found, "ben")), Action.ESCALATION_RESOLVE)
    assert not fill(ben, cause="other")
    house.step()

    with house.app.database.read() as connection:
        due = timers.due(
            connection, now=house.clocks.now() + timedelta(days=60), wall=house.clocks.now()
        )
    assert not [timer for timer in due if timer.subject.startswith("esc_")]


def shut_out(house: House, *names: str) -> None:
    """Close some accounts, which the directory does not know yet."""
    for name in names:
        house.sandbox.workspace.users[house.person(name).id].deleted = True


def expect_shut_out(house: House, *, times: int) -> None:
    """Take what was refused and logged about closed accounts."""
    assert len(house.take_refusals()) == times
    errors = house.take_errors()
    assert len(errors) == times
    assert all("user_disabled" in error for error in errors)


def test_a_call_that_slack_takes_for_nobody_goes_on_at_once(
    house: House, design: HandoffDesign
) -> None:
    """Ben's account was closed an hour ago: Sam is called in the same minute, and told why."""
    shut_out(house, "ben")

    breach(house, design)
    found = calls(house)

    assert who(found) == [CHANNEL, owner_of(found), "sam"]
    assert "RevOps Director skipped, nobody can be reached" in now_shows(
        house, message_to(found, "sam")
    )
    house.step(minutes=29, seconds=59)
    assert calls(house) == []
    house.step(seconds=1)
    assert who(calls(house)) == ["cleo"]
    house.step(days=2)
    assert set(who(calls(house))) == {"cleo"}
    expect_shut_out(house, times=1)


def test_leads_on_one_message_that_slack_will_not_take_all_go_on(
    house: House, design: HandoffDesign
) -> None:
    """The message is posted for both at once, and fails for both."""
    shut_out(house, "ben")
    leads = [arrive(house, design=design) for _ in range(2)]
    house.step(minutes=30)
    found = calls(house)

    assert "ben" not in who(found)
    assert "2 leads" in message_to(found, "sam").text
    house.step(minutes=30)
    assert "2 leads" in message_to(calls(house), "cleo").text
    for lead_id in leads:
        climb = climb_of(house, lead_id)
        assert climb.position is not None
        assert climb.position.step == 2
    expect_shut_out(house, times=1)


def test_a_step_has_another_holder_whom_slack_lets_us_call(house: House) -> None:
    """Before the climb goes on, everybody who holds the step is tried."""
    directory = set_up_team(house)
    directors = (house.person("ben").id, house.person("mia").id)
    roles = {**directory.roles, Role.REVOPS_DIRECTOR: directors}
    save_team(house, directory.model_copy(update={"roles": roles}))
    shut_out(house, "ben")

    breach(house, activate_design(house, directory))
    found = calls(house)

    assert who(found) == [CHANNEL, owner_of(found), "mia"]
    house.step(minutes=15)
    assert who(calls(house)) == ["sam"]
    expect_shut_out(house, times=1)


def test_nobody_of_the_climb_can_be_called(house: House, design: HandoffDesign) -> None:
    """Each is tried once; the next morning as well, when an account may be open again."""
    shut_out(house, "ben", "sam", "cleo")

    lead_id, owner = breach(house, design)

    assert who(calls(house)) == [CHANNEL, owner]
    house.step(hours=3)
    assert calls(house) == []
    expect_shut_out(house, times=3)
    assert climb_of(house, lead_id).state is EscalationState.OPEN
    house.sandbox.workspace.users[house.person("sam").id].deleted = False
    send_again(
        database=house.app.database,
        ids=parked(house),
        by="ria",
        now=house.clocks.now(),
    )
    house.step(seconds=1)
    (call,) = calls(house)
    assert call[0] == "sam"
    house.person("sam").click(call[1], Action.ESCALATION_ACKNOWLEDGE)
    house.step()
    assert climb_of(house, lead_id).state is EscalationState.ACKNOWLEDGED
    expect_shut_out(house, times=2)


def owner_of(found: list[tuple[str, Message]]) -> str:
    """Return which rep was told."""
    (owner,) = {name for name, _ in found} & {"dana", "noor", "eli"}
    return owner


def parked(house: House) -> tuple[int, ...]:
    """Return the messages that Slack would not take."""
    with house.app.database.read() as connection:
        found = outbox.in_state(
            connection, workspace=house.workspace, states=[MessageState.FAILED]
        )
    return tuple(one.seq for one in found)


def test_home_shows_what_i_was_called_about_until_somebody_has_it(
    house: House, design: HandoffDesign
) -> None:
    """A tap there is a tap on the message, and redraws the tab; the owner sees a lead, no call."""
    lead_id, owner = breach(house, design)
    ben, call = house.person("ben"), message_to(calls(house), "ben")

    home = ben.open_home()
    assert home is not None
    assert "You were called" in str(home.blocks)
    assert "Not answered in time" in str(home.blocks)
    assert "Nothing waits for you." not in str(home.blocks)
    for name in (owner, "cleo"):
        others = house.person(name).open_home()
        assert others is not None
        assert "You were called" not in str(others.blocks)
    climb = climb_of(house, lead_id)
    ben.click(home, Action.ESCALATION_ACKNOWLEDGE, block_id=f"home.call:{climb.id}")
    house.step()

    assert climb_of(house, lead_id).state is EscalationState.ACKNOWLEDGED
    assert "has it" in now_shows(house, call)
    assert ben.home is not None
    assert "You were called" not in str(ben.home.blocks)


def test_home_has_room_for_many_calls(house: House, design: HandoffDesign) -> None:
    """The oldest stand there, and that there are more."""
    for _ in range(7):
        arrive(house, design=design)
    house.step(minutes=30)
    calls(house)

    home = house.person("ben").open_home()

    assert home is not None
    assert str(home.blocks).count("Not answered in time") == 5
    assert "and more, which move up as these are done" in str(home.blocks)
