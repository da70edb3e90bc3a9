"""P12: a backtest of a million leads, against a plain loop over the rules of live routing."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from random import Random
from time import process_time
from zoneinfo import ZoneInfo

from handoff.backtest import Fate, PastLead, fields_read, replay
from handoff.brief import OwnerModel, RowSpec
from handoff.design import HandoffDesign
from handoff.directory import Directory, Person, Pod, PodMember, TimeOff
from handoff.intake.csv_rows import Record, read_csv_records
from handoff.replay.history import History
from tests.benchmarks.goals import Effort, Goal, limit, timed
from tests.handoff import samples
from tests.handoff.replay.plain import plain_replay

_START = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = 3 * 365
_PODS = 4
_REPS = 15  # in each pod
_SAMPLE = 2_000
"""Leads of the plain loop, whose time is counted per lead."""

_COUNTRIES = ("US", "US", "US", "CA", "GB", "DE", "FR", "IT")
_INDUSTRIES = ("tech", "bank", "retail", None)
_HEADER = "Id,Email,Created,Country,Industry,Title,Employees,Score,Hand raise,Account owner"
_TITLES = ("Director of IT", "VP Sales", "Head of Ops", "Chief of Staff")
_ROWS = (
    ("account_owner is set and employees >= 2000", OwnerModel.ACCOUNT_OWNER, None),
    ("country in [DE, FR, IT]", OwnerModel.LEAST_LOADED, "pod1"),
    ("industry = tech and employees >= 500", OwnerModel.ROUND_ROBIN, "pod2"),
    ("title contains ops or country = GB", OwnerModel.POD, "pod3"),
    ("", OwnerModel.ROUND_ROBIN, "pod0"),
)


def team() -> Directory:
    """Return four pods in three zones, some reps with double weight, each away once a year."""
    zones = ("America/New_York", "Europe/Berlin", "America/Los_Angeles", "UTC")
    reps = [f"UREP{number:03}" for number in range(_PODS * _REPS)]
    pods = tuple(
        Pod(
            name=f"pod{pod}",
            segments=("enterprise",),
            manager="USAM",
            members=tuple(
                PodMember(
                    person=rep,
                    weight=1 + (place % 3 == 0),
                    calendar="berlin" if pod == 1 else "default",
                )
                for place, rep in enumerate(reps[pod * _REPS : (pod + 1) * _REPS])
            ),
        )
        for pod in range(_PODS)
    )
    off = tuple(
        TimeOff(person=rep, first=first, last=first + timedelta(days=9))
        for number, rep in enumerate(reps)
        for first in (date(year, 1, 8) + timedelta(days=5 * number) for year in (2024, 2025, 2026))
    )
    usual = samples.directory()
    more = tuple(
        Person(key=rep, name=rep, timezone=zones[number // _REPS])
        for number, rep in enumerate(reps)
    )
    return usual.model_copy(
        update={"people": (*usual.people, *more), "pods": pods, "time_off": off}
    )


def version(directory: Directory) -> HandoffDesign:
    """Return a design with every owner model and a few gates."""
    asked = samples.brief(
        people=samples.people(pods=tuple(pod.name for pod in directory.pods)),
        entry_rule="always",
        rows=tuple(RowSpec(when=when, owner_model=model, pod=pod) for when, model, pod in _ROWS),
    )
    capacity = asked.capacity.model_copy(update={"handling_minutes": 6.0})
    return samples.design(
        brief=asked.model_copy(update={"capacity": capacity}), directory=directory
    )


def leads(count: int) -> Iterator[tuple[str, datetime, dict[str, object]]]:
    """Yield leads over three years, most of them in the daytime; the same ones each time."""
    chance = Random(12)
    for number in range(count):
        day = number * _DAYS // count
        second = min(max(chance.gauss(15.5, 4), 0), 23.99) * 3600
        owner = chance.randrange(8 * _PODS * _REPS)
        yield (
            f"L{number:07}",
            _START + timedelta(days=day, seconds=round(second)),
            {
                "email": "lena@company.example",
                "domain": "company.example",
                "work_email": True,
                "country": chance.choice(_COUNTRIES),
                "industry": chance.choice(_INDUSTRIES),
                "title": chance.choice(_TITLES),
                "employees": chance.randrange(20, 9000),
                "score": chance.randrange(45, 100),
                "hand_raise": chance.random() < 0.1,
                "account_owner": f"UREP{owner:03}" if owner < _PODS * _REPS else None,
            },
        )


def measure(effort: Effort) -> Iterator[Goal]:
    """Check that both find the same, then time a million leads and the plain loop's sample."""
    count = effort.choose(1_000_000, 50_000)
    directory = team()
    design = version(directory)
    sample = [
        PastLead(id=id, arrived_at=at, fields=fields)
        for id, at, fields in islice(leads(count), _SAMPLE)
    ]
    found = []
    plain = timed(
        lambda: found.append(plain_replay(design=design, directory=directory, leads=sample))
    )
    same = replay(design=design, directory=directory, leads=sample)
    assert same.leads == found[0].leads, "the replay differs from the plain loop"

    history = _history(design, directory)
    refused: list[object] = []
    taken = _used(lambda: refused.extend(history.take(_records(count))))
    taken -= _used(lambda: sum(1 for _ in _records(count)))
    past = history.leads
    assert not refused, refused[:3]
    assert len(past) == count
    whole = []
    used = process_time()
    seconds = timed(lambda: whole.append(replay(design=design, directory=directory, leads=past)))
    used = process_time() - used
    assert len(whole[0].ids) == count
    assert whole[0].count(Fate.ASSIGNED) > 0.8 * count
    ours, theirs = seconds / count * 1e6, plain / len(sample) * 1e6
    yield Goal(
        goal="P12",
        what=f"replay of {count:,} leads, each",
        ours=ours,
        peer=theirs,
        peer_name="plain loop over assign()",
        unit="µs",
        ratio=theirs / ours,
        wanted="≥ 10x",
        met=theirs / ours >= 10,
    )
    for clock, found in (("by the clock", seconds), ("of one core", used)):
        yield limit(
            goal="P12",
            what=f"replay of {count:,} leads, seconds {clock}",
            ours=found,
            most=10,
            unit="s",
        )
    yield Goal(
        goal="P12",
        what=f"reading {count:,} rows of a file of leads, seconds of one core",
        ours=taken,
        peer=used,
        peer_name="for their replay",
        unit="s",
        ratio=taken / used,
    )


def _history(design: HandoffDesign, directory: Directory) -> History:
    return History(
        header=_HEADER.split(","),
        asked={},
        fields=fields_read(design.binding.routing),
        zone=ZoneInfo("UTC"),
        directory=directory,
        owner_of=lambda _: None,
        now=_START + timedelta(days=_DAYS),
    )


def _records(count: int) -> Iterator[Record]:
    """Yield leads as the rows of a file, each with an address of its own."""

    def lines() -> Iterator[str]:
        yield _HEADER
        for id, at, told in leads(count):
            cells = (
                f"{id},lena.{id}@company.com,{at.isoformat()},{told['country']},"
                f"{told['industry'] or ''},{told['title']},{told['employees']},{told['score']},"
                f"{told['hand_raise']},{told['account_owner'] or ''}"
            )
            yield cells + "\n"

    return read_csv_records(lines())[1]


def _used(work: Callable[[], object]) -> float:
    """Return the seconds of one core that a call took, whatever else the machine does."""
    start = process_time()
    work()
    return process_time() - start


GOALS = {"P12": measure}
