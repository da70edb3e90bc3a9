"""The form without Slack: each step validated on its own fields, and the brief they make."""

from collections.abc import Mapping
from datetime import date

from handoff.arrival_history import ArrivalHistory
from handoff.brief import HandoffBrief, PersonKey
from handoff.defaults.form import default_draft, with_defaults
from handoff.directory import Directory
from handoff.flags import ParsedFlags
from handoff.form_data import BriefStep, CapacityStep, DraftData, Step
from handoff.form_fields import FieldReader
from handoff.form_people import read_ladder, read_people, read_rows
from handoff.form_steps import (
    read_brief,
    read_capacity,
    read_cool_target,
    read_qualification,
    read_review,
)

Errors = Mapping[str, str]
"""Field name → what is wrong and what to do. Empty when the step is valid."""


class InvalidDraft(ValueError):
    """The draft cannot become a brief yet; `errors` names the fields by step.

    Attributes:
        errors: For each step with errors, its fields and what to do about them.
    """

    def __init__(self, errors: Mapping[Step, Errors]) -> None:
        fields = [
            f"{step}.{name}: {text}" for step in errors for name, text in errors[step].items()
        ]
        super().__init__("The draft is not complete. " + " ".join(fields))
        self.errors = errors


def start_draft(
    *,
    flags: ParsedFlags,
    directory: Directory,
    as_of: date,
    channel: str | None = None,
    history: ArrivalHistory | None = None,
) -> DraftData:
    """Return a new draft: what the command line said, defaults for the rest.

    Args:
        flags: The parsed command line; its problems stand at the top of the form.
        directory: The workspace directory.
        as_of: Today in the workspace.
        channel: The channel in which the command was typed.
        history: What stored leads tell of volume and arrivals; None when nothing is known.
    """
    defaults = default_draft(
        segment=flags.segment,
        goal=flags.goal,
        directory=directory,
        as_of=as_of,
        channel=channel,
        persona=flags.persona,
        history=history,
    )
    typed = DraftData(
        brief=BriefStep(response_sla=flags.response_sla),
        capacity=CapacityStep(notes=flags.capacity, other_dependencies=flags.dependencies),
        problems=flags.problems,
    )
    return with_defaults(data=typed, defaults=defaults)


def validate_step(*, step: Step, data: DraftData, directory: Directory, as_of: date) -> Errors:
    """Check one step on its own fields.

    Args:
        step: The step that was submitted.
        data: The whole draft, the submitted values in place. Start a draft with
            `with_defaults`: a field that is None counts as left empty.
        directory: The workspace directory.
        as_of: Today in the workspace.

    Returns:
        Errors by field name; the fields of a repeated row are `acknowledge:0`, `acknowledge:1`.
        Whether the app is in the chosen channel is for the caller to check.
    """
    return _read(data, directory=directory, as_of=as_of)[1][step].errors


def to_brief(
    *, data: DraftData, directory: Directory, as_of: date, author: PersonKey
) -> HandoffBrief:
    """Return the brief that a complete draft makes; the confirmations of Review are not needed.

    Raises:
        InvalidDraft: if any step has an error, with all of them.
    """
    brief, readers = _read(data, directory=directory, as_of=as_of, author=author)
    errors: dict[Step, Errors] = {
        step: reader.errors
        for step, reader in readers.items()
        if reader.errors and step is not Step.REVIEW
    }
    if errors:
        raise InvalidDraft(errors)
    return brief


def first_invalid_step(*, data: DraftData, directory: Directory, as_of: date) -> Step | None:
    """Return the first step with an error, Review not counted; None when a brief can be made."""
    readers = _read(data, directory=directory, as_of=as_of)[1]
    steps = (step for step in Step if step is not Step.REVIEW)
    return next((step for step in steps if readers[step].errors), None)


# Private functions


def _read(
    data: DraftData, *, directory: Directory, as_of: date, author: PersonKey = "nobody"
) -> tuple[HandoffBrief, Mapping[Step, FieldReader]]:
    """Read all steps; the brief holds placeholders wherever a reader has errors."""
    readers = {step: FieldReader() for step in Step}
    people_reader = readers[Step.PEOPLE]
    values = read_brief(data.brief, reader=readers[Step.BRIEF], directory=directory, as_of=as_of)
    second = readers[Step.QUALIFICATION]
    qualification = read_qualification(data.qualification, reader=second, brief=values)
    cool_minutes = read_cool_target(data.qualification, reader=second, brief=values)
    people = read_people(data.people, reader=people_reader, directory=directory)
    load = read_capacity(data.capacity, reader=readers[Step.CAPACITY], brief=values)
    read_review(data.review, reader=readers[Step.REVIEW])
    brief = HandoffBrief(
        segment=values.segment,
        goal=values.goal,
        entry_rule=values.entry_rule,
        targets=values.targets.model_copy(update={"c_minutes": cool_minutes}),
        go_live=values.go_live,
        qualification=qualification,
        people=people,
        capacity=load.capacity,
        dependencies=load.dependencies,
        ladder=read_ladder(data.people, reader=people_reader, day=values.day),
        rows=read_rows(data.people, reader=people_reader, directory=directory),
        author=author,
    )
    return brief, readers
