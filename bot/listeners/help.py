"""`/handoff`: its subcommands, and help for everything else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any

from slack_bolt import Ack, App, BoltContext
from slack_sdk import WebClient

from bot.blocks.entry_order import order_button
from bot.blocks.help import help_blocks
from bot.blocks.home import designs_blocks
from bot.blocks.kit import context, cut, escape, header
from bot.blocks.lead_why import why_blocks, why_text
from bot.flows.context import Services
from bot.flows.look.home import KnownDesign, known_designs
from bot.flows.look.why import why as look_why
from bot.ids import Command
from bot.listeners.backtest import backtest_form
from bot.listeners.home import design_lines
from bot.listeners.lead_intake import hand_over_form
from bot.listeners.me import my_view
from bot.listeners.modals import open_modal
from bot.listeners.refused import refused_list
from bot.listeners.team import team_or_set_up

#: Two blocks each, beside what else is said, of the fifty that Slack takes.
_MOST_DESIGNS = 22

_WHICH_LEAD = "Give its e-mail address or its id, for example `/handoff why lena@acme.com`."
_LONGEST_QUOTE = 80


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A `/handoff` command: who typed it where, and the words after the subcommand."""

    body: dict[str, Any]
    context: BoltContext
    client: WebClient
    services: Services
    rest: str


@dataclass(frozen=True)
class Subcommand:
    """What follows `/handoff`: one line of help, and what it does."""

    help: str
    run: Callable[[Ack, Typed], None]


def _help(ack: Ack, _typed: Typed) -> None:
    ack(**_answer(SUBCOMMANDS, unknown=None))


def _team(ack: Ack, typed: Typed) -> None:
    """Open the team's overview, or its set-up the first time."""
    view = team_or_set_up(
        client=typed.client,
        context=typed.context,
        services=typed.services,
        channel=typed.body.get("channel_id"),
    )
    trouble = open_modal(typed.client, trigger_id=typed.body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def _designs(ack: Ack, typed: Typed) -> None:
    """List the designs, or those that what follows the command names, each with its buttons."""
    known = known_designs(database=typed.services.database, workspace=str(typed.context.team_id))
    words = typed.rest.casefold().split()
    named = [one for one in known if all(word in _words_of(one) for word in words)]
    blocks = [header("Designs")]
    if words and not named:
        blocks.append(context(f"No design is called “{escape(cut(typed.rest, 80))}”."))
    shown = named or known
    blocks += designs_blocks(design_lines(shown), most=_MOST_DESIGNS)
    if len(shown) > _MOST_DESIGNS:
        blocks.append(context("`/handoff designs ENT` lists those with these letters in them."))
    if sum(one.running is not None for one in known) > 1:
        blocks.append(order_button())
    ack(response_type="ephemeral", text="The designs of this workspace", blocks=blocks)


def _words_of(design: KnownDesign) -> str:
    return f"{design.design} {design.title} {design.state}".casefold()


def _me(ack: Ack, typed: Typed) -> None:
    """Open the form of the person's own caps and time off."""
    view = my_view(services=typed.services, context=typed.context)
    trouble = open_modal(typed.client, trigger_id=typed.body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def _lead(ack: Ack, typed: Typed) -> None:
    """Open the form that hands over a lead, filled in from what follows the command."""
    view = hand_over_form(services=typed.services, body=typed.body, text=typed.rest)
    trouble = open_modal(typed.client, trigger_id=typed.body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def _leads(ack: Ack, typed: Typed) -> None:
    """Open the list of leads that could not be taken."""
    view = refused_list(
        services=typed.services,
        workspace=str(typed.context.team_id),
        by=str(typed.context.user_id),
    )
    trouble = open_modal(typed.client, trigger_id=typed.body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def _backtest(ack: Ack, typed: Typed) -> None:
    """Open the form that replays past leads through a design."""
    workspace = str(typed.context.team_id)
    view = backtest_form(services=typed.services, workspace=workspace, typed=typed.rest)
    if isinstance(view, str):
        ack(text=view, response_type="ephemeral")
        return
    trouble = open_modal(typed.client, trigger_id=typed.body["trigger_id"], view=view)
    if trouble is None:
        ack()
    else:
        ack(text=trouble, response_type="ephemeral")


def _why(ack: Ack, typed: Typed) -> None:
    """Explain who got a lead and why, to the person alone."""
    if not typed.rest:
        ack(text=f"Which lead? {_WHICH_LEAD}", response_type="ephemeral")
        return
    found = look_why(
        database=typed.services.database,
        workspace=str(typed.context.team_id),
        now=typed.services.now(),
        by=str(typed.context.user_id),
        asked=plain_address(typed.rest),
    )
    if found is None:
        quoted = escape(cut(plain_address(typed.rest), _LONGEST_QUOTE))
        told = f"No lead is known by that: “{quoted}”. {_WHICH_LEAD}"
        ack(text=told, response_type="ephemeral")
    else:
        ack(text=why_text(found), blocks=why_blocks(found), response_type="ephemeral")


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "help": Subcommand("shows this.", _help),
    "designs": Subcommand(
        "lists the designs, and opens, edits or manages them: all, or `/handoff designs ENT`.",
        _designs,
    ),
    "backtest": Subcommand(
        "replays past leads through a design: `/handoff backtest ENT-3`.", _backtest
    ),
    "lead": Subcommand("hands over a lead by form.", _lead),
    "leads": Subcommand("shows leads that could not be taken, to be mended.", _leads),
    "me": Subcommand("sets how many leads you take, and your time off.", _me),
    "why": Subcommand("explains who got a lead and why: `/handoff why lena@acme.com`.", _why),
    "team": Subcommand("shows and changes roles, pods, working hours and time off.", _team),
}


def register(bolt: App, services: Services) -> None:
    """Connect `/handoff`."""
    bolt.command(Command.HANDOFF.value)(partial(on_command, services=services))


def on_command(
    ack: Ack, body: dict[str, Any], context: BoltContext, client: WebClient, services: Services
) -> None:
    """Run the subcommand, or show the help with the nearest one."""
    name, rest = [*(body.get("text") or "").split(maxsplit=1), "", ""][:2]
    known = SUBCOMMANDS.get(name.casefold() or "help")
    if known is None:
        ack(**_answer(SUBCOMMANDS, unknown=name))
        return
    typed = Typed(body=body, context=context, client=client, services=services, rest=rest.strip())
    known.run(ack, typed)


def _answer(commands: Mapping[str, Subcommand], *, unknown: str | None) -> dict[str, Any]:
    """Return the ephemeral answer with the help."""
    near = get_close_matches((unknown or "").casefold(), list(commands), n=1)
    blocks = help_blocks(
        commands={name: command.help for name, command in commands.items()},
        unknown=unknown,
        near=near[0] if near else None,
    )
    return {"response_type": "ephemeral", "text": "How to use Handoff", "blocks": blocks}


def plain_address(text: str) -> str:
    """Return an address as it was typed: Slack sends `<mailto:a@b.c|a@b.c>` instead."""
    told = text.strip()
    if told.startswith("<mailto:") and told.endswith(">"):
        return told.removesuffix(">").rpartition("|")[2]
    return told
