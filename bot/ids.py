"""Every id that Slack sends back to us: commands, callbacks, actions, options, input fields.

The form is `noun.verb`. An input's block id and action id are both its field id; repeated or
refreshed inputs add `:<subject>` to the block id, never to the action id.
"""

from enum import StrEnum


class Command(StrEnum):
    """Slash commands."""

    DEFINE = "/define-handoff"
    HANDOFF = "/handoff"


class Shortcut(StrEnum):
    """Global and message shortcuts."""

    DEFINE = "define.start"


class Callback(StrEnum):
    """Modal views that are submitted."""

    DEFINE_CHOOSE = "define.choose"
    DEFINE_BRIEF = "define.brief"
    DEFINE_QUALIFICATION = "define.qualification"
    DEFINE_PEOPLE = "define.people"
    DEFINE_CAPACITY = "define.capacity"
    DEFINE_REVIEW = "define.review"
    DEFINE_POD = "define.pod"
    DEFINE_LADDER = "define.ladder"
    DEFINE_ADVANCED = "define.advanced"
    DEFINE_ROWS = "define.rows"
    DEFINE_CLOSED = "define.closed"
    TEAM_SETUP = "team.setup"
    TEAM_ROLES = "team.roles"
    TEAM_POD = "team.pod"
    TEAM_HOURS = "team.hours"
    TEAM_TIME_OFF = "team.time_off"


class Action(StrEnum):
    """Buttons, and selects that dispatch at once."""

    DEFINE_SEGMENT = "define.brief.segment"
    DEFINE_GOAL = "define.brief.goal"
    DEFINE_PERSONA = "define.persona"
    DEFINE_EDIT_STAGES = "define.qualification.edit_stages"
    DEFINE_BACK = "define.back"
    DEFINE_SAVE = "define.save"
    DEFINE_SKIP = "define.skip"
    DEFINE_READ_NOTES = "define.read_notes"
    DEFINE_NEW_POD = "define.new_pod"
    DEFINE_EDIT_LADDER = "define.edit_ladder"
    DEFINE_EDIT_ROWS = "define.edit_rows"
    DEFINE_ADVANCED = "define.edit_advanced"
    DEFINE_APPLY = "define.apply"
    DEFINE_START = "define.start"
    DEFINE_RESUME = "define.resume"
    DEFINE_EDIT = "define.edit"
    DEFINE_DISCARD = "define.discard"
    TEAM_OPEN = "team.open"
    TEAM_EDIT_ROLES = "team.edit_roles"
    TEAM_EDIT_POD = "team.edit_pod"
    TEAM_NEW_POD = "team.new_pod"
    TEAM_EDIT_HOURS = "team.edit_hours"
    TEAM_ADD_TIME_OFF = "team.add_time_off"
    TEAM_REMOVE_TIME_OFF = "team.remove_time_off"


class Options(StrEnum):
    """Selects whose options we answer from the database."""

    SALES_LEADERSHIP = "define.people.sales_leadership"
    MARKETING_LEADERSHIP = "define.people.marketing_leadership"


def block_id(field: str, subject: str | int | None = None) -> str:
    """Return the block id of an input: its field id, with `:<subject>` when repeated."""
    return field if subject is None or subject == "" else f"{field}:{subject}"


def field_of(block: str) -> str:
    """Return the field id of a block id, without its subject."""
    return block.partition(":")[0]
