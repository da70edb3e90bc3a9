"""The coverage proof: every step reaches a distinct person, or says when it does not."""

from datetime import UTC, date, datetime

from handoff.calendars import calendar_of
from handoff.directory import Directory, Role, TimeOff, UserGroup
from handoff.escalation.coverage import CoverageProof, prove_coverage
from handoff.escalation.ladder import draft_policy
from tests.handoff.samples import AS_OF, NEW_YORK, brief, directory, people

CALENDAR = calendar_of(spec=NEW_YORK, years=range(2025, 2029))


def test_a_team_that_is_there_is_covered() -> None:
    """No gap, no warning, for two weeks."""
    proof = _prove(directory())

    assert proof.is_complete
    assert (proof.gaps, proof.warnings, proof.days) == ((), (), 14)


def test_a_step_that_reaches_nobody_is_a_gap() -> None:
    """The CRO is away for a week and has no substitute: the open hours of that week."""
    proof = _prove(directory(time_off=(_away("UCLEO", 9, 15),)))

    (gap,) = proof.gaps
    assert (gap.step, gap.role) == (2, "cro")
    assert gap.starts_at == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert gap.ends_at == datetime(2026, 3, 13, 22, 0, tzinfo=UTC)
    assert "UMIA" in gap.could_fill
    assert not {"UBEN", "USAM", "UCLEO"} & set(gap.could_fill)


def test_two_absences_apart_are_two_gaps() -> None:
    """Hours closed in between do not join them."""
    away = (_away("UCLEO", 3, 3), _away("UCLEO", 13, 13))

    assert [gap.starts_at.day for gap in _prove(directory(time_off=away)).gaps] == [3, 13]


def test_a_day_between_two_absences_is_no_gap() -> None:
    """Tuesday and Thursday are named, each with its own hours; Wednesday is covered."""
    away = (_away("UCLEO", 3, 3), _away("UCLEO", 5, 6), _away("UCLEO", 9, 9))

    gaps = _prove(directory(time_off=away)).gaps

    assert [(gap.starts_at.day, gap.ends_at.day) for gap in gaps] == [(3, 3), (5, 9)]


def test_a_substitute_stands_in() -> None:
    """The RevOps Director is away, the documented substitute takes the step."""
    assert _prove(directory(time_off=(_away("UBEN", 2, 20),))).is_complete


def test_one_person_in_two_steps_is_a_warning_while_two_remain() -> None:
    """The Sales Manager covers the RevOps Director; the later step is skipped with a note."""
    roles = {**directory().roles, Role.REVOPS_DIRECTOR: ("UBEN", "USAM")}

    proof = _prove(directory(roles=roles, time_off=(_away("UBEN", 3, 5),)))

    assert proof.is_complete
    assert proof.warnings == (
        "Step 2 (Sales Manager) is skipped from 2026-03-03 to 2026-03-05: Sam Manager already "
        "stands in an earlier step. Name another substitute to keep it.",
    )


def test_a_step_is_skipped_on_those_days_only_on_which_it_is() -> None:
    """Two absences of the RevOps Director are two warnings."""
    roles = {**directory().roles, Role.REVOPS_DIRECTOR: ("UBEN", "USAM")}
    away = (_away("UBEN", 3, 3), _away("UBEN", 11, 12))

    warnings = _prove(directory(roles=roles, time_off=away)).warnings

    assert [warning.partition(":")[0].partition("skipped ")[2] for warning in warnings] == [
        "on 2026-03-03",
        "from 2026-03-11 to 2026-03-12",
    ]


def test_one_person_for_the_whole_climb_is_a_gap() -> None:
    """With fewer than two people, a skipped step is nobody."""
    roles = {
        **directory().roles,
        Role.REVOPS_DIRECTOR: ("USAM",),
        Role.SALES_MANAGER: ("USAM",),
        Role.CRO: ("USAM",),
    }

    proof = _prove(directory(roles=roles))

    assert [gap.role for gap in proof.gaps] == ["sales_manager", "cro"]
    assert proof.warnings == ()


def test_a_role_that_nobody_holds_is_a_gap() -> None:
    """An empty role reaches nobody."""
    roles = {role: keys for role, keys in directory().roles.items() if role is not Role.CRO}

    assert [gap.role for gap in _prove(directory(roles=roles)).gaps] == ["cro"]


def test_a_user_group_counts_with_an_active_member() -> None:
    """The group's first reachable member who does not stand elsewhere takes the step."""
    group = UserGroup(key="SCRO", name="execs", members=("UBEN", "UCLEO"))
    roles = {**directory().roles, Role.CRO: ("SCRO",)}

    assert _prove(directory(roles=roles, groups=(group,))).is_complete
    away = directory(roles=roles, groups=(group,), time_off=(_away("UCLEO", 2, 31),))
    assert [warning[:6] for warning in _prove(away).warnings] == ["Step 3"]


def test_a_group_stands_with_all_its_members() -> None:
    """All of them are called for its step, so that the later step of one of them is skipped."""
    group = UserGroup(key="S1", name="revops", members=("UBEN", "USAM"))
    policy = draft_policy(brief=brief(people=people(role_holders={Role.REVOPS_DIRECTOR: ("S1",)})))

    proof = prove_coverage(
        policy=policy, directory=directory(groups=(group,)), calendar=CALENDAR, from_at=AS_OF
    )

    assert proof.is_complete
    (warning,) = proof.warnings
    assert warning.startswith("Step 2 (Sales Manager) is skipped")


def test_the_holders_of_a_design_stand_in_for_the_directory() -> None:
    """A design that names its own CRO does not need the directory's."""
    asked = brief(people=people(role_holders={"cro": ("UMIA",)}))
    team = directory(time_off=(_away("UCLEO", 2, 31),))

    proof = prove_coverage(
        policy=draft_policy(brief=asked), directory=team, calendar=CALENDAR, from_at=AS_OF
    )

    assert proof.is_complete


def _prove(team: Directory) -> CoverageProof:
    return prove_coverage(
        policy=draft_policy(brief=brief()), directory=team, calendar=CALENDAR, from_at=AS_OF
    )


def _away(person: str, first: int, last: int) -> TimeOff:
    return TimeOff(person=person, first=date(2026, 3, first), last=date(2026, 3, last))
