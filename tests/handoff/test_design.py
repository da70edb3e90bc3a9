"""The content hash covers what is signed, and nothing that is live."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from handoff.brief import Dependency, HandoffBrief, OwnerModel
from handoff.design import content_hash
from handoff.directory import Directory, TimeOff
from tests.handoff.samples import AS_OF, BERLIN, NEW_YORK, brief, design, directory

Edit = Callable[[HandoffBrief], HandoffBrief]
Live = Callable[[Directory], Directory]


def _in(part: str, **changes: object) -> Edit:
    return lambda b: b.model_copy(update={part: getattr(b, part).model_copy(update=dict(changes))})


def _set(**changes: object) -> Edit:
    return lambda b: b.model_copy(update=dict(changes))


BINDING = {
    "response target": _in("targets", response_sla_minutes=60),
    "attainment target": _in("targets", attainment_target_percent=80),
    "clock calendar": _in("targets", calendar="berlin"),
    "MQL threshold": _in("qualification", mql_minimum=40),
    "band threshold": _in("qualification", a_from=90),
    "gate": _in("qualification", gates=("country = US",)),
    "required field": _in("qualification", blocking_fields=("email",)),
    "entry rule": _set(entry_rule="employees >= 5000"),
    "strategy": _in("people", owner_models=(OwnerModel.LEAST_LOADED,)),
    "pods": _in("people", pods=("enterprise-east",)),
    "ladder": _in("ladder", steps=brief().ladder.steps[:2]),
    "guardrail count": _in("ladder", guardrail_count=3),
    "guardrail window": _in("ladder", guardrail_hours=24),
    "default caps": _in("capacity", handling_minutes=50),
    "a required item": _set(dependencies=(Dependency(name="Dialler"),)),
}

LIVE = {
    "channel": _in("people", channel="COTHER"),
    "fallback": _in("people", fallback="UBEN"),
    "approver": _in("people", revops_approver="UBEN"),
    "leadership": _in("people", sales_leadership=("USAM",)),
    "step holders": _in("people", role_holders={"cro": ("UMIA",)}),
    "volume": _in("capacity", leads_per_week=10),
}

DIRECTORY: dict[str, Live] = {
    "weights": lambda d: _members(d, weight=5),
    "personal caps": lambda d: _members(d, daily_cap=1, open_cap=1),
    "membership": lambda d: d.model_copy(
        update={
            "pods": tuple(pod.model_copy(update={"members": pod.members[:2]}) for pod in d.pods)
        }
    ),
    "time off": lambda d: d.model_copy(
        update={"time_off": (TimeOff(person="UDANA", first=AS_OF.date(), last=AS_OF.date()),)}
    ),
    "people": lambda d: d.model_copy(update={"people": d.people[:6]}),
}


@pytest.mark.parametrize("edit", BINDING.values(), ids=BINDING.keys())
def test_the_hash_covers_what_will_run(edit: Edit) -> None:
    """Any change of rules, targets, strategies, policy, guardrail, calendar, items voids it."""
    assert design(brief=edit(brief())).content_hash != design().content_hash


@pytest.mark.parametrize("edit", LIVE.values(), ids=LIVE.keys())
def test_the_hash_leaves_people_and_channel_out(edit: Edit) -> None:
    """Who stands in a rule is live, and audited."""
    assert design(brief=edit(brief())).content_hash == design().content_hash


@pytest.mark.parametrize("change", DIRECTORY.values(), ids=DIRECTORY.keys())
def test_the_hash_leaves_the_directory_out(change: Live) -> None:
    """Membership, weights, caps, hours and time off re-run the proofs instead."""
    assert design(directory=change(directory())).content_hash == design().content_hash


def test_the_hash_leaves_a_reps_hours_out_but_not_the_clocks() -> None:
    """The calendar of the clock is in, a calendar of a rep alone is not."""
    later = BERLIN.model_copy(update={"hours": {"mon-fri": "10:00-16:00"}})
    shorter = NEW_YORK.model_copy(update={"hours": {"mon-fri": "09:00-12:00"}})

    assert design(directory=directory(calendars=(NEW_YORK, later))).content_hash == (
        design().content_hash
    )
    assert design(directory=directory(calendars=(shorter, BERLIN))).content_hash != (
        design().content_hash
    )


def test_the_hash_does_not_depend_on_version_key_or_hour() -> None:
    """The same content is the same hash."""
    again = design(key="ENT-9", version=4, as_of=AS_OF + timedelta(hours=3))

    assert again.content_hash == design().content_hash


def test_the_hash_leaves_out_items_that_hold_up_nothing() -> None:
    """A dashboard's title may change; a required item's may not."""
    binding = design().binding
    requests = {
        is_required: tuple(
            request.model_copy(update={"title": "other"})
            if request.is_required is is_required
            else request
            for request in binding.requests
        )
        for is_required in (True, False)
    }

    hashes = {
        is_required: content_hash(binding.model_copy(update={"requests": changed}))
        for is_required, changed in requests.items()
    }

    assert hashes[False] == content_hash(binding)
    assert hashes[True] != content_hash(binding)


def _members(team: Directory, **changes: object) -> Directory:
    pods = tuple(
        pod.model_copy(
            update={"members": tuple(m.model_copy(update=dict(changes)) for m in pod.members)}
        )
        for pod in team.pods
    )
    return team.model_copy(update={"pods": pods})
