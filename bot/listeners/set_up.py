"""The team's first set-up, and what is typed into it and into the team's editors."""

from typing import Any

from slack_bolt import BoltContext
from slack_sdk import WebClient

from bot.blocks import kit
from bot.blocks.team import TeamPlace, setup_view
from bot.flows.context import Services
from bot.flows.people.hours import HoursForm
from bot.flows.people.pods import PodForm
from bot.flows.people.set_up import propose
from bot.gateways.channels import members_of
from bot.ids import Input, field_of
from bot.listeners.form_state import by_field, keys_of, text_of, typed_values
from handoff.directory import Role

_POD_FIELDS = ("name", "segments", "manager", "model", "members", "details")


def set_up_view(
    *,
    client: WebClient,
    context: BoltContext,
    services: Services,
    channel: str | None,
    draft: str | None,
) -> kit.View:
    """Return the set-up with a proposal from the people in the channel."""
    is_channel = channel is not None and channel[:1] in {"C", "G"}
    proposal = propose(
        database=services.database,
        workspace=str(context.team_id),
        by=str(context.user_id),
        members=members_of(client, channel=str(channel)) if is_channel else (),
    )
    return setup_view(
        proposal=proposal.proposed,
        names=proposal.team.names,
        place=TeamPlace(revision=0, draft=draft),
        may_set_roles=proposal.team.may_set_roles,
        admins=proposal.team.admins,
    )


def read_roles(view: dict[str, Any]) -> dict[Role, tuple[str, ...]]:
    """Return the typed role holders."""
    return {
        Role(block.partition(":")[2]): keys_of(value)
        for block, value in typed_values(view).items()
        if field_of(block) == Input.TEAM_ROLE
    }


def read_pod_form(view: dict[str, Any]) -> PodForm:
    """Return the typed pod."""
    typed = by_field(view)
    return PodForm(
        name=text_of(typed.get(Input.TEAM_POD_NAME)),
        segments=keys_of(typed.get(Input.TEAM_POD_SEGMENTS)),
        manager=text_of(typed.get(Input.TEAM_POD_MANAGER)) or None,
        model=text_of(typed.get(Input.TEAM_POD_MODEL)) or None,
        members=keys_of(typed.get(Input.TEAM_POD_MEMBERS)),
        details=text_of(typed.get(Input.TEAM_POD_DETAILS)),
    )


def read_hours_form(view: dict[str, Any], *, name: str | None = None) -> HoursForm:
    """Return the typed calendar; `name` where the view does not ask for one."""
    typed = by_field(view)
    return HoursForm(
        name=name or text_of(typed.get(Input.TEAM_CALENDAR_NAME)),
        timezone=text_of(typed.get(Input.TEAM_TIMEZONE)),
        hours=text_of(typed.get(Input.TEAM_HOURS)),
        holidays=text_of(typed.get(Input.TEAM_HOLIDAYS)) or None,
    )


def at_team_blocks(errors: dict[str, str]) -> dict[str, str]:
    """Return errors by block id."""
    return {
        f"team.{field}"
        if field.startswith("role:")
        else f"team.{'pod' if field in _POD_FIELDS else 'hours'}.{field}": text
        for field, text in errors.items()
    }
