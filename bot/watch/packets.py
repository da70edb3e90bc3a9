"""The messages of sign-off, rendered from what is stored."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from bot.blocks.kit import Block, escape
from bot.blocks.packet import packet_blocks, packet_text
from bot.blocks.packet_forms import private_answer, private_request
from bot.blocks.packet_thread import Part, part_message
from bot.blocks.readiness import ReadinessState, readiness_blocks, readiness_text
from bot.blocks.sign_off_notes import note_blocks, note_text
from bot.flows.signoff.announce import PICTURES, packet_card
from bot.flows.signoff.case import Case, load
from bot.flows.signoff.summary import changes_of, packet_state
from bot.watch.packet_files import packet_documents, packet_pictures
from bot.watch.rendered import FileSet, Rendered, Renderer
from bot.watch.stand_in import stand_in
from handoff.approval import VersionState
from handoff.form_choices import names_of
from storage import outbox
from storage.outbox import Intent


def _packet(connection: Connection, intent: Intent) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    state = packet_state(case)
    return Rendered(text=packet_text(state), blocks=packet_blocks(state))


def _readiness(connection: Connection, intent: Intent) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    state = ReadinessState(
        packet=packet_state(case),
        statuses=case.statuses(),
    )
    return Rendered(text=readiness_text(state), blocks=readiness_blocks(state))


def _thread(connection: Connection, intent: Intent) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    text, blocks = part_message(
        part=Part(intent.facts["part"]),
        design=case.proved_by(intent.facts.get("proof")),
        names=names_of(directory=case.directory),
        changes=changes_of(case),
    )
    return Rendered(text=text, blocks=blocks)


def _files(connection: Connection, intent: Intent) -> FileSet | None:
    case = _case(connection, intent)
    if case is None:
        return None
    design = case.proved_by(intent.facts.get("proof"))
    names = names_of(directory=case.directory)
    if intent.facts["part"] == PICTURES:
        return packet_pictures(design)
    return packet_documents(design, names)


def _note(connection: Connection, intent: Intent) -> Rendered | None:
    case = _case(connection, intent)
    if case is None:
        return None
    is_request = intent.facts["event"] in {"asked", "remind", "substitute"}
    if is_request and not _still_waits(case, intent):
        return None
    packet = packet_state(case)
    return Rendered(
        text=note_text(packet=packet, facts=intent.facts),
        blocks=note_blocks(
            packet=packet, facts=intent.facts, instead=_instead(connection, intent, case)
        ),
    )


def _instead(connection: Connection, intent: Intent, case: Case) -> str | None:
    """Return who got the packet as a direct message; None while it is in its channel."""
    card = outbox.card_message(
        connection,
        workspace=case.workspace,
        card=packet_card(case.subject),
        recipient=case.channel,
    )
    if card is None or card.channel == case.channel:
        return None
    return stand_in(connection, intent=intent, now=card.sent_at)


def _still_waits(case: Case, intent: Intent) -> bool:
    """Tell whether this person's side is still to be signed; else the request is moot."""
    signed = {sign_off.side for sign_off in case.sign_offs}
    return case.version.state is VersionState.IN_REVIEW and intent.facts["side"] not in signed


def _refused(_connection: Connection, intent: Intent) -> Rendered:
    facts = intent.facts
    people: Sequence[str] = facts.get("people") or ()
    blocks: list[Block] = private_answer(facts["message"], people=people)
    if facts.get("button"):
        blocks = private_request(
            reference=facts["reference"],
            message=facts["message"],
            wants_reason=facts["button"] == "reason",
        )
    return Rendered(text=escape(facts["message"]), blocks=blocks, only_for=facts["person"])


def _case(connection: Connection, intent: Intent) -> Case | None:
    return load(
        connection, workspace=intent.workspace, subject=intent.subject, now=intent.enqueued_at
    )


PACKET_RENDERERS: Mapping[str, Renderer] = {
    "packet": _packet,
    "packet.thread": _thread,
    "packet.changed": _thread,
    "files.share": _files,
    "item": _readiness,
    "signoff.remind": _note,
    "signoff.refused": _refused,
    "activated": _note,
}
