"""Set who holds the roles of the workspace."""

from collections.abc import Mapping
from datetime import datetime

from bot.flows.people.team import (
    ChangedMeanwhile,
    MayNotSetRoles,
    Refused,
    Team,
    change_directory,
    not_a_person,
    view_team,
)
from handoff.audit import AuditFact
from handoff.directory import Directory, Role
from handoff.people import find_person
from storage.database import Database

_SIGNERS = {Role.REVOPS_APPROVER, Role.SALES_APPROVER}


def save_roles(
    *,
    database: Database,
    workspace: str,
    now: datetime,
    by: str,
    revision: int,
    roles: Mapping[Role, tuple[str, ...]],
) -> Team | Refused | ChangedMeanwhile | MayNotSetRoles:
    """Save the holders of each role, the one in charge first.

    Returns:
        The directory; errors by role; or the polite no to everybody but admins and owners,
        whatever their form looked like.
    """
    team = view_team(database=database, workspace=workspace, by=by)
    if not team.may_set_roles:
        return MayNotSetRoles(team.admins)

    def change(directory: Directory) -> Directory | Refused:
        errors = role_errors(directory, roles)
        if errors:
            return Refused(errors)
        return directory.model_copy(update={"roles": held(roles)})

    return change_directory(
        change,
        database=database,
        workspace=workspace,
        now=now,
        by=by,
        revision=revision,
        what={role.value: list(keys) for role, keys in roles.items()},
        kind=AuditFact.ROLE_HOLDERS_CHANGED,
    )


def held(roles: Mapping[Role, tuple[str, ...]]) -> dict[Role, tuple[str, ...]]:
    """Return the roles that somebody holds, nobody twice."""
    return {role: tuple(dict.fromkeys(keys)) for role, keys in roles.items() if keys}


def role_errors(directory: Directory, roles: Mapping[Role, tuple[str, ...]]) -> dict[str, str]:
    """Return what is wrong with the holders, by role; guests and apps never sign."""
    errors: dict[str, str] = {}
    for role, keys in roles.items():
        for key in keys:
            problem = not_a_person(directory, key) or _guest(directory, role, key)
            if problem:
                errors.setdefault(role.value, problem)
    signers = {role: set(roles.get(role, ())) for role in _SIGNERS}
    both = signers[Role.REVOPS_APPROVER] | signers[Role.SALES_APPROVER]
    if all(signers.values()) and len(both) == 1:
        errors.setdefault(
            Role.SALES_APPROVER.value,
            "RevOps and Sales are signed by two different people; pick somebody else as well.",
        )
    return errors


def _guest(directory: Directory, role: Role, key: str) -> str | None:
    known = find_person(directory=directory, key=key)
    if role in _SIGNERS and known is not None and known.is_guest:
        return f"{known.name} is a guest of this workspace, and guests do not sign."
    return None
