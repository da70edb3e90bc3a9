"""The full proof: it comes into the open review, into the packet, and decides at signing."""

from datetime import timedelta
from typing import Any, NoReturn

import pytest

from bot.flows.people.time_off import add_time_off
from bot.ids import Action
from bot.sandbox.person import Person
from bot.sandbox.views import View
from handoff.audit import AuditFact
from handoff.lead import LeadState
from handoff.proof import Question
from storage import leads
from storage.leads import Lead
from tests.support.forms import fill, front, text_of, tick, value_of, walk_to
from tests.support.house import House
from tests.support.review import (
    CHANNEL,
    facts,
    forget,
    packet_of,
    send_for_review,
    signers,
    words_of,
)

BELOW_TARGET = "define.risk:below_target"
CONFIRMED = ["roles", "dependencies", "deliverables"]


def review(house: House, *, volume: str = "60") -> Person:
    """Let Ria come to the review of an enterprise handoff."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/define-handoff --segment enterprise --goal pipeline")
    walk_to(ria, 4)
    assert fill(ria, leads_per_week=volume) == {}
    return ria


def test_the_full_proof_comes_into_the_open_review(house: House) -> None:
    """First an estimate at once, then the full proof in the same window; ticks stay."""
    ria = review(house)
    assert "*First estimate*" in text_of(front(ria))
    tick(front(ria), "roles", "deliverables")

    house.step()

    assert "Full proof: simulation" in text_of(front(ria))
    assert "First estimate" not in text_of(front(ria))
    assert value_of(front(ria), "define.review.confirmed") == ["roles", "deliverables"]
    assert fill(ria, confirmed=CONFIRMED) == {}
    assert "on its way" in text_of(front(ria))
    house.step()
    assert "first estimate" not in words_of(house, packet_of(house))
    (fact,) = facts(house, AuditFact.PROOF_COMPUTED)
    assert fact.data == {"doubts": [], "because": "sent"}
    forget(house)


def test_a_known_proof_is_shown_at_once_and_a_closed_window_loses_nothing(house: House) -> None:
    """The window is gone when the proof is done; the draft opens with the full proof then."""
    ria = review(house)
    ria.close_all()

    house.step(seconds=30)
    assert {line.partition(":")[0] for line in house.take_refusals()} == {"views.update"}
    ria.command(CHANNEL, "/define-handoff")
    ria.click(front(ria), Action.DEFINE_RESUME)

    assert "Full proof: simulation" in text_of(front(ria))


def test_apply_takes_the_change_of_the_proof_that_is_shown(house: House) -> None:
    """What the formula lets pass the full proof catches; its change, applied, passes."""
    ria = review(house, volume="100")
    assert "*The team can hold this SLA.*" in text_of(front(ria))
    house.step()
    assert "*The team cannot hold this SLA as planned.*" in text_of(front(ria))
    assert "_Set the response SLA to 6h_" in _risk(front(ria))

    ria.click(front(ria), Action.DEFINE_APPLY, block_id=BELOW_TARGET)
    house.step()

    shown = text_of(front(ria))
    assert "*The team can hold this SLA.*" in shown
    assert "Full proof" in shown
    for _ in range(4):
        ria.click(front(ria), Action.DEFINE_BACK)
    assert value_of(front(ria), "define.brief.response_sla") == "6h"


def test_a_button_applies_what_is_written_on_it(house: House) -> None:
    """The estimate proposed another volume than the full proof; its button still means its own."""
    ria = review(house, volume="200")
    assert "_Hand over 106 leads a week_" in _risk(front(ria))
    old = _value(front(ria))
    house.step()
    assert "_Hand over 61 leads a week_" in _risk(front(ria))
    assert _value(front(ria)) != old
    _button(front(ria))["value"] = old

    ria.click(front(ria), Action.DEFINE_APPLY, block_id=BELOW_TARGET)

    ria.click(front(ria), Action.DEFINE_BACK)
    assert value_of(front(ria), "define.capacity.leads_per_week") == "106"


def test_a_proof_of_another_team_is_not_applied(house: House) -> None:
    """Somebody went on leave since it was shown: nothing is typed, and the window says so."""
    ria = review(house, volume="200")
    house.step()
    _away(house, "dana")

    ria.click(front(ria), Action.DEFINE_APPLY, block_id=BELOW_TARGET)

    assert "Nothing was applied" in text_of(front(ria))
    ria.click(front(ria), Action.DEFINE_BACK)
    assert value_of(front(ria), "define.capacity.leads_per_week") == "200"


class _Broken(RuntimeError):
    """The machine has no memory for it."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Full proofs fail until this is undone."""
    quick = Question.feasibility

    def fail_in_full(self: Question, *, depth: str) -> object:
        return fail() if depth == "full" else quick(self, depth=depth)  # type: ignore[arg-type]

    def fail() -> NoReturn:
        raise _Broken

    monkeypatch.setattr(Question, "feasibility", fail_in_full)
    return monkeypatch


def test_a_proof_that_fails_says_so_and_stops_nobody(
    house: House, broken: pytest.MonkeyPatch
) -> None:
    """The window says that it is late; the design can be sent; the packet heals by itself."""
    ria = review(house)
    house.step(seconds=25)
    assert "takes longer than usual" in text_of(front(ria))
    assert fill(ria, confirmed=CONFIRMED) == {}
    house.step()

    (packet,) = house.take(CHANNEL)
    assert "A first estimate; the full proof follows here" in words_of(house, packet)
    house.step(minutes=3)
    thread = house.take(CHANNEL)
    assert [message.thread_ts for message in thread] == [packet.ts] * 7
    assert any("First estimate" in str(message.blocks) for message in thread)

    broken.undo()
    house.step(minutes=10)

    assert "first estimate" not in words_of(house, packet)
    again = house.take(CHANNEL)
    assert [message.text.partition(" of")[0] for message in again] == [
        "Response SLA",
        "The proof",
        "Documents and plan",
    ]
    assert "First estimate" not in str(again[0].blocks)
    assert house.take_errors()
    forget(house)


def test_a_change_of_the_team_is_proved_before_it_is_signed(house: House) -> None:
    """Whoever signed is told that it no longer holds; the next one has to give a reason."""
    packet = send_for_review(house)
    house.person("ria").click(packet, Action.PACKET_APPROVE)
    house.step()
    forget(house)
    _away(house, "dana", "noor", "eli")

    sam = house.person("sam")
    sam.click(packet, Action.PACKET_APPROVE)
    assert "unproven so far" in text_of(front(sam))
    sam.close_all()
    house.step()

    (told,) = house.take_direct("ria")
    assert "The team has changed, and handoff ENT-1 version 1 no longer holds" in told.text
    assert "Since it was sent, the team has changed" in words_of(house, packet)
    sam.click(packet, Action.PACKET_APPROVE)
    assert "under the target" in text_of(front(sam))
    assert fill(sam, text="They are back before go-live matters") == {}
    house.step()
    assert "They are back before go-live matters" in words_of(house, packet)
    (_, signed) = facts(house, AuditFact.SIGNED_OFF)
    assert signed.data["reason"] == "They are back before go-live matters"
    forget(house)


def test_what_no_rep_feels_needs_no_new_proof(house: House) -> None:
    """Somebody outside the pods is away: the proof stays good, and nobody writes a reason."""
    packet = send_for_review(house)
    _away(house, "max")

    house.person("ria").click(packet, Action.PACKET_APPROVE)

    assert signers(house) == {"revops": house.person("ria").id}
    house.step()
    forget(house)


def test_each_day_has_a_proof_of_its_own(house: House) -> None:
    """While it waits it is proved again at the office's midnight, so signing needs no reason."""
    packet = send_for_review(house)
    house.step(days=1)

    house.person("ria").click(packet, Action.PACKET_APPROVE)

    assert set(signers(house)) == {"revops"}
    forget(house)


def test_stored_leads_fill_in_volume_and_hours(house: House) -> None:
    """After a quarter the form knows how many leads come and when, and says whence."""
    send_for_review(house)
    forget(house)
    _store_leads(house, a_week=50, weeks=5)
    ria = house.person("ria")
    ria.command(CHANNEL, "/define-handoff --segment smb --goal pipeline")
    smb = front(ria)
    ria.select(smb, Action.DEFINE_SEGMENT, "enterprise")

    capacity = walk_to(ria, 4)
    assert value_of(capacity, "define.capacity.leads_per_week") == "50"
    assert "The last 4 weeks brought 50 a week" in str(capacity.blocks)
    ria.click(capacity, Action.DEFINE_ADVANCED)
    assert value_of(front(ria), "define.advanced.arrival_profile") == "learned"
    assert "Learned from 200 leads" in str(front(ria).blocks)
    ria.submit()
    ria.submit()

    house.step()
    assert "50 leads a week, the average of the last four weeks" in text_of(front(ria))
    assert "learned from 200 leads" in text_of(front(ria))


def _store_leads(house: House, *, a_week: int, weeks: int) -> None:
    now = house.clocks.now()
    with house.app.database.write() as connection:
        for number in range(a_week * weeks):
            week, place = divmod(number, a_week)
            at = now - timedelta(weeks=week, hours=1 + 3 * place)
            lead = Lead(
                workspace=house.workspace,
                id=f"ld_{number}",
                root=f"ld_{number}",
                source="website",
                design="ENT-1",
                version=1,
                state=LeadState.CLOSED,
                submitted_at=at,
                arrived_at=now,
                ended_at=at,
            )
            assert leads.add(connection, lead=lead)


def _away(house: House, *names: str) -> None:
    today = house.clocks.now().date()
    for name in names:
        add_time_off(
            database=house.app.database,
            workspace=house.workspace,
            now=house.clocks.now(),
            by=house.person(name).id,
            person=house.person(name).id,
            first=today.isoformat(),
            last=(today + timedelta(days=20)).isoformat(),
        )


def _block(view: View) -> dict[str, Any]:
    return next(one for one in view.blocks if one["block_id"] == BELOW_TARGET)


def _risk(view: View) -> str:
    return str(_block(view)["text"]["text"])


def _button(view: View) -> dict[str, Any]:
    button: dict[str, Any] = _block(view)["accessory"]
    return button


def _value(view: View) -> str:
    return str(_button(view)["value"])
