"""`/handoff designs`, the designs on the Home tab, and the packet in a modal."""

from itertools import pairwise

from sqlalchemy import Connection

from bot.ids import Action
from bot.sandbox.views import View
from handoff.approval import VersionState
from storage import designs, versions
from tests.handoff import samples
from tests.support.forms import fill, front, text_of
from tests.support.house import House
from tests.support.review import (
    forget,
    send_for_review,
    settle_all,
    sign_both,
    signers,
    state_of,
)

_TO_ACTIVE = (
    VersionState.DRAFT,
    VersionState.IN_REVIEW,
    VersionState.APPROVED,
    VersionState.ACTIVE,
)


def home_of(house: House, name: str) -> View:
    """Open somebody's Home tab."""
    home = house.person(name).open_home()
    assert home is not None
    return home


def test_designs_are_listed_with_state_and_buttons(house: House) -> None:
    """Each design says where it stands, and its packet opens from the list."""
    send_for_review(house)
    forget(house)
    ria = house.person("ria")

    ria.command("#general", "/handoff designs")

    answer = ria.sees("#general")[-1]
    assert answer.only_for == ria.id
    assert "v1 is waiting for sign-off" in str(answer.blocks)
    ria.click(answer, Action.PACKET_OPEN)
    assert "Waiting for the sign-off of RevOps and Sales" in text_of(front(ria))
    forget(house)


def test_very_many_designs_fit_and_can_be_narrowed(house: House) -> None:
    """The list is cut to what Slack takes, and says how to come to the others."""
    house.app.database.run(lambda connection: _many(connection, house))
    ria = house.person("ria")

    ria.command("#revops", "/handoff designs")
    everything = ria.sees("#revops")[-1]
    ria.command("#revops", "/handoff designs ent-38")
    one = ria.sees("#revops")[-1]
    ria.command("#revops", "/handoff designs nonsense")
    none = ria.sees("#revops")[-1]

    assert len(everything.blocks) <= 50
    assert "and 18 more" in str(everything.blocks)
    assert "/handoff designs ENT" in str(everything.blocks)
    assert Action.ENTRY_ORDER_OPEN in str(everything.blocks)
    assert str(one.blocks).count(Action.DEFINE_EDIT) == 1
    assert "*ENT-38*" in str(one.blocks)
    assert "No design is called “nonsense”" in str(none.blocks)
    forget(house)


def _many(connection: Connection, house: House) -> None:
    """Let there be forty designs, two of which run."""
    at = {"workspace": house.workspace, "now": house.clocks.now()}
    for number in range(1, 41):
        made = designs.create(
            connection, **at, prefix="ENT", segment="enterprise", goal="pipeline", by="U1"
        )
        if number <= 2:
            body = samples.design(key=made.key)
            versions.add(connection, **at, body=body, author="U1")
            for before, after in pairwise(_TO_ACTIVE):
                versions.move(
                    connection, **at, design=made.key, number=1, expected=before, to=after
                )


def test_without_designs_the_list_says_how_to_start(house: House) -> None:
    """An empty list is not a dead end."""
    ria = house.person("ria")

    ria.command("#revops", "/handoff designs")

    assert "/define-handoff" in str(ria.sees("#revops")[-1].blocks)
    forget(house)


def test_a_sign_off_that_waits_is_given_from_home(house: House) -> None:
    """The Home tab's own button signs, and the tab shows at once that nothing waits."""
    send_for_review(house)
    forget(house)
    ria = house.person("ria")

    ria.click(home_of(house, "ria"), Action.PACKET_APPROVE)

    assert signers(house) == {"revops": ria.id}
    assert ria.home is not None
    assert "Nothing waits for you." in text_of(ria.home)


def test_the_packet_in_a_modal_can_be_signed_and_shows_it(house: House) -> None:
    """Its buttons work as on the message, and the modal is redrawn."""
    send_for_review(house)
    forget(house)
    sam = house.person("sam")
    sam.click(home_of(house, "sam"), Action.PACKET_OPEN, block_id="home.waiting:ENT-1")

    sam.click(front(sam), Action.PACKET_APPROVE)

    assert signers(house) == {"sales": sam.id}
    assert "Waiting for the sign-off of RevOps." in text_of(front(sam))


def test_who_may_not_sign_is_told_on_top_of_the_modal(house: House) -> None:
    """In a modal there is no channel to whisper in; a modal answers."""
    send_for_review(house)
    forget(house)
    dana = house.person("dana")
    dana.click(home_of(house, "dana"), Action.PACKET_OPEN)

    dana.click(front(dana), Action.PACKET_APPROVE)

    assert "Only the RevOps and Sales approvers" in text_of(front(dana))
    assert signers(house) == {}
    house.step()
    assert house.take() == []


def test_a_design_is_paused_from_home(house: House) -> None:
    """*Manage…* on the Home tab leads to the same modal as on the packet."""
    packet = send_for_review(house, go_live=house.clocks.now().date())
    sign_both(house, packet)
    settle_all(house)
    forget(house)
    sam = house.person("sam")

    sam.click(home_of(house, "sam"), Action.PACKET_MANAGE)
    assert fill(sam, what="pause", reason="The pod is at the kick-off") == {}

    assert state_of(house) is VersionState.PAUSED
    assert sam.view is None
    house.step()
    forget(house)


def test_an_outsider_cannot_manage_from_home(house: House) -> None:
    """The button is there for everybody; the server checks and says no in a modal."""
    packet = send_for_review(house)
    sign_both(house, packet)
    settle_all(house)
    forget(house)
    dana = house.person("dana")

    dana.click(home_of(house, "dana"), Action.PACKET_MANAGE)

    assert "Only a RevOps or Sales approver" in text_of(front(dana))
    assert state_of(house) is VersionState.ACTIVE
