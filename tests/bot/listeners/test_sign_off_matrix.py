"""Who may do what to which version: every combination, through signed requests.

Doing x person x author x state x reference, the tampered ones included. Only the cells of
`is_allowed` change anything; every other one leaves what is stored as it was, and says so
politely to that person alone.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection

from bot.flows.signoff.reference import Reference
from bot.ids import Action, Callback, Field
from handoff.approval import Side, SignOff, VersionState, Via
from handoff.audit import AuditFact
from handoff.directory import Role
from storage import audit, outbox, sign_offs, versions
from storage import directory as directories
from tests.support.house import House, open_house
from tests.support.review import brief_for, reference_of, rewound, send_for_review
from tests.support.signing import interaction, signed
from tests.support.team import set_up_team

BOT, STRANGER = "U0HANDOFF1", "U0NOBODY01"
AUTHORS = {"ENT-1": "ria", "ENT-2": "sam", "ENT-3": "max"}
SIDES = {
    "ria": {Side.REVOPS},
    "ben": {Side.REVOPS},
    "sam": {Side.SALES},
    "cleo": {Side.REVOPS, Side.SALES},
    "dana": set(),
    "olga": set(),
    "finn": set(),
    BOT: set(),
    STRANGER: set(),
}
MEMBERS = {"ria", "ben", "sam", "cleo", "dana"}
S = VersionState
#: State, who has signed, and the moves that lead there from review.
STANDINGS: dict[str, tuple[dict[Side, str], tuple[VersionState, ...]]] = {
    "nobody signed": ({}, ()),
    "ria signed": ({Side.REVOPS: "ria"}, ()),
    "sam signed": ({Side.SALES: "sam"}, ()),
    "cleo signed for sales": ({Side.SALES: "cleo"}, ()),
    "approved": ({Side.REVOPS: "ria", Side.SALES: "sam"}, (S.APPROVED,)),
    "active": ({Side.REVOPS: "ria", Side.SALES: "sam"}, (S.APPROVED, S.ACTIVE)),
    "paused": ({Side.REVOPS: "ria", Side.SALES: "sam"}, (S.APPROVED, S.ACTIVE, S.PAUSED)),
    "retired": ({Side.REVOPS: "ria", Side.SALES: "sam"}, (S.APPROVED, S.ACTIVE, S.RETIRED)),
    "superseded": ({Side.REVOPS: "ria"}, (S.SUPERSEDED,)),
}
TABLES = ("design", "design_version", "sign_off", "readiness_item", "draft", "plan_revision")
#: How a reference is tampered with; the first is the true one.
REFERENCES: dict[str, Callable[[Reference], str]] = {
    "true": str,
    "another hash": lambda true: f"{true.design}|{true.version}|{'0' * 64}",
    "a later version": lambda true: f"{true.design}|{true.version + 1}|{true.content_hash}",
    "junk": lambda _true: "'; drop table design; --",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Three designs in review, each by another author; everybody odd holds both roles."""
    with open_house(tmp_path_factory.mktemp("matrix")) as opened:
        directory = set_up_team(opened)
        _give_roles(opened, directory)
        for author in AUTHORS.values():
            send_for_review(opened, author=opened.person(author).id)
        yield opened
        opened.take()
        opened.take_errors()


class Cell(NamedTuple):
    """One combination."""

    doing: str
    design: str
    who: str
    standing: str
    reference: str


def is_allowed(doing: str, who: str, standing: str, reference: str) -> bool:
    """Say which cells may change something: this is the allow list."""
    taken, moves = STANDINGS[standing]
    state = moves[-1] if moves else S.IN_REVIEW
    if reference != "true" or who not in MEMBERS:
        return False
    match doing:
        case "approve":
            free = SIDES[who] - set(taken)
            return state is S.IN_REVIEW and bool(free) and who not in taken.values()
        case "request changes":
            return state in {S.IN_REVIEW, S.APPROVED} and bool(SIDES[who])
        case "pause":
            return state is S.ACTIVE and bool(SIDES[who])
        case "waive":
            return state in {S.IN_REVIEW, S.APPROVED, S.ACTIVE} and bool(SIDES[who])
        case _:
            return state in {S.IN_REVIEW, S.APPROVED, S.ACTIVE}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "|",
        "||",
        "ENT-9|1|{hash}",
        "ENT-1|١|{hash}",
        "ENT-1|-1|{hash}",
        "ENT-1|" + "9" * 400 + "|{hash}",
        "ENT-1|1|{hash}|",
        "ENT-1/1|1|{hash}",
        "<!channel>|1|{hash}",
    ],
)
def test_no_junk_in_a_button_does_anything(house: House, value: str) -> None:
    """Whatever a button carries, it is answered; only the true reference signs."""
    before = stored(house)
    house.clocks.advance(milliseconds=1)

    send(
        house,
        "approve",
        house.person("ria").id,
        value.replace("{hash}", reference_of(house).content_hash),
    )

    assert stored(house) == before
    assert house.take_errors() == []


@pytest.mark.parametrize("standing", STANDINGS)
def test_only_allowed_cells_sign(house: House, standing: str) -> None:
    """Approving: by whom, whoever the author is, in which state, with which reference."""
    with rewound(house):
        for design in AUTHORS:
            bring(house, design, standing)
        for design, who, reference in product(AUTHORS, SIDES, REFERENCES):
            check_cell(house, Cell("approve", design, who, standing, reference))


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("doing", ["request changes", "pause", "waive", "done"])
def test_only_allowed_cells_do_anything_else(house: House, doing: str, standing: str) -> None:
    """Sending back, pausing, waiving and settling: by whom, in which state, as shown or not."""
    with rewound(house):
        bring(house, "ENT-1", standing)
        for who, reference in product(SIDES, REFERENCES):
            check_cell(house, Cell(doing, "ENT-1", who, standing, reference))


def check_cell(house: House, cell: Cell) -> None:
    """Try one cell and compare what is stored before and after."""
    doing, who = cell.doing, cell.who
    key = who if who in {BOT, STRANGER} else house.person(who).id
    value = REFERENCES[cell.reference](reference_of(house, design=cell.design))
    before = stored(house)
    house.clocks.advance(milliseconds=1)  # private answers are told apart by their instant
    if is_allowed(doing, who, cell.standing, cell.reference):
        with rewound(house):
            answer = send(house, doing, key, value)
            assert stored(house) != before, cell
            assert not refused(answer), cell
        return

    told = whispered(house, key)
    answer = send(house, doing, key, value)

    assert stored(house) == before, cell
    if doing == "approve":
        assert whispered(house, key) == told + 1, cell
    else:
        assert refused(answer), cell
    assert house.take_errors() == [], cell


def test_a_refusal_is_kept_in_the_audit_log(house: House) -> None:
    """Who tried, and why it was refused, can be read later."""
    with rewound(house):
        send(house, "approve", house.person("dana").id, str(reference_of(house)))

        with house.app.database.read() as connection:
            found = audit.history(connection, workspace=house.workspace, subject="ENT-1/1")
        (fact,) = [fact for fact in found if fact.kind is AuditFact.SIGN_OFF_REFUSED]
        assert (fact.actor, fact.data) == (house.person("dana").id, {"code": "not_an_approver"})


def test_a_role_taken_away_before_the_click_counts(house: House) -> None:
    """Roles are read live: what the button showed does not matter."""
    with rewound(house):
        everyone = {Role.REVOPS_APPROVER: ("ben",), Role.SALES_APPROVER: ("sam",)}
        _set_roles(house, {role: _keys(house, names) for role, names in everyone.items()})
        before = stored(house)

        send(house, "approve", house.person("ria").id, str(reference_of(house)))

        assert stored(house) == before


@pytest.mark.parametrize("doing", ["approve", "request changes", "pause", "done"])
def test_doubled_clicks_and_replayed_requests_change_nothing(house: House, doing: str) -> None:
    """The second of two equal requests finds it done, and answers."""
    with rewound(house):
        bring(house, "ENT-1", "active" if doing == "pause" else "nobody signed")
        value, ria = str(reference_of(house)), house.person("ria").id
        send(house, doing, ria, value)
        after_one = stored(house)

        send(house, doing, ria, value)

        assert stored(house) == after_one


# How it is done


def bring(house: House, design: str, standing: str) -> None:
    """Bring a version from review to where the test wants it."""
    taken, moves = STANDINGS[standing]
    reference = reference_of(house, design=design)
    now = house.clocks.now()

    def work(connection: Connection) -> None:
        for side, who in taken.items():
            sign_off = SignOff(
                side=side,
                person=house.person(who).id,
                version=1,
                content_hash=reference.content_hash,
                via=Via.BUTTON,
                at=now,
            )
            sign_offs.sign(connection, workspace=house.workspace, design=design, sign_off=sign_off)
        at = S.IN_REVIEW
        for state in moves:
            assert versions.move(
                connection,
                workspace=house.workspace,
                design=design,
                number=1,
                expected=at,
                to=state,
                now=now,
            )
            at = state

    house.app.database.run(work)


def send(house: House, doing: str, person: str, value: str) -> dict[str, Any]:
    """Send one signed request as Slack would; return the answer."""
    payload: dict[str, Any] = {
        "team": {"id": house.workspace},
        "user": {"id": person, "team_id": house.workspace},
        "api_app_id": "A0HANDOFF1",
        "trigger_id": "1.2.x",
    }
    if doing == "approve":
        channel = brief_for(house).people.channel
        payload |= {
            "type": "block_actions",
            "container": {"type": "message", "channel_id": channel, "message_ts": "1.1"},
            "channel": {"id": channel},
            "actions": [
                {
                    "action_id": Action.PACKET_APPROVE,
                    "block_id": "packet.actions",
                    "type": "button",
                    "value": value,
                }
            ],
        }
    else:
        payload |= {"type": "view_submission", "view": _view(doing, value)}
    body = interaction(payload)
    answer = house.client.post(
        "/slack/events", content=body, headers=signed(body, at=house.clocks.wall())
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()) if answer.content else {}


def refused(answer: dict[str, Any]) -> bool:
    """Tell whether a form stayed open with an error."""
    return answer.get("response_action") == "errors"


def stored(house: House) -> list[list[tuple[Any, ...]]]:
    """Return all that sign-off could change, row by row."""
    path = house.app.settings.handoff_database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as file:
        return [file.execute(f"select * from {table}").fetchall() for table in TABLES]


def whispered(house: House, person: str) -> int:
    """Count the private answers to a person."""
    with house.app.database.read() as connection:
        return len(outbox.about(connection, workspace=house.workspace, subject=person))


def _view(doing: str, value: str) -> dict[str, Any]:
    def text(words: str) -> dict[str, str]:
        return {"type": "plain_text_input", "value": words}

    def radio(choice: str) -> dict[str, Any]:
        return {"type": "radio_buttons", "selected_option": {"value": choice}}

    callback, metadata, fields = {
        "request changes": (Callback.PACKET_CHANGES, value, {Field.PACKET_CHANGES: text("Why")}),
        "pause": (
            Callback.PACKET_MANAGE,
            value,
            {
                Field.PACKET_MANAGE_WHAT: radio("pause"),
                Field.PACKET_MANAGE_REASON: text("Holiday"),
            },
        ),
        "waive": (
            Callback.ITEM_SETTLE,
            f"{value}|c1",
            {Field.ITEM_STATE: radio("waived"), Field.ITEM_REASON: text("Not needed")},
        ),
        "done": (
            Callback.ITEM_SETTLE,
            f"{value}|c1",
            {Field.ITEM_STATE: radio("done"), Field.ITEM_EVIDENCE: text("https://example.com")},
        ),
    }[doing]
    return {
        "id": "V1",
        "type": "modal",
        "callback_id": callback,
        "private_metadata": metadata,
        "blocks": [],
        "state": {"values": {field: {field: state} for field, state in fields.items()}},
    }


def _give_roles(house: House, directory: Any) -> None:  # noqa: ANN401 - the directory as saved
    odd = (*_keys(house, ("cleo", "olga", "finn")), BOT)
    roles = dict(directory.roles)
    for role in (Role.REVOPS_APPROVER, Role.SALES_APPROVER):
        roles[role] = (*roles[role], *odd)
    _set_roles(house, roles)


def _set_roles(house: House, roles: dict[Role, tuple[str, ...]]) -> None:
    def work(connection: Connection) -> None:
        found = directories.load(connection, workspace=house.workspace)
        directories.save(
            connection,
            workspace=house.workspace,
            directory=found.directory.model_copy(
                update={"roles": dict(found.directory.roles) | roles}
            ),
            expected=found.revision,
            by="cli",
            now=house.clocks.now(),
        )

    house.app.database.run(work)


def _keys(house: House, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(house.person(name).id for name in names)
