"""The workspace directory: the overview, and its editors."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from bot.blocks import kit
from bot.ids import Action, Callback, Input, Options, block_id
from handoff.brief import OwnerModel, Segment
from handoff.directory import ROLE_TITLES, CalendarSpec, Directory, Pod, Role, TimeOff

_LEADERSHIP = {Role.SALES_LEADERSHIP, Role.MARKETING_LEADERSHIP}
_MODELS = [
    kit.option("Round robin: in turn, by weight", OwnerModel.ROUND_ROBIN),
    kit.option("Least loaded: whoever has the fewest open leads", OwnerModel.LEAST_LOADED),
]


@dataclass(frozen=True)
class TeamPlace:
    """Where a team view stands: the revision it was drawn from, what it edits, where to return.

    `draft` names the form to come back to, `parent` the view under a pushed one.
    """

    revision: int
    subject: str | None = None
    draft: str | None = None
    parent: str | None = None

    def dump(self) -> str:
        """Return the text for `private_metadata`."""
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None})


def read_team_place(metadata: str) -> TeamPlace | None:
    """Return the place that a view's `private_metadata` names, or None if it is not one."""
    try:
        raw = json.loads(metadata)
        return TeamPlace(
            revision=int(raw["revision"]),
            subject=raw.get("subject"),
            draft=raw.get("draft"),
            parent=raw.get("parent"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def team_view(
    *,
    directory: Directory,
    absences: Sequence[tuple[str, TimeOff]],
    names: Mapping[str, str],
    place: TeamPlace,
    may_set_roles: bool,
    notice: str | None = None,
) -> kit.View:
    """Return the overview of the directory with a button for each part.

    `absences` are stretches of time off with the ids by which buttons name them; `notice` is
    mrkdwn.
    """
    blocks = [
        *([kit.section(notice)] if notice else []),
        *_roles(directory, names, may_set_roles=may_set_roles),
        kit.divider(),
        *_pods(directory, names),
        kit.divider(),
        *_calendars(directory),
        kit.divider(),
        *_time_off(absences, names),
    ]
    return kit.modal(
        callback=Callback.TEAM_OVERVIEW,
        title="Team",
        close="Close",
        metadata=place.dump(),
        blocks=blocks,
    )


def roles_view(*, directory: Directory, names: Mapping[str, str], place: TeamPlace) -> kit.View:
    """Return the editor of the role holders."""
    return _editor(
        Callback.TEAM_ROLES,
        "Roles",
        place,
        [
            kit.section("The first person is in charge; the others stand in, in this order."),
            *role_inputs(directory.roles, names),
        ],
    )


def role_inputs(roles: Mapping[Role, Sequence[str]], names: Mapping[str, str]) -> list[kit.Block]:
    """Return one input for each role; leadership may also be a user group."""
    return [
        kit.input_block(
            label,
            _role_element(role, roles.get(role, ()), names),
            block_id=block_id(Input.TEAM_ROLE, role.value),
            optional=True,
        )
        for role, label in ((role, ROLE_TITLES[role]) for role in Role)
    ]


def _role_element(role: Role, keys: Sequence[str], names: Mapping[str, str]) -> kit.Element:
    if role in _LEADERSHIP:
        chosen = [kit.option(names.get(key, key), key) for key in keys]
        return kit.multi_external_select(action=Options.TEAM_LEADERSHIP, chosen=chosen)
    return kit.multi_user_select(action=Input.TEAM_ROLE, chosen=slack_users(keys))


def pod_view(
    *, pod: Pod | None, details: str, place: TeamPlace, segment: str | None = None
) -> kit.View:
    """Return the editor of a pod; None makes a new one, tagged for `segment`."""
    blocks = pod_inputs(pod=pod, segment=segment)
    blocks.append(
        kit.input_block(
            "Roles, weights and caps",
            kit.text_input(
                action=Input.TEAM_POD_DETAILS,
                value=details,
                multiline=True,
                placeholder="Dana: ae, weight 2, daily 20, open 40, calendar london",
                max_length=3000,
            ),
            block_id=Input.TEAM_POD_DETAILS,
            hint="One line for who is not simply an SDR of weight 1 with the usual caps.",
            optional=True,
        )
    )
    return _editor(Callback.TEAM_POD, "Edit pod" if pod else "New pod", place, blocks)


def pod_inputs(*, pod: Pod | None, segment: str | None = None) -> list[kit.Block]:
    """Return name, segments, manager, model and members of a pod."""
    segments = pod.segments if pod else ((segment,) if segment else ())
    known = [item.value for item in Segment]
    offered = [*known, *(key for key in segments if key not in known)]
    return [
        kit.input_block(
            "Name",
            kit.text_input(
                action=Input.TEAM_POD_NAME,
                value=pod.name if pod else None,
                placeholder="enterprise-east",
                max_length=200,
            ),
            block_id=Input.TEAM_POD_NAME,
        ),
        kit.input_block(
            "Segments",
            kit.multi_select(
                [kit.option(item, item) for item in offered],
                action=Input.TEAM_POD_SEGMENTS,
                chosen=segments,
            ),
            block_id=Input.TEAM_POD_SEGMENTS,
            hint="The form offers this pod first for these segments.",
            optional=True,
        ),
        kit.input_block(
            "Manager",
            kit.user_select(
                action=Input.TEAM_POD_MANAGER,
                chosen=next(iter(slack_users([pod.manager] if pod else [])), None),
            ),
            block_id=Input.TEAM_POD_MANAGER,
        ),
        kit.input_block(
            "How leads are dealt out",
            kit.radio(
                _MODELS,
                action=Input.TEAM_POD_MODEL,
                chosen=pod.model if pod else OwnerModel.ROUND_ROBIN,
            ),
            block_id=Input.TEAM_POD_MODEL,
        ),
        kit.input_block(
            "Members",
            kit.multi_user_select(
                action=Input.TEAM_POD_MEMBERS,
                chosen=slack_users([member.person for member in pod.members] if pod else []),
            ),
            block_id=Input.TEAM_POD_MEMBERS,
        ),
    ]


def hours_view(*, calendar: CalendarSpec | None, place: TeamPlace) -> kit.View:
    """Return the editor of a calendar; None makes a new one."""
    return _editor(
        Callback.TEAM_HOURS, "Working hours", place, hours_inputs(calendar, with_name=True)
    )


def hours_inputs(calendar: CalendarSpec | None, *, with_name: bool) -> list[kit.Block]:
    """Return name, zone, hours and holidays of a calendar."""
    hours = calendar.hours if calendar else {"mon-fri": "09:00-18:00"}
    lines = "\n".join(f"{days} {times}" for days, times in hours.items())
    name = kit.input_block(
        "Calendar",
        kit.text_input(
            action=Input.TEAM_CALENDAR_NAME,
            value=calendar.name if calendar else None,
            max_length=200,
        ),
        block_id=Input.TEAM_CALENDAR_NAME,
    )
    return [
        *([name] if with_name else []),
        kit.input_block(
            "Time zone",
            kit.text_input(
                action=Input.TEAM_TIMEZONE,
                value=calendar.timezone if calendar else None,
                placeholder="America/New_York",
            ),
            block_id=Input.TEAM_TIMEZONE,
        ),
        kit.input_block(
            "Hours",
            kit.text_input(action=Input.TEAM_HOURS, value=lines, multiline=True),
            block_id=Input.TEAM_HOURS,
            hint="One line for days with the same hours, such as: mon-fri 09:00-18:00",
        ),
        kit.input_block(
            "Public holidays",
            kit.text_input(
                action=Input.TEAM_HOLIDAYS, value=calendar.holidays if calendar else None
            ),
            block_id=Input.TEAM_HOLIDAYS,
            hint="A country such as US or GB, or a part of it such as DE-BE; empty for none.",
            optional=True,
        ),
    ]


def time_off_view(*, place: TeamPlace, person: str | None) -> kit.View:
    """Return the form that adds time off."""
    blocks = [
        kit.input_block(
            "Who",
            kit.user_select(action=Input.TEAM_AWAY_PERSON, chosen=person),
            block_id=Input.TEAM_AWAY_PERSON,
        ),
        kit.input_block(
            "First day away",
            kit.date_input(action=Input.TEAM_AWAY_FROM),
            block_id=Input.TEAM_AWAY_FROM,
        ),
        kit.input_block(
            "Last day away",
            kit.date_input(action=Input.TEAM_AWAY_TO),
            block_id=Input.TEAM_AWAY_TO,
        ),
    ]
    return _editor(Callback.TEAM_TIME_OFF, "Time off", place, blocks)


def setup_view(
    *,
    proposal: Directory,
    names: Mapping[str, str],
    place: TeamPlace,
    may_set_roles: bool,
    admins: Sequence[str],
) -> kit.View:
    """Return the first-run set-up: the proposed roles, first pod and hours, to check and save."""
    pod = proposal.pods[0] if proposal.pods else None
    calendar = proposal.calendars[0] if proposal.calendars else None
    roles: list[kit.Block] = (
        [
            kit.section("*Roles*\nThe first person is in charge; the others stand in, in order."),
            *role_inputs(proposal.roles, names),
        ]
        if may_set_roles
        else [kit.section(roles_refused(admins))]
    )
    return kit.modal(
        callback=Callback.TEAM_SETUP,
        title="Set up your team",
        submit="Save and go on" if place.draft else "Save",
        close="Close",
        metadata=place.dump(),
        blocks=[
            kit.section(
                "Handoff needs to know your team once. This is a proposal from the people in "
                "the channel and their time zones: check it, change it, save it."
            ),
            *roles,
            kit.divider(),
            kit.section("*First pod*: the reps who take leads"),
            *pod_inputs(pod=pod),
            kit.divider(),
            kit.section("*Working hours*; reps in other time zones get the same hours there"),
            *hours_inputs(calendar, with_name=False),
        ],
    )


def roles_refused(admins: Sequence[str]) -> str:
    """Return the polite refusal to change role holders, as mrkdwn, with whom to ask."""
    ask = " or ".join(kit.person(key) for key in admins[:3]) or "an admin of this workspace"
    return (
        "*Roles*\nWho signs and who is called is set by workspace admins and owners. "
        f"Please ask {ask} to open `/handoff team`. Everything else you can set yourself."
    )


def slack_users(keys: Sequence[str]) -> list[str]:
    """Return the keys that Slack's own people picker can show."""
    return [key for key in keys if key[:1] in "UW" and key.isalnum()]


def _roles(
    directory: Directory, names: Mapping[str, str], *, may_set_roles: bool
) -> list[kit.Block]:
    lines = [
        f"*{label}*: {_people(directory.roles.get(role, ()), names) or '_nobody yet_'}"
        for role, label in ((role, ROLE_TITLES[role]) for role in Role)
    ]
    edit = kit.button("Edit", action=Action.TEAM_EDIT_ROLES)
    blocks = [kit.header("Roles"), kit.section("\n".join(lines), accessory=edit)]
    if not may_set_roles:
        blocks.append(kit.context("Only workspace admins and owners change who holds a role."))
    return blocks


def _pods(directory: Directory, names: Mapping[str, str]) -> list[kit.Block]:
    new = kit.button("New pod", action=Action.TEAM_NEW_POD)
    shown = [
        kit.section(
            f"*{kit.escape(pod.name)}* · {', '.join(pod.segments) or 'any segment'} · "
            f"{pod.model.replace('_', ' ')}\nManager: {_people([pod.manager], names)}\n"
            f"Members: {_people([m.person for m in pod.members], names) or '_none_'}",
            accessory=kit.button("Edit", action=Action.TEAM_EDIT_POD, value=pod.name),
            block_id=block_id("team.pod", index),
        )
        for index, pod in enumerate(directory.pods[:25])
    ]
    return [kit.header("Pods"), *shown, kit.actions([new], block_id="team.pods")]


def _calendars(directory: Directory) -> list[kit.Block]:
    new = kit.button("New calendar", action=Action.TEAM_EDIT_HOURS)
    shown = [
        kit.section(
            f"*{kit.escape(item.name)}* · {kit.escape(item.timezone)} · "
            + kit.escape(", ".join(f"{days} {times}" for days, times in item.hours.items()))
            + (f" · holidays {kit.escape(item.holidays)}" if item.holidays else ""),
            accessory=kit.button("Edit", action=Action.TEAM_EDIT_HOURS, value=item.name),
            block_id=block_id("team.calendar", index),
        )
        for index, item in enumerate(directory.calendars[:10])
    ]
    return [kit.header("Working hours"), *shown, kit.actions([new], block_id="team.calendars")]


def _time_off(
    absences: Sequence[tuple[str, TimeOff]], names: Mapping[str, str]
) -> list[kit.Block]:
    add = kit.button("Add time off", action=Action.TEAM_ADD_TIME_OFF)
    shown = [
        kit.section(
            f"{_people([item.person], names)}: {item.first:%d %b %Y} to {item.last:%d %b %Y}",
            accessory=kit.button("Remove", action=Action.TEAM_REMOVE_TIME_OFF, value=key),
            block_id=block_id("team.away", key),
        )
        for key, item in absences[:20]
    ]
    return [kit.header("Time off"), *shown, kit.actions([add], block_id="team.away")]


def _people(keys: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(
        kit.group(key)
        if key.startswith("S") and key.isalnum()
        else kit.person(key, names.get(key))
        for key in keys
    )


def _editor(
    callback: Callback, title: str, place: TeamPlace, blocks: Sequence[kit.Block]
) -> kit.View:
    return kit.modal(
        callback=callback,
        title=title,
        submit="Save",
        close="Back",
        metadata=place.dump(),
        blocks=blocks,
    )
