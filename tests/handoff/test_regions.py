"""Countries and time zones fall into three sales regions."""

import pytest

from handoff.regions import REGIONS, region_of_country, region_of_zone

COUNTRIES = [
    ("US", "amer"),
    ("ca", "amer"),
    ("BR", "amer"),
    ("GB", "emea"),
    ("DE", "emea"),
    ("RU", "emea"),
    ("PT", "emea"),
    ("ES", "emea"),
    ("FR", "emea"),
    ("ZA", "emea"),
    ("AE", "emea"),
    ("IL", "emea"),
    ("IN", "apac"),
    ("JP", "apac"),
    ("AU", "apac"),
    ("NZ", "apac"),
    (" sg ", "apac"),
    ("XX", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("country", "region"), COUNTRIES)
def test_the_region_of_a_country(country: str | None, region: str | None) -> None:
    """ISO codes in any case; unknown ones have no region."""
    assert region_of_country(country) == region


@pytest.mark.parametrize(
    ("zone", "region"),
    [
        ("America/New_York", "amer"),
        ("Pacific/Honolulu", "amer"),
        ("Europe/Berlin", "emea"),
        ("Asia/Dubai", "emea"),
        ("Asia/Kolkata", "apac"),
        ("Asia/Calcutta", "apac"),
        ("US/Eastern", None),
        ("UTC", None),
    ],
)
def test_the_region_of_a_zone(zone: str, region: str | None) -> None:
    """By its country; an alias by its area; no region for zones of nowhere."""
    assert region_of_zone(zone) == region
    assert region is None or region in REGIONS
