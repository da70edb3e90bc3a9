"""The form: its command, its steps and its editors."""

from functools import partial

from slack_bolt import App

from bot.flows.context import Services
from bot.ids import Action, Callback, Command, Shortcut
from bot.listeners.define import command, editors, send, steps


def register(bolt: App, services: Services) -> None:
    """Connect the form."""
    bolt.command(Command.DEFINE.value)(partial(command.on_command, services=services))
    bolt.shortcut(Shortcut.DEFINE.value)(partial(command.on_shortcut, services=services))
    buttons = {
        Action.DEFINE_START: command.on_start,
        Action.DEFINE_RESUME: command.on_resume,
        Action.DEFINE_EDIT: command.on_edit,
        Action.DEFINE_SEGMENT: steps.on_move,
        Action.DEFINE_BASE: steps.on_move,
        Action.DEFINE_GOAL: steps.on_move,
        Action.DEFINE_EDIT_STAGES: steps.on_move,
        Action.DEFINE_BACK: steps.on_move,
        Action.DEFINE_SAVE: steps.on_move,
        Action.DEFINE_SKIP: steps.on_move,
        Action.DEFINE_READ_NOTES: steps.on_read_notes,
        Action.DEFINE_NEW_POD: editors.on_open_editor,
        Action.DEFINE_EDIT_LADDER: editors.on_open_editor,
        Action.DEFINE_EDIT_ROWS: editors.on_open_editor,
        Action.DEFINE_ADVANCED: editors.on_open_editor,
        Action.DEFINE_APPLY: editors.on_apply,
    }
    for action, listener in buttons.items():
        bolt.action(action.value)(partial(listener, services=services))
    forms = {
        Callback.DEFINE_BRIEF: steps.on_next,
        Callback.DEFINE_QUALIFICATION: steps.on_next,
        Callback.DEFINE_PEOPLE: steps.on_next,
        Callback.DEFINE_CAPACITY: steps.on_next,
        Callback.DEFINE_REVIEW: send.on_send,
        Callback.DEFINE_LADDER: editors.on_save_ladder,
        Callback.DEFINE_ROWS: editors.on_save_rows,
        Callback.DEFINE_ADVANCED: editors.on_save_advanced,
    }
    for callback, listener in forms.items():
        bolt.view(callback.value)(partial(listener, services=services))
