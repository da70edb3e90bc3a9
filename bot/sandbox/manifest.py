"""The app's manifest, as far as the workspace acts on it."""

from dataclasses import dataclass
from typing import Any

# Any one of the scopes will do.
EVENT_SCOPES: dict[str, frozenset[str]] = {
    "app_mention": frozenset({"app_mentions:read"}),
    "member_joined_channel": frozenset({"channels:read", "groups:read"}),
    "message.channels": frozenset({"channels:history"}),
    "message.groups": frozenset({"groups:history"}),
    "message.im": frozenset({"im:history"}),
    "reaction_added": frozenset({"reactions:read"}),
    "reaction_removed": frozenset({"reactions:read"}),
    "team_join": frozenset({"users:read"}),
    "user_change": frozenset({"users:read"}),
}


@dataclass(frozen=True)
class Manifest:
    """Reads the parts of an app manifest (schema 2) that decide what the workspace does."""

    body: dict[str, Any]

    @property
    def name(self) -> str:
        """The app's display name."""
        return str(self.body.get("display_information", {}).get("name", "App"))

    @property
    def bot_name(self) -> str:
        """The bot user's display name."""
        return str(self._features.get("bot_user", {}).get("display_name", self.name))

    @property
    def scopes(self) -> frozenset[str]:
        """The bot scopes that installing the app grants."""
        scopes = self.body.get("oauth_config", {}).get("scopes", {})
        return frozenset([*scopes.get("bot", []), *scopes.get("bot_optional", [])])

    @property
    def events(self) -> frozenset[str]:
        """The bot events subscribed to, those left out for which the scope is missing."""
        subscriptions = self.body.get("settings", {}).get("event_subscriptions", {})
        return frozenset(
            event
            for event in subscriptions.get("bot_events", [])
            if not EVENT_SCOPES.get(event) or EVENT_SCOPES[event] & self.scopes
        )

    @property
    def is_interactive(self) -> bool:
        """True if interactivity is switched on."""
        return bool(self.body.get("settings", {}).get("interactivity", {}).get("is_enabled"))

    @property
    def commands(self) -> list[dict[str, Any]]:
        """The slash commands."""
        return list(self._features.get("slash_commands", []))

    @property
    def shortcuts(self) -> list[dict[str, Any]]:
        """The global and message shortcuts."""
        return list(self._features.get("shortcuts", []))

    @property
    def has_home(self) -> bool:
        """True if the Home tab is switched on."""
        return bool(self._features.get("app_home", {}).get("home_tab_enabled"))

    @property
    def is_silent(self) -> bool:
        """True if people cannot write to the app in its Messages tab."""
        home = self._features.get("app_home", {})
        return bool(home.get("messages_tab_read_only_enabled")) or not home.get(
            "messages_tab_enabled", True
        )

    def command(self, name: str) -> dict[str, Any] | None:
        """Return the slash command `name`, or None."""
        return next((c for c in self.commands if c["command"] == name), None)

    def shortcut(self, callback_id: str) -> dict[str, Any] | None:
        """Return the shortcut, or None."""
        return next((s for s in self.shortcuts if s["callback_id"] == callback_id), None)

    @property
    def _features(self) -> dict[str, Any]:
        features: dict[str, Any] = self.body.get("features", {})
        return features
