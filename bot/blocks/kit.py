"""Small builders of Block Kit: plain dicts, cut to Slack's limits, safe for users' own words.

Text from people is either `plain` (nothing is parsed) or passed through `escape` into `mrkdwn`
(always verbatim, so that a bare `@here` or URL stays text).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from handoff import words

Block = dict[str, Any]
Element = dict[str, Any]
View = dict[str, Any]

TITLE_LIMIT = 24
BUTTON_LIMIT = 75
OPTION_LIMIT = 75
VALUE_LIMIT = 150
SECTION_LIMIT = 3000
FIELD_LIMIT = 2000
HEADER_LIMIT = 150
PLACEHOLDER_LIMIT = 150
CONFIRM_TEXT_LIMIT = 300
CELL_LIMIT = 400
TEXT_LIMIT = 3_900  # of a message beside its blocks: an update refuses more than 4,000

#: Not documented: messages whose blocks have more characters than about this are refused.
MESSAGE_LIMIT = 13_000


#: Said as in the documents.
count, cut = words.counted, words.cut


def escape(text: str) -> str:
    """Return `text` with Slack's three control characters escaped, for use inside mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def person(key: str, name: str | None = None) -> str:
    """Return the mrkdwn mention of a Slack user id; another key is shown as its name."""
    return f"<@{key}>" if key[:1] in "UW" and key.isalnum() else escape(name or key)


def group(key: str) -> str:
    """Return the mrkdwn mention of a user group id."""
    return f"<!subteam^{key}>"


def channel(key: str) -> str:
    """Return the mrkdwn link of a channel id."""
    return f"<#{key}>"


def link(url: str, label: str) -> str:
    """Return a mrkdwn link; the label loses what would end it early."""
    clean = " ".join(label.replace("|", " ").split())
    return f"<{url}|{escape(clean)}>"


def instant(at: datetime, *, tokens: str = "{date_short_pretty} at {time}") -> str:
    """Return an instant that each viewer sees in the own time zone; the fallback names UTC."""
    return f"<!date^{int(at.timestamp())}^{tokens}|{at:%Y-%m-%d %H:%M} UTC>"


def plain(text: str, *, limit: int = SECTION_LIMIT) -> Element:
    """Return a plain text object; nothing in it is parsed."""
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def mrkdwn(text: str, *, limit: int = SECTION_LIMIT) -> Element:
    """Return a mrkdwn text object; users' words in `text` must have gone through `escape`."""
    return {"type": "mrkdwn", "text": cut(text, limit), "verbatim": True}


def header(text: str, *, block_id: str | None = None) -> Block:
    """Return a header block."""
    return _with_id({"type": "header", "text": plain(text, limit=HEADER_LIMIT)}, block_id)


def divider() -> Block:
    """Return a divider."""
    return {"type": "divider"}


def section(
    text: str | None = None,
    *,
    fields: Sequence[str] = (),
    accessory: Element | None = None,
    block_id: str | None = None,
    expand: bool = False,
) -> Block:
    """Return a section of mrkdwn text, up to ten fields, and one accessory."""
    block: Block = {"type": "section"}
    if text is not None:
        block["text"] = mrkdwn(text)
    if fields:
        block["fields"] = [mrkdwn(field, limit=FIELD_LIMIT) for field in fields[:10]]
    if accessory is not None:
        block["accessory"] = accessory
    if expand:
        block["expand"] = True
    return _with_id(block, block_id)


def context(*texts: str, block_id: str | None = None) -> Block:
    """Return a context line of up to ten mrkdwn texts."""
    elements = [mrkdwn(text, limit=FIELD_LIMIT) for text in texts[:10]]
    return _with_id({"type": "context", "elements": elements}, block_id)


def actions(elements: Sequence[Element], *, block_id: str | None = None) -> Block:
    """Return a row of up to 25 buttons and selects."""
    return _with_id({"type": "actions", "elements": list(elements[:25])}, block_id)


def button(
    label: str,
    *,
    action: str,
    value: str | None = None,
    style: str | None = None,
    confirm: Element | None = None,
    url: str | None = None,
) -> Element:
    """Return a button; `style` is `primary`, `danger` or None."""
    element: Element = {
        "type": "button",
        "action_id": action,
        "text": plain(label, limit=BUTTON_LIMIT),
    }
    optional = {"value": value, "style": style, "confirm": confirm, "url": url}
    return element | {key: item for key, item in optional.items() if item}


def confirmation(*, title: str, text: str, yes: str, no: str = "Cancel") -> Element:
    """Return the dialog that a button asks for before it acts."""
    return {
        "title": plain(title, limit=100),
        "text": plain(text, limit=CONFIRM_TEXT_LIMIT),
        "confirm": plain(yes, limit=30),
        "deny": plain(no, limit=30),
    }


def option(label: str, value: str, *, description: str | None = None) -> Element:
    """Return one option of a select, radio group or check box group."""
    item: Element = {"text": plain(label, limit=OPTION_LIMIT), "value": value}
    if description:
        item["description"] = plain(description, limit=OPTION_LIMIT)
    return item


def overflow(options: Sequence[Element], *, action: str) -> Element:
    """Return the three-dot menu of up to five options."""
    return {"type": "overflow", "action_id": action, "options": list(options[:5])}


def select(
    options: Sequence[Element],
    *,
    action: str,
    chosen: str | None = None,
    placeholder: str = "Choose one",
) -> Element:
    """Return a select of one of `options`; a `chosen` value that is not offered is dropped."""
    element: Element = {
        "type": "static_select",
        "action_id": action,
        "options": list(options[:100]),
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(element, "initial_option", _find(element["options"], chosen))


def multi_select(
    options: Sequence[Element],
    *,
    action: str,
    chosen: Iterable[str] = (),
    placeholder: str = "Choose",
) -> Element:
    """Return a select of several of `options`."""
    offered = list(options[:100])
    wanted = set(chosen)
    element: Element = {
        "type": "multi_static_select",
        "action_id": action,
        "options": offered,
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(
        element, "initial_options", [item for item in offered if item["value"] in wanted]
    )


def multi_external_select(
    *, action: str, chosen: Sequence[Element] = (), placeholder: str = "Type a name"
) -> Element:
    """Return a select whose options the app answers while the person types."""
    element: Element = {
        "type": "multi_external_select",
        "action_id": action,
        "min_query_length": 0,
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(element, "initial_options", list(chosen))


def radio(options: Sequence[Element], *, action: str, chosen: str | None = None) -> Element:
    """Return up to ten radio buttons."""
    element: Element = {
        "type": "radio_buttons",
        "action_id": action,
        "options": list(options[:10]),
    }
    return _with_initial(element, "initial_option", _find(element["options"], chosen))


def checkboxes(options: Sequence[Element], *, action: str, chosen: Iterable[str] = ()) -> Element:
    """Return up to ten check boxes."""
    offered = list(options[:10])
    wanted = set(chosen)
    element: Element = {"type": "checkboxes", "action_id": action, "options": offered}
    return _with_initial(
        element, "initial_options", [item for item in offered if item["value"] in wanted]
    )


def text_input(
    *,
    action: str,
    value: str | None = None,
    multiline: bool = False,
    placeholder: str | None = None,
    max_length: int | None = None,
) -> Element:
    """Return a text field."""
    element: Element = {"type": "plain_text_input", "action_id": action, "multiline": multiline}
    if placeholder:
        element["placeholder"] = plain(placeholder, limit=PLACEHOLDER_LIMIT)
    if max_length:
        element["max_length"] = max_length
    return _with_initial(element, "initial_value", value)


def number_input(
    *,
    action: str,
    value: str | None = None,
    decimal: bool = False,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Element:
    """Return a number field; Slack wants and gives numbers as strings."""
    element: Element = {
        "type": "number_input",
        "action_id": action,
        "is_decimal_allowed": decimal,
    }
    optional = {"min_value": minimum, "max_value": maximum, "initial_value": value}
    return element | {key: item for key, item in optional.items() if item}


def date_input(*, action: str, value: str | None = None) -> Element:
    """Return a date picker; `value` is YYYY-MM-DD."""
    element: Element = {"type": "datepicker", "action_id": action}
    return _with_initial(element, "initial_date", value)


def instant_input(*, action: str, at: datetime | None = None) -> Element:
    """Return a picker of a date and time, which everyone reads in their own time zone."""
    element: Element = {"type": "datetimepicker", "action_id": action}
    return _with_initial(element, "initial_date_time", None if at is None else int(at.timestamp()))


def user_select(
    *, action: str, chosen: str | None = None, placeholder: str = "Choose a person"
) -> Element:
    """Return a select over the workspace's people."""
    element: Element = {
        "type": "users_select",
        "action_id": action,
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(element, "initial_user", chosen)


def multi_user_select(
    *, action: str, chosen: Sequence[str] = (), placeholder: str = "Choose people"
) -> Element:
    """Return a select of several of the workspace's people."""
    element: Element = {
        "type": "multi_users_select",
        "action_id": action,
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(element, "initial_users", list(chosen))


def channel_select(
    *, action: str, chosen: str | None = None, placeholder: str = "Choose a channel"
) -> Element:
    """Return a select over public and private channels, bots and DMs left out."""
    element: Element = {
        "type": "conversations_select",
        "action_id": action,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": plain(placeholder, limit=PLACEHOLDER_LIMIT),
    }
    return _with_initial(element, "initial_conversation", chosen)


def input_block(
    label: str,
    element: Element,
    *,
    block_id: str,
    hint: str | None = None,
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """Return an input block; with `dispatch` each change is sent to the app at once."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, limit=2000),
        "element": element,
        "optional": optional,
        "dispatch_action": dispatch,
    }
    if hint:
        block["hint"] = plain(hint, limit=2000)
    return block


def table(rows: Sequence[Sequence[str]], *, block_id: str | None = None) -> Block:
    """Return a table of plain cells, first row the header; Slack allows one per message."""
    cells = [
        [{"type": "raw_text", "text": cut(cell or " ", CELL_LIMIT)} for cell in row[:20]]
        for row in rows[:100]
    ]
    wrap = [{"is_wrapped": True} for _ in (rows[0][:20] if rows else ())]
    return _with_id({"type": "table", "column_settings": wrap, "rows": cells}, block_id)


def modal(
    *,
    callback: str,
    title: str,
    blocks: Sequence[Block],
    submit: str | None = None,
    close: str = "Cancel",
    metadata: str = "",
    external_id: str | None = None,
) -> View:
    """Return a modal view; `submit` is required by Slack as soon as there is an input block."""
    view: View = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, limit=TITLE_LIMIT),
        "close": plain(close, limit=TITLE_LIMIT),
        "blocks": list(blocks[:100]),
        "private_metadata": metadata,
    }
    if submit is not None:
        view["submit"] = plain(submit, limit=TITLE_LIMIT)
    if external_id is not None:
        view["external_id"] = external_id
    return view


def home(blocks: Sequence[Block]) -> View:
    """Return a Home tab view."""
    return {"type": "home", "blocks": list(blocks[:100])}


def fit(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of a message, the longest texts cut until all of them fit into it."""
    lengths = sorted(_text_lengths(blocks))
    longest, left = lengths[-1] if lengths else 0, MESSAGE_LIMIT
    if sum(lengths) > left:
        for index, length in enumerate(lengths):
            longest = left // (len(lengths) - index)
            if length > longest:
                break
            left -= length
    return [_cut_texts(block, max(longest, 2)) for block in blocks]


def _text_lengths(value: Any) -> list[int]:  # noqa: ANN401 - any part of a block
    if isinstance(value, dict):
        own = [len(value["text"])] if isinstance(value.get("text"), str) else []
        return own + [length for part in value.values() for length in _text_lengths(part)]
    if isinstance(value, list):
        return [length for part in value for length in _text_lengths(part)]
    return []


def _cut_texts(value: Any, limit: int) -> Any:  # noqa: ANN401 - any part of a block
    if isinstance(value, dict):
        return {
            key: cut(part, limit)
            if key == "text" and isinstance(part, str)
            else _cut_texts(part, limit)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [_cut_texts(part, limit) for part in value]
    return value


def _with_id(block: Block, block_id: str | None) -> Block:
    return block if block_id is None else block | {"block_id": block_id}


def _with_initial(element: Element, key: str, value: object) -> Element:
    return element | {key: value} if value else element


def _find(options: Sequence[Element], value: str | None) -> Element | None:
    return next((item for item in options if item["value"] == value), None)
