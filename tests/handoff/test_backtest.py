"""The backtest: fates, loads, attainment, and the difference to another version."""

from datetime import UTC, date, datetime, timedelta

import pytest

from handoff.backtest import Backtest, Fate, PastLead, difference, replay
from handoff.brief import OwnerModel
from handoff.directory import Directory, Pod, PodMember
from tests.handoff.samples import brief, design, directory, people

MONDAY = datetime(2026, 8, 3, 14, 0, tzinfo=UTC)  # 10:00 in New York
FITTING = {
    "email": "ann@acme.example",
    "company_domain": "acme.example",
    "domain": "acme.example",
    "country": "US",
    "employees": 5000,
    "score": 70,
    "hand_raise": True,
    "job_title": "Director of IT",
    "title": "Director of IT",
    "seniority": "director",
    "work_email": True,
}


def lead(number: int, *, after: float = 0, **fields: object) -> PastLead:
    """A qualified lead, `after` minutes after Monday 10:00 in New York."""
    return PastLead(
        id=f"L{number:03}",
        arrived_at=MONDAY + timedelta(minutes=after),
        fields={**FITTING, **fields},
    )


def team(*reps: str) -> Directory:
    """One pod of these reps."""
    members = tuple(PodMember(person=key) for key in reps)
    return directory(
        pods=(Pod(name="core", segments=("enterprise",), manager="USAM", members=members),)
    )


def run(leads: list[PastLead], staff: Directory, **changes: object) -> Backtest:
    """Replay through the drafted design for that team."""
    asked = brief(people=people(pods=("core",), owner_models=(OwnerModel.ROUND_ROBIN,)), **changes)
    return replay(design=design(brief=asked, directory=staff), directory=staff, leads=leads)


def test_leads_go_in_turn_and_wait_for_their_rep() -> None:
    """Two reps share four leads at once; each second one waits until the first is done."""
    found = run([lead(n) for n in range(4)], team("UDANA", "UELI"))

    assert found.count(Fate.ASSIGNED) == 4
    assert found.load() == {"UDANA": {date(2026, 8, 3): 2}, "UELI": {date(2026, 8, 3): 2}}
    # 25 minutes at 60 % of the time are 41 minutes and 40 seconds
    assert sorted(entry.wait_minutes for entry in found.leads) == pytest.approx(
        [0, 0, 41.667, 41.667], abs=0.01
    )
    assert found.attainment_percent == 50  # band A has 30 minutes
    assert found.wait_minutes(share=0.5) == 0
    assert found.wait_minutes(share=0.9) == pytest.approx(41.667, abs=0.01)
    assert sum(found.by_row().values()) == 4


def test_night_leads_are_touched_at_opening() -> None:
    """At midnight nobody works; the clock of the design stands as well."""
    found = run([lead(1, after=13 * 60)], team("UDANA"))

    (only,) = found.leads
    assert only.touched_at == datetime(2026, 8, 4, 13, 0, tzinfo=UTC)
    assert (only.wait_minutes, only.is_on_time) == (0, True)


def test_leads_that_do_not_qualify_are_named() -> None:
    """Below the minimum is nurtured, another segment is outside; none is dropped."""
    found = run([lead(1, score=1, hand_raise=False), lead(2, employees=20)], team("UDANA"))

    assert [entry.fate for entry in found.leads] == [Fate.NURTURED, Fate.OUTSIDE]
    assert "minimum" in found.leads[0].because
    assert found.attainment_percent is None
    assert found.wait_minutes(share=0.5) is None


def test_without_reps_the_fallback_or_nobody_takes_it() -> None:
    """An empty pod hands every lead to the fallback owner."""
    found = run([lead(1)], team())

    assert found.leads[0].owner == "USAM"
    assert found.leads[0].because == "fallback"


def test_the_order_of_the_file_does_not_matter() -> None:
    """Leads are replayed by arrival."""
    leads = [lead(n, after=7.0 * n) for n in range(12)]

    forward, backward = (run(some, team("UDANA", "UELI")) for some in (leads, leads[::-1]))

    assert forward.leads == backward.leads


def test_the_difference_counts_changed_owners() -> None:
    """A third rep takes over some leads, and the sentence says how many."""
    leads = [lead(n, after=60.0 * n) for n in range(6)]
    before, after = run(leads, team("UDANA", "UELI")), run(leads, team("UDANA", "UELI", "UFAY"))

    found = difference(before=before, after=after)

    assert 0 < found.changed <= found.total == 6
    assert sum(count for *_, count in found.moves) == found.changed
    assert found.sentence == f"{found.changed} of 6 leads change owner"
    assert difference(before=before, after=before).changed == 0


def test_no_leads_are_no_error() -> None:
    """An empty history replays to nothing."""
    assert len(run([], team("UDANA")).leads) == 0


def test_what_a_lead_lacks_sends_it_to_the_fallback() -> None:
    """As in live routing once the wait for enrichment is over, and the reason says what."""
    found = run([lead(1, domain=None, country=" ")], team("UDANA"))

    assert found.leads[0].owner == "USAM"
    assert found.leads[0].because == "fallback, still missing: domain, country"
    assert found.by_reason(Fate.ASSIGNED) == {"fallback, still missing: domain, country": 1}


def test_leads_can_be_looked_at_one_by_one_or_in_part() -> None:
    """A replay's leads are a sequence; two replays of different leads are not equal."""
    leads = run([lead(n, after=60.0 * n) for n in range(3)], team("UDANA")).leads

    assert [entry.id for entry in leads[1:]] == ["L001", "L002"]
    assert leads[-1].id == "L002"
    assert leads != run([lead(1)], team("UDANA")).leads
    assert len({leads, leads}) == 1
