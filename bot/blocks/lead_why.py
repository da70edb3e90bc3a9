"""The answer to `/handoff why`."""

from bot.blocks import kit
from bot.blocks.lead import manager_buttons
from handoff.lead_card import lead_name
from handoff.lead_why import LeadWhy, why_lines

#: Rows and candidates told of; `handoff why` on the host tells of all.
_MOST = 20


def why_text(why: LeadWhy) -> str:
    """Return the one-line summary."""
    return f"Why {kit.escape(lead_name(why.card.fields))} is where it is"


def why_blocks(why: LeadWhy) -> list[kit.Block]:
    """Return the story, with what a manager can do about the lead."""
    lines = why_lines(why=why, when=kit.instant, who=kit.person, say=kit.escape, most=_MOST)
    first, *rest = lines
    blocks = [kit.section(f"*{first}*"), *_paragraphs(rest)]
    buttons = manager_buttons(why.card) if why.may_manage else []
    if buttons:
        blocks.append(kit.actions(buttons, block_id="lead.manage"))
    return kit.fit(blocks)


def _paragraphs(lines: list[str]) -> list[kit.Block]:
    """Return sections of whole lines, each within Slack's limit."""
    blocks: list[kit.Block] = []
    text = ""
    for line in lines:
        if text and len(text) + len(line) + 1 > kit.SECTION_LIMIT:
            blocks.append(kit.section(text))
            text = ""
        text = f"{text}\n{line}" if text else line
    return [*blocks, kit.section(text)] if text else blocks
