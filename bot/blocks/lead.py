"""The rep's message: who the lead is, why me, due when, and one tap to answer."""

from collections.abc import Mapping
from typing import Any

from bot.blocks.kit import (
    Block,
    Element,
    actions,
    button,
    confirmation,
    context,
    escape,
    header,
    instant,
    person,
    section,
)
from bot.ids import Action, block_id
from handoff.lead import LeadState, Outcome, is_open
from handoff.lead_card import LeadCard, in_short, lead_name, reason_words
from handoff.sla.clock import ClockState

OUTCOME_ACTIONS: Mapping[Outcome, Action] = {
    Outcome.SQL: Action.LEAD_IS_SQL,
    Outcome.RECYCLED: Action.LEAD_RECYCLED,
    Outcome.DISQUALIFIED: Action.LEAD_DISQUALIFIED,
    Outcome.DUPLICATE: Action.LEAD_DUPLICATE,
    Outcome.NO_RESPONSE: Action.LEAD_NO_RESPONSE,
}
OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.SQL: "SQL",
    Outcome.RECYCLED: "Recycle",
    Outcome.DISQUALIFIED: "Disqualified",
    Outcome.DUPLICATE: "Duplicate",
    Outcome.NO_RESPONSE: "No response",
}
_SHOWN = ("title", "company", "email", "phone", "country", "lead_source")
_MOST_LINES = 30
_LONGEST = 200
_LABELS = {"lead_source": "Source"}


def lead_text(card: LeadCard) -> str:
    """Return the one-line summary for notifications and screen readers."""
    return f"{_test(card)}{escape(lead_name(card.fields))}: {_status(card)}"


def lead_blocks(card: LeadCard) -> list[Block]:
    """Return the message; who does not own the lead (any more) sees only what became of it."""
    name = f"{_test(card)}{lead_name(card.fields)}"
    if not card.is_mine:
        return [section(f"*{escape(name)}*\n{_status(card)}")]
    blocks = [header(name), section(_status(card))]
    if fields := _fields(card):
        blocks.append(section(fields=fields))
    if card.reason is not None:
        blocks.append(context(f"Why you: {_why(card)}"))
    if buttons := _buttons(card):
        blocks.append(actions(buttons, block_id="lead.actions"))
    return blocks


def lead_line(card: LeadCard) -> list[Block]:
    """Return the lead as the Home tab shows it to its owner."""
    name = f"{_test(card)}{lead_name(card.fields)}"
    company = card.fields.get("company")
    told = f" · {escape(in_short(company))}" if company else ""
    buttons = _buttons(card)
    return [
        section(f"*{escape(name)}*{told}\n{_status(card)}"),
        *([actions(buttons, block_id=block_id("home.lead", card.lead))] if buttons else []),
    ]


def _status(card: LeadCard) -> str:
    if card.state is LeadState.TOUCHED:
        at = f" {instant(card.touched_at)}" if card.touched_at else ""
        late = " after the due time" if card.clock is ClockState.BREACHED else ""
        ask = " What became of it?" if card.is_mine else ""
        return f"✅ Contacted{at}{late}.{ask}"
    if card.state in (LeadState.CLOSED, LeadState.DISPOSED):
        word = OUTCOME_WORDS[card.outcome].lower() if card.outcome else "done"
        return f"Closed: {word if word != 'sql' else 'SQL'}."
    if not card.is_mine:
        who = person(card.owner) if card.owner else "nobody yet"
        return f"This lead is now with {who}. There is nothing left for you to do."
    accepted = "Accepted. " if card.state is LeadState.ACCEPTED else ""
    return f"{accepted}{_due(card)}"


def _due(card: LeadCard) -> str:
    if card.due_at is None:
        return "Contact this lead as soon as you can."
    if card.clock is ClockState.BREACHED:
        return f"⚠️ Overdue since {instant(card.due_at)}. Please contact the lead now."
    if card.clock is ClockState.PAUSED and card.resume_at is not None:
        return f"The clock is paused until {instant(card.resume_at)}."
    accept = f" Please accept by {instant(card.accept_by_at)}." if card.accept_by_at else ""
    return f"First contact is due *{instant(card.due_at)}*.{accept}"


def _fields(card: LeadCard) -> list[str]:
    found = [
        f"*{_LABELS.get(name, name.replace('_', ' ').capitalize())}*\n{escape(told)}"
        for name in _SHOWN
        if (told := in_short(card.fields.get(name) or "", most=_LONGEST))
    ]
    if card.band is not None:
        score = f" (score {card.score})" if card.score is not None else ""
        found.append(f"*Band*\n{card.band.value}{score}")
    return found


def _why(card: LeadCard) -> str:
    assert card.reason is not None
    words = escape(reason_words(reason=card.reason, pod=card.pod, because=card.because))
    row = f" · row “{escape(card.row_name)}”" if card.row_name else ""
    design = f" · {escape(card.design)}" if card.design else ""
    return f"{words}{row}{design}"


def _buttons(card: LeadCard) -> list[Element]:
    if card.state is LeadState.TOUCHED:
        return _outcomes(card)
    if not is_open(card.state):
        return []
    decline = button("Decline…", action=Action.LEAD_DECLINE, value=card.lead)
    contacted = button("Contacted", action=Action.LEAD_CONTACTED, value=card.lead)
    if card.is_stand_in:
        name_rep = button(
            "Name a rep…", action=Action.LEAD_REASSIGN, value=card.lead, style="primary"
        )
        return [name_rep, contacted, decline]
    if card.state is LeadState.ACCEPTED:
        return [contacted | {"style": "primary"}, decline]
    accept = button("Accept", action=Action.LEAD_ACCEPT, value=card.lead, style="primary")
    return [accept, contacted, decline]


def _outcomes(card: LeadCard) -> list[Element]:
    return [
        button(words, action=OUTCOME_ACTIONS[outcome], value=card.lead)
        for outcome, words in OUTCOME_WORDS.items()
    ]


def manager_buttons(card: LeadCard) -> list[Element]:
    """Return what the pod's manager and RevOps can do with a lead that is not closed.

    What became of a touched one is theirs to say, too: its owner may have left, or there is none.
    """
    if card.state is LeadState.TOUCHED:
        return _outcomes(card)
    if not is_open(card.state):
        return []
    take = button(
        "Take it",
        action=Action.LEAD_TAKE,
        value=card.lead,
        confirm=confirmation(
            title="Take this lead?",
            text="It becomes yours, and its owner is told. Its due time stays as it is.",
            yes="Take it",
        ),
    )
    buttons = [take, button("Reassign…", action=Action.LEAD_REASSIGN, value=card.lead)]
    if card.clock is ClockState.RUNNING:
        buttons.append(button("Pause…", action=Action.LEAD_PAUSE, value=card.lead))
    if card.clock is ClockState.PAUSED:
        buttons.append(button("Resume", action=Action.LEAD_RESUME, value=card.lead))
    return buttons


def warning_text(card: LeadCard, facts: Mapping[str, Any]) -> str:
    """Return the reminder of a lead that is not accepted, or not contacted, yet."""
    name = escape(lead_name(card.fields))
    due = f"First contact is due {instant(card.due_at)}." if card.due_at else ""
    if facts.get("why") == "accept":
        ask = (
            f"Please name a rep for *{name}*, or dispose of it: you hold it as the fallback."
            if card.is_stand_in
            else f"Please accept *{name}*, or hand it back so that somebody else can."
        )
        return f"{ask} {due}".strip()
    return f"{facts['percent']}% of the time for *{name}* is gone. {due}".strip()


def incomplete_text(card: LeadCard, facts: Mapping[str, Any]) -> str:
    """Return the request to marketing for what a lead lacks."""
    missing = ", ".join(escape(str(name).replace("_", " ")) for name in facts["missing"])
    name = escape(lead_name(card.fields))
    return (
        f"*{name}* cannot be routed: {missing} is missing. Please send it again with that; "
        "in a few minutes it goes to the fallback. Its clock is running."
    )


def again_text(card: LeadCard, facts: Mapping[str, Any]) -> str:
    """Return the word that a lead came again, and where it stands: it may be closed."""
    name = escape(lead_name(card.fields))
    return f"*{name}* came again, from {escape(str(facts['source']))}. {_status(card)}"


def away_text(facts: Mapping[str, Any]) -> str:
    """Return the list of leads that went to others because their owner is away."""
    lines = [
        f"• {escape(line['name'])} → {person(line['to']) if line['to'] else 'nobody was found'}"
        for line in facts["leads"][:_MOST_LINES]
    ]
    more = len(facts["leads"]) - len(lines)
    lines += [f"and {more} more"] if more > 0 else []
    return "\n".join([f"{person(facts['owner'])} is away, so their leads moved:", *lines])


def _test(card: LeadCard) -> str:
    return "[Test] " if card.is_test else ""
