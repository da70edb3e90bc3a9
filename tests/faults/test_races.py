"""T7 and T8: the same thing at once, on both databases, has one effect."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from bot.flows.audit.check import check
from bot.flows.escalate.acknowledge import acknowledge
from bot.flows.lead.contact import reacted
from bot.flows.lead.touch import touch_lead
from bot.flows.signoff.approve import approve
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.escalation.climb import EscalationState
from storage import audit, tables
from storage.database import StorageBusy
from tests.support.escalations import climb_of
from tests.support.house import House, open_house
from tests.support.intake import LEAD, send
from tests.support.leads import activate_design, arrive, stored
from tests.support.review import facts, reference_of, send_for_review, state_of
from tests.support.team import set_up_team
from tests.support.webhooks import SECRET

_TIMES = 5


@pytest.fixture
def house(tmp_path: Path, url: str) -> Iterator[House]:
    """The app in a workspace whose team is set up."""
    with open_house(tmp_path, handoff_database_url=url, handoff_webhook_secret=SECRET) as opened:
        set_up_team(opened)
        yield opened
        opened.take()
        assert check(database=opened.app.database, now=opened.clocks.now()) == ()


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Start all at the same moment, each in a thread; return what they returned."""
    start = Barrier(len(works))

    def work(one: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        start.wait()
        while True:
            try:
                return one()
            except StorageBusy:  # a slow machine: people are told to press again, and do
                continue

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(work, one) for one in works]]


def asked(house: House, name: str) -> dict[str, Any]:
    """Return what every use case is told of who acts, and when."""
    return {
        "database": house.app.database,
        "workspace": house.workspace,
        "now": house.clocks.now(),
        "by": house.person(name).id,
    }


def test_one_of_eight_takes_an_escalation(house: House) -> None:
    """The audit log has one who took it; everybody else is told who has it."""
    design = activate_design(house, set_up_team(house))
    leads = [arrive(house, design=design) for _ in range(_TIMES)]
    house.step(minutes=30)

    for lead in leads:
        names = ["ben", "sam", "ria", "ben", "sam", "ria", "ben", "sam"]
        climb = climb_of(house, lead).id
        at_once([partial(acknowledge, **asked(house, n), escalation_id=climb) for n in names])

        assert climb_of(house, lead).state is EscalationState.ACKNOWLEDGED
        with house.app.database.read() as connection:
            history = audit.history(connection, workspace=house.workspace, subject=climb)
        taken = [one for one in history if one.kind is AuditFact.ESCALATION_ACKNOWLEDGED]
        assert len(taken) == 1


def test_two_of_eight_sign_a_version(house: House) -> None:
    """One for each side; the version is approved once."""
    send_for_review(house)
    reference = reference_of(house)
    names = ["ria", "sam", "ben", "sam", "ria", "sam", "ben", "sam"]

    at_once([partial(approve, **asked(house, name), reference=reference) for name in names])

    assert state_of(house) is VersionState.APPROVED
    assert len(facts(house, AuditFact.SIGNED_OFF)) == 2
    assert len(facts(house, AuditFact.VERSION_APPROVED)) == 1
    house.step()


def test_a_lead_sent_four_times_at_once_is_one(house: House) -> None:
    """With one key or several, by name or by address."""
    activate_design(house, set_up_team(house))
    for number in range(_TIMES):
        body = {**LEAD, "external_id": f"web-{number}", "email": f"jane{number}@acme.example"}
        keys = [f"msg-{number}"] * 2 + [f"again-{number}", f"once-more-{number}"]

        answers = at_once([partial(send, house, body, message=key) for key in keys])

        # While the first is at work, its repeat is told to wait: nothing is lost by that.
        assert {answer.status_code for answer in answers} <= {202, 409}
        assert any(answer.status_code == 202 for answer in answers)
    house.step()
    with house.app.database.read() as connection:
        names = Counter(connection.execute(select(tables.lead_table.c.external_id)).scalars())
    assert names == {f"web-{number}": 1 for number in range(_TIMES)}


def test_an_event_heard_four_times_at_once_counts_once(house: House) -> None:
    """A ✅ that Slack delivers again and again is one touch, in the owner's name."""
    design = activate_design(house, set_up_team(house))
    lead = arrive(house, design=design)
    (card,) = house.take()
    event = {"event_id": "Ev1", "name": "white_check_mark", "channel": card.channel}
    by_owner = asked(house, "dana") | {"by": stored(house, lead).owner}

    at_once([partial(reacted, **by_owner, **event, ts=card.ts)] * 4)

    with house.app.database.read() as connection:
        history = audit.history(connection, workspace=house.workspace, subject=lead)
    assert [one.kind for one in history].count(AuditFact.LEAD_TOUCHED) == 1
    house.step()


def test_two_incidents_at_once_fire_the_guardrail(house: House) -> None:
    """Each would count only itself if they did not lock their design first."""
    design = activate_design(house, set_up_team(house))
    leads = [arrive(house, design=design) for _ in range(4)]
    house.clocks.advance(minutes=31)

    def late_touch(lead: str) -> None:
        now = house.clocks.now()
        house.app.database.run(
            lambda connection: touch_lead(
                connection,
                workspace=house.workspace,
                now=now,
                lead_id=lead,
                occurred_at=now,
                by=None,
                via="crm",
                external_id=lead,
            )
        )

    at_once([partial(late_touch, lead) for lead in leads])

    with house.app.database.read() as connection:
        found = connection.execute(select(tables.incident_table.c.guardrail)).scalars().all()
    assert len(found) == len(leads)
    assert None not in found, "each fired the guardrail or joined it"
    assert len(set(found)) == 1
    house.step()
