"""The app's manifest, which also says which scopes the token must have."""

import sys
from pathlib import Path
from typing import Any

import yaml

_PLACES = (
    Path(__file__).parents[2] / "manifest.yml",  # a checkout
    Path(sys.prefix) / "share" / "handoff" / "manifest.yml",  # an installed wheel
)


def read_manifest() -> dict[str, Any]:
    """Return the manifest that this version of the app was written for."""
    place = next(place for place in _PLACES if place.is_file())
    manifest: dict[str, Any] = yaml.safe_load(place.read_text(encoding="utf-8"))
    return manifest


def needed_scopes() -> frozenset[str]:
    """Return the scopes that the bot's token must have."""
    return frozenset(read_manifest()["oauth_config"]["scopes"]["bot"])
