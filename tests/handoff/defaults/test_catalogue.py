"""The default catalogue against its tables, written out by hand."""

import pytest

from handoff.brief import Goal, OwnerModel, Segment
from handoff.defaults.catalogue import RequestDefault, catalogue
from handoff.durations import parse_duration
from handoff.enablement import RequestKind
from handoff.routing.conditions import parse_rule

ENT, MID, SMB, PAR = Segment.ENTERPRISE, Segment.MID_MARKET, Segment.SMB, Segment.PARTNER
AO, NR, RR, LL = (
    OwnerModel.ACCOUNT_OWNER,
    OwnerModel.NAMED_REP,
    OwnerModel.ROUND_ROBIN,
    OwnerModel.LEAST_LOADED,
)


@pytest.mark.parametrize(
    ("segment", "thresholds", "a", "r", "c", "target", "handling", "models", "fallback"),
    [
        (ENT, (50, 65, 80), "30m", "2h", "1d", 90, (25, 0.7), (AO, NR, RR), "ae_manager"),
        (MID, (55, 65, 80), "15m", "1h", "4h", 90, (15, 0.6), (AO, RR), "sdr_manager"),
        (SMB, (60, 70, 85), "10m", "30m", "4h", 85, (8, 0.5), (AO, LL), "sdr_manager"),
        (PAR, (40, 50, 70), "2h", "4h", "2d", 90, (20, 0.7), (NR, AO, RR), "channel_lead"),
    ],
)
def test_segment_numbers(
    *,
    segment: Segment,
    thresholds: tuple[int, int, int],
    a: str,
    r: str,
    c: str,
    target: float,
    handling: tuple[float, float],
    models: tuple[OwnerModel, ...],
    fallback: str,
) -> None:
    """Scores, targets, handling time and owner models of each segment."""
    found = catalogue().segments[segment]

    scores = found.thresholds
    assert (scores.mql_minimum, scores.b_from, scores.a_from) == thresholds
    assert (found.a_target, found.response_sla, found.c_offered) == (a, r, c)
    assert found.attainment_target_percent == target
    assert (found.handling_minutes, found.handling_cv) == handling
    assert tuple(one.model for one in found.owner_models) == models
    assert found.fallback_role == fallback


@pytest.mark.parametrize(
    ("segment", "blocking", "wanted", "arrivals"),
    [
        (
            ENT,
            ("email", "domain", "employees", "country"),
            ("title", "industry", "account_owner", "tech_stack"),
            (78, 16, 6),
        ),
        (
            MID,
            ("email", "domain", "employees", "country"),
            ("title", "industry", "phone"),
            (72, 20, 8),
        ),
        (SMB, ("email or phone", "country"), ("company", "employees", "use_case"), (55, 27, 18)),
        (
            PAR,
            ("partner_id", "partner_contact", "end_customer_domain", "country"),
            ("deal_registration_id", "value"),
            (88, 10, 2),
        ),
    ],
)
def test_segment_fields_and_arrivals(
    segment: Segment,
    blocking: tuple[str, ...],
    wanted: tuple[str, ...],
    arrivals: tuple[float, float, float],
) -> None:
    """Blocking and wanted fields, and the three shares of arrivals."""
    found = catalogue().segments[segment]
    profile = found.arrivals

    assert (found.blocking_fields, found.wanted_fields) == (blocking, wanted)
    assert (
        profile.weekday_core_percent,
        profile.weekday_other_percent,
        profile.weekend_percent,
    ) == arrivals


@pytest.mark.parametrize(
    ("segment", "asset", "talk_track", "sequence", "dashboard"),
    [
        (ENT, ("pmm", 10), ("enablement", 7), ("sdr_manager", 5), ("revops_analyst", 5)),
        (MID, ("pmm", 7), ("enablement", 5), ("sdr_manager", 4), ("revops_analyst", 4)),
        (SMB, ("pmm", 5), ("enablement", 3), ("marketing_ops", 3), ("revops_analyst", 3)),
        (
            PAR,
            ("partner_marketing", 10),
            ("partner_manager", 7),
            ("partner_ops", 5),
            ("revops_analyst", 5),
        ),
    ],
)
def test_enablement_requests(
    segment: Segment,
    asset: tuple[str, int],
    talk_track: tuple[str, int],
    sequence: tuple[str, int],
    dashboard: tuple[str, int],
) -> None:
    """Each segment asks for four things, with owner and lead time."""
    found = {one.kind: (one.owner_role, one.lead_days) for one in _requests(segment)}

    assert found == {
        "asset": asset,
        "talk_track": talk_track,
        "sequence": sequence,
        "dashboard": dashboard,
    }
    assert set(found) == set(RequestKind)


def _requests(segment: Segment) -> tuple[RequestDefault, ...]:
    return catalogue().segments[segment].requests


@pytest.mark.parametrize(
    ("goal", "sla", "acceptance", "metrics", "assets", "fields", "integrations", "flows"),
    [
        (Goal.PIPELINE, 90, 85, [15], [("enablement", 5)], 7, 3, 4),
        (Goal.EXPANSION, 95, 90, [25, 10], [("cs", 7), ("pmm", 7)], 5, 2, 3),
        (Goal.PRODUCT_ACTIVATION, 85, 75, [30, 20], [("product_marketing", 7)], 5, 2, 3),
        (Goal.ABM_CAMPAIGN, 95, 90, [15, 25], [("demand_gen", 10)], 5, 3, 3),
    ],
)
def test_goals(
    *,
    goal: Goal,
    sla: float,
    acceptance: float,
    metrics: list[float],
    assets: list[tuple[str, int]],
    fields: int,
    integrations: int,
    flows: int,
) -> None:
    """Metrics with their goals, extra assets, and how much tooling each goal needs."""
    found = catalogue().goals[goal]

    assert (found.sla_target_percent, found.acceptance_percent) == (sla, acceptance)
    assert [metric.goal for metric in found.metrics] == metrics
    assert [(one.owner_role, one.lead_days) for one in found.extra_assets] == assets
    assert len(found.fields) == fields
    assert (len(found.integrations), len(found.flows)) == (integrations, flows)


def test_checklist_owners_and_lead_times() -> None:
    """Fields CRM admin 5, integrations RevOps 7, flows and QA Marketing ops 5 and 2."""
    found = catalogue().checklist
    items = (found.field, found.integration, found.flow, found.qa)

    assert [(one.owner_role, one.lead_days) for one in items] == [
        ("crm_admin", 5),
        ("revops", 7),
        ("marketing_ops", 5),
        ("marketing_ops", 2),
    ]


@pytest.mark.parametrize(
    ("segment", "goal", "target", "lead_days"),
    [
        (ENT, Goal.PIPELINE, 90, 10),
        (SMB, Goal.PIPELINE, 90, 7),
        (SMB, Goal.PRODUCT_ACTIVATION, 85, 7),
        (SMB, Goal.ABM_CAMPAIGN, 95, 10),
        (PAR, Goal.PRODUCT_ACTIVATION, 90, 10),
    ],
)
def test_the_stricter_target_and_the_longest_lead_time_win(
    segment: Segment, goal: Goal, target: float, lead_days: int
) -> None:
    """Segment and goal are put together."""
    found = catalogue()

    assert found.attainment_target_percent(segment=segment, goal=goal) == target
    assert found.longest_lead_days(segment=segment, goal=goal) == lead_days


@pytest.mark.parametrize("segment", Segment)
def test_arrivals_keep_their_shares_and_peak(segment: Segment) -> None:
    """The 168 weights keep the three shares; a peak hour is 1.5 times its neighbours."""
    weights = catalogue().arrival_weights(segment=segment)
    profile = catalogue().segments[segment].arrivals
    core = sum(weights[day * 24 + hour] for day in range(5) for hour in range(9, 18))

    assert len(weights) == 168
    assert sum(weights) == pytest.approx(1)
    assert core == pytest.approx(profile.weekday_core_percent / 100)
    assert sum(weights[5 * 24 :]) == pytest.approx(profile.weekend_percent / 100)


def test_enterprise_peaks_on_tuesday_morning() -> None:
    """Tue–Thu 10–12 and 14–16 are the peaks; Monday at the same hour is not."""
    weights = catalogue().arrival_weights(segment=ENT)

    assert weights[24 + 10] == pytest.approx(1.5 * weights[10])
    assert weights[24 + 12] == weights[12]
    assert weights[3 * 24 + 15] == weights[24 + 10]


def test_the_partner_month_ends_busier() -> None:
    """The last week of the month counts 1.5 for partners, and has no effect elsewhere."""
    factors = [one.arrivals.month_end_factor for one in catalogue().segments.values()]

    assert factors == [1, 1, 1, 1.5]


@pytest.mark.parametrize("segment", Segment)
@pytest.mark.parametrize("goal", Goal)
def test_every_condition_reads(segment: Segment, goal: Goal) -> None:
    """Entry rules, gates and owner-model conditions are in the language of conditions."""
    texts = catalogue().segments[segment]
    models = [one.only_when for one in texts.owner_models if one.only_when]

    assert parse_rule(catalogue().entry_rule(segment=segment, goal=goal)).any_of
    for text in (*texts.gates, *models):
        assert parse_rule(text).any_of


def test_the_goal_narrows_the_entry_rule() -> None:
    """A rule with alternatives is bracketed before it is narrowed."""
    rule = catalogue().entry_rule

    assert rule(segment=ENT, goal=Goal.PIPELINE) == "employees >= 1000"
    assert rule(segment=ENT, goal=Goal.EXPANSION) == "employees >= 1000 and customer_id is set"
    assert rule(segment=PAR, goal=Goal.ABM_CAMPAIGN) == (
        "(partner_id is set or lead_source = partner) and "
        "(target_list is set or account_tier is set)"
    )


def test_every_duration_reads_and_a_is_the_fastest() -> None:
    """A is no slower than R, and the C that is offered no faster."""
    for texts in catalogue().segments.values():
        a, r, c = (
            parse_duration(text).minutes
            for text in (texts.a_target, texts.response_sla, texts.c_offered)
        )
        assert a < r < c


def test_every_owner_role_has_a_name_and_every_field_a_label() -> None:
    """Nothing of the catalogue is shown by its key; unknown keys read as words."""
    found = catalogue()
    owners = {
        request.owner_role
        for segment in Segment
        for goal in Goal
        for request in found.requests(segment=segment, goal=goal)
    }
    fields = {field.name for field in found.lead_fields}
    used = {
        name
        for texts in found.segments.values()
        for name in (*texts.blocking_fields, *texts.wanted_fields)
    }

    assert owners <= set(found.roles)
    assert used <= fields
    assert found.role_name("pmm") == "Product marketing manager"
    assert found.role_name("deal_desk") == "Deal desk"
    assert found.field_label("email") == "E-mail"
    assert found.field_label("team_size") == "Team size"


def test_the_default_order_of_designs() -> None:
    """Which design takes a lead: the goals' and the segments' default order."""
    priority = catalogue().priority

    assert priority.goals == (
        Goal.ABM_CAMPAIGN,
        Goal.EXPANSION,
        Goal.PRODUCT_ACTIVATION,
        Goal.PIPELINE,
    )
    assert priority.segments == (PAR, ENT, MID, SMB)
