"""Leads from outside: taken in, routed, merged, nurtured, touched by other systems."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.flows.lead.hand_over import HandedOver
from bot.flows.lead.import_rows import Became, ImportedRow, Old, import_leads
from bot.flows.lead.repair import Settled, mend
from handoff.design import HandoffDesign
from handoff.lead import LeadState, Outcome
from handoff.sla.clock import ClockState
from storage import accounts, leads, touches
from storage.accounts import Account
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design, stored, story
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

TEAM = ("dana", "noor", "eli")


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    """The app with a secret for the built-in source, and the team set up."""
    with open_house(tmp_path, handoff_database_url=url, handoff_webhook_secret=SECRET) as opened:
        set_up_team(opened)
        yield opened


@pytest.fixture(autouse=True)
def design(house: House) -> HandoffDesign:
    """An active enterprise design: two hours, half an hour for band A."""
    return activate_design(house, set_up_team(house))


def hand_over(house: House, **changes: object) -> str:
    """Send a lead, let all that is due happen, and return its id."""
    answer = send(house, {**LEAD, **changes})
    assert answer.status_code == 202, answer.text
    house.step()
    return str(answer.json()["id"])


def owner_name(house: House, lead_id: str) -> str:
    """Return the first name of a lead's owner."""
    owner = stored(house, lead_id).owner
    return next(n for n in (*TEAM, "sam", "ben") if house.person(n).id == owner)


def test_a_lead_from_outside_reaches_a_rep(house: House, design: HandoffDesign) -> None:
    """One request, one message to one rep, whose clock runs from the receipt."""
    lead_id = hand_over(house)

    lead = stored(house, lead_id)
    assert (lead.design, lead.version, lead.band) == (design.key, 1, "A")
    assert lead.state is LeadState.ASSIGNED
    assert lead.clock is not None
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=30)
    (card,) = house.take_direct(owner_name(house, lead_id))
    assert "Jane Doe" in card.text


def test_a_known_account_goes_to_its_owner(house: House) -> None:
    """`account_owner_email` on the lead names the rep."""
    eli = house.sandbox.workspace.users[house.person("eli").id]

    lead_id = hand_over(house, account_owner_email=eli.email)

    assert owner_name(house, lead_id) == "eli"
    house.take_direct("eli")


def test_the_same_lead_again_pings_nobody(house: House) -> None:
    """A source that repeats itself word for word changes nothing."""
    lead_id = hand_over(house)
    house.take_direct(owner_name(house, lead_id))
    before = stored(house, lead_id)

    again = hand_over(house)

    assert again == lead_id
    assert stored(house, lead_id) == before


def test_news_of_an_open_lead_are_merged_and_told(house: House) -> None:
    """Another source, a hand-raise: one lead, due at the earlier instant, its owner is told."""
    lead_id = hand_over(house, score=70)
    name = owner_name(house, lead_id)
    house.take_direct(name)
    first = stored(house, lead_id).clock
    assert first is not None
    house.step(minutes=5)

    again = hand_over(
        house, source="form", external_id="f-9", score=70, hand_raise=True, use_case="Audit"
    )

    lead = stored(house, lead_id)
    assert again == lead_id
    assert lead.attributes["use_case"] == "Audit"
    assert lead.clock is not None
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=35)
    assert lead.clock.due_at < first.due_at
    (told,) = house.take_direct(name)
    assert "again" in told.text
    assert hand_over(house, source="form", external_id="f-9", email=None) == lead_id


def test_a_lead_below_the_minimum_is_nurtured_until_it_is_better(house: House) -> None:
    """No clock and no message; a better score starts a cycle."""
    answer = send(house, {**LEAD, "score": 10})
    house.step()
    cold = stored(house, answer.json()["id"])
    assert answer.json()["nurtured"]
    assert (cold.state, cold.clock) == (LeadState.NURTURED, None)
    assert "not handed over: score 10, the minimum is" in story(house, cold.id)

    lead_id = hand_over(house, score=90)

    lead = stored(house, lead_id)
    assert (lead.root, lead.cycle, lead.state) == (cold.id, 2, LeadState.ASSIGNED)
    house.take_direct(owner_name(house, lead_id))


def test_a_touch_from_outside_counts_with_its_own_time(house: House) -> None:
    """A call in time, reported after the breach, reverses it; the outcome closes the lead."""
    lead_id = hand_over(house)
    name = owner_name(house, lead_id)
    house.step(minutes=31)
    clock = stored(house, lead_id).clock
    assert clock is not None
    assert clock.state is ClockState.BREACHED
    called_at = stored(house, lead_id).arrived_at + timedelta(minutes=20)
    touch = {
        "lead": {"external_id": LEAD["external_id"]},
        "type": "call",
        "occurred_at": called_at.isoformat(),
        "actor_email": house.sandbox.workspace.users[house.person(name).id].email,
        "external_id": "call-1",
    }

    told = send(house, touch, path="/v1/touches").json()
    again = send(house, touch, path="/v1/touches").json()
    closing = {"lead": {"id": lead_id}, "type": "outcome", "outcome": "sql"}
    closed = send(house, closing, path="/v1/touches").json()
    house.step()

    assert (told["id"], told["outcome"], told["duplicate"]) == (lead_id, "unbreached", False)
    assert again["duplicate"]
    assert closed["outcome"] == "sql"
    lead = stored(house, lead_id)
    assert lead.clock is not None
    assert (lead.clock.state, lead.touched_at) == (ClockState.MET, called_at)
    assert (lead.state, lead.outcome) == (LeadState.CLOSED, Outcome.SQL)
    with house.app.database.read() as connection:
        (kept,) = touches.of_lead(connection, workspace=house.workspace, lead=lead_id)
    assert kept.actor == house.person(name).id
    house.take()


def test_a_lead_that_sales_touched_already_is_met_at_arrival(house: House) -> None:
    """`first_touch_at` up to a day before arrival meets the clock; older ones do not."""
    yesterday = house.clocks.now() - timedelta(hours=23)
    met = hand_over(house, first_touch_at=yesterday.isoformat())
    long_ago = (house.clocks.now() - timedelta(hours=25)).isoformat()
    running = hand_over(
        house, external_id="web-2", email="li@other.example", first_touch_at=long_ago
    )

    clocks = [stored(house, one).clock for one in (met, running)]
    assert [clock and clock.state for clock in clocks] == [ClockState.MET, ClockState.RUNNING]
    house.take()


def test_a_lead_of_no_design_is_a_routing_failure(house: House) -> None:
    """It is stored all the same, and whoever is responsible hears of it."""
    lead_id = hand_over(house, employees=5)

    lead = stored(house, lead_id)
    assert (lead.design, lead.state) == (None, LeadState.UNROUTABLE)
    house.take()


def test_asking_again_after_the_close_starts_a_cycle(house: House) -> None:
    """A hand-raise with a new `submitted_at` is a new cycle; anything else is told, no more."""
    lead_id = hand_over(house, submitted_at=house.clocks.now().isoformat())
    name = owner_name(house, lead_id)
    for body in (
        {"type": "call", "occurred_at": house.clocks.now().isoformat()},
        {"type": "outcome", "outcome": "no_response"},
    ):
        send(house, {"lead": {"id": lead_id}, **body}, path="/v1/touches")
    house.step(hours=1)
    house.take_direct(name)

    recorded = hand_over(house, use_case="Audit")
    (told,) = house.take_direct(name)
    house.step(hours=1)
    raised = hand_over(house, hand_raise=True, submitted_at=house.clocks.now().isoformat())

    assert recorded == lead_id
    assert "use_case" not in stored(house, lead_id).attributes
    assert "again" in told.text
    lead = stored(house, raised)
    assert (lead.root, lead.cycle) == (lead_id, 2)
    assert owner_name(house, raised) == name
    house.take_direct(name)


def test_a_name_alike_only_suggests(house: House) -> None:
    """The lead goes its way; `why` names the account and its owner, until the domain decides."""
    eli = house.person("eli")

    def known(domain: str) -> None:
        account = Account(
            domain=domain, name="Acme Limited", name_key="acme", country="US", owner=eli.id
        )
        house.app.database.run(
            lambda connection: accounts.save(
                connection, workspace=house.workspace, new=[account], now=house.clocks.now()
            )
        )

    known("acme-holding.example")
    first = hand_over(house)
    told = f"may be the account Acme Limited (acme-holding.example), which {eli.id} owns"
    assert told in story(house, first)
    nameless = hand_over(house, external_id="web-9", email="x@y.example", company=None)
    assert "may be" not in story(house, nameless)
    known("acme.example")
    assert "may be" not in story(house, first)
    house.take()


def test_old_rows_of_a_file_need_a_word(house: House, design: HandoffDesign) -> None:
    """Older than the response SLA: refused, or started now, or kept as history."""
    long_ago = (house.clocks.now() - timedelta(days=3)).isoformat()
    header = "external_id,email,title,employees,country,score,submitted_at"

    def bring(name: str, old: Old) -> list[ImportedRow]:
        row = f"{name},{name}@old.example,VP Operations,5000,US,90,{long_ago}"
        return list(
            import_leads(
                database=house.app.database,
                text=f"{header}\n{row}\n",
                source="csv",
                design=design.key,
                old=old,
                now=house.clocks.now,
                wall=house.clocks.wall,
            )
        )

    (asked,) = bring("ann", Old.ASK)
    (recorded,) = bring("bob", Old.RECORD)
    (taken,) = bring("cid", Old.TAKE)
    house.step()

    assert asked.became is Became.REFUSED
    assert "--start-clocks or --history" in asked.problems[0]
    assert (recorded.became, taken.became) == (Became.TAKEN, Became.TAKEN)
    with house.app.database.read() as connection:
        found = [
            leads.find(
                connection,
                workspace=house.workspace,
                source="csv",
                external_id=name,
                email_key=None,
            )
            for name in ("ann", "bob", "cid")
        ]
    states = [lead and (lead.state, lead.clock is None) for lead in found]
    assert states == [None, (LeadState.CLOSED, True), (LeadState.ASSIGNED, False)]
    house.take()


def test_a_large_import_lets_the_database_count(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL looks leads up by an index as soon as there are many, not a minute later."""
    monkeypatch.setattr("bot.flows.lead.import_rows.PART", 2)
    rows = "\n".join(f"n{number},n{number}@many.example" for number in range(9))

    told = import_leads(
        database=house.app.database,
        text=f"external_id,email\n{rows}\n",
        source="csv",
        design=None,
        old=Old.TAKE,
        now=house.clocks.now,
        wall=house.clocks.wall,
    )
    assert sum(row.became is Became.TAKEN for row in told) == 9

    if not house.app.database.is_sqlite:
        counted = "SELECT reltuples FROM pg_class WHERE oid = CAST('lead' AS regclass)"
        with house.app.database.read() as connection:
            assert connection.exec_driver_sql(counted).scalar_one() == 8
    house.step()
    house.take()


def test_a_refused_lead_is_mended_and_goes_to_a_rep(house: House) -> None:
    """Its clock starts when it is mended; until then it was on its way, and nobody's."""
    received_at = house.clocks.now()
    answer = send(house, {**LEAD, "email": "jane@"})
    refused_id = str(answer.json()["kept_as"])
    house.step(minutes=20)
    assert house.take() == []
    mending = {"database": house.app.database, "refused_id": refused_id}
    mia = house.person("mia").id

    done = mend(**mending, now=house.clocks.now(), changes={"email": "j@acme.example"}, by=mia)
    again = mend(**mending, now=house.clocks.now(), changes={}, by=mia)
    house.step()

    assert isinstance(done, HandedOver)
    assert isinstance(again, Settled)
    lead = stored(house, done.lead.id)
    assert lead.clock is not None
    assert (lead.submitted_at, lead.arrived_at) == (received_at, house.clocks.now())
    assert lead.clock.due_at == lead.arrived_at + timedelta(minutes=30)
    (card,) = house.take_direct(owner_name(house, lead.id))
    assert "First contact is due" in card.text
    assert house.take() == []


@pytest.mark.parametrize(
    ("minutes_ago", "became"),
    [
        (2 * 24 * 60, Became.TAKEN),  # Saturday
        (2 * 24 * 60 + 16 * 60, Became.TAKEN),  # Friday 17:00, an hour before the office closed
        (2 * 24 * 60 + 17 * 60 + 1, Became.REFUSED),  # Friday 15:59
    ],
)
def test_a_lead_of_the_weekend_is_not_old_on_monday(
    house: House, minutes_ago: int, became: Became
) -> None:
    """The response SLA of two hours runs on the design's calendar, not over the weekend."""
    asked_at = house.clocks.now() - timedelta(minutes=minutes_ago)
    header = "external_id,email,title,employees,country,score,submitted_at"
    row = f"sat-1,sat@weekend.example,VP Operations,5000,US,90,{asked_at.isoformat()}"

    (imported,) = import_leads(
        database=house.app.database,
        text=f"{header}\n{row}\n",
        source="csv",
        design=None,
        old=Old.ASK,
        now=house.clocks.now,
        wall=house.clocks.wall,
    )
    house.step()

    assert imported.became is became
    house.take()
