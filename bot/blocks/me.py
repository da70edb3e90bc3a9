"""`/handoff me`: a rep's own caps and time off."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.ids import Action, Callback, Field, block_id
from handoff.directory import TimeOff

_MOST = "1000"


def me_view(
    *, daily_cap: int | None, open_cap: int | None, absences: Sequence[tuple[str, TimeOff]]
) -> kit.View:
    """Return the form with a person's own settings; `absences` are their ids and dates."""
    return kit.modal(
        callback=Callback.ME_SAVE,
        title="My leads",
        submit="Save",
        blocks=[
            kit.header("How many leads"),
            _cap(
                "At most so many new leads a day",
                Field.ME_DAILY_CAP,
                daily_cap,
                "Counted by your local day. Empty: what your team's design says.",
            ),
            _cap(
                "At most so many leads that wait for me",
                Field.ME_OPEN_CAP,
                open_cap,
                "Not contacted yet. Empty: what your team's design says.",
            ),
            kit.header("Time off"),
            *_absences(absences),
            _date("First day away", Field.ME_AWAY_FROM),
            _date("Last day away", Field.ME_AWAY_TO),
        ],
    )


def _cap(label: str, field: Field, value: int | None, hint: str) -> kit.Block:
    shown = None if value is None else str(value)
    element = kit.number_input(action=field, value=shown, minimum="0", maximum=_MOST)
    return kit.input_block(label, element, block_id=field, hint=hint, optional=True)


def _date(label: str, field: Field) -> kit.Block:
    return kit.input_block(label, kit.date_input(action=field), block_id=field, optional=True)


def _absences(absences: Sequence[tuple[str, TimeOff]]) -> list[kit.Block]:
    if not absences:
        return [
            kit.context(
                "You have no time off ahead. Leads that are due while you are away "
                "go to somebody else."
            )
        ]
    return [
        kit.section(
            f"{item.first:%d %b %Y} to {item.last:%d %b %Y}",
            accessory=kit.button("Remove", action=Action.ME_REMOVE_TIME_OFF, value=key),
            block_id=block_id("me.away", key),
        )
        for key, item in absences[:20]
    ]
