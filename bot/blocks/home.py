"""The Home tab: what waits for me, my drafts, the designs and their state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.blocks import kit
from bot.blocks.define.chooser import DraftLine, draft_blocks
from bot.blocks.escalation import climb_line
from bot.blocks.guardrail import guardrail_line
from bot.blocks.lead import lead_line
from bot.blocks.refused import refused_button
from bot.ids import Action, block_id
from handoff.escalation.shown import ClimbShown, GuardrailShown
from handoff.lead_card import MOST_SHOWN, LeadCard

_MOST = 12
_MOST_CALLS = 5
_MOST_BLOCKS = 100


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """A version that waits for this person's sign-off."""

    design: str
    version: int
    content_hash: str
    title: str
    channel: str | None
    sent_at: datetime


@dataclass(frozen=True, kw_only=True)
class DesignSummary:
    """A design with its state in plain words."""

    design: str
    title: str
    state: str
    latest_version: int | None
    running: str | None


def designs_blocks(lines: Sequence[DesignSummary], *, most: int = 24) -> list[kit.Block]:
    """Return every design with its state and what can be done with it."""
    if not lines:
        return [kit.context("There is no design yet. Start with `/define-handoff`.")]
    shown = [block for line in lines[:most] for block in _design_line(line)]
    return shown + _more(len(lines), most)


def home_view(
    *,
    waiting: Sequence[WaitingLine],
    drafts: Sequence[DraftLine],
    designs: Sequence[DesignSummary],
    has_directory: bool,
    leads: Sequence[LeadCard] = (),
    refused: int = 0,
    calls: Sequence[ClimbShown | GuardrailShown] = (),
) -> kit.View:
    """Return the Home tab of one person; `refused` leads wait for their repair.

    What is the person's own comes first; designs take the room that is left.
    """
    own = [
        _buttons(),
        *([] if has_directory else [kit.section(_NO_TEAM)]),
        *([refused_button(refused)] if refused else []),
        *_calls(calls),
        *_leads(leads),
        *_waiting(waiting, has_more=bool(leads or refused or calls)),
        *_drafts(drafts),
    ]
    return kit.home([*own, *_designs(designs, room=_MOST_BLOCKS - len(own))])


_MORE_YET = "and more, which move up as these are done"
_NO_TEAM = "Your team is not set up yet. *Team* does it once, with a proposal to check."


def _buttons() -> kit.Block:
    return kit.actions(
        [
            kit.button("Define a handoff", action=Action.DEFINE_START, value="-", style="primary"),
            kit.button("Team", action=Action.TEAM_OPEN),
        ],
        block_id="home.buttons",
    )


def _calls(calls: Sequence[ClimbShown | GuardrailShown]) -> list[kit.Block]:
    """Return what the person was called about; nothing for who was not."""
    if not calls:
        return []
    shown = [block for call in calls[:_MOST_CALLS] for block in _call_line(call)]
    rest = [kit.context(_MORE_YET)] if len(calls) > _MOST_CALLS else []
    return [kit.header("You were called"), *shown, *rest]


def _call_line(call: ClimbShown | GuardrailShown) -> list[kit.Block]:
    return climb_line(call) if isinstance(call, ClimbShown) else guardrail_line(call)


def _leads(cards: Sequence[LeadCard]) -> list[kit.Block]:
    """Return the person's leads with their buttons; nothing for who has none."""
    if not cards:
        return []
    shown = [block for card in cards[:MOST_SHOWN] for block in lead_line(card)]
    rest = [kit.context(_MORE_YET)] if len(cards) > MOST_SHOWN else []
    return [kit.header("Your leads"), *shown, *rest]


def _waiting(lines: Sequence[WaitingLine], *, has_more: bool) -> list[kit.Block]:
    """Return what is to be signed; that nothing waits is said only if nothing above waits."""
    if not lines and has_more:
        return []
    if not lines:
        return [kit.header("Waiting for you"), kit.context("Nothing waits for you.")]
    shown = [block for line in lines[:_MOST] for block in _waiting_line(line)]
    return [kit.header("Waiting for you"), *shown, *_more(len(lines))]


def _waiting_line(line: WaitingLine) -> list[kit.Block]:
    subject = f"{line.design}|{line.version}"
    reference = f"{subject}|{line.content_hash}"
    open_it = kit.button("Open packet", action=Action.PACKET_OPEN, value=subject)
    sign = kit.button("Approve", action=Action.PACKET_APPROVE, value=reference, style="primary")
    change = kit.button("Request changes…", action=Action.PACKET_REQUEST_CHANGES, value=reference)
    return [
        kit.section(
            f"*{kit.escape(line.design)} v{line.version}* · {kit.escape(line.title)}\n"
            f"Waits for your sign-off since {kit.instant(line.sent_at)}"
            + (f", in {kit.channel(line.channel)}" if line.channel else "")
        ),
        kit.actions([sign, change, open_it], block_id=block_id("home.waiting", line.design)),
    ]


def _drafts(lines: Sequence[DraftLine]) -> list[kit.Block]:
    if not lines:
        return []
    shown = [block for line in lines[:_MOST] for block in draft_blocks(line)]
    return [kit.header("Your drafts"), *shown, *_more(len(lines))]


def _designs(lines: Sequence[DesignSummary], *, room: int) -> list[kit.Block]:
    """Return the designs, two blocks each, with a header and the count of the others."""
    return [kit.header("Designs"), *designs_blocks(lines, most=min(_MOST, (room - 2) // 2))]


def _design_line(line: DesignSummary) -> list[kit.Block]:
    buttons = [kit.button("Edit", action=Action.DEFINE_EDIT, value=line.design)]
    if line.latest_version is not None:
        subject = f"{line.design}|{line.latest_version}"
        buttons.insert(0, kit.button("Open packet", action=Action.PACKET_OPEN, value=subject))
    if line.running is not None:
        buttons.append(kit.button("Manage…", action=Action.PACKET_MANAGE, value=line.running))
    return [
        kit.section(
            f"*{kit.escape(line.design)}* · {kit.escape(line.title)}\n{kit.escape(line.state)}"
        ),
        kit.actions(buttons, block_id=block_id("home.design", line.design)),
    ]


def _more(count: int, most: int = _MOST) -> list[kit.Block]:
    return [kit.context(f"and {count - most} more")] if count > most else []
