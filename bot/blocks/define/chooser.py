"""What the command opens when there is something to choose first: drafts, or an active design."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit
from bot.ids import Action, Callback


@dataclass(frozen=True)
class DraftLine:
    """A stored draft as the chooser and the Home tab show it."""

    id: str
    title: str
    step: str
    updated_at: datetime


def chooser_view(*, drafts: Sequence[DraftLine], channel: str | None) -> kit.View:
    """Return the choice between going on with a draft and starting anew."""
    start = kit.button(
        "Start a new handoff",
        action=Action.DEFINE_START,
        value=channel or "-",
        style="primary",
    )
    return kit.modal(
        callback=Callback.DEFINE_CHOOSE,
        title="Define a handoff",
        close="Close",
        blocks=[
            kit.section("You have drafts. Go on with one, or start a new handoff."),
            kit.actions([start], block_id="define.new"),
            kit.divider(),
            *(block for draft in drafts[:20] for block in draft_blocks(draft)),
        ],
    )


def draft_blocks(draft: DraftLine) -> list[kit.Block]:
    """Return a draft's line with its buttons."""
    return [
        kit.section(
            f"*{kit.escape(draft.title)}*\n"
            f"At {kit.escape(draft.step)}, saved {kit.instant(draft.updated_at)}",
            block_id=f"define.draft:{draft.id}",
        ),
        kit.actions(
            [
                kit.button("Go on", action=Action.DEFINE_RESUME, value=draft.id),
                kit.button(
                    "Discard",
                    action=Action.DEFINE_DISCARD,
                    value=draft.id,
                    style="danger",
                    confirm=kit.confirmation(
                        title="Discard this draft?",
                        text="What was typed in it is gone for good.",
                        yes="Discard",
                        no="Keep it",
                    ),
                ),
            ],
            block_id=f"define.draft.buttons:{draft.id}",
        ),
    ]


def message_view(*, title: str, lines: Sequence[str]) -> kit.View:
    """Return a view that only says something; `lines` are mrkdwn."""
    return kit.modal(
        callback=Callback.DEFINE_CLOSED,
        title=title,
        close="Close",
        blocks=[kit.section(line) for line in lines],
    )
