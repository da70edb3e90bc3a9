"""The main job over signed HTTP: command, form, packet, two sign-offs, readiness, active."""

from bot.ids import Action
from bot.sandbox.messages import Message
from tests.support.forms import fill, front, text_of, walk_to
from tests.support.house import House

CHANNEL = "#enterprise-handoff"
CONFIRMED = ["roles", "dependencies", "deliverables"]


def define(house: House, *, leads: str = "60", go_live: str = "2026-11-23") -> None:
    """Let Ria define an enterprise handoff and send it for sign-off."""
    ria = house.person("ria")
    ria.command(CHANNEL, "/define-handoff --segment enterprise --goal pipeline --response-sla 2h")
    assert not fill(ria, go_live=go_live)
    walk_to(ria, 4)
    assert not fill(ria, leads_per_week=leads)
    assert not fill(ria, confirmed=CONFIRMED)
    assert "on its way" in text_of(front(ria))
    ria.close_all()
    house.step()


def take_packet(house: House) -> Message:
    """Return the packet after checking that everything that comes with it has come."""
    packet, *thread = house.take(CHANNEL)
    assert "Waiting for the sign-off of RevOps and Sales" in packet.text
    assert [message.thread_ts for message in thread] == [packet.ts] * 7
    for message, start in zip(
        thread,
        (
            "Routing matrix",
            "Response SLA",
            "Escalation",
            "Enablement",
            "Data and tooling",
            "The proof of ENT-1 version 1 in pictures",
            "Doc",
        ),
        strict=True,
    ):
        assert message.text.startswith(start)
    check_pictures(house, thread[-2])
    assert len(thread[-1].files) == 4
    for name, side in (("ria", "RevOps"), ("sam", "Sales")):
        (request,) = house.take_direct(name)
        assert f"sign it for {side}" in request.text
    return packet


def check_pictures(house: House, message: Message) -> None:
    """Each is a PNG that is titled by its finding, and described for who cannot see it."""
    files = [house.sandbox.workspace.files[key] for key in message.files]
    assert [file.name.removesuffix(".png") for file in files] == [
        "attainment-by-sla",
        "attainment-by-team",
        "late-by-hour",
        "backlog-by-hour",
        "coverage",
    ]
    for file in files:
        assert file.content is not None
        assert file.content.startswith(b"\x89PNG")
        assert file.title in file.alt


def now_shows(house: House, message: Message) -> str:
    """Return all words of a message as it is now."""
    current = house.sandbox.workspace.messages.find(message.channel, message.ts)
    return f"{current.text} {current.blocks}"


def test_from_command_to_active(house: House) -> None:
    """Ria defines; she signs by button, Sam by reaction; items are settled; it is live."""
    define(house)
    packet = take_packet(house)

    house.person("ria").click(packet, Action.PACKET_APPROVE)
    house.step()
    assert "Waiting for the sign-off of Sales" in now_shows(house, packet)

    house.person("sam").react(packet, "white_check_mark")
    house.step()
    assert "Signed by both sides" in now_shows(house, packet)
    (readiness,) = house.take(CHANNEL)
    assert readiness.thread_ts == packet.ts
    (told,) = house.take_direct("ria")
    assert "signed by both sides" in told.text

    settle_everything(house, readiness)

    (live,) = house.take(CHANNEL)
    assert "is active" in live.text
    assert "Active." in now_shows(house, packet)
    with house.app.database.read() as connection:
        from storage import designs

        stored = designs.get(connection, workspace=house.workspace, key="ENT-1")
    assert stored is not None
    assert stored.active_version == 1


def settle_everything(house: House, readiness: Message) -> None:
    """Mark everything done: what needs no evidence at once, the rest one by one."""
    max_ops = house.person("max")
    max_ops.click(readiness, Action.ITEM_LIST)
    view = front(max_ops)
    ticked = {
        block["block_id"]: [option["value"] for option in block["element"]["options"]]
        for block in view.blocks
        if block["type"] == "input"
    }
    assert not max_ops.submit(view, ticked)
    house.step()
    card = house.sandbox.workspace.messages.find(readiness.channel, readiness.ts)
    menus = [block for block in card.blocks if "accessory" in block]
    assert menus, "what needs evidence is still open"
    for block in menus:
        card = house.sandbox.workspace.messages.find(readiness.channel, readiness.ts)
        done = block["accessory"]["options"][0]["value"]
        max_ops.select(card, Action.ITEM_MENU, done, block_id=block["block_id"])
        assert not fill(max_ops, evidence="https://example.com/tests/1")
        house.step()
