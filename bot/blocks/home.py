"""The Home tab: what waits for me, my drafts, the designs and their state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit
from bot.blocks.define.chooser import DraftLine, draft_blocks
from bot.ids import Action, block_id

_MOST = 12


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """A version that waits for this person's sign-off."""

    design: str
    version: int
    title: str
    channel: str | None
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class DesignSummary:
    """A design with its state in plain words."""

    design: str
    title: str
    state: str


def home_view(
    *,
    waiting: Sequence[WaitingLine],
    drafts: Sequence[DraftLine],
    designs: Sequence[DesignSummary],
    has_directory: bool,
) -> kit.View:
    """Return the Home tab of one person."""
    return kit.home(
        [
            _buttons(),
            *([] if has_directory else [kit.section(_NO_TEAM)]),
            *_waiting(waiting),
            *_drafts(drafts),
            *_designs(designs),
        ]
    )


_NO_TEAM = "Your team is not set up yet. *Team* does it once, with a proposal to check."


def _buttons() -> kit.Block:
    return kit.actions(
        [
            kit.button("Define a handoff", action=Action.DEFINE_START, value="-", style="primary"),
            kit.button("Team", action=Action.TEAM_OPEN),
        ],
        block_id="home.buttons",
    )


def _waiting(lines: Sequence[WaitingLine]) -> list[kit.Block]:
    if not lines:
        return [kit.header("Waiting for you"), kit.context("Nothing waits for you.")]
    shown = [
        kit.section(
            f"*{kit.escape(line.design)} v{line.version}* · {kit.escape(line.title)}\n"
            f"Waits for your sign-off since {kit.instant(line.sent_at)}"
            + (f", in {kit.channel(line.channel)}" if line.channel else "")
        )
        for line in lines[:_MOST]
    ]
    return [kit.header("Waiting for you"), *shown, *_more(len(lines))]


def _drafts(lines: Sequence[DraftLine]) -> list[kit.Block]:
    if not lines:
        return []
    shown = [block for line in lines[:_MOST] for block in draft_blocks(line)]
    return [kit.header("Your drafts"), *shown, *_more(len(lines))]


def _designs(lines: Sequence[DesignSummary]) -> list[kit.Block]:
    if not lines:
        return [
            kit.header("Designs"),
            kit.context("There is no design yet. Start with *Define a handoff*."),
        ]
    shown = [
        kit.section(
            f"*{kit.escape(line.design)}* · {kit.escape(line.title)}\n{kit.escape(line.state)}",
            accessory=kit.button("Edit", action=Action.DEFINE_EDIT, value=line.design),
            block_id=block_id("home.design", line.design),
        )
        for line in lines[:_MOST]
    ]
    return [kit.header("Designs"), *shown, *_more(len(lines))]


def _more(count: int) -> list[kit.Block]:
    return [kit.context(f"and {count - _MOST} more")] if count > _MOST else []
