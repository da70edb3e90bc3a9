"""Where in which draft a view of the form stands: its private metadata."""

import json
from dataclasses import dataclass, replace

from handoff.form_data import Step


@dataclass(frozen=True)
class Place:
    """A step of a draft at a revision. `parent` is the view under a pushed one."""

    draft: str
    step: Step
    revision: int
    parent: str | None = None

    def at(self, *, step: Step | None = None, revision: int | None = None) -> "Place":
        """Return the same draft at another step or revision."""
        return replace(
            self,
            step=self.step if step is None else step,
            revision=self.revision if revision is None else revision,
        )

    def dump(self) -> str:
        """Return the text for `private_metadata`: ids only, far below Slack's 3000 characters."""
        fields = {"draft": self.draft, "step": self.step.value, "revision": self.revision}
        return json.dumps(fields | ({"parent": self.parent} if self.parent else {}))


def read_place(metadata: str) -> Place | None:
    """Return the place that a view's `private_metadata` names, or None if it is not one."""
    try:
        raw = json.loads(metadata)
        return Place(
            draft=str(raw["draft"]),
            step=Step(raw["step"]),
            revision=int(raw["revision"]),
            parent=raw.get("parent"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
