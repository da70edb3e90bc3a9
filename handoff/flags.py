"""The flags of `/define-handoff`, in every spelling that a chat client makes of them.

What parsed is kept; what did not becomes a problem with the nearest valid value. Nothing raises.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from difflib import get_close_matches
from typing import TypeVar

from handoff.brief import Goal, Segment
from handoff.defaults.catalogue import catalogue
from handoff.durations import BadDuration, Duration, parse_duration
from handoff.words import cut

_Named = TypeVar("_Named", Segment, Goal)

FLAGS = ("segment", "goal", "response-sla", "capacity", "dependencies")
_ALIASES = {
    "seg": "segment",
    "segments": "segment",
    "audience": "segment",
    "goals": "goal",
    "objective": "goal",
    "sla": "response-sla",
    "response": "response-sla",
    "responsesla": "response-sla",
    "response-time": "response-sla",
    "cap": "capacity",
    "team": "capacity",
    "dep": "dependencies",
    "deps": "dependencies",
    "dependency": "dependencies",
    "depends": "dependencies",
    "needs": "dependencies",
}
_FREE_TEXT = ("capacity", "dependencies")
_LONGEST_TEXT = 3000
_LONGEST_PERSONA = 40
_LONGEST_QUOTE = 80
_WORKING_DAY = timedelta(hours=8)

# Slack clients and phones put typographic characters in place of the typed ones.
_CLEAN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("\u00a0\u2007\u202f\t\r\n", " "),
        **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff"),
    }
)
_DASHES = "‐‑‒–—―−-"
_FLAG = re.compile(rf"(?P<dashes>[{_DASHES}]{{1,3}})(?P<name>[^\W\d_][\w{_DASHES}]+)(?=[=:\s]|$)")
_ASSIGN = re.compile(r"\s*=\s*|:\s*")


@dataclass(frozen=True, kw_only=True)
class ParsedFlags:
    """What the command line said.

    Attributes:
        segment: A segment of the catalogue.
        persona: A name that is no segment: the form offers it as a custom persona.
        goal: A goal of the catalogue.
        response_sla: A duration as written, known to be readable.
        capacity: Notes, not read yet.
        dependencies: Names separated by commas, not read yet.
        problems: What could not be used, each with what to write instead, ready to be shown.
    """

    segment: Segment | None = None
    persona: str | None = None
    goal: Goal | None = None
    response_sla: str | None = None
    capacity: str | None = None
    dependencies: str | None = None
    problems: tuple[str, ...] = ()


def parse_flags(text: str) -> ParsedFlags:
    """Read the text after `/define-handoff`.

    Args:
        text: As Slack sends it: `--flag value` or `--flag=value` in any order, straight or curly
            quotes, two hyphens or any dash in their place, entities for `& < >`.

    Returns:
        What was understood, and problems for the rest. A value without a flag is understood
        when it names a segment or a goal.

    Source: product.md section 1.
    """
    flags = ParsedFlags()
    for given in _given(html.unescape(text).translate(_CLEAN)):
        flags = _READERS[given.name](flags, given) if given.name else _unflagged(flags, given)
    return flags


def format_flags(flags: ParsedFlags) -> str:
    """Write flags so that `parse_flags` reads the same again; problems are left out."""
    values = {
        "segment": flags.persona or flags.segment,
        "goal": flags.goal,
        "response-sla": flags.response_sla,
        "capacity": flags.capacity,
        "dependencies": flags.dependencies,
    }
    return " ".join(f"--{name} {_quoted(value)}" for name, value in values.items() if value)


def resolve_segment(text: str) -> Segment | None:
    """Return the segment that a name or alias means, in any case and with any dashes."""
    return _segments().get(_plain(text))


def resolve_goal(text: str) -> Goal | None:
    """Return the goal that a name or alias means, in any case and with any dashes."""
    return _goals().get(_plain(text))


# Private functions: from text to flags and their words


@dataclass
class _Given:
    """One flag with the words that follow it; without a name: words before the first flag.

    `meant` is the nearest flag to one that is misspelt: its words are read to tell what is wrong
    with them as well, and not used.
    """

    name: str | None
    written: str = ""
    words: list[str] = field(default_factory=list)
    problem: str | None = None
    meant: str | None = None

    @property
    def value(self) -> str:
        return " ".join(self.words).strip()


def _given(text: str) -> Iterator[_Given]:
    """Yield each flag with its words; what is no flag becomes a nameless one with its problem."""
    current = _Given(name=None)
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
        elif (found := _FLAG.match(text, at)) and (named := _flag(found, current)):
            yield current
            current = named
            assigned = _ASSIGN.match(text, found.end())
            at = assigned.end() if assigned else found.end()
        else:
            word, at = _word(text, at)
            current.words.append(word)
    yield current


def _flag(found: re.Match[str], current: _Given) -> _Given | None:
    """Return the flag that starts here, or None when it is only a dash inside free text."""
    name = re.sub(rf"[_{_DASHES}]", "-", found["name"]).lower()
    written = f"--{name}"
    if known := _flag_name(name):
        return _Given(name=known, written=written)
    told = _short(written)
    near = get_close_matches(name, [*FLAGS, *_ALIASES], n=1, cutoff=0.6)
    if not near and current.name in _FREE_TEXT and not found["dashes"].startswith("--"):
        return None
    meant = _flag_name(near[0]) if near else None
    problem = (
        f"`{told}` is not a flag; did you mean `--{meant}`?"
        if meant
        else f"`{told}` is not a flag; the flags are {_listed(f'--{flag}' for flag in FLAGS)}."
    )
    return _Given(name=None, written=written, problem=problem, meant=meant)


def _flag_name(name: str) -> str | None:
    return name if name in FLAGS else _ALIASES.get(name)


def _word(text: str, at: int) -> tuple[str, int]:
    """Return the word that starts at `at` and where to go on; a quoted phrase is one word.

    A quote counts only at the start of a word and with a partner that ends one, so the
    apostrophe of "don't" is a letter.
    """
    if text[at] in "\"'":
        closing = re.compile(rf"{text[at]}(?=\s|$)").search(text, at + 1)
        if closing:
            return text[at + 1 : closing.start()], closing.end()
        at += 1
    end = text.find(" ", at)
    end = len(text) if end < 0 else end
    return text[at:end], end


# Private functions: from words to values


def _read_segment(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    segment, rest = _longest(given.words, _segments())
    if segment is not None:
        flags = _twice(flags, given, had=flags.segment or flags.persona)
        return _leftover(replace(flags, segment=segment, persona=None), rest)
    if not given.value:
        return _problem(flags, f"`--segment` needs a value: {_listed(Segment)}.")
    near = get_close_matches(_plain(given.value), list(_segments()), n=1, cutoff=0.75)
    if near:
        meant = _segments()[near[0]].value
        return _problem(
            flags,
            f"{_quote(given.value)} is not a segment; did you mean `{meant}`? "
            "For one of your own, pick “Custom persona…” under Segment.",
        )
    name = given.value[:_LONGEST_PERSONA].strip()
    return _problem(
        replace(flags, segment=None, persona=name),
        f"“{name}” is not one of {_listed(Segment)}; it is offered below as a custom persona. "
        "Check its name and the segment that it takes its defaults from.",
    )


def _read_goal(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    goal, rest = _longest(given.words, _goals())
    if goal is not None:
        return _leftover(replace(_twice(flags, given, had=flags.goal), goal=goal), rest)
    if not given.value:
        return _problem(flags, f"`--goal` needs a value: {_listed(Goal)}.")
    near = get_close_matches(_plain(given.value), list(_goals()), n=1, cutoff=0.5)
    advice = (
        f"did you mean `{_goals()[near[0]].value}`?" if near else f"the goals are {_listed(Goal)}."
    )
    return _problem(flags, f"{_quote(given.value)} is not a goal; {advice}")


def _read_response_sla(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    if not given.value:
        return _problem(flags, "`--response-sla` needs a duration, for example 2h or 1d 4h.")
    problem = None
    for count in range(len(given.words), 0, -1):
        try:
            read = _duration(" ".join(given.words[:count]))
        except BadDuration as exc:
            problem = problem or f"`--response-sla`: {exc.reason}"
        else:
            flags = _twice(flags, given, had=flags.response_sla)
            return _leftover(replace(flags, response_sla=read.text), given.words[count:])
    return _problem(flags, problem or "")


def _duration(text: str) -> Duration:
    """Read a duration that some clock takes; the form reads it again on the clock that is chosen.

    A week is shorter there on business hours: 5w are 25 working days, but 35 days of 24 h.
    """
    try:
        return parse_duration(text)
    except BadDuration:
        return parse_duration(text, day=_WORKING_DAY)


def _read_capacity(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    if not given.value:
        return _problem(flags, "`--capacity` needs notes, for example “6 SDRs, ~45 leads/day”.")
    flags = _twice(flags, given, had=flags.capacity)
    return replace(flags, capacity=given.value[:_LONGEST_TEXT])


def _read_dependencies(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    if not given.value:
        return _problem(flags, "`--dependencies` needs names, for example “CRM, enrichment”.")
    flags = _twice(flags, given, had=flags.dependencies)
    return replace(flags, dependencies=given.value[:_LONGEST_TEXT])


_READERS = {
    "segment": _read_segment,
    "goal": _read_goal,
    "response-sla": _read_response_sla,
    "capacity": _read_capacity,
    "dependencies": _read_dependencies,
}


def _unflagged(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    """Read words that follow no known flag: a segment or a goal is understood, the rest told."""
    if given.problem:
        return _misspelt(_problem(flags, given.problem), given)
    words = given.words
    while words:
        segment, after_segment = _longest(words, _segments())
        goal, after_goal = _longest(words, _goals())
        if segment is not None and flags.segment is None:
            flags, words = replace(flags, segment=segment), after_segment
        elif goal is not None and flags.goal is None:
            flags, words = replace(flags, goal=goal), after_goal
        else:
            return _leftover(flags, words)
    return flags


def _misspelt(flags: ParsedFlags, given: _Given) -> ParsedFlags:
    """Tell what is wrong with the words after a misspelt flag, too: both can be mended at once."""
    if given.meant is None or not given.value:
        return flags
    read = _READERS[given.meant](ParsedFlags(), given)
    if read.persona is not None:
        return _problem(flags, f"{_quote(given.value)} is not one of {_listed(Segment)}.")
    return replace(flags, problems=tuple(dict.fromkeys((*flags.problems, *read.problems))))


def _longest(words: list[str], known: Mapping[str, _Named]) -> tuple[_Named | None, list[str]]:
    """Return the value that the longest run of first words names, and the words after it."""
    for count in range(len(words), 0, -1):
        found = known.get(_plain(" ".join(words[:count])))
        if found is not None:
            return found, words[count:]
    return None, words


def _leftover(flags: ParsedFlags, words: list[str]) -> ParsedFlags:
    if not words:
        return flags
    return _problem(
        flags,
        f"{_quote(' '.join(words))} was not understood; the flags are "
        f"{_listed(f'--{flag}' for flag in FLAGS)}.",
    )


def _twice(flags: ParsedFlags, given: _Given, *, had: str | None) -> ParsedFlags:
    if had is None:
        return flags
    return _problem(flags, f"`--{given.name}` was given twice; the last one counts.")


def _problem(flags: ParsedFlags, problem: str) -> ParsedFlags:
    return replace(flags, problems=tuple(dict.fromkeys((*flags.problems, problem))))


def _quote(text: str) -> str:
    return f"“{_short(text)}”"


def _short(text: str) -> str:
    """Shorten what was typed: what to write instead must not get lost behind it."""
    return cut(text, _LONGEST_QUOTE)


def _segments() -> dict[str, Segment]:
    return {
        _plain(name): segment
        for segment, texts in catalogue().segments.items()
        for name in (segment.value, texts.name, *texts.aliases)
    }


def _goals() -> dict[str, Goal]:
    return {
        _plain(name): goal
        for goal, texts in catalogue().goals.items()
        for name in (goal.value, texts.name, *texts.aliases)
    }


def _plain(text: str) -> str:
    return " ".join(re.sub(rf"[_{_DASHES}]", " ", text.casefold()).split())


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _quoted(value: str) -> str:
    return f"'{value}'" if '"' in value else f'"{value}"'
