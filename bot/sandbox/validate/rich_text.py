"""Rich text: sections, lists, quotes and preformatted text, down to their leaves."""

from bot.sandbox.validate.checks import (
    Check,
    array,
    boolean,
    identifier,
    integer,
    one_of,
    shape,
    string,
    tagged,
)

_MANY = 10_000
_STYLES = ("bold", "italic", "strike", "code", "highlight", "underline", "unlink")
_style = shape(dict.fromkeys(_STYLES, boolean))


def _leaf(kind: str, required: dict[str, Check], optional: dict[str, Check]) -> Check:
    fields = {"type": one_of(kind), "style": _style, **required, **optional}
    return shape(fields, required=tuple(required))


_leaves = tagged(
    {
        "text": _leaf("text", {"text": string(100_000)}, {}),
        "link": _leaf("link", {"url": string(3000)}, {"text": string(3000), "unsafe": boolean}),
        "user": _leaf("user", {"user_id": identifier}, {}),
        "usergroup": _leaf("usergroup", {"usergroup_id": identifier}, {}),
        "channel": _leaf("channel", {"channel_id": identifier}, {}),
        "broadcast": _leaf("broadcast", {"range": one_of("here", "channel", "everyone")}, {}),
        "emoji": _leaf("emoji", {"name": string(100)}, {"unicode": string(100)}),
        "date": _leaf(
            "date",
            {"timestamp": integer(0, 10**11), "format": string(255)},
            {"url": string(3000), "fallback": string(3000)},
        ),
        "color": _leaf("color", {"value": string(20)}, {}),
        "team": _leaf("team", {"team_id": identifier}, {}),
    },
    what="rich text element",
)
_inside = array(_leaves, 0, _MANY)
_border = integer(0, 1)


def _part(kind: str, elements: Check, **extra: Check) -> Check:
    return shape(
        {"type": one_of(kind), "elements": elements, **extra}, required=("type", "elements")
    )


_section = _part("rich_text_section", _inside)
_parts = tagged(
    {
        "rich_text_section": _section,
        "rich_text_list": shape(
            {
                "type": one_of("rich_text_list"),
                "style": one_of("bullet", "ordered"),
                "elements": array(tagged({"rich_text_section": _section}, what="list"), 1, _MANY),
                "indent": integer(0, 8),
                "offset": integer(0, _MANY),
                "border": _border,
            },
            required=("style", "elements"),
        ),
        "rich_text_quote": _part("rich_text_quote", _inside, border=_border),
        "rich_text_preformatted": _part(
            "rich_text_preformatted", _inside, border=_border, language=string(100)
        ),
    },
    what="rich text part",
)

rich_text: Check = shape(
    {
        "type": one_of("rich_text"),
        "block_id": identifier,
        "elements": array(_parts, 1, _MANY),
    },
    required=("elements",),
)
