"""Modals, their stack per person, and Home tabs."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import SlackRefusal

STACK_LIMIT = 3


@dataclass(eq=False)
class View:
    """A modal or Home tab as one person sees it.

    Attributes:
        body: The view as the app sent it, block ids and action ids filled in.
        hash: Changes with every update.
        values: What the person typed or chose: block id to action id to Slack's state shape.
        conversation: Where the person was when it opened; empty if nowhere.
    """

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    conversation: str = ""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The blocks."""
        blocks: list[dict[str, Any]] = self.body["blocks"]
        return blocks

    @property
    def external_id(self) -> str:
        """The app's own key, or the empty string."""
        return str(self.body.get("external_id") or "")

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.body.get("callback_id") or "")

    @property
    def title(self) -> str:
        """The title's text."""
        return str((self.body.get("title") or {}).get("text", ""))

    @property
    def private_metadata(self) -> str:
        """What the app keeps in the view."""
        return str(self.body.get("private_metadata") or "")

    def block(self, block_id: str) -> dict[str, Any] | None:
        """Return the block with this id, or None."""
        return next((b for b in self.blocks if b.get("block_id") == block_id), None)


class Views:
    """Who has which modals open, and everybody's Home tab."""

    def __init__(self) -> None:
        self._stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}

    def stack(self, user: str) -> list[View]:
        """Return the person's open modals, bottom first."""
        return list(self._stacks.get(user, []))

    def top(self, user: str) -> View | None:
        """Return the modal in front of the person, or None."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def open(self, view: View) -> None:
        """Show the first modal; it takes the place of what was open."""
        self._stacks[view.user] = [view]

    def push(self, view: View) -> None:
        """Show a modal on top of the others.

        Raises:
            SlackRefusal: `push_limit_reached` past three, `not_found` with nothing to push onto.
        """
        stack = self._stacks.get(view.user, [])
        if not stack:
            raise SlackRefusal("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackRefusal("push_limit_reached")
        view.root_view_id = stack[0].id
        view.previous_view_id = stack[-1].id
        view.conversation = stack[-1].conversation
        stack.append(view)

    def pop(self, view: View) -> None:
        """Close one modal and what lies on it."""
        stack = self._stacks.get(view.user, [])
        if view in stack:
            del stack[stack.index(view) :]

    def clear(self, user: str) -> None:
        """Close all modals of the person."""
        self._stacks.pop(user, None)

    def find(self, *, view_id: str = "", external_id: str = "") -> View:
        """Return the open modal or Home tab with this id.

        Raises:
            SlackRefusal: `not_found`.
        """
        for view in self._all():
            if (view_id and view.id == view_id) or (
                external_id and view.external_id == external_id
            ):
                return view
        raise SlackRefusal("not_found")

    def has_external_id(self, external_id: str, *, other_than: View | None = None) -> bool:
        """Return True if another open view holds this external id."""
        return any(v.external_id == external_id and v is not other_than for v in self._all())

    def _all(self) -> list[View]:
        open_views = [view for stack in self._stacks.values() for view in stack]
        return [*open_views, *self.homes.values()]
