"""Countries to sales regions: the data behind the derived lead field `region`."""

from functools import lru_cache
from importlib import resources

REGIONS = ("amer", "emea", "apac")

_BY_AREA = {
    "America": "amer",
    "Europe": "emea",
    "Africa": "emea",
    "Asia": "apac",
    "Australia": "apac",
    "Pacific": "apac",
    "Indian": "apac",
    "Atlantic": "emea",
    "Antarctica": "apac",
    "Arctic": "emea",
}
_MIDDLE_EAST = (
    "AE",
    "BH",
    "CY",
    "IL",
    "IQ",
    "IR",
    "JO",
    "KW",
    "LB",
    "OM",
    "PS",
    "QA",
    "SA",
    "SY",
    "TR",
    "YE",
)
_AMERICAS_AT_SEA = ("BM", "FK", "GS", "US")


def region_of_country(country: str | None) -> str | None:
    """Return the region of an ISO 3166 country code: `amer`, `emea`, `apac`; None if unknown.

    Source: the areas of the time zone database (zone.tab), with the Middle East in EMEA as
    sales teams count it.
    """
    return _regions().get((country or "").strip().upper())


def region_of_zone(timezone: str) -> str | None:
    """Return the region that a time zone such as `Europe/Berlin` lies in, None for UTC."""
    country = _zones().get(timezone)
    if country:
        return region_of_country(country)
    return _BY_AREA.get(timezone.partition("/")[0]) if "/" in timezone else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    text = resources.files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return {row[2]: row[0] for row in rows}


@lru_cache(maxsize=1)
def _regions() -> dict[str, str]:
    regions: dict[str, str] = {}
    for zone, country in _zones().items():
        regions.setdefault(country, _BY_AREA[zone.partition("/")[0]])
    regions |= dict.fromkeys(_MIDDLE_EAST, "emea") | dict.fromkeys(_AMERICAS_AT_SEA, "amer")
    return regions
