"""The seed's people and a directory for them, put straight into the database."""

from handoff.brief import OwnerModel
from handoff.directory import (
    CalendarSpec,
    Directory,
    Person,
    Pod,
    PodMember,
    Role,
    UserGroup,
)
from storage import directory as directories
from storage import people, workspaces
from tests.support.house import House


def meet_people(house: House) -> None:
    """Sync the workspace's people, as the app does in the background."""
    found = [
        Person(
            key=user.id,
            name=user.real_name,
            email=user.email or None,
            timezone=user.tz,
            is_active=not user.deleted,
            is_guest=user.is_guest,
            is_bot=user.is_bot,
            is_admin=user.is_admin,
        )
        for user in house.sandbox.workspace.users.values()
    ]

    def work(connection: object) -> None:
        now = house.clocks.now()
        workspaces.save(
            connection,  # type: ignore[arg-type]
            workspace=house.workspace,
            name="Northwind",
            timezone="America/New_York",
            now=now,
        )
        people.sync(connection, workspace=house.workspace, people=found, now=now)  # type: ignore[arg-type]

    house.app.database.run(work)


def set_up_team(house: House) -> Directory:
    """Meet the people and save a whole directory for them."""
    meet_people(house)

    def key(name: str) -> str:
        return house.person(name).id

    def members(*names: str) -> tuple[PodMember, ...]:
        return tuple(PodMember(person=key(name)) for name in names)

    directory = Directory(
        roles={
            Role.REVOPS_APPROVER: (key("ria"), key("ben")),
            Role.SALES_APPROVER: (key("sam"),),
            Role.REVOPS_DIRECTOR: (key("ben"),),
            Role.SALES_MANAGER: (key("sam"),),
            Role.CRO: (key("cleo"),),
            Role.SALES_LEADERSHIP: (key("cleo"),),
            Role.MARKETING_LEADERSHIP: (key("mia"),),
        },
        calendars=(
            CalendarSpec(
                name="default",
                timezone="America/New_York",
                hours={"mon-fri": "09:00-18:00"},
                holidays="US",
            ),
        ),
        pods=(
            Pod(
                name="enterprise-east",
                segments=("enterprise",),
                manager=key("sam"),
                model=OwnerModel.ROUND_ROBIN,
                members=members("dana", "noor", "eli"),
            ),
        ),
        groups=(UserGroup(key="S0SALESLD1", name="sales-leads", members=(key("sam"),)),),
    )
    save_team(house, directory)
    return directory


def save_team(house: House, team: Directory) -> None:
    """Store another directory."""
    house.app.database.run(
        lambda connection: directories.save(
            connection,
            workspace=house.workspace,
            directory=team,
            expected=directories.load(connection, workspace=house.workspace).revision,
            by="cli",
            now=house.clocks.now(),
        )
    )
