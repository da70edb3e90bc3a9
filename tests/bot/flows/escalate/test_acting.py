"""Who may take, promise and resolve an escalation, and what everybody else is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from bot.flows.escalate.acknowledge import acknowledge, acknowledge_all
from bot.flows.escalate.resolve import about, resolve
from bot.flows.signoff.outcomes import Denied, Done
from bot.ids import Action
from handoff.audit import AuditFact
from handoff.escalation.causes import CauseCode
from handoff.escalation.climb import EscalationState
from storage import audit, timers
from storage.timers import NewTimer, TimerKind
from tests.support.escalations import calls, climb_of, current_of, message_to, who
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.leads import activate_design, arrive, stored
from tests.support.team import set_up_team


@dataclass
class Scene:
    """A breached lead and its climb."""

    house: House
    lead: str
    escalation: str

    def act(self, flow: Callable[..., object], by: str, **more: object) -> object:
        """Let somebody act on the climb now."""
        named = {"escalation_id": self.escalation} if "card" not in more else {}
        return flow(
            database=self.house.app.database,
            workspace=self.house.workspace,
            now=self.house.clocks.now(),
            by=self.house.person(by).id,
            **named,
            **more,
        )

    @property
    def state(self) -> EscalationState:
        """Where the climb stands."""
        return climb_of(self.house, self.lead).state


@pytest.fixture
def scene(house: House) -> Scene:
    """A lead that nobody answered in time; owner, channel and Ben were told."""
    design = activate_design(house, set_up_team(house))
    lead = arrive(house, design=design)
    house.step(minutes=30)
    calls(house)
    return Scene(house, lead, climb_of(house, lead).id)


def test_an_unknown_escalation_is_said_to_be(scene: Scene) -> None:
    """A made-up id changes nothing."""
    scene.escalation = "esc_x"

    for flow in (acknowledge, about, partial(resolve, cause=CauseCode.OTHER)):
        outcome = scene.act(flow, "ben")
        assert isinstance(outcome, Denied)
        assert "do not know" in outcome.message


def test_the_owner_may_not_take_it(scene: Scene) -> None:
    """Even an owner who manages the pod; the refusal is logged."""
    owner = stored(scene.house, scene.lead).owner
    names = ("dana", "noor", "eli")
    name = next(one for one in names if scene.house.person(one).id == owner)

    for flow in (acknowledge, about, partial(resolve, cause=CauseCode.OTHER)):
        outcome = scene.act(flow, name)
        assert isinstance(outcome, Denied)
        assert "You own this lead" in outcome.message

    assert scene.state is EscalationState.OPEN
    with scene.house.app.database.read() as connection:
        facts = audit.history(
            connection, workspace=scene.house.workspace, subject=scene.escalation
        )
    refused = [fact.actor for fact in facts if fact.kind is AuditFact.ESCALATION_REFUSED]
    assert refused == [owner] * 3


def test_the_pods_manager_and_revops_may(scene: Scene) -> None:
    """Sam was not called yet, and manages the pod; Ria is RevOps."""
    assert isinstance(scene.act(acknowledge, "sam"), Done)
    assert isinstance(scene.act(about, "ria"), str)


def test_what_is_over_says_so(scene: Scene) -> None:
    """Nothing can be taken or resolved twice."""
    assert isinstance(scene.act(resolve, "ben", cause=CauseCode.BAD_LEAD), Done)

    for flow in (acknowledge, about, partial(resolve, cause=CauseCode.OTHER)):
        outcome = scene.act(flow, "ria")
        assert isinstance(outcome, Denied)
        assert "resolved by Ben Osei on 23 Nov at 09:30" in outcome.message
    scene.house.step()


def test_who_has_it_may_promise_later(scene: Scene) -> None:
    """A promise replaces the two hours; pressing again changes nothing."""
    assert scene.act(acknowledge, "ben") == Done()
    assert scene.act(acknowledge, "ben") == Done("You have it already.")
    promised_at = scene.house.clocks.now() + timedelta(hours=3)
    assert scene.act(acknowledge, "ben", promised_at=promised_at) == Done()
    assert isinstance(scene.act(acknowledge, "sam", promised_at=promised_at), Denied)

    scene.house.step(hours=2, minutes=59)
    assert calls(scene.house) == []
    scene.house.step(minutes=1)
    assert who(calls(scene.house)) == ["ben"]


def test_eight_at_once_have_one_winner(scene: Scene) -> None:
    """Everybody else is told who has it."""
    names = ["ben", "sam", "ria"] * 3

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(partial(scene.act, acknowledge), names))

    winner = climb_of(scene.house, scene.lead).acknowledged_by
    fresh = [outcome for outcome in outcomes if outcome == Done()]
    assert len(fresh) == 1
    for name, outcome in zip(names, outcomes, strict=True):
        if scene.house.person(name).id == winner:
            assert isinstance(outcome, Done)
        else:
            assert isinstance(outcome, Denied)
    scene.house.step()


def test_taking_all_takes_what_is_left(scene: Scene) -> None:
    """A message whose climbs are all taken says so; a passer-by is refused."""
    card = f"escalation:{scene.escalation}:0:0:0"
    assert isinstance(scene.act(acknowledge_all, "max", card=card), Denied)
    assert scene.act(acknowledge_all, "ben", card=card) == Done()
    outcome = scene.act(acknowledge_all, "sam", card=card)
    assert outcome == Denied("Somebody has each of these already.")


@pytest.mark.parametrize(
    "kind", [TimerKind.ESCALATION_STEP, TimerKind.ACKNOWLEDGE_EXPIRE, TimerKind.PROMISE_DUE]
)
def test_a_stale_timer_changes_nothing(scene: Scene, kind: TimerKind) -> None:
    """What an older state of the climb waited for does not happen to the newer one."""
    house = scene.house
    scene.act(acknowledge, "ben")
    stale = NewTimer(house.workspace, kind, scene.escalation, house.clocks.now(), slot="stale")
    house.app.database.run(lambda connection: timers.schedule(connection, stale))

    house.step()

    assert calls(house) == []
    assert scene.state is EscalationState.ACKNOWLEDGED


def test_what_was_taken_before_it_went_out_is_not_sent(scene: Scene) -> None:
    """Slack is away when the next step is due; by the time it is back, Ben has it."""
    house = scene.house
    house.sandbox.faults.add("chat.postMessage", "429", count=1, retry_after=60)
    house.step(minutes=15)
    assert calls(house) == []
    scene.act(acknowledge, "ben")

    house.step(minutes=2)

    assert calls(house) == []


def test_the_menu_of_a_shared_message(house: House) -> None:
    """Each lead on it can be taken, promised or resolved on its own; the rest still waits."""
    design = activate_design(house, set_up_team(house))
    leads = [arrive(house, design=design) for _ in range(3)]
    house.step(minutes=30)
    message = message_to([one for one in calls(house) if "3 leads" in one[1].text], "ben")
    ben = house.person("ben")

    def choose(number: int, wish: str) -> None:
        escalation = climb_of(house, leads[number]).id
        ben.select(
            current_of(house, message),
            Action.ESCALATION_MENU,
            f"{wish}|{escalation}",
            block_id=f"escalation.climb:{escalation}",
        )

    choose(0, "acknowledge")
    choose(1, "promise")
    assert "Lena" in text_of(front(ben))
    assert not fill(ben, at=int((house.clocks.now() + timedelta(hours=1)).timestamp()))
    choose(2, "resolve")
    assert not fill(ben, cause="other")
    house.step()

    states = [climb_of(house, lead).state for lead in leads]
    assert states == [EscalationState.ACKNOWLEDGED] * 2 + [EscalationState.RESOLVED]
    max_ops = house.person("max")
    channel = next(m for m in max_ops.sees("#enterprise-handoff") if "3 leads" in m.text)
    assert Action.ESCALATION_ACKNOWLEDGE_ALL not in str(current_of(house, channel).blocks)
