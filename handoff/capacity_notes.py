"""Plain notes on capacity: "6 SDRs, 2 AEs, ~45 leads/day, 12 min each, 60% of their time".

What was understood is shown for confirmation, what was not is listed; nothing is guessed: a range
or a second, different figure stays unread.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from handoff.defaults.form import number_text
from handoff.form_data import CapacityStep

_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "half": 50,
}
_WORKING_DAYS = 5
_NUMBER = (
    r"(?P<number>\d{1,3}(?:[,.]\d{3})+(?![\d])|\d+(?:[.,]\d+)?|"
    + "|".join(word for word in _WORDS if word != "half")
    + r")(?P<thousands>\s?k\b)?"
)
_DIGITS = r"\d+(?:[.,]\d+)?"
_ALONE = r"(?<![\w.,–-])"  # not the end of a longer number or of a range
_LEAD = r"(?:(?:new|inbound|qualified|marketing)\s+)?(?:leads?|mqls?)"
_PER = r"\s*(?:/|per\b|an?\b|each\b|every\b)\s*"
_PERIOD = r"(?P<period>hour|day|d|week|wk|w|month|mo)\b"
_PERSON = r"(?:sdr|bdr|ae|rep|person|head|agent)s?\b"
_MINUTES = r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?)\b"
_TIME = r"(?:(?:working\s+)?(?:time|hours|day|week|capacity)|available|availability|allocat\w+)\b"
_ROLES = {
    "sdr": r"sdrs?|sales development reps?",
    "bdr": r"bdrs?|business development reps?",
    "ae": r"aes?|account executives?",
    "csm": r"csms?",
    "rep": r"(?:sales\s+)?reps?|agents?|sellers?",
}
_ADJECTIVE = r"(?:(?!(?:per|leads?|mqls?|min\w*|and|hours?)\b)[a-z][a-z-]*\s+)?"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("volume", rf"{_ALONE}{_NUMBER}\+?\s*{_LEAD}?{_PER}{_PERIOD}"),
    ("volume", rf"{_LEAD}{_PER}{_PERIOD}\s*(?:is|are|[:=])?\s*[~≈]?\s*{_NUMBER}"),
    (
        "handling",
        rf"{_ALONE}{_NUMBER}\s*{_MINUTES}\s*(?:each\b|apiece\b|handling\b|to handle\b|"
        rf"{_PER}{_LEAD})",
    ),
    (
        "handling",
        rf"(?:handling(?:\s+time)?|takes?|aht)\s*(?:is|of|[:=])?\s*[~≈]?\s*{_NUMBER}"
        rf"\s*{_MINUTES}(?:\s+(?:each|on average))?",
    ),
    (
        "share",
        rf"{_ALONE}{_NUMBER}\s*(?:%|percent\b)\s*(?:of\s+)?(?:(?:their|the|each|our)\s+)?{_TIME}",
    ),
    ("share", rf"(?:available|availability|time)\s*[:=]?\s*{_NUMBER}\s*(?:%|percent)"),
    ("share", rf"(?P<number>half)\s+(?:of\s+)?(?:(?:their|the)\s+)?{_TIME}"),
    *(
        (f"role.{role}", rf"{_ALONE}{_NUMBER}\s*x?\s*{_ADJECTIVE}(?:{names})\b")
        for role, names in _ROLES.items()
    ),
)
# A range or a figure per person is no figure: the clause is told as not understood.
_REFUSED = re.compile(
    rf"\b{_DIGITS}\s?(?:-|–|—|\bto\b|\bor\b)\s?{_DIGITS}|"
    rf"\bbetween {_DIGITS} and {_DIGITS}|{_PER}{_PERSON}",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"[;\n]|,(?!\d)|(?<!\d),|\.(?=\s|$)")
_LONGEST_CLAUSE = 200
_FILLER = re.compile(
    r"\b(?:we|have|about|around|approx(?:imately)?|roughly|ca|circa|and|with|plus|of|their|the|"
    r"on|average|in|total|each|a|is|are|our|team|get|so|they|spend)\b|[~≈+.&()\s]+",
    re.IGNORECASE,
)
_PER_WEEK: Mapping[str, tuple[float, str]] = {
    "h": (0.0, ""),
    "d": (_WORKING_DAYS, "a day"),
    "w": (1.0, "a week"),
    "m": (12 / 52, "a month"),
}


@dataclass(frozen=True, kw_only=True)
class CapacityReading:
    """What the notes say, as far as it is certain. None and absent roles were not read.

    Attributes:
        reps: Head count by role (`sdr`, `bdr`, `ae`, `csm`, `rep`).
        leads_per_week: A day counts as one of five working days, a month as 52/12 weeks.
        handling_minutes: Minutes for one lead.
        time_available_percent: Share of working time for new leads.
        lines: What was understood, a line each, for confirmation.
        ignored: Parts that were not understood, as written.
    """

    reps: Mapping[str, int] = field(default_factory=dict)
    leads_per_week: float | None = None
    handling_minutes: float | None = None
    time_available_percent: float | None = None
    lines: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return True when nothing was understood."""
        return not self.lines


def read_capacity(text: str) -> CapacityReading:
    """Read notes on capacity. Never raises; see `CapacityReading`."""
    notes = _Notes()
    for part in _CLAUSE_ENDS.split(text):
        notes.read(" ".join(part.split()))
    return CapacityReading(
        reps=notes.reps,
        leads_per_week=notes.figures.get("volume"),
        handling_minutes=notes.figures.get("handling"),
        time_available_percent=notes.figures.get("share"),
        lines=tuple(notes.lines),
        ignored=tuple(notes.ignored),
    )


def apply_reading(*, step: CapacityStep, reading: CapacityReading) -> CapacityStep:
    """Return the step with the confirmed figures typed into their fields; the rest stays."""
    figures = {
        "leads_per_week": reading.leads_per_week,
        "handling_minutes": reading.handling_minutes,
        "time_available": reading.time_available_percent,
    }
    typed = {name: number_text(value) for name, value in figures.items() if value is not None}
    return step.model_copy(update=typed)


# Private functions


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Compile the patterns when notes are first read, not at every start of the app."""
    return tuple((kind, re.compile(text, re.IGNORECASE)) for kind, text in _PATTERNS)


@dataclass
class _Notes:
    """Notes being read, clause by clause: what was found so far, and what was not understood."""

    figures: dict[str, float] = field(default_factory=dict)
    reps: dict[str, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def read(self, clause: str) -> None:
        """Take every figure out of a clause; what then still says something is told."""
        if len(clause) > _LONGEST_CLAUSE or _REFUSED.search(clause):
            self.ignored.append(clause)
            return
        rest = clause
        for kind, pattern in _compiled():
            rest = pattern.sub(partial(self._taken, kind), rest)
        self.ignored += [
            part.strip(" ~≈.") for part in rest.split(";") if _FILLER.sub("", part).strip(",")
        ]

    def _taken(self, kind: str, found: re.Match[str]) -> str:
        """Note one match and leave a semicolon in its place."""
        value, line = _READERS[kind.partition(".")[0]](kind, found)
        if value is None:
            self.ignored.append(found[0].strip())
        elif kind.startswith("role."):
            role = kind.removeprefix("role.")
            self.reps[role] = self.reps.get(role, 0) + int(value)
            self.lines.append(line)
        elif self.figures.setdefault(kind, value) != value:
            self.ignored.append(f"{found[0].strip()} (another figure was given before)")
        else:
            self.lines.append(line)
        return ";"


_Read = tuple[float | None, str]


def _volume(_kind: str, found: re.Match[str]) -> _Read:
    factor, period = _PER_WEEK[found["period"][0].lower()]
    number = _number(found)
    weekly = round(number * factor, 2)
    if not 0 < weekly <= 1_000_000:
        return None, ""
    if factor == 1:
        return weekly, f"{weekly:,.10g} leads a week"
    note = f" ({_WORKING_DAYS} working days)" if factor == _WORKING_DAYS else ""
    return weekly, f"{number:,.10g} leads {period}, which is {weekly:,.10g} a week{note}"


def _handling(_kind: str, found: re.Match[str]) -> _Read:
    minutes = _number(found) * (60 if found["unit"].lower().startswith("h") else 1)
    return (minutes, f"{minutes:g} minutes for each lead") if 0 < minutes <= 10_000 else (None, "")


def _share(_kind: str, found: re.Match[str]) -> _Read:
    share = _number(found)
    return (share, f"{share:g}% of working time for leads") if 0 < share <= 100 else (None, "")


def _role(kind: str, found: re.Match[str]) -> _Read:
    count = _number(found)
    if count != int(count) or not 0 < count <= 10_000:
        return None, ""
    name = {"rep": "rep"}.get(kind.removeprefix("role."), kind.removeprefix("role.").upper())
    return count, f"{count:g} {name}{'' if count == 1 else 's'}"


_READERS: Mapping[str, Callable[[str, re.Match[str]], _Read]] = {
    "volume": _volume,
    "handling": _handling,
    "share": _share,
    "role": _role,
}


def _number(found: re.Match[str]) -> float:
    text = found["number"].lower()
    if text in _WORDS:
        return float(_WORDS[text])
    if re.fullmatch(r"[1-9]\d{0,2}(?:[,.]\d{3})+", text):
        number = float(re.sub("[,.]", "", text))
    else:
        number = float(text.replace(",", "."))
    return number * (1000 if found.groupdict().get("thousands") else 1)
