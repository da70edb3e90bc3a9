"""What the form offers to pick from: the catalogue and the workspace directory, as labels."""

from collections.abc import Mapping

from pydantic import Field

from handoff.model import Value


class Choice(Value):
    """One thing to pick: the value that is stored and the words that are shown."""

    value: str
    label: str
    description: str | None = None


class FormChoices(Value):
    """Everything that the five steps offer. `names` maps person and user group keys to names."""

    segments: tuple[Choice, ...] = ()
    goals: tuple[Choice, ...] = ()
    calendars: tuple[Choice, ...] = ()
    lead_fields: tuple[Choice, ...] = ()
    pods: tuple[Choice, ...] = ()
    owner_models: tuple[Choice, ...] = ()
    revops_approvers: tuple[Choice, ...] = ()
    sales_approvers: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    needs: tuple[Choice, ...] = ()
    names: Mapping[str, str] = Field(default_factory=dict)
