"""Designs whose pictures are worth looking at."""

from functools import lru_cache

from handoff.design import HandoffDesign
from handoff.directory import Role
from handoff.sla.model import Depth
from tests.handoff.samples import brief, design, directory


@lru_cache(maxsize=8)
def proven(*, leads_per_week: float | None = 150, depth: Depth = Depth.FULL) -> HandoffDesign:
    """A design with its proof; at 150 leads a week its team is a little too small."""
    capacity = brief().capacity.model_copy(update={"leads_per_week": leads_per_week})
    return design(brief=brief(capacity=capacity), depth=depth)


def uncovered() -> HandoffDesign:
    """A design whose last escalation step reaches nobody."""
    roles = {role: keys for role, keys in directory().roles.items() if role is not Role.CRO}
    return design(directory=directory(roles=roles))
