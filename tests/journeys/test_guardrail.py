"""A handoff fails in a pattern: leadership is called once, with everything in one packet."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.flows.escalate.guardrail import check_guardrail
from bot.flows.lead.touch import touch_lead
from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.brief import OwnerModel
from handoff.design import HandoffDesign, content_hash
from handoff.directory import Role, TimeOff
from handoff.escalation.climb import EscalationState
from handoff.escalation.incident import IncidentKind
from storage import designs, escalations, incidents
from storage import directory as directories
from storage.escalations import Escalation
from storage.incidents import IncidentRecord
from tests.handoff import samples
from tests.support.escalations import calls, climb_of, current_of, message_to, now_shows, who
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.leads import activate_design, arrive, go_live
from tests.support.review import brief_for, retire, send_for_review
from tests.support.team import save_team, set_up_team

CHANNEL = "#enterprise-handoff"
LEADERSHIP = [CHANNEL, "cleo", "mia"]


@pytest.fixture
def design(house: House) -> HandoffDesign:
    """An active design: band A is due after half an hour; two incidents in 48 hours."""
    return activate_design(house, set_up_team(house))


def packets(house: House) -> list[tuple[str, Message]]:
    """Take all new messages, and return leadership's."""
    return [one for one in calls(house) if "is failing" in one[1].text]


def breach(house: House, design: HandoffDesign, *, count: int = 1) -> None:
    """Let leads arrive now and nobody answer until they are due, half an hour later."""
    for _ in range(count):
        arrive(house, design=design)
    house.step(minutes=30)


def running(house: House) -> Escalation | None:
    """Return the design's open guardrail."""
    with house.app.database.read() as connection:
        return escalations.open_guardrail(connection, workspace=house.workspace, design="ENT-1")


def test_the_second_incident_calls_leadership_once(house: House, design: HandoffDesign) -> None:
    """One packet for Sales and Marketing: incidents, shared cause, proposed fix, who is on it."""
    breach(house, design)
    assert packets(house) == []

    breach(house, design)

    found = packets(house)
    assert who(found) == LEADERSHIP
    shown = now_shows(house, message_to(found, "cleo"))
    assert "2 incidents" in shown
    assert "share the source *website*" in shown
    assert "What they share, and what to do" in shown
    cleo = house.person("cleo")
    cleo.click(current_of(house, message_to(found, "cleo")), Action.ESCALATION_ACKNOWLEDGE)
    house.step(hours=3)
    assert packets(house) == []
    for _, message in found:
        assert "Cleo Marchetti has it" in now_shows(house, message)


def test_the_packet_follows_who_has_each_incident(house: House, design: HandoffDesign) -> None:
    """Leadership reads who is on it now, not who was when the packet came."""
    breach(house, design)
    breach(house, design)
    shown = now_shows(house, packet := message_to(packets(house), "mia"))
    assert shown.count("— nobody has it yet") == 2

    sam = house.person("sam")
    (called, *_) = [m for m in sam.direct_messages() if "Not answered in time" in m.text]
    sam.click(current_of(house, called), Action.ESCALATION_ACKNOWLEDGE)
    house.step()

    shown = now_shows(house, packet)
    assert shown.count("— Sam Whitfield has it") == 1
    assert shown.count("— nobody has it yet") == 1


def test_further_incidents_join_in_its_thread(house: House, design: HandoffDesign) -> None:
    """Those of a quarter of an hour are told together; the packet does not fire again."""
    breach(house, design, count=2)
    found = packets(house)
    assert who(found) == LEADERSHIP

    house.step(minutes=1)
    breach(house, design, count=2)
    assert "4 incidents" in now_shows(house, message_to(found, "mia"))
    house.step(minutes=14)

    joined = [one for one in calls(house) if "more incidents on ENT-1" in one[1].text]
    assert sorted(who(joined)) == sorted(LEADERSHIP)
    for name, message in joined:
        assert message.thread_ts == message_to(found, name).ts
    house.step(hours=1)
    assert not [one for one in calls(house) if "ENT-1" in one[1].text and "more" in one[1].text]


def test_resolving_starts_the_count_anew(house: House, design: HandoffDesign) -> None:
    """Acknowledging does not; after the resolve it takes two further incidents."""
    breach(house, design, count=2)
    mia = house.person("mia")
    message = message_to(packets(house), "mia")
    mia.click(message, Action.ESCALATION_ACKNOWLEDGE)
    house.step(minutes=1)
    breach(house, design)
    assert packets(house) == []

    mia.click(current_of(house, message), Action.ESCALATION_RESOLVE)
    assert not fill(mia, cause="nobody_free", note="Two reps more from Monday")
    house.step(minutes=1)
    assert "Two reps more from Monday" in now_shows(house, message)
    assert running(house) is None

    breach(house, design)
    assert packets(house) == []
    house.step(minutes=1)
    breach(house, design)
    assert who(packets(house)) == LEADERSHIP


def test_leads_that_no_design_takes_have_a_guardrail_of_their_own(house: House) -> None:
    """Its packet and its form name it; resolved, two further ones are needed."""
    set_up_team(house)
    arrive(house, design=None)
    assert packets(house) == []
    arrive(house, design=None)
    found = packets(house)
    message = message_to(found, "mia")
    mia = house.person("mia")

    mia.click(message, Action.ESCALATION_RESOLVE)
    assert "the guardrail of leads that no design takes" in text_of(front(mia))
    assert not fill(mia, cause="other", note="A design for partners comes on Monday")
    house.step(minutes=1)

    assert who(found) == ["cleo", "mia"]
    assert "leads that no design takes" in message.text
    assert "A design for partners comes on Monday" in now_shows(house, message)
    arrive(house, design=None)
    assert packets(house) == []
    house.step(minutes=1)
    arrive(house, design=None)
    assert who(packets(house)) == ["cleo", "mia"]


@pytest.mark.parametrize(("short_by", "fires"), [(0, False), (1, True)])
def test_the_edge_of_the_window_is_exact(
    house: House, design: HandoffDesign, short_by: int, fires: bool
) -> None:
    """An incident exactly 48 hours old is outside; one a second younger is inside."""
    house.step(hours=1)
    breach(house, design)
    house.step(hours=47, minutes=30, seconds=-short_by)
    packets(house)

    breach(house, design)

    with house.app.database.read() as connection:
        now = house.clocks.now()
        known = incidents.between(
            connection,
            workspace=house.workspace,
            design="ENT-1",
            after=now - timedelta(days=7),
            until=now,
        )
    apart = known[1].occurred_at - known[0].occurred_at
    assert apart == timedelta(hours=48) - timedelta(seconds=short_by)
    assert who(packets(house)) == (LEADERSHIP if fires else [])


def test_unresolved_after_five_working_days_the_cro_is_called(
    house: House, design: HandoffDesign
) -> None:
    """It never resolves by itself. Thanksgiving is no working day."""
    breach(house, design, count=2)
    message = message_to(packets(house), CHANNEL)
    house.person("ben").click(message, Action.ESCALATION_ACKNOWLEDGE)

    house.step(days=7)  # the next Monday, 09:30: Thursday was no working day
    assert packets(house) == []
    assert "five working days" not in now_shows(house, message)
    house.step(days=1)

    assert who(packets(house)) == ["cleo"]
    assert "five working days" in now_shows(house, message)
    assert running(house) is not None


def test_a_breach_that_was_none_stays_on_the_packet_with_a_note(
    house: House, design: HandoffDesign
) -> None:
    """A touch proven to be in time voids the incident and stops its climb."""
    first = arrive(house, design=design)
    arrive(house, design=design)
    touched_at = house.clocks.now() + timedelta(minutes=20)
    house.step(minutes=30)
    found = calls(house)
    packet = next(message for name, message in found if "is failing" in message.text)

    house.app.database.run(
        lambda connection: touch_lead(
            connection,
            workspace=house.workspace,
            now=house.clocks.now(),
            lead_id=first,
            occurred_at=touched_at,
            by="dana@example.com",
            via="crm",
            external_id="call-1",
        )
    )
    house.step(hours=5)

    assert climb_of(house, first).state is EscalationState.VOIDED
    assert "no breach after all" in now_shows(house, packet)
    assert running(house) is not None
    with house.app.database.read() as connection:
        incident = incidents.of_lead(connection, workspace=house.workspace, lead=first)
    assert incident is not None
    assert incident.voided_at is not None
    calls(house)


@pytest.mark.parametrize(("hours", "fires"), [(47, True), (48, False)])
def test_an_incident_stored_late_counts_in_its_own_time(
    house: House, design: HandoffDesign, hours: int, fires: bool
) -> None:
    """The newer incident is stored first; the older one then counts in the window of both."""
    breach(house, design)
    assert packets(house) == []
    now = house.clocks.now()
    older = IncidentRecord(
        workspace=house.workspace,
        id="inc_late",
        design="ENT-1",
        kind=IncidentKind.BREACH,
        occurred_at=now - timedelta(hours=hours),
        recorded_at=now,
    )

    def store(connection: Connection) -> None:
        designs.lock(connection, workspace=house.workspace, key="ENT-1")
        incidents.record(connection, incident=older)
        check_guardrail(connection, incident=older, now=now)

    house.app.database.run(store)
    house.step()

    assert who(packets(house)) == (LEADERSHIP if fires else [])


def test_leadership_can_be_a_user_group(house: House) -> None:
    """Each of its members who can be reached gets the packet, once."""
    team = set_up_team(house)
    people = samples.people(
        pods=("enterprise-east",),
        owner_models=(OwnerModel.ROUND_ROBIN,),
        fallback=house.person("sam").id,
        revops_approver=house.person("ria").id,
        sales_approver=house.person("sam").id,
        sales_leadership=("S0SALESLD1",),
        marketing_leadership=(house.person("finn").id, house.person("mia").id),
        channel=house.sandbox.workspace.channel_named(CHANNEL).id,
    )
    design = activate_design(house, team, people=people)

    breach(house, design, count=2)

    found = packets(house)
    assert who(found) == [CHANNEL, "sam", "mia"]


def test_who_leads_both_sides_is_called_once_and_nobody_is_missing(house: House) -> None:
    """The packet does not say that a side cannot be reached whose leader has it."""
    team = set_up_team(house)
    cleo = house.person("cleo").id
    people = samples.people(
        pods=("enterprise-east",),
        owner_models=(OwnerModel.ROUND_ROBIN,),
        fallback=house.person("sam").id,
        revops_approver=house.person("ria").id,
        sales_approver=house.person("sam").id,
        sales_leadership=(cleo,),
        marketing_leadership=(cleo,),
        channel=house.sandbox.workspace.channel_named(CHANNEL).id,
    )
    design = activate_design(house, team, people=people)

    breach(house, design, count=2)

    found = packets(house)
    assert who(found) == [CHANNEL, "cleo"]
    assert "can be reached" not in now_shows(house, message_to(found, "cleo"))


def test_a_cro_who_is_not_there_is_not_said_to_be_called(
    house: House, design: HandoffDesign
) -> None:
    """Overdue, and Cleo is away: the packet says so, and she is called when she is back."""
    breach(house, design, count=2)
    message = message_to(packets(house), CHANNEL)
    house.step(days=7)
    away(house, "cleo", days=1)

    house.step(days=1)

    shown = now_shows(house, message)
    assert packets(house) == []
    assert "Not resolved within five working days." in shown
    assert "CRO: nobody can be reached" in shown
    house.step(days=1)
    assert who(packets(house)) == ["cleo"]
    assert "five working days, so the CRO was called" in now_shows(house, message)


def test_a_cro_who_was_called_for_want_of_leadership_is_called_again(house: House) -> None:
    """Nobody of leadership was there; five working days later the CRO hears of it again."""
    team = set_up_team(house)
    design = activate_design(house, team)
    away(house, "cleo", days=0)
    away(house, "mia", days=0)
    cro = (house.person("max").id,)
    save_team(house, team.model_copy(update={"roles": {**team.roles, Role.CRO: cro}}))

    breach(house, design, count=2)
    assert who(packets(house)) == [CHANNEL, "max"]
    house.step(days=8)

    assert who(packets(house)) == ["max"]


def away(house: House, name: str, *, days: int) -> None:
    """Let somebody be on time off from today on, for so many days more."""
    today = house.clocks.now().date()
    absent = TimeOff.model_validate(
        {"person": house.person(name).id, "from": today, "to": today + timedelta(days=days)}
    )
    house.app.database.run(
        lambda connection: directories.add_time_off(
            connection,
            workspace=house.workspace,
            time_off=absent,
            by="cli",
            now=house.clocks.now(),
        )
    )


def test_a_draft_of_a_retired_design_does_not_rule_its_guardrail(
    house: House, design: HandoffDesign
) -> None:
    """Its last leads are counted as it was signed, whatever waits for sign-off by now."""
    for _ in range(2):
        arrive(house, design=design)
    retire_and_edit(house, guardrail_count=9)
    house.take()

    house.step(minutes=30)

    assert who(packets(house)) == LEADERSHIP


def retire_and_edit(house: House, *, guardrail_count: int) -> None:
    """Retire the design, and send its next version for sign-off, with another count."""
    retire(house, reason="We start over")
    ladder = brief_for(house).ladder.model_copy(update={"guardrail_count": guardrail_count})
    send_for_review(house, design="ENT-1", ladder=ladder)


def test_a_design_without_a_pattern_calls_nobody(house: House, design: HandoffDesign) -> None:
    """One incident a design and two days is no pattern."""
    breach(house, design)
    house.step(days=3)
    breach(house, design)

    assert packets(house) == []


def test_a_leader_whom_slack_lets_nobody_tell_has_the_next_of_their_side_called(
    house: House,
) -> None:
    """Cleo's account is closed, which the directory does not know: Sam has the packet instead."""
    directory = set_up_team(house)
    people = brief_for(house).people
    sales = (house.person("cleo").id, house.person("sam").id)
    people = people.model_copy(update={"sales_leadership": sales})
    design = activate_design(house, directory, people=people)
    house.sandbox.workspace.users[house.person("cleo").id].deleted = True

    breach(house, design, count=2)

    found = packets(house)
    assert who(found) == [CHANNEL, "mia", "sam"]
    sam = house.person("sam")
    sam.click(current_of(house, message_to(found, "sam")), Action.ESCALATION_ACKNOWLEDGE)
    house.step()
    assert "has it" in now_shows(house, message_to(found, "mia"))
    assert packets(house) == []
    assert house.take_refusals()
    assert all("user_disabled" in error for error in house.take_errors())


def test_no_leader_can_be_told(house: House, design: HandoffDesign) -> None:
    """The CRO is called then, as if leadership were away; here she is of leadership herself."""
    directory = set_up_team(house)
    roles = {**directory.roles, Role.CRO: (house.person("sam").id,)}
    save_team(house, directory.model_copy(update={"roles": roles}))
    for name in ("cleo", "mia"):
        house.sandbox.workspace.users[house.person(name).id].deleted = True

    breach(house, design, count=2)

    assert who(packets(house)) == [CHANNEL, "sam"]
    assert house.take_refusals()
    assert all("user_disabled" in error for error in house.take_errors())


def test_the_packet_names_the_rows_of_the_version_that_routed(
    house: House, design: HandoffDesign
) -> None:
    """The next version has one row less; what failed before is told by the rows of its time."""
    breach(house, design, count=2)
    packet = message_to(packets(house), "mia")
    assert now_shows(house, packet).count("row Everyone else") == 2

    binding = design.binding
    first, *_ = binding.routing.rows
    routing = binding.routing.model_copy(
        update={"rows": (first.model_copy(update={"name": "Only row"}),)}
    )
    binding = binding.model_copy(update={"routing": routing})
    go_live(
        house,
        design.model_copy(
            update={"version": 2, "binding": binding, "content_hash": content_hash(binding)}
        ),
    )
    mia = house.person("mia")
    mia.click(current_of(house, packet), Action.ESCALATION_ACKNOWLEDGE)
    house.step()

    shown = now_shows(house, packet)
    assert shown.count("row Everyone else") == 2
    assert "share the row *Everyone else*" in shown
    house.take()


def test_home_shows_the_packet_in_short(house: House, design: HandoffDesign) -> None:
    """Mia takes it from there."""
    breach(house, design, count=2)
    found = running(house)
    assert found is not None
    mia = house.person("mia")

    home = mia.open_home()
    assert home is not None
    assert "Handoff ENT-1 is failing: 2 incidents" in str(home.blocks)
    mia.click(home, Action.ESCALATION_ACKNOWLEDGE, block_id=f"home.call:{found.id}")
    house.step()

    assert "Mia Tanaka has it" in now_shows(house, message_to(packets(house), "mia"))
    assert mia.home is not None
    assert "You were called" not in str(mia.home.blocks)
