"""Sales regions: from countries and time zones, and which pods work in which."""

from functools import lru_cache
from importlib import resources

from handoff.brief import HandoffBrief
from handoff.directory import Directory
from handoff.people import calendar_named, find_pod

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


def pods_by_region(
    *, brief: HandoffBrief, directory: Directory
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Group the brief's pods by region; the first pod's region comes last, as the catch-all.

    Pods of the same region stand in one rotation: nothing about a lead tells them apart.

    Args:
        brief: Its pods, in order.
        directory: Where the members of the pods work.

    Returns:
        (region, pods) in the order of the rows; one group without a region as soon as a pod
        sits nowhere in particular.
    """
    regions: dict[str, list[str]] = {}
    for name in brief.people.pods:
        region = _region_of_pod(name, directory)
        if region is None:
            return (("", brief.people.pods),)
        regions.setdefault(region, []).append(name)
    home, *others = ((region, tuple(names)) for region, names in regions.items())
    return (*others, home)


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


def _region_of_pod(name: str, directory: Directory) -> str | None:
    """Return the region in which all of a pod's reps work, None when there is no such one."""
    pod = find_pod(directory=directory, name=name)
    zones = {
        calendar_named(directory=directory, name=member.calendar or "default").timezone
        for member in (pod.members if pod else ())
    }
    regions = {region_of_zone(zone) for zone in zones}
    return regions.pop() if len(regions) == 1 else None
