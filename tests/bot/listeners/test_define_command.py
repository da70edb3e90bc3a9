import pytest

from tests.support.forms import front, text_of, value_of, values_of, walk_to
from tests.support.house import House

SEGMENT, GOAL, SLA = "define.brief.segment", "define.brief.goal", "define.brief.response_sla"

#: What is typed after the command, and what the form then shows of segment, goal and SLA.
SPELLINGS = (
    ("--segment enterprise", "enterprise", "pipeline", "2h"),
    ("--segment=enterprise", "enterprise", "pipeline", "2h"),
    ("--segment ENTERPRISE", "enterprise", "pipeline", "2h"),
    ("--segment ent", "enterprise", "pipeline", "2h"),
    ("—segment enterprise", "enterprise", "pipeline", "2h"),
    ("——segment enterprise", "enterprise", "pipeline", "2h"),
    ("–segment enterprise", "enterprise", "pipeline", "2h"),
    ("--segment “mid market”", "mid-market", "pipeline", "1h"),
    ("--segment 'mid market'", "mid-market", "pipeline", "1h"),
    ('--segment "mid-market"', "mid-market", "pipeline", "1h"),
    ("--segment mid market", "mid-market", "pipeline", "1h"),
    ("--segment Mid-Market --goal abm", "mid-market", "abm-campaign", "1h"),
    ("--goal abm --segment smb", "smb", "abm-campaign", "30m"),
    ("--goal=plg --segment=smb", "smb", "product-activation", "30m"),
    ("--goal product-activation", "enterprise", "product-activation", "2h"),
    ("--goal Expansion", "enterprise", "expansion", "2h"),
    ("—goal=“abm campaign”", "enterprise", "abm-campaign", "2h"),
    ("--response-sla 90m", "enterprise", "pipeline", "90m"),
    ("--response-sla=1d", "enterprise", "pipeline", "1d"),
    ('--response-sla "1d 4h"', "enterprise", "pipeline", "1d 4h"),
    ("--response-sla 1d 4h", "enterprise", "pipeline", "1d 4h"),
    ("--response-sla 1.5h", "enterprise", "pipeline", "1.5h"),
    ("--RESPONSE-SLA 4h", "enterprise", "pipeline", "4h"),
    ("--response_sla 4h", "enterprise", "pipeline", "4h"),
    ("--sla 4h", "enterprise", "pipeline", "4h"),
    ("--segment partner --goal pipeline --response-sla 6h", "partner", "pipeline", "6h"),
    ("--response-sla 6h --goal pipeline --segment partner", "partner", "pipeline", "6h"),
    ("enterprise abm", "enterprise", "abm-campaign", "2h"),
    ("  --segment   smb  ", "smb", "pipeline", "30m"),
    ("--segment smb --goal pipeline", "smb", "pipeline", "30m"),
    ("--segment partner --capacity “6 SDRs, don't ask”", "partner", "pipeline", "4h"),
    ("--segment smb --dependencies CRM, R&D wiki", "smb", "pipeline", "30m"),
)


def test_thirty_spellings_of_the_command_fill_the_form(house: House) -> None:
    """Whatever the phone made of dashes and quotes, the form shows what was meant."""
    ria = house.person("ria")
    shown = []

    for typed, *_ in SPELLINGS:
        ria.command("#enterprise-handoff", f"/define-handoff {typed}")
        view = front(ria)
        shown.append((typed, value_of(view, SEGMENT), value_of(view, GOAL), value_of(view, SLA)))
        ria.close_all()

    assert len(SPELLINGS) >= 30
    assert shown == [tuple(spelling) for spelling in SPELLINGS]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("--segmnt smb", "`--segmnt` is not a flag; did you mean `--segment`?"),
        ("--goal pipline", "“pipline” is not a goal; did you mean `pipeline`?"),
        ("--segment enterprize", "did you mean `enterprise`?"),
        ("--response-sla 0h", "`--response-sla`:"),
        ("--response-sla soon", "`--response-sla`:"),
        ("--response-sla 45d", "30 days"),
        ("--colour blue", "`--colour` is not a flag; the flags are"),
        ("--segment", "`--segment` needs a value"),
    ],
)
def test_what_did_not_parse_is_told_at_the_top_of_the_form(
    house: House, typed: str, told: str
) -> None:
    """The command is never a dead end: the form opens, and says what it could not use."""
    ria = house.person("ria")

    ria.command("#enterprise-handoff", f"/define-handoff {typed}")

    assert told in text_of(front(ria))
    assert value_of(front(ria), SEGMENT) == "enterprise"


def test_an_unknown_segment_is_offered_as_a_custom_persona(house: House) -> None:
    """It never becomes a segment by itself: the form asks for its name and its base."""
    ria = house.person("ria")

    ria.command("#enterprise-handoff", "/define-handoff --segment “Fintech founders”")
    view = front(ria)

    assert value_of(view, SEGMENT) == "custom"
    assert value_of(view, "define.brief.persona") == "Fintech founders"
    assert value_of(view, "define.brief.base") == "enterprise"


def test_the_capacity_flag_is_read_and_shown_for_confirmation(house: House) -> None:
    """Nothing is guessed silently: what was understood stands at the top."""
    ria = house.person("ria")

    ria.command(
        "#enterprise-handoff",
        '/define-handoff --capacity "3 SDRs, 10 leads/day, 20 min each, lunch at noon"',
    )

    told = text_of(front(ria))
    assert "50 a week" in told
    assert "20 minutes for each lead" in told
    assert "Not understood, so not used" in told


def test_a_volume_of_a_million_does_not_stop_the_form(house: House) -> None:
    """Slack refuses a field of numbers that shows `1e+06`: the window would not move on."""
    ria = house.person("ria")
    ria.command("#enterprise-handoff", '/define-handoff --capacity "1,000,000 leads/week"')

    capacity = walk_to(ria, 4)

    assert value_of(capacity, "define.capacity.leads_per_week") == "1000000"


def test_the_shortcut_opens_the_form_without_a_channel(house: House) -> None:
    """A global shortcut has no channel to post to, so the form leaves it open."""
    ria = house.person("ria")

    ria.shortcut("define.start")

    assert values_of(front(ria))[GOAL] == "pipeline"


def test_a_command_in_a_direct_message_leaves_the_channel_open(house: House) -> None:
    """A packet cannot go to somebody's own direct messages."""
    ria = house.person("ria")

    ria.command("#enterprise-handoff", "/define-handoff")
    assert front(ria).title == "1 of 5: Brief"


def test_somebody_elses_draft_stays_closed(house: House) -> None:
    """A draft belongs to its author: another person's command starts a fresh form."""
    ria, sam = house.person("ria"), house.person("sam")
    ria.command("#enterprise-handoff", "/define-handoff --segment smb")
    ria.close_all()

    sam.command("#enterprise-handoff", "/define-handoff")

    assert front(sam).title == "1 of 5: Brief"
    assert value_of(front(sam), SEGMENT) == "enterprise"
