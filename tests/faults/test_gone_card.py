"""A card that somebody deleted is posted anew once, whatever happens meanwhile."""

from datetime import timedelta

import pytest

from bot.flows.lead.accept import accept
from bot.flows.lead.outcomes import Done
from tests.faults.checker import final_problems
from tests.faults.test_clock_steps import send
from tests.faults.world import Crash, World
from tests.support.leads import stored

#: The rest of a lease and the quiet period: then unclear messages were looked up.
_SETTLED = timedelta(minutes=3)


@pytest.fixture
def channel(world: World) -> str:
    """Return the conversation with a rep who deleted a lead's card and then accepted it."""
    world.step()
    lead = send(world, "one")
    world.step()
    workspace = world.sandbox.workspace
    (card,) = [
        message
        for channel in workspace.channels.values()
        for message in workspace.messages.in_channel(channel.id)
        if message.user == workspace.bot_user
    ]
    workspace.messages.remove(card)
    done = accept(
        database=world.app.database,
        workspace=world.workspace,
        now=world.clocks.now(),
        by=stored(world, lead).owner or "",  # type: ignore[arg-type] # as far as it looks
        lead_id=lead,
    )
    assert isinstance(done, Done)
    return card.channel


@pytest.mark.parametrize(
    "where", ["after chat.update", "before chat.postMessage", "after chat.postMessage"]
)
def test_a_death_while_a_card_is_posted_anew_doubles_nothing(
    world: World, channel: str, where: str
) -> None:
    """The look-up finds what was posted before the death; what was not is posted then."""

    def die(here: str) -> None:
        if here == where:
            raise Crash

    world.point = die
    world.survive(world.app.drain)
    world.point = lambda _: None
    assert world.deaths == 1

    world.step(world.clocks.now() + _SETTLED)

    assert len(world.sandbox.workspace.messages.in_channel(channel)) == 1
    assert final_problems(world) == []


@pytest.mark.parametrize("fault", ["500-after", "drop", "500"])
def test_an_unclear_answer_while_a_card_is_posted_anew_doubles_nothing(
    world: World, channel: str, fault: str
) -> None:
    """Slack may have posted it without saying so."""
    world.sandbox.faults.add("chat.postMessage", fault)  # type: ignore[arg-type]
    world.app.drain()

    world.step(world.clocks.now() + _SETTLED)

    assert len(world.sandbox.workspace.messages.in_channel(channel)) == 1
    assert final_problems(world) == []
