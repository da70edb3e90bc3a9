"""Act as a person without a browser, over the same code that the page uses."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.doings import Doings
from bot.sandbox.errors import SlackRefusal
from bot.sandbox.form_state import SHAPES, Values, choose, stateful
from bot.sandbox.messages import Message
from bot.sandbox.outward.events import Events
from bot.sandbox.outward.interactions import Container, Interactions, Use
from bot.sandbox.people import User
from bot.sandbox.shapes import elements_of
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

Surface = Message | View
Filled = Mapping[str, object]


class Person:
    """Somebody in the workspace.

    Every doing also delivers the events that are due, so that the app has heard of it when the
    call returns. A doing that Slack or the app refuses raises `SlackRefusal` or `AppFailed`.
    """

    def __init__(
        self,
        workspace: Workspace,
        interactions: Interactions,
        doings: Doings,
        events: Events,
        user: User,
    ) -> None:
        self._workspace = workspace
        self._interactions = interactions
        self._doings = doings
        self._events = events
        self.user = user

    @property
    def id(self) -> str:
        """The user's id."""
        return self.user.id

    # Talking

    def command(self, channel: str, typed: str) -> View | None:
        """Type a slash command; return the modal it opened, if it did."""
        before = self.view
        self._interactions.command(self.id, self._channel(channel), typed)
        self._events.drain()
        return self.view if self.view is not before else None

    def post(self, channel: str, text: str, *, thread: Message | None = None) -> Message:
        """Post a message, in a thread if given."""
        root = (thread.thread_ts or thread.ts) if thread else None
        message = self._doings.post(self.id, self._channel(channel), text, root)
        self._events.drain()
        return message

    def react(self, message: Message, name: str) -> None:
        """Put a reaction on a message."""
        self._doings.react(self.id, message.channel, message.ts, name, add=True)
        self._events.drain()

    def unreact(self, message: Message, name: str) -> None:
        """Take a reaction back."""
        self._doings.react(self.id, message.channel, message.ts, name, add=False)
        self._events.drain()

    def shortcut(self, callback_id: str, message: Message | None = None) -> View | None:
        """Use a global shortcut, or a message shortcut; return the modal it opened."""
        before = self.view
        where = (message.channel, message.ts) if message else ("", "")
        self._interactions.shortcut(self.id, callback_id, *where)
        self._events.drain()
        return self.view if self.view is not before else None

    def open_home(self) -> View | None:
        """Open the app's Home tab; return what it shows."""
        self._doings.open_home(self.id)
        self._events.drain()
        return self.home

    def upload(self, name: str, content: bytes) -> str:
        """Upload a file for a `file_input`; return its id."""
        return self._doings.upload(self.id, name, content).id

    # Seeing

    @property
    def views(self) -> list[View]:
        """The open modals, bottom first."""
        with self._workspace.lock:
            return self._workspace.views.stack(self.id)

    @property
    def view(self) -> View | None:
        """The modal in front, or None."""
        with self._workspace.lock:
            return self._workspace.views.top(self.id)

    @property
    def home(self) -> View | None:
        """The Home tab, or None before the app published one."""
        with self._workspace.lock:
            return self._workspace.views.homes.get(self.id)

    def sees(self, channel: str) -> list[Message]:
        """Return what this person sees in a channel, ephemeral messages included."""
        with self._workspace.lock:
            found = self._workspace.messages.in_channel(self._channel(channel))
            return [message for message in found if message.only_for in (None, self.id)]

    def direct_messages(self) -> list[Message]:
        """Return the conversation with the app."""
        workspace = self._workspace
        with workspace.lock:
            return self.sees(workspace.direct_channel(self.id, workspace.bot_user).id)

    # Acting

    def click(self, surface: Surface, action_id: str, *, block_id: str = "") -> None:
        """Press a button; `block_id` where several blocks have one of this action id."""
        block, _ = self._element(surface, action_id, block_id)
        self._act(surface, block["block_id"], action_id, {})

    def select(
        self, surface: Surface, action_id: str, value: object, *, block_id: str = ""
    ) -> None:
        """Choose in a menu, picker or text field that tells the app at once.

        Args:
            surface: The message or view.
            action_id: The element.
            value: As in `submit`; for an overflow menu an option's value.
            block_id: Where several blocks have an element of this action id.
        """
        block, element = self._element(surface, action_id, block_id)
        if element["type"] == "overflow":
            element = element | {"type": "static_select"}
        state = choose(element, self._named(element, value))
        chosen = {key: part for key, part in state.items() if key != "type"}
        self._act(surface, block["block_id"], action_id, chosen)

    def search(
        self, surface: Surface, action_id: str, query: str, *, block_id: str = ""
    ) -> list[dict[str, Any]]:
        """Type into an external menu; return the options that the app offers, groups flattened."""
        block, _ = self._element(surface, action_id, block_id)
        use = Use(_container(surface), block["block_id"], action_id)
        found = self._interactions.options(self.id, use, query)
        groups = found.get("option_groups") or [{"options": found.get("options") or []}]
        return [option for group in groups for option in group["options"]]

    def submit(self, view: View | None = None, values: Filled | None = None) -> dict[str, str]:
        """Fill and submit the modal in front.

        Args:
            view: The modal; None takes the one in front.
            values: Block id to a plain value (text, number, date, an option's value, a person's
                short name, a list of these, None to empty), or to {action id: plain value}.
                What is not named keeps what it shows.

        Returns:
            The error texts by block id, {} when accepted.
        """
        shown = view or self.view
        if shown is None:
            raise SlackRefusal("view_not_found")
        errors = self._interactions.submit(self.id, shown.id, self._filled(shown, values or {}))
        self._events.drain()
        return errors

    def cancel(self) -> None:
        """Press Cancel in the modal in front."""
        self._close(is_cleared=False)

    def close_all(self) -> None:
        """Close all modals with the ✕."""
        self._close(is_cleared=True)

    def _close(self, *, is_cleared: bool) -> None:
        if self.view is None:
            raise SlackRefusal("view_not_found")
        self._interactions.close(self.id, self.view.id, is_cleared=is_cleared)
        self._events.drain()

    # How it is done

    def _channel(self, name: str) -> str:
        return self._workspace.channel_named(name).id

    def _act(self, surface: Surface, block_id: str, action_id: str, value: dict[str, Any]) -> None:
        self._interactions.action(self.id, Use(_container(surface), block_id, action_id, value))
        self._events.drain()

    def _element(
        self, surface: Surface, action_id: str, block_id: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        found = [
            (block, element)
            for block in surface.blocks
            for element in elements_of(block)
            if element["action_id"] == action_id and block_id in ("", block["block_id"])
        ]
        if len(found) != 1:
            all_of_them = [
                (block["block_id"], element["action_id"])
                for block in surface.blocks
                for element in elements_of(block)
            ]
            wanted = f"{action_id!r} in block {block_id!r}" if block_id else repr(action_id)
            raise LookupError(f"{len(found)} elements are called {wanted}: {all_of_them}")
        return found[0]

    def _filled(self, view: View, values: Filled) -> Values:
        state: Values = {}
        unknown = set(values) - {block["block_id"] for block, _ in stateful(view.blocks)}
        if unknown:
            raise LookupError(f"The form {view.title!r} has no fields {sorted(unknown)}.")
        for block, element in stateful(view.blocks):
            given = values.get(block["block_id"], _NOTHING)
            if isinstance(given, Mapping) and "type" not in given:
                given = given.get(element["action_id"], _NOTHING)
            if given is not _NOTHING:
                chosen = choose(element, self._meant(view, block, element, given))
                state.setdefault(block["block_id"], {})[element["action_id"]] = chosen
        return state

    def _meant(
        self, view: View, block: dict[str, Any], element: dict[str, Any], given: object
    ) -> object:
        """Return what a plain value means: ids for names, the app's options for searched words."""
        if "external_select" not in element["type"] or given is None:
            return self._named(element, given)
        if isinstance(given, list | tuple):
            return [self._meant(view, block, element, one) for one in given]
        if isinstance(given, Mapping):
            return given
        options = self.search(view, element["action_id"], str(given), block_id=block["block_id"])
        return choose({**element, "options": options, "type": "static_select"}, given)[
            "selected_option"
        ]

    def _named(self, element: dict[str, Any], value: object) -> object:
        """Return ids in place of people's and channels' names."""
        if isinstance(value, list | tuple):
            return [self._named(element, one) for one in value]
        key = SHAPES[element["type"]].key if element["type"] in SHAPES else ""
        if isinstance(value, str) and key.startswith("selected_user"):
            return self._workspace.user_named(value).id
        if isinstance(value, str) and key.startswith(("selected_conv", "selected_channel")):
            return self._workspace.channel_named(value).id
        return value


_NOTHING = object()


def _container(surface: Surface) -> Container:
    if isinstance(surface, View):
        return Container(view_id=surface.id)
    return Container(channel=surface.channel, ts=surface.ts)
