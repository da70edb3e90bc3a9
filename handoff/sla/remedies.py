"""Changes of the brief that give its pods more hands, or its clock hours that somebody works."""

from handoff.brief import HandoffBrief
from handoff.directory import Directory, Pod
from handoff.people import DEFAULT_CALENDAR, find_person, find_pod
from handoff.regions import pods_by_region
from handoff.sla.model import ProposedChange


def another_pod(*, brief: HandoffBrief, directory: Directory) -> ProposedChange | None:
    """Propose a pod that shares the leads of a rep who stands alone, None if there is none.

    It is one of the same segment and region, so that both stand in one rotation.
    """
    segment = brief.segment.base.value
    for pod in directory.pods:
        is_of_segment = not pod.segments or segment in pod.segments
        if pod.name in brief.people.pods or not is_of_segment:
            continue
        people = brief.people.model_copy(update={"pods": (*brief.people.pods, pod.name)})
        wider = brief.model_copy(update={"people": people})
        if not _has_a_lone_rep(wider, directory):
            return ProposedChange(
                path="people.pods", value=pod.name, label=f"Let pod “{pod.name}” take turns"
            )
    return None


def calendar_of_reps(*, brief: HandoffBrief, directory: Directory) -> ProposedChange | None:
    """Propose the one calendar on which all reps of the pods work, if the clock has another."""
    pods = (find_pod(directory=directory, name=name) for name in brief.people.pods)
    worked = {
        member.calendar or DEFAULT_CALENDAR
        for pod in pods
        for member in (pod.members if pod else ())
    }
    if len(worked) != 1 or brief.targets.calendar in worked:
        return None
    (name,) = worked
    return ProposedChange(
        path="targets.calendar", value=name, label=f"Count the hours of calendar “{name}”"
    )


def _has_a_lone_rep(brief: HandoffBrief, directory: Directory) -> bool:
    """Tell whether some rotation consists of one rep."""
    for _, names in pods_by_region(brief=brief, directory=directory):
        pods = [pod for name in names if (pod := find_pod(directory=directory, name=name))]
        if len({rep for pod in pods for rep in _active(pod, directory)}) == 1:
            return True
    return False


def _active(pod: Pod, directory: Directory) -> set[str]:
    people = (find_person(directory=directory, key=member.person) for member in pod.members)
    return {person.key for person in people if person and person.is_active}
