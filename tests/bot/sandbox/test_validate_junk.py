"""Whatever an app sends, the validator answers in Slack's words and never breaks."""

from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.errors import SlackRefusal
from bot.sandbox.validate import (
    check_errors,
    check_home,
    check_message,
    check_modal,
    check_options,
)
from tests.bot.sandbox.test_validate import (
    actions,
    button,
    card,
    confirm,
    data_table,
    field,
    groups,
    image,
    indented,
    menu,
    modal,
    section,
    select,
    table,
    text_input,
)

_NUMBER = {"type": "number_input", "is_decimal_allowed": True, "min_value": "1"}
_GOOD: list[dict[str, Any]] = [
    section(block_id="a", accessory=select()),
    actions(button(confirm=confirm(), value="1"), menu("overflow", 2), groups(2)),
    field(text_input(max_length=9, focus_on_load=True)),
    field(_NUMBER),
    field({"type": "multi_users_select", "initial_users": ["U1"], "max_selected_items": 2}),
    field({"type": "timepicker", "timezone": "Europe/Paris", "initial_time": "09:00"}),
    image(),
    indented(1),
    table(2, 2),
    data_table(2, 2),
    card(title={"type": "mrkdwn", "text": "x"}),
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}]},
]
_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@st.composite
def damaged(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return good blocks with junk in up to three places."""
    blocks = deepcopy(draw(st.lists(st.sampled_from(_GOOD), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        holder: Any = blocks
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            key = draw(st.sampled_from(keys))
            inner = holder[key]
            if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
                holder[key] = draw(_JUNK)
                break
            holder = inner
    return blocks


@settings(deadline=None)  # the machine may be busy
@given(damaged(), _JUNK)
def test_junk_is_refused_politely(blocks: list[dict[str, Any]], junk: Any) -> None:  # noqa: ANN401
    """Only `SlackRefusal` comes out, for every surface and answer."""
    tries = [
        lambda: check_message({"text": "x", "blocks": blocks}),
        lambda: check_message({"text": junk, "blocks": junk, "attachments": junk}),
        lambda: check_message({"text": "x", "attachments": [{"blocks": blocks}, junk]}),
        lambda: check_modal(modal(*blocks)),
        lambda: check_modal(modal(*blocks, title=junk, submit=junk, private_metadata=junk)),
        lambda: check_home({"type": "home", "blocks": blocks}),
        lambda: check_home({"type": "home", "blocks": junk}),
        lambda: check_options({"options": junk}),
        lambda: check_options({"option_groups": blocks}),
        lambda: check_errors([], junk),
    ]
    for attempt in tries:
        try:
            attempt()
        except SlackRefusal as refusal:
            assert refusal.answer()["ok"] is False  # noqa: PT017  # both ways out are right
