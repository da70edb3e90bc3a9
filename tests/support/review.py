"""Designs in review without walking through the form, and what is stored of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

from bot.flows.drafting import draft_for
from bot.flows.signoff.manage import Choice, manage
from bot.flows.signoff.outcomes import Done
from bot.flows.signoff.reference import Reference
from bot.flows.signoff.send import Sent, send
from bot.flows.signoff.settle import Settlement, settle_items
from bot.ids import Action
from bot.sandbox.messages import Message
from handoff.approval import VersionState
from handoff.audit import AuditFact
from handoff.brief import HandoffBrief, OwnerModel
from handoff.enablement import ItemState
from handoff.form_data import Step
from handoff.form_edit import draft_of
from storage import audit, drafts, readiness, sign_offs, versions
from storage import directory as directories
from storage.audit import RecordedFact
from tests.handoff import samples
from tests.support.house import House

CHANNEL = "#enterprise-handoff"
GO_LIVE = date(2026, 11, 23)


def brief_for(house: House, **changes: Any) -> HandoffBrief:  # noqa: ANN401 - any field of a brief
    """Return a brief that the seed's team can keep, for the enterprise channel."""
    values: dict[str, Any] = {
        "author": house.person("ria").id,
        "go_live": GO_LIVE,
        "people": samples.people(
            pods=("enterprise-east",),
            owner_models=(OwnerModel.ROUND_ROBIN,),
            fallback=house.person("sam").id,
            revops_approver=house.person("ria").id,
            sales_approver=house.person("sam").id,
            sales_leadership=(house.person("cleo").id,),
            marketing_leadership=(house.person("mia").id,),
            channel=house.sandbox.workspace.channel_named(CHANNEL).id,
        ),
        "dependencies": (),
    }
    return samples.brief(**{**values, **changes})


def send_for_review(house: House, **changes: Any) -> Message:  # noqa: ANN401 - as above
    """Send a design for sign-off, let the messages out, and return the packet.

    Args:
        house: Where.
        changes: Fields of the brief; `design` makes the next version of that design.
    """
    key = changes.pop("design", None)
    brief = brief_for(house, **changes)
    now = house.clocks.now()
    database, workspace = house.app.database, house.workspace

    def start(connection: Any) -> drafts.Draft:  # noqa: ANN401 - the database's
        directory = directories.load(connection, workspace=workspace).directory
        data = draft_of(brief=brief, directory=directory).model_dump(mode="json")
        data["review"] = {
            f"{name}_confirmed": True for name in ("roles", "dependencies", "deliverables")
        }
        if key is not None:
            known = draft_for(
                connection, workspace=workspace, now=now, by=brief.author, design=key
            )
            assert known is not None
            drafts.discard(connection, workspace=workspace, draft=known.id)
        return drafts.start(
            connection,
            workspace=workspace,
            author=brief.author,
            step=Step.REVIEW,
            data=data,
            now=now,
            design=key,
        )

    draft = database.run(start)
    sent = send(
        database=database,
        workspace=workspace,
        now=now,
        draft_id=draft.id,
        revision=draft.revision,
        by=brief.author,
    )
    assert isinstance(sent, Sent), sent
    house.step()
    return packet_of(house, sent.version)


def packet_of(house: House, version: int = 1) -> Message:
    """Return a version's packet as it is now."""
    channel = house.sandbox.workspace.channel_named(CHANNEL).id
    start = f"Handoff ENT-1 version {version}:"
    return next(
        message
        for message in house.sandbox.workspace.messages.in_channel(channel)
        if message.text.startswith(start)
    )


def words_of(house: House, message: Message) -> str:
    """Return all words of a message as it is now."""
    current = house.sandbox.workspace.messages.find(message.channel, message.ts)
    return f"{current.text} {current.blocks}"


def whispers(house: House, name: str, channel: str = CHANNEL) -> list[Message]:
    """Return what only this person saw in a channel since the last look."""
    person = house.person(name)
    mine = {message.ts for message in person.sees(channel) if message.only_for == person.id}
    return [message for message in house.take(channel) if message.ts in mine]


def forget(house: House) -> None:
    """Take every message so far: the test looks at what comes next."""
    house.take()


def sign_both(house: House, packet: Message) -> None:
    """Sign for both sides by button, and let the messages out."""
    house.person("ria").click(packet, Action.PACKET_APPROVE)
    house.person("sam").click(packet, Action.PACKET_APPROVE)
    house.step()


def state_of(house: House, version: int = 1, design: str = "ENT-1") -> VersionState:
    """Return the stored state of a version."""
    with house.app.database.read() as connection:
        found = versions.get(connection, workspace=house.workspace, design=design, number=version)
    assert found is not None
    return found.state


def reference_of(house: House, version: int = 1, design: str = "ENT-1") -> Reference:
    """Return what the buttons of a version carry."""
    with house.app.database.read() as connection:
        found = versions.get(connection, workspace=house.workspace, design=design, number=version)
    assert found is not None
    return Reference(design, version, found.content_hash)


def signers(house: House, version: int = 1) -> dict[str, str]:
    """Return who signed a version, by side."""
    with house.app.database.read() as connection:
        found = sign_offs.of_version(
            connection, workspace=house.workspace, design="ENT-1", version=version
        )
    return {sign_off.side.value: sign_off.person for sign_off in found}


def facts(house: House, kind: AuditFact, version: int = 1) -> list[RecordedFact]:
    """Return the facts of one kind about a version."""
    with house.app.database.read() as connection:
        found = audit.history(connection, workspace=house.workspace, subject=f"ENT-1/{version}")
    return [fact for fact in found if fact.kind is kind]


@contextmanager
def rewound(house: House) -> Iterator[None]:
    """Put the whole database back as it was when the block is left."""
    path = house.app.settings.handoff_database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(":memory:")) as copy:
        file.backup(copy)
        try:
            yield
        finally:
            copy.backup(file)


def settle_all(house: House, version: int = 1) -> None:
    """Mark every required item done, so that the version goes live when it may."""
    reference = reference_of(house, version)
    with house.app.database.read() as connection:
        rows = readiness.of_version(
            connection, workspace=house.workspace, design="ENT-1", version=version
        )
    outcome = settle_items(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("max").id,
        reference=reference,
        settlement=Settlement(
            items=[row.item for row in rows if row.is_required],
            state=ItemState.DONE,
            evidence="https://example.com/tests/1",
        ),
    )
    assert outcome == Done("Saved.")
    house.step()


def retire(house: House, *, reason: str = "The segment is closed") -> None:
    """Let Ria retire the running version."""
    outcome = manage(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by=house.person("ria").id,
        reference=reference_of(house),
        choice=Choice.RETIRE,
        reason=reason,
    )
    assert outcome == Done()
