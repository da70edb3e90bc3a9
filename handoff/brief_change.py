"""Applying a proposed change to a brief: one tap on a risk."""

from typing import Any

from handoff.brief import HandoffBrief
from handoff.sla.model import ProposedChange

_SLA = "targets.response_sla_minutes"


class UnknownPath(KeyError):
    """A proposed change names a place that a brief does not have."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def apply_change(*, brief: HandoffBrief, change: ProposedChange) -> HandoffBrief:
    """Return the brief with one change applied, validated anew.

    A shorter response SLA takes the faster band A with it: its target is never the longer one.

    Raises:
        UnknownPath: if the brief has no such place.
        ValidationError: if the value does not fit there.
    """
    content: dict[str, Any] = brief.model_dump(mode="json")
    *parents, name = change.path.split(".")
    here: Any = content
    for parent in parents:
        here = here.get(parent) if isinstance(here, dict) else None
    if not isinstance(here, dict) or name not in here:
        raise UnknownPath(change.path)
    here[name] = change.value
    if change.path == _SLA:
        targets = content["targets"]
        targets["a_minutes"] = min(targets["a_minutes"], targets["response_sla_minutes"])
    return HandoffBrief.model_validate(content)
