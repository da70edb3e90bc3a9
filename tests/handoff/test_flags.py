"""The command line of `/define-handoff`: every spelling understood, never a dead end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.brief import Goal, Segment
from handoff.defaults.catalogue import catalogue
from handoff.flags import FLAGS, ParsedFlags, format_flags, parse_flags

ENTERPRISE = ParsedFlags(segment=Segment.ENTERPRISE)
FULL = ParsedFlags(
    segment=Segment.MID_MARKET,
    goal=Goal.ABM_CAMPAIGN,
    response_sla="1d 4h",
    capacity="6 SDRs, 2 AEs",
    dependencies="CRM, enrichment",
)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        # nothing
        ("", ParsedFlags()),
        ("   ", ParsedFlags()),
        # one flag: separators, quotes, dashes, case
        ("--segment enterprise", ENTERPRISE),
        ("--segment=enterprise", ENTERPRISE),
        ("--segment = enterprise", ENTERPRISE),
        ("--segment:enterprise", ENTERPRISE),
        ('--segment "enterprise"', ENTERPRISE),
        ("--segment='Enterprise'", ENTERPRISE),
        ("--segment “ENTERPRISE”", ENTERPRISE),
        ("--segment ‘enterprise’", ENTERPRISE),
        ("—segment enterprise", ENTERPRISE),
        ("——segment enterprise", ENTERPRISE),
        ("–segment enterprise", ENTERPRISE),
        ("-segment enterprise", ENTERPRISE),
        ("−−segment enterprise", ENTERPRISE),
        ("--SEGMENT Enterprise", ENTERPRISE),
        ("--seg ent", ENTERPRISE),
        ("--segment\u00a0enterprise", ENTERPRISE),
        ("\u200b--segment \ufeffenterprise", ENTERPRISE),
        ("--segment\nenterprise", ENTERPRISE),
        # aliases and blanks in values
        ("--segment mid market", ParsedFlags(segment=Segment.MID_MARKET)),
        ("--segment mid_market", ParsedFlags(segment=Segment.MID_MARKET)),
        ("--segment Mid–Market", ParsedFlags(segment=Segment.MID_MARKET)),
        ("--goal abm", ParsedFlags(goal=Goal.ABM_CAMPAIGN)),
        ("--goal PLG", ParsedFlags(goal=Goal.PRODUCT_ACTIVATION)),
        ("--goal product led growth", ParsedFlags(goal=Goal.PRODUCT_ACTIVATION)),
        ("--goal=up-sell --goal=upsell", None),
        # durations
        ("--response-sla 90m", ParsedFlags(response_sla="90m")),
        ("--response-sla 1d 4h", ParsedFlags(response_sla="1d 4h")),
        ("—response–sla=“1d  4h”", ParsedFlags(response_sla="1d 4h")),
        ("--response_sla 1.5h", ParsedFlags(response_sla="1.5h")),
        ("--response-sla 5w", ParsedFlags(response_sla="5w")),  # 25 days on business hours
        ("--sla 2H", ParsedFlags(response_sla="2H")),
        # free text
        ("--capacity 6 SDRs, 2 AEs", ParsedFlags(capacity="6 SDRs, 2 AEs")),
        ('--capacity "we don\'t know"', ParsedFlags(capacity="we don't know")),
        ("--capacity don’t know", ParsedFlags(capacity="don't know")),
        ("--capacity 6 SDRs —mostly juniors", ParsedFlags(capacity="6 SDRs —mostly juniors")),
        ('--capacity "6 SDRs, 60% of time', ParsedFlags(capacity="6 SDRs, 60% of time")),
        ("--capacity '6 SDRs --goal nothing'", ParsedFlags(capacity="6 SDRs --goal nothing")),
        ("--dependencies R&amp;D data", ParsedFlags(dependencies="R&D data")),
        ("--deps CRM,enrichment", ParsedFlags(dependencies="CRM,enrichment")),
        # without flags
        ("enterprise", ENTERPRISE),
        ("mid market abm", ParsedFlags(segment=Segment.MID_MARKET, goal=Goal.ABM_CAMPAIGN)),
        # all of them, in two orders
        (
            "--segment mid-market --goal abm-campaign --response-sla 1d 4h "
            '--capacity "6 SDRs, 2 AEs" --dependencies "CRM, enrichment"',
            FULL,
        ),
        (
            "—dependencies=“CRM, enrichment” —capacity=“6 SDRs, 2 AEs” "
            "—response-sla=1d 4h —goal ABM —segment mm",
            FULL,
        ),
    ],
)
def test_spellings_are_understood(text: str, understood: ParsedFlags | None) -> None:
    """Each spelling of the contract gives the same flags, without a problem."""
    if understood is None:
        assert parse_flags(text).problems
    else:
        assert parse_flags(text) == understood


@pytest.mark.parametrize(
    ("text", "kept", "problem"),
    [
        ("--segmnt smb", ParsedFlags(), "`--segmnt` is not a flag; did you mean `--segment`?"),
        ("—reponse-sla 2h", ParsedFlags(), "did you mean `--response-sla`?"),
        ("--xyz 1", ParsedFlags(), "`--xyz` is not a flag; the flags are `--segment`, "),
        ("--segment", ParsedFlags(), "`--segment` needs a value: `enterprise`, "),
        ("--goal", ParsedFlags(), "`--goal` needs a value: `pipeline`, "),
        ("--response-sla", ParsedFlags(), "`--response-sla` needs a duration"),
        ("--capacity", ParsedFlags(), "`--capacity` needs notes"),
        ("--dependencies ''", ParsedFlags(), "`--dependencies` needs names"),
        ("--segment enterprize", ParsedFlags(), "did you mean `enterprise`?"),
        ("--goal pipelin", ParsedFlags(), "“pipelin” is not a goal; did you mean `pipeline`?"),
        ("--goal zzz", ParsedFlags(), "“zzz” is not a goal; the goals are `pipeline`, "),
        ("--response-sla soon", ParsedFlags(), "“soon” is not a duration."),
        ("--response-sla -2h", ParsedFlags(), "is negative"),
        ("--response-sla —2h", ParsedFlags(), "is negative"),
        ("--response-sla 31d", ParsedFlags(), "is over 30 days"),
        ("--response-sla 7w", ParsedFlags(), "A week (w) counts 5 days."),
        ("--response-sla 2h please", ParsedFlags(response_sla="2h"), "“please” was not"),
        ("--segment smb now", ParsedFlags(segment=Segment.SMB), "“now” was not understood"),
        ("please do", ParsedFlags(), "“please do” was not understood"),
        (
            "--segment smb --segment partner",
            ParsedFlags(segment=Segment.PARTNER),
            "`--segment` was given twice; the last one counts.",
        ),
        (
            "--segment fintech founders --goal abm",
            ParsedFlags(persona="fintech founders", goal=Goal.ABM_CAMPAIGN),
            "it is offered below as a custom persona",
        ),
    ],
)
def test_problems_say_what_to_write(text: str, kept: ParsedFlags, problem: str) -> None:
    """What did not parse is told with the nearest valid value; what did is kept."""
    flags = parse_flags(text)

    assert problem in flags.problems[0]
    assert len(flags.problems) == 1
    assert flags == ParsedFlags(**{**vars(kept), "problems": flags.problems})


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "--segmnt enterprize",
            ("did you mean `--segment`?", "“enterprize” is not a segment; did you mean `enter"),
        ),
        (
            "--segmnt Fintech",
            ("did you mean `--segment`?", "“Fintech” is not one of `enterprise`"),
        ),
        (
            "--reponse-sla soon --goal pipelin",
            ("did you mean `--response-sla`?", "“soon” is not a duration.", "“pipelin” is not a"),
        ),
    ],
)
def test_a_misspelt_flag_does_not_hide_what_is_wrong_behind_it(
    text: str, problems: tuple[str, ...]
) -> None:
    """Both are told at once, and neither is used."""
    flags = parse_flags(text)

    assert len(flags.problems) == len(problems)
    assert all(told in found for told, found in zip(problems, flags.problems, strict=True))
    assert flags == ParsedFlags(problems=flags.problems)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "😀 " * 2_000,
        f"--{'x' * 10_000} y",
        f"--goal {'pipelin ' * 1_000}",
        "--bogus x " * 1_000,
    ],
)
def test_what_is_long_or_said_often_does_not_hide_what_to_write(text: str) -> None:
    """A problem is a line that can be read to its end, and it is told once."""
    (problem,) = parse_flags(text).problems

    assert len(problem) < 300
    assert "the flags are" in problem or "did you mean" in problem or "the goals are" in problem


def test_every_alias_of_the_catalogue_is_understood() -> None:
    """No alias belongs to two segments or two goals, and each reads back."""
    for segment, texts in catalogue().segments.items():
        for alias in texts.aliases:
            assert parse_flags(f"--segment {alias.upper()}") == ParsedFlags(segment=segment)
    for goal, goal_texts in catalogue().goals.items():
        for alias in goal_texts.aliases:
            assert parse_flags(f"--goal={alias}") == ParsedFlags(goal=goal)


@given(st.text(max_size=200))
def test_nothing_raises(text: str) -> None:
    """Whatever is typed, the form opens."""
    assert isinstance(parse_flags(text), ParsedFlags)


_WORDS = st.text(
    st.characters(whitelist_categories=("Lu", "Ll", "Nd"), whitelist_characters="/%~.,"),
    min_size=1,
    max_size=12,
)
_FREE = st.lists(_WORDS, min_size=1, max_size=6).map(" ".join)
_PARSED = st.builds(
    ParsedFlags,
    segment=st.none() | st.sampled_from(Segment),
    goal=st.none() | st.sampled_from(Goal),
    response_sla=st.none()
    | st.builds("{}{}".format, st.integers(1, 600), st.sampled_from(["m", "h"])),
    capacity=st.none() | _FREE,
    dependencies=st.none() | _FREE,
)


@given(_PARSED, st.permutations(FLAGS), st.sampled_from(["--", "—", "–"]))
def test_flags_round_trip(flags: ParsedFlags, order: list[str], dash: str) -> None:
    """Flags written out, in any order and with any dash, read back the same."""
    written = format_flags(flags).split(" --") if format_flags(flags) else []
    parts = {part.removeprefix("--").split(" ")[0]: part.removeprefix("--") for part in written}
    text = " ".join(f"{dash}{parts[name]}" for name in order if name in parts)

    assert parse_flags(format_flags(flags)) == flags
    assert parse_flags(text) == flags


def test_an_inner_quote_is_written_in_the_other_quotes() -> None:
    """A capacity note with straight quotes in it reads back the same."""
    flags = ParsedFlags(capacity='6 "senior" SDRs')

    assert parse_flags(format_flags(flags)) == flags
