"""The pods that share a row's leads, put together once for each directory."""

from collections.abc import Mapping
from typing import NamedTuple

from handoff.brief import PersonKey
from handoff.directory import Directory, Pod, PodMember
from handoff.kept import Kept
from handoff.people import find_pod
from handoff.routing.fairness import turn_key


class Rotation(NamedTuple):
    """Pods whose reps are asked together.

    Attributes:
        names: Of the pods that there are.
        members: By key of person; who is in two of the pods stands once, as in the first.
        weights: Of everybody, by which `key` names their rotation.
    """

    names: tuple[str, ...]
    pods: tuple[Pod, ...]
    members: tuple[PodMember, ...]
    weights: Mapping[PersonKey, int]
    key: str


def rotation(*, directory: Directory, names: tuple[str, ...]) -> Rotation:
    """Return the pods of these names, in their order; one that does not exist is left out."""
    known = _rotations(directory)
    found = known.get(names)
    if found is None:
        found = known[names] = _put_together(directory, names)
    return found


def _put_together(directory: Directory, names: tuple[str, ...]) -> Rotation:
    found = (find_pod(directory=directory, name=name) for name in names)
    pods = tuple(pod for pod in found if pod is not None)
    members = {member.person: member for pod in reversed(pods) for member in pod.members}
    weights = {member.person: member.weight for pod in pods for member in pod.members}
    return Rotation(
        names=tuple(pod.name for pod in pods),
        pods=pods,
        members=tuple(members[person] for person in sorted(members)),
        weights=weights,
        key=turn_key(weights=weights),
    )


def _none_yet(_: Directory) -> dict[tuple[str, ...], Rotation]:
    return {}


_rotations = Kept(_none_yet, most=8)
