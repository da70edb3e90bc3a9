"""Every view of the form at its widest, checked as strictly as Slack does."""

from datetime import timedelta

import pytest

from bot.blocks import kit
from bot.blocks.define.brief import brief_view
from bot.blocks.define.capacity import capacity_view
from bot.blocks.define.chooser import DraftLine, chooser_view, message_view
from bot.blocks.define.editors import advanced_view, ladder_view, rows_view
from bot.blocks.define.frame import Shown
from bot.blocks.define.people import people_view
from bot.blocks.define.place import Place, read_place
from bot.blocks.define.qualification import qualification_view
from bot.blocks.define.review import review_view
from bot.ids import Input
from bot.sandbox.validate import check_modal
from handoff.directory import Directory
from handoff.escalation.coverage import CoverageGap, CoverageProof
from handoff.form_choices import Choice, FormChoices, form_choices
from handoff.form_data import (
    BriefStep,
    CapacityStep,
    DraftData,
    LadderStepText,
    PeopleStep,
    QualificationStep,
    ReviewStep,
    Step,
)
from handoff.routing.rules import LintFinding, LintSeverity
from handoff.sla.model import Feasibility, ProposedChange, Risk, Verdict
from tests.bot.blocks.define.reading import words
from tests.handoff.samples import AS_OF, design

LONG = "<!channel> & a very long name " * 8
MANY = tuple(Choice(value=f"v{n}", label=f"{n} {LONG}", description=LONG) for n in range(150))
WIDE = FormChoices(
    segments=MANY[:4],
    goals=MANY[:4],
    calendars=MANY,
    lead_fields=MANY,
    pods=(*MANY, Choice(value="v" * 151, label="cannot be offered")),
    owner_models=MANY[:5],
    revops_approvers=MANY,
    sales_approvers=MANY,
    roles=MANY[:8],
    needs=MANY,
    profiles=MANY[:5],
    names={"U1": LONG},
)
BARE = form_choices(data=DraftData(), directory=Directory())
SHOWN = Shown(notices=(LONG * 20,) * 12, revision=7, changed=frozenset({Input.BRIEF_GOAL}))


def at(step: Step) -> Place:
    """Return a place in the form."""
    return Place(draft="draft_01", step=step, revision=3)


def widest() -> list[kit.View]:
    """Return every view of the form with as much in it as can be."""
    brief = BriefStep(
        segment="v1", persona="x" * 40, goal="v2", entry_rule="y" * 3000, clock="elapsed"
    )
    people = PeopleStep(
        pods=("v1", "v2"), sales_leadership=("U1", "U2"), fallback="a@b.example", named_rep="U1"
    )
    qualification = QualificationStep(edit_stages=True, gates="z" * 3000, mql="m" * 3000)
    ladder = (LadderStepText(role="v1", acknowledge="15m"),) * 6
    capacity = CapacityStep(notes="n" * 3000, dependencies=("v1",))
    holders = {item.value: ("U1", "U2") for item in WIDE.roles}
    drafts = [DraftLine(id=f"d{n}", title=LONG, step="brief", updated_at=AS_OF) for n in range(40)]
    return [
        brief_view(place=at(Step.BRIEF), step=brief, offered=WIDE, shown=SHOWN, active="ENT-1"),
        qualification_view(place=at(Step.QUALIFICATION), step=qualification, offered=WIDE),
        people_view(place=at(Step.PEOPLE), step=people, offered=WIDE, shown=SHOWN),
        people_view(place=at(Step.PEOPLE), step=PeopleStep(), offered=BARE),
        capacity_view(place=at(Step.CAPACITY), step=capacity, offered=WIDE, shown=SHOWN),
        ladder_view(place=at(Step.PEOPLE), ladder=ladder, step=people, offered=WIDE),
        rows_view(place=at(Step.REVIEW), text="r" * 9000, offered=WIDE),
        advanced_view(place=at(Step.PEOPLE), holders=holders, step=capacity, offered=WIDE),
        brief_view(place=at(Step.BRIEF), step=BriefStep(), offered=BARE),
        chooser_view(drafts=drafts, channel=None),
        message_view(title=LONG, lines=[LONG]),
    ]


@pytest.mark.parametrize("view", widest(), ids=lambda view: str(view["callback_id"]))
def test_every_view_fits_at_its_widest(view: kit.View) -> None:
    """Long names, many choices and full texts are cut or left out, never refused by Slack."""
    check_modal(view)


def test_what_the_app_changed_gets_a_new_block_id() -> None:
    """Slack keeps what was typed where the id stays, and takes a new value where it changes."""
    shown = Shown(
        blocks={Input.BRIEF_GOAL: "define.brief.goal:5"},
        changed=frozenset({Input.BRIEF_RESPONSE_SLA}),
        revision=8,
    )

    view = brief_view(place=at(Step.BRIEF), step=BriefStep(), offered=WIDE, shown=shown)

    ids = {block.get("block_id") for block in view["blocks"]}
    assert {"define.brief.goal:5", "define.brief.response_sla:8", "define.brief.segment"} <= ids


def test_a_place_survives_the_way_through_slack() -> None:
    """Ids only, and the view under a pushed one."""
    place = Place(draft="draft_01", step=Step.PEOPLE, revision=12, parent="V1")

    assert read_place(place.dump()) == place
    assert len(place.dump()) < 300


def proof(verdict: Verdict, **more: object) -> Feasibility:
    """Return a proof."""
    return Feasibility.model_validate(
        {"verdict": verdict, "method": "test", "target_percent": 90, "team_size": 4} | more
    )


def review(feasibility: Feasibility, **more: object) -> kit.View:
    """Return the review of a design with another proof."""
    changed = design().model_copy(update={"feasibility": feasibility} | more)
    step = ReviewStep(roles_confirmed=True)
    view = review_view(place=at(Step.REVIEW), step=step, design=changed, overlaps=[LONG] * 12)
    check_modal(view)
    return view


def test_the_volume_that_a_team_holds_is_not_rounded_up() -> None:
    """It is the figure that the risk beside it proposes."""
    view = review(proof(Verdict.UNPROVEN, sustainable_leads_per_week=9.7))

    assert "9 leads a week at 90%" in words(view)


@pytest.mark.parametrize(("percent", "said"), [(89.6, "89.6%"), (89.96, "89.9%")])
def test_a_prediction_just_below_its_target_reads_below_it(percent: float, said: str) -> None:
    """Whole percent elsewhere; here they would say 90% of 90%."""
    view = review(proof(Verdict.FAILS, attainment_percent=percent))

    assert f"{said} of 90%" in words(view)


def test_the_review_shows_three_figures_and_the_worst_five_risks_first() -> None:
    """The verdict, its figures with their spread, and a button where one tap helps."""
    change = ProposedChange(path="targets.response_sla_minutes", value=90, label="Set it to 90")
    elsewhere = ProposedChange(path="people.fallback", value="west", label="Add a rep")
    risks = [
        Risk(code=f"r{n}", severity=1 + n % 3, message=f"{n} {LONG}", change=change)
        for n in range(7)
    ]
    risks[5] = Risk(code="worst", severity=3, message="the worst", change=elsewhere)

    view = review(
        proof(
            Verdict.FAILS,
            attainment_percent=71.4,
            ci_low_percent=68,
            ci_high_percent=75,
            tightest_sla_minutes=None,
            smallest_team=None,
            risks=tuple(risks),
            guardrail_fires_per_week=2.6,
            suggested_guardrail_count=5,
        )
    )

    text = words(view)
    assert "cannot hold this SLA" in text
    assert "71% of 90%" in text
    assert "68-75% likely" in text
    assert "none within 30 days" in text
    assert "none is large enough; you have 4" in text
    assert "about 3 times a week. Better: 5 incidents." in text
    shown = [b for b in view["blocks"] if str(b.get("block_id")).startswith("define.risk:")]
    assert len(shown) == 5
    reds = [":red_circle:" in block["text"]["text"] for block in shown]
    assert reds == [True, True, False, False, False]
    worst = next(b for b in shown if b["block_id"] == "define.risk:worst")
    assert "accessory" not in worst


def test_the_review_of_a_sound_design_is_short() -> None:
    """No spread without a simulation, no risks, no findings, coverage whole."""
    view = review(
        proof(
            Verdict.HOLDS,
            attainment_percent=97,
            ci_low_percent=97,
            ci_high_percent=97,
            tightest_sla_minutes=45,
            smallest_team=3,
            guardrail_fires_per_week=0.2,
        ),
        lint=(),
        coverage=CoverageProof(from_at=AS_OF),
    )

    text = words(view)
    assert "likely" not in text
    assert "3 reps; you have 4" in text
    assert "predicted about every 5 weeks" in text
    assert "every step reaches somebody for 14 days" in text
    assert "*Risks*" not in text


def test_the_review_names_gaps_and_findings_errors_first() -> None:
    """Gaps with their times, warnings after them; what forbids sign-off stands on top."""
    gaps = tuple(
        CoverageGap(
            step=0,
            role="revops_director",
            starts_at=AS_OF + timedelta(days=n),
            ends_at=AS_OF + timedelta(days=n, hours=9),
        )
        for n in range(8)
    )
    findings = (
        LintFinding(
            code="pod_of_one", severity=LintSeverity.WARNING, row="r1", message="A <pod> of one."
        ),
        LintFinding(code="no_catch_all", severity=LintSeverity.ERROR, row=None, message="No end."),
    )

    text = words(
        review(
            proof(Verdict.UNPROVEN),
            coverage=CoverageProof(from_at=AS_OF, gaps=gaps, warnings=("Two people remain.",)),
            lint=findings,
        )
    )

    assert "revops director reaches nobody from <!date^" in text
    assert "and 3 more gaps" in text
    assert "Two people remain." in text
    assert text.index(":no_entry: No end.") < text.index(":warning: r1: A &lt;pod&gt; of one.")
    assert "not computable at 90%" in text


def test_a_volume_that_the_team_holds_is_said() -> None:
    """Without leads per week the review answers the other way round."""
    text = words(review(proof(Verdict.UNPROVEN, sustainable_leads_per_week=1234.5)))

    assert "1,234 leads a week at 90%" in text
