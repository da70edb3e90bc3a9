"""Who gets a lead, and why nobody else did."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.brief import Band, OnMissing, OwnerModel
from handoff.directory import Directory, Pod, Role, TimeOff
from handoff.routing.assignment import (
    AssignTo,
    Hold,
    Incomplete,
    Reason,
    Situation,
    Turn,
    Unroutable,
    assign,
    assign_fallback,
    decide_missing,
    retry_after,
)
from handoff.routing.conditions import parse_rule
from handoff.routing.eligibility import Caps, Exclusion, RepLoad
from handoff.routing.rules import RoutingMatrix, RoutingRow, Rule
from tests.handoff.samples import directory

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 10:00 in New York, 16:00 in Berlin
NIGHT = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)  # Monday 21:00 in New York
EAST = ("UDANA", "UELI", "UFAY", "UGUS")


def test_the_first_matching_row_decides_with_its_reasons() -> None:
    """Rows before it say what failed."""
    found = _assigned(lead={"country": "US"})

    assert (found.person, found.reason) == ("UDANA", Reason.ROUND_ROBIN)
    assert found.notify_at == MONDAY
    assert found.explanation.row == "r3"
    assert found.explanation.rule == "always"
    assert [(row.row, row.because) for row in found.explanation.skipped] == [
        ("r1", "not account_owner is set"),
        ("r2", "not named_rep is set"),
    ]


def test_a_round_robin_goes_on_from_its_stored_turn() -> None:
    """Credits are stored exactly and taken up again."""
    order, turns = [], {}
    for _ in range(8):
        found = _assigned(turns=turns)
        assert found.turn is not None
        turns = {found.turn.pods: found.turn}
        order.append(found.person)

    assert order == [*EAST, *EAST]


def test_a_change_of_the_roster_starts_the_rotation_anew() -> None:
    """Credits of another membership do not count."""
    turn = _assigned().turn
    assert turn is not None
    smaller = _team(pods=(_pod(members=2),))

    kept = _assigned(turns={turn.pods: turn})
    anew = _assigned(turns={turn.pods: turn}, team=smaller)

    assert (kept.person, anew.person) == ("UELI", "UDANA")


def test_the_account_owner_comes_first_and_ignores_caps() -> None:
    """However many leads the owner has."""
    loads = {"UGUS": RepLoad(assigned_on={date(2026, 3, 2): 99}, untouched=99)}

    found = _assigned(lead={"account_owner": "UGUS"}, loads=loads)

    assert (found.person, found.reason) == ("UGUS", Reason.ACCOUNT_OWNER)
    assert found.turn is None


def test_an_account_owner_who_left_is_no_match() -> None:
    """The next row is tried, and the explanation says why."""
    team = directory()
    people = tuple(
        person.model_copy(update={"is_active": person.key != "UGUS"}) for person in team.people
    )

    found = _assigned(
        lead={"account_owner": "UGUS"}, team=team.model_copy(update={"people": people})
    )

    assert found.explanation.row == "r3"
    assert found.explanation.skipped[0].because == "UGUS left Slack"


def test_an_account_owner_who_is_unknown_is_no_match() -> None:
    """A CRM may name anybody, or something that is no name."""
    assert _assigned(lead={"account_owner": "UGONE"}).explanation.row == "r3"
    assert _assigned(lead={"account_owner": 7}).explanation.row == "r3"


def test_an_account_owner_on_time_off_gives_the_lead_to_the_fallback() -> None:
    """Nobody eligible is not transient: fallback at once."""
    team = directory(time_off=(_away("UGUS"),))

    found = _assigned(lead={"account_owner": "UGUS"}, team=team)

    assert (found.person, found.reason) == ("USAM", Reason.FALLBACK)
    assert [(out.person, out.reason) for out in found.explanation.excluded] == [
        ("UGUS", Exclusion.TIME_OFF)
    ]


def test_a_named_rep_of_the_row_or_of_the_lead() -> None:
    """The row's rep when it has one, else the lead's."""
    rows = (_row("r1", model=OwnerModel.NAMED_REP, named_rep="UFAY"),)

    assert _assigned(lead={"named_rep": "UELI"}).person == "UELI"
    assert _assigned(lead={"named_rep": "UELI"}, rows=rows).person == "UFAY"


def test_least_loaded_counts_untouched_leads_for_the_weight() -> None:
    """Twice the weight carries twice as much; ties go by id."""
    rows = (_row("r1", model=OwnerModel.LEAST_LOADED),)
    loads = {"UDANA": RepLoad(untouched=3), "UELI": RepLoad(untouched=2)}
    loads |= {"UFAY": RepLoad(untouched=2), "UGUS": RepLoad(untouched=2)}
    heavy = _team(pods=(_pod(weights={"UDANA": 2}),))

    assert _assigned(rows=rows, loads=loads).person == "UELI"
    assert _assigned(rows=rows, loads=loads, team=heavy).person == "UDANA"
    assert _assigned(rows=rows, loads=loads).reason is Reason.LEAST_LOADED


def test_the_owner_model_pod_asks_the_pod() -> None:
    """A pod's own model: as the version froze it, else as the directory has it."""
    rows = (_row("r1", model=OwnerModel.POD, pod="enterprise-emea"),)
    loads = {"UHANA": RepLoad(untouched=1)}

    found = _assigned(rows=rows, loads=loads)
    frozen = _assigned(
        rows=rows, loads=loads, pod_models={"enterprise-emea": OwnerModel.ROUND_ROBIN}
    )

    assert (found.person, found.reason) == ("UIVO", Reason.LEAST_LOADED)
    assert (frozen.person, frozen.reason) == ("UHANA", Reason.ROUND_ROBIN)


def test_tier_two_takes_the_earliest_to_start() -> None:
    """At night in New York, Berlin opens first; the ping goes out then."""
    rows = (_row("r1", share_with=("enterprise-emea",)),)

    found = _assigned(rows=rows, at=NIGHT)

    assert found.person in ("UHANA", "UIVO")
    assert found.notify_at == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert found.explanation.tier == 2
    assert {out.reason for out in found.explanation.excluded} == {Exclusion.STARTS_LATER}
    assert {out.person for out in found.explanation.excluded} == set(EAST)


def test_who_does_not_work_now_is_named_while_somebody_does() -> None:
    """Tier 1 is not empty, so tier 2 is not asked."""
    rows = (_row("r1", share_with=("enterprise-emea",)),)
    evening = datetime(2026, 3, 2, 19, 0, tzinfo=UTC)

    found = _assigned(rows=rows, at=evening)

    assert found.person in EAST
    assert found.explanation.tier == 1
    assert {(out.person, out.reason) for out in found.explanation.excluded} == {
        ("UHANA", Exclusion.NOT_WORKING),
        ("UIVO", Exclusion.NOT_WORKING),
    }


def test_caps_bind_with_their_numbers() -> None:
    """The daily cap on the rep's local day, the open cap on untouched leads; personal ones win."""
    pod = _pod(daily_caps={"UFAY": 1, "UGUS": 0})
    loads = {
        "UDANA": RepLoad(assigned_on={date(2026, 3, 2): 12}),
        "UELI": RepLoad(assigned_on={date(2026, 3, 1): 12}, untouched=24),
    }

    found = _assigned(team=_team(pods=(pod,)), loads=loads)

    assert found.person == "UFAY"
    assert {out.person: (out.reason, out.detail) for out in found.explanation.excluded} == {
        "UDANA": (Exclusion.DAILY_CAP, "12 of 12 leads on 2026-03-02"),
        "UELI": (Exclusion.OPEN_CAP, "24 of 24 untouched leads"),
        "UGUS": (Exclusion.DAILY_CAP, "0 of 0 leads on 2026-03-02"),
    }


def test_a_lead_at_night_counts_on_the_day_the_rep_starts() -> None:
    """A full Monday does not close Tuesday."""
    loads = {rep: RepLoad(assigned_on={date(2026, 3, 2): 12}) for rep in EAST}

    found = _assigned(at=NIGHT, loads=loads)

    assert found.notify_at == datetime(2026, 3, 3, 14, 0, tzinfo=UTC)


def test_all_capped_goes_to_the_fallback() -> None:
    """Who ignores caps."""
    loads = {rep: RepLoad(untouched=24) for rep in (*EAST, "USAM")}

    found = _assigned(loads=loads)

    assert (found.person, found.reason) == ("USAM", Reason.FALLBACK)
    assert {out.reason for out in found.explanation.excluded} == {Exclusion.OPEN_CAP}


def test_decliners_are_out_for_the_cycle() -> None:
    """So are those who stayed silent; also from accounts and preferences."""
    barred = {"UDANA": Exclusion.DECLINED, "UELI": Exclusion.SILENT}

    found = _assigned(barred=barred)
    owned = _assigned(lead={"account_owner": "UDANA"}, barred=barred)

    assert found.person == "UFAY"
    assert {out.reason for out in found.explanation.excluded} == set(barred.values())
    assert (owned.person, owned.reason) == ("UFAY", Reason.ROUND_ROBIN)


def test_an_owner_who_declines_re_routes_to_the_next_row() -> None:
    """The fallback comes after two re-routes, or when no row has anybody else."""
    barred = {"UDANA": Exclusion.DECLINED}
    lead = {"account_owner": "UDANA"}
    alone = (_row("r1", "account_owner is set", model=OwnerModel.ACCOUNT_OWNER),)

    on = _assigned(lead=lead, barred=barred)
    nobody = _assigned(lead=lead, barred=barred, rows=alone)

    assert on.explanation.row == "r3"
    assert on.explanation.skipped[0].because == "UDANA declined this lead"
    assert (nobody.reason, nobody.explanation.row) == (Reason.FALLBACK, "r1")


def test_the_last_owner_is_preferred_while_available() -> None:
    """Otherwise the rows decide, and the explanation says so."""
    team = directory(time_off=(_away("UGUS"),))
    preferred = ("UGUS", Reason.LAST_OWNER)

    assert _assigned(preferred=preferred).reason is Reason.LAST_OWNER
    away = _assigned(preferred=preferred, team=team)

    assert away.reason is Reason.ROUND_ROBIN
    assert away.explanation.skipped[0].because == "UGUS is on time off"


@pytest.mark.parametrize(
    ("away", "person", "reason"),
    [
        ((), "USAM", Reason.FALLBACK),
        (("USAM",), "UCLEO", Reason.FALLBACK_SUBSTITUTE),
        (("USAM", "UCLEO"), "UMIA", Reason.POD_MANAGER),
    ],
)
def test_the_chain_behind_a_fallback(away: tuple[str, ...], person: str, reason: Reason) -> None:
    """Substitute, then the pod's manager; off hours are no absence."""
    found = _fallen(away)

    assert isinstance(found, AssignTo)
    assert (found.person, found.reason) == (person, reason)
    assert [out.person for out in found.explanation.excluded] == list(away)


def test_a_fallback_with_nobody_behind_is_a_routing_failure() -> None:
    """Named with everybody who was tried."""
    found = _fallen(("USAM", "UCLEO", "UMIA"))

    assert isinstance(found, Unroutable)
    assert "its fallback is away" in found.because
    assert len(found.explanation.excluded) == 3


def test_a_fallback_off_hours_is_told_at_opening() -> None:
    """Being off hours is not being away."""
    found = assign_fallback(situation=_situation(at=NIGHT), row=_row("r1"))

    assert isinstance(found, AssignTo)
    assert found.notify_at == datetime(2026, 3, 3, 14, 0, tzinfo=UTC)


def test_a_lead_that_matches_no_row_is_a_routing_failure() -> None:
    """Without a catch-all there is no fallback either."""
    found = assign(situation=_situation(rows=(_row("r1", "country = DE"),), lead={}))

    assert isinstance(found, Unroutable)
    assert found.because == "no routing row matched"


def test_a_row_whose_pod_is_gone_falls_back() -> None:
    """The directory is live: a pod may have been removed since the sign-off."""
    rows = (_row("r1", pod="gone"),)

    assert _assigned(rows=rows).reason is Reason.FALLBACK


@settings(max_examples=60, deadline=None)
@given(
    loads=st.dictionaries(
        st.sampled_from(EAST), st.builds(RepLoad, untouched=st.integers(0, 30)), max_size=4
    ),
    barred=st.dictionaries(st.sampled_from(EAST), st.just(Exclusion.DECLINED)),
    away=st.sets(st.sampled_from(EAST)),
    hours=st.integers(0, 24 * 14),
)
def test_whoever_gets_a_lead_may_have_it(
    loads: dict[str, RepLoad], barred: dict[str, Exclusion], away: set[str], hours: int
) -> None:
    """Never a rep who is away, barred or capped; everybody is picked or excluded, once."""
    team = directory(time_off=tuple(_away(rep, days=60) for rep in sorted(away)))
    at = MONDAY + timedelta(hours=hours)

    found = _assigned(loads=loads, barred=barred, team=team, at=at)

    excluded = [out.person for out in found.explanation.excluded if out.person in EAST]
    assert len(set(excluded)) == len(excluded)
    assert found.notify_at >= at
    if found.reason is Reason.ROUND_ROBIN:
        assert found.person not in {*barred, *away, *excluded}
        assert loads.get(found.person, RepLoad()).untouched < 24
    else:
        assert set(excluded) == set(EAST)


@pytest.mark.parametrize(("target", "minutes"), [(30, 3), (100, 10), (120, 10)])
def test_a_missing_field_holds_a_tenth_at_most_ten_minutes(target: float, minutes: float) -> None:
    """The clock keeps running."""
    row = _row("r1", required=("email", "country"))
    lead: Mapping[str, object] = {"email": "a@b.example"}

    held = decide_missing(row=row, lead=lead, target_minutes=target, was_held=False)
    after = decide_missing(row=row, lead=lead, target_minutes=target, was_held=True)

    assert held == Hold(fields=("country",), minutes=minutes)
    assert after == Incomplete(fields=("country",), then=OnMissing.FALLBACK)


def test_a_complete_lead_is_not_held() -> None:
    """Nothing is missing, nothing to decide."""
    row = _row("r1", required=("email",))

    assert decide_missing(row=row, lead={"email": "x"}, target_minutes=30, was_held=False) is None


def test_transient_failures_are_retried_twice() -> None:
    """After one and five minutes of elapsed time."""
    assert [retry_after(attempts=n) for n in range(4)] == [
        None,
        timedelta(minutes=1),
        timedelta(minutes=5),
        None,
    ]


def _assigned(**changes: object) -> AssignTo:
    found = assign(situation=_situation(**changes))
    assert isinstance(found, AssignTo)
    return found


def _fallen(away: tuple[str, ...]) -> AssignTo | Unroutable:
    team = _team(pods=(_pod(manager="UMIA"),)).model_copy(
        update={
            "roles": {Role.SALES_MANAGER: ("USAM", "UCLEO")},
            "time_off": tuple(_away(person) for person in away),
        }
    )
    row = _row("r1", model=OwnerModel.ACCOUNT_OWNER, pod=None)
    rows = (row, _row("r2"))
    return assign_fallback(situation=_situation(team=team, rows=rows), row=row)


def _situation(
    *,
    rows: tuple[RoutingRow, ...] | None = None,
    team: Directory | None = None,
    lead: Mapping[str, object] | None = None,
    at: datetime = MONDAY,
    turns: Mapping[tuple[str, ...], Turn] | None = None,
    **rest: object,
) -> Situation:
    default_rows = (
        _row("r1", "account_owner is set", model=OwnerModel.ACCOUNT_OWNER, pod=None),
        _row("r2", "named_rep is set", model=OwnerModel.NAMED_REP, pod=None),
        _row("r3"),
    )
    return Situation(
        matrix=RoutingMatrix(entry=Rule(), gates=(), rows=rows or default_rows),
        lead=lead or {},
        directory=team or directory(),
        default_caps=Caps(daily=12, untouched=24),
        at=at,
        turns=turns or {},
        **rest,
    )


def _row(
    row_id: str,
    when: str = "always",
    *,
    model: OwnerModel = OwnerModel.ROUND_ROBIN,
    pod: str | None = "enterprise-east",
    share_with: tuple[str, ...] = (),
    named_rep: str | None = None,
    required: tuple[str, ...] = (),
) -> RoutingRow:
    return RoutingRow(
        id=row_id,
        name=row_id,
        when=parse_rule(when),
        owner_model=model,
        pod=pod,
        share_with=share_with,
        named_rep=named_rep,
        fallback="USAM",
        band_targets={Band.B: 60},
        required_fields=required,
        on_missing=OnMissing.FALLBACK,
    )


def _pod(
    *,
    members: int = 4,
    manager: str = "USAM",
    weights: Mapping[str, int] | None = None,
    daily_caps: Mapping[str, int] | None = None,
) -> Pod:
    pod = directory().pods[0]
    changed = [
        member.model_copy(
            update={
                "weight": (weights or {}).get(member.person, 1),
                "daily_cap": (daily_caps or {}).get(member.person),
            }
        )
        for member in pod.members[:members]
    ]
    return pod.model_copy(update={"members": tuple(changed), "manager": manager})


def _team(*, pods: tuple[Pod, ...]) -> Directory:
    return directory(pods=pods)


def _away(person: str, days: int = 5) -> TimeOff:
    first = date(2026, 3, 1)
    return TimeOff(person=person, first=first, last=first + timedelta(days=days))
