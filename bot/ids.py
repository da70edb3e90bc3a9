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
    DEFINE_LADDER = "define.ladder"
    DEFINE_ADVANCED = "define.advanced"
    DEFINE_ROWS = "define.rows"
    DEFINE_CLOSED = "define.closed"
    TEAM_OVERVIEW = "team.overview"
    TEAM_SETUP = "team.setup"
    TEAM_ROLES = "team.roles"
    TEAM_POD = "team.pod"
    TEAM_HOURS = "team.hours"
    TEAM_TIME_OFF = "team.time_off"
    PACKET_SHOWN = "packet.shown"
    PACKET_REASON = "packet.reason"
    PACKET_CHANGES = "packet.changes"
    PACKET_MANAGE = "packet.manage_design"
    ITEM_SETTLE = "item.settle"
    ITEM_SETTLE_MANY = "item.settle_many"
    LEAD_DECLINE = "lead.decline"
    LEAD_REASSIGN = "lead.reassign"
    LEAD_PAUSE = "lead.pause"


class Action(StrEnum):
    """Buttons, and selects that dispatch at once."""

    DEFINE_SEGMENT = "define.brief.segment"
    DEFINE_GOAL = "define.brief.goal"
    DEFINE_BASE = "define.brief.base"
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
    PACKET_OPEN = "packet.open"
    PACKET_APPROVE = "packet.approve"
    PACKET_REQUEST_CHANGES = "packet.request_changes"
    PACKET_MANAGE = "packet.manage"
    ITEM_LIST = "item.list"
    ITEM_MENU = "item.menu"
    LEAD_ACCEPT = "lead.accept"
    LEAD_CONTACTED = "lead.contacted"
    LEAD_DECLINE = "lead.decline"
    LEAD_TAKE = "lead.take"
    LEAD_REASSIGN = "lead.reassign"
    LEAD_PAUSE = "lead.pause"
    LEAD_RESUME = "lead.resume"
    LEAD_IS_SQL = "lead.is_sql"
    LEAD_RECYCLED = "lead.recycled"
    LEAD_DISQUALIFIED = "lead.disqualified"
    LEAD_DUPLICATE = "lead.duplicate"
    LEAD_NO_RESPONSE = "lead.no_response"


class Options(StrEnum):
    """Selects whose options we answer from the database."""

    SALES_LEADERSHIP = "define.people.sales_leadership"
    MARKETING_LEADERSHIP = "define.people.marketing_leadership"
    TEAM_LEADERSHIP = "team.leadership"


class Input(StrEnum):
    """Input fields of modals; the last part is the field's name in the stored draft."""

    BRIEF_SEGMENT = "define.brief.segment"
    BRIEF_PERSONA = "define.brief.persona"
    BRIEF_BASE = "define.brief.base"
    BRIEF_GOAL = "define.brief.goal"
    BRIEF_ENTRY_RULE = "define.brief.entry_rule"
    BRIEF_RESPONSE_SLA = "define.brief.response_sla"
    BRIEF_TARGET_PERCENT = "define.brief.target_percent"
    BRIEF_CLOCK = "define.brief.clock"
    BRIEF_CALENDAR = "define.brief.calendar"
    BRIEF_GO_LIVE = "define.brief.go_live"
    QUALIFICATION_GATES = "define.qualification.gates"
    QUALIFICATION_MQL_MINIMUM = "define.qualification.mql_minimum"
    QUALIFICATION_B_FROM = "define.qualification.b_from"
    QUALIFICATION_A_FROM = "define.qualification.a_from"
    QUALIFICATION_BLOCKING_FIELDS = "define.qualification.blocking_fields"
    QUALIFICATION_COOL_TARGET = "define.qualification.cool_target"
    QUALIFICATION_EDIT_STAGES = "define.qualification.edit_stages"
    QUALIFICATION_MQL = "define.qualification.mql"
    QUALIFICATION_SAL = "define.qualification.sal"
    QUALIFICATION_SQL_DEFINITION = "define.qualification.sql_definition"
    QUALIFICATION_RECYCLE = "define.qualification.recycle"
    PEOPLE_PODS = "define.people.pods"
    PEOPLE_OWNER_MODEL_1 = "define.people.owner_model_1"
    PEOPLE_OWNER_MODEL_2 = "define.people.owner_model_2"
    PEOPLE_OWNER_MODEL_3 = "define.people.owner_model_3"
    PEOPLE_NAMED_REP = "define.people.named_rep"
    PEOPLE_FALLBACK = "define.people.fallback"
    PEOPLE_REVOPS_APPROVER = "define.people.revops_approver"
    PEOPLE_SALES_APPROVER = "define.people.sales_approver"
    PEOPLE_SALES_LEADERSHIP = "define.people.sales_leadership"
    PEOPLE_MARKETING_LEADERSHIP = "define.people.marketing_leadership"
    PEOPLE_CHANNEL = "define.people.channel"
    CAPACITY_NOTES = "define.capacity.notes"
    CAPACITY_LEADS_PER_WEEK = "define.capacity.leads_per_week"
    CAPACITY_HANDLING_MINUTES = "define.capacity.handling_minutes"
    CAPACITY_TIME_AVAILABLE = "define.capacity.time_available"
    CAPACITY_DEPENDENCIES = "define.capacity.dependencies"
    CAPACITY_OTHER_DEPENDENCIES = "define.capacity.other_dependencies"
    CAPACITY_BASELINE_CONVERSION = "define.capacity.baseline_conversion"
    REVIEW_CONFIRMED = "define.review.confirmed"
    LADDER_ROLE = "define.ladder.role"
    LADDER_ACKNOWLEDGE = "define.ladder.acknowledge"
    LADDER_REPEATS = "define.ladder.repeats"
    LADDER_GUARDRAIL_COUNT = "define.ladder.guardrail_count"
    LADDER_GUARDRAIL_HOURS = "define.ladder.guardrail_hours"
    ROWS_TEXT = "define.rows.text"
    ADVANCED_HOLDERS = "define.advanced.holders"
    ADVANCED_HANDLING_CV = "define.advanced.handling_cv"
    ADVANCED_ARRIVAL_PROFILE = "define.advanced.arrival_profile"
    TEAM_ROLE = "team.role"
    TEAM_POD_NAME = "team.pod.name"
    TEAM_POD_SEGMENTS = "team.pod.segments"
    TEAM_POD_MANAGER = "team.pod.manager"
    TEAM_POD_MODEL = "team.pod.model"
    TEAM_POD_MEMBERS = "team.pod.members"
    TEAM_POD_DETAILS = "team.pod.details"
    TEAM_TIMEZONE = "team.hours.timezone"
    TEAM_HOURS = "team.hours.hours"
    TEAM_HOLIDAYS = "team.hours.holidays"
    TEAM_CALENDAR_NAME = "team.hours.name"
    TEAM_AWAY_PERSON = "team.time_off.person"
    TEAM_AWAY_FROM = "team.time_off.first"
    TEAM_AWAY_TO = "team.time_off.last"


class Field(StrEnum):
    """Input fields of the modals of packets, readiness cards and leads."""

    PACKET_REASON = "packet.reason.text"
    PACKET_CHANGES = "packet.changes.text"
    PACKET_MANAGE_WHAT = "packet.manage_design.what"
    PACKET_MANAGE_REASON = "packet.manage_design.reason"
    ITEM_STATE = "item.settle.state"
    ITEM_REASON = "item.settle.reason"
    ITEM_EVIDENCE = "item.settle.evidence"
    ITEM_PICK = "item.settle_many.pick"
    LEAD_REASON = "lead.decline.reason"
    LEAD_NOTE = "lead.decline.note"
    LEAD_TO = "lead.reassign.to"
    LEAD_PAUSE_REASON = "lead.pause.reason"
    LEAD_PAUSE_ASKED = "lead.pause.asked"


def block_id(field: str, subject: str | int | None = None) -> str:
    """Return the block id of an input: its field id, with `:<subject>` when repeated."""
    return field if subject is None or subject == "" else f"{field}:{subject}"


def field_of(block: str) -> str:
    """Return the field id of a block id, without its subject."""
    return block.partition(":")[0]
