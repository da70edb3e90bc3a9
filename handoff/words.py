"""Numbers and long words in sentences."""


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: `1 row`, `3 rows`, `1,234.5 leads`, `2 people`."""
    shown = int(number) if number == int(number) else round(number, 2)
    return f"{shown:,} {noun}" if number == 1 else f"{shown:,} {plural or f'{noun}s'}"


def cut(text: str, limit: int) -> str:
    """Return `text`, shortened with an ellipsis to at most `limit` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def rounded_beside(number: float, target: float, decimals: int = 1) -> float:
    """Return a number rounded, but never over a target that it is not past.

    89.96 beside 90 is 89.9: as 90.0 it would read as if the target were met.
    """
    shown = round(number, decimals)
    step: float = 10**-decimals
    if number < target <= shown:
        return round(shown - step, decimals)
    if shown < target <= number:
        return round(shown + step, decimals)
    return shown


def percent_beside(percent: float, target: float) -> str:
    """Return a percentage that is read beside a target: `89.9%`."""
    return f"{rounded_beside(percent, target):.1f}%"


def rate(per_week: float) -> str:
    """Return how often a week: `0.4`, `2.1`, and from ten on without a decimal."""
    return f"{per_week:.0f}" if per_week >= 10 else f"{per_week:.1f}"
