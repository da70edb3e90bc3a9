"""`/handoff help`: what one can type, and what to do first."""

from collections.abc import Mapping

from bot.blocks import kit

#: So much of a word that nobody knows is said back.
_MOST_OF_WORD = 80


def help_blocks(
    *, commands: Mapping[str, str], unknown: str | None, near: str | None
) -> list[kit.Block]:
    """Return the help.

    Args:
        commands: What follows `/handoff`, and what it does.
        unknown: What was typed that is no command, or None.
        near: The command that was probably meant, or None.
    """
    lines = [f"`/handoff {name}` {text}" for name, text in commands.items()]
    blocks = [
        kit.section(
            "*Handoff* designs, proves, signs off and runs the handoff of leads from marketing "
            "to sales.\n`/define-handoff` opens the form. You may fill it in on the way:\n"
            "`/define-handoff --segment enterprise --goal pipeline --response-sla 2h "
            '--capacity "6 SDRs, 45 leads/day" --dependencies "CRM, enrichment"`'
        ),
        kit.section("\n".join(lines)),
        kit.context("Your drafts and everything that waits for you are on Handoff's *Home* tab."),
    ]
    if unknown is None:
        return blocks
    hint = f" Did you mean `/handoff {near}`?" if near else ""
    told = kit.escape(kit.cut(unknown, _MOST_OF_WORD))
    return [kit.section(f"“{told}” is not something I know.{hint}"), *blocks]
