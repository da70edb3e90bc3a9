"""A form as the view of its step; what the person typed stays where the app did not change it."""

from collections.abc import Mapping
from typing import Any

from bot.blocks import kit
from bot.blocks.define.brief import brief_view
from bot.blocks.define.capacity import capacity_view
from bot.blocks.define.chooser import message_view
from bot.blocks.define.frame import Shown
from bot.blocks.define.people import people_view
from bot.blocks.define.place import Place, read_place
from bot.blocks.define.qualification import qualification_view
from bot.blocks.define.review import review_view
from bot.flows.define.form import Form
from bot.ids import Input
from bot.listeners.define.reading import read_step
from bot.listeners.form_state import shown_blocks
from handoff.form_data import Step


def form_view(
    form: Form, *, over: Mapping[str, Any] | None = None, is_fresh: bool = False
) -> kit.View:
    """Return the view of a form's step.

    Args:
        form: What to show.
        over: The open view that this one replaces, as Slack sent it; None for a new modal.
        is_fresh: Show what is stored in every field, whatever was typed: after an editor that
            lay on top, when all that was typed had been saved.
    """
    place = Place(draft=form.draft, step=form.step, revision=form.revision)
    shown = _fresh(form) if is_fresh else _shown(form, over)
    match form.step:
        case Step.BRIEF:
            return brief_view(
                place=place,
                step=form.data.brief,
                offered=form.offered,
                shown=shown,
                active=form.active,
            )
        case Step.QUALIFICATION:
            return qualification_view(
                place=place, step=form.data.qualification, offered=form.offered, shown=shown
            )
        case Step.PEOPLE:
            return people_view(
                place=place, step=form.data.people, offered=form.offered, shown=shown
            )
        case Step.CAPACITY:
            return capacity_view(
                place=place, step=form.data.capacity, offered=form.offered, shown=shown
            )
        case Step.REVIEW:
            return _review(form, place, shown)


def gone_view() -> kit.View:
    """Return what a window shows whose draft is not there any more."""
    return message_view(
        title="Define a handoff",
        lines=[
            "This draft is not there any more: it was sent for sign-off or discarded. "
            "Type `/define-handoff` to start a new one, or open the *Home* tab to see the designs."
        ],
    )


def _review(form: Form, place: Place, shown: Shown) -> kit.View:
    assert form.review is not None, "a form at the review step has a review"
    return review_view(
        place=place,
        step=form.data.review,
        design=form.review.design,
        overlaps=form.review.overlaps,
        shown=shown,
        window=form.window,
    )


def _fresh(form: Form) -> Shown:
    """Return that every field takes its stored value."""
    return Shown(changed=frozenset(Input), notices=form.notices, revision=form.revision)


def _shown(form: Form, over: Mapping[str, Any] | None) -> Shown:
    """Return what of the open view stays as it is."""
    fresh = Shown(notices=form.notices, revision=form.revision)
    if over is None:
        return fresh
    place = read_place(over.get("private_metadata") or "")
    if place is None or place.step is not form.step:
        return fresh
    return Shown(
        blocks=shown_blocks(over),
        changed=_changed(form, over),
        notices=form.notices,
        revision=form.revision,
    )


def _changed(form: Form, over: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields whose value is not what the person sees."""
    step = getattr(form.data, form.step.value)
    names = {
        name for name, value in read_step(form.step, over).items() if getattr(step, name) != value
    }
    if names & {"segment", "persona"}:
        names |= {"segment", "base"}
    return frozenset(f"define.{form.step.value}.{name}" for name in names)
