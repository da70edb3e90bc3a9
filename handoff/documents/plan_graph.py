"""The plan graph: tasks in rows by what they wait for, with the gates they meet at."""

from collections.abc import Mapping, Sequence

from handoff.directory import role_title
from handoff.documents.drawing import PADDING, Arrow, Box, Drawing, lines_of
from handoff.plan import Plan, PlanTask

_WIDTH = 190.0
_BESIDE = 16.0
_BELOW = 40.0


def plan_graph_svg(plan: Plan) -> str:
    """Return the task graph of `plan` as an SVG drawing, from top to bottom."""
    drawing = Drawing(
        name="plan",
        title=f"Plan graph: {plan.pattern.value}",
        description=f"{len(plan.tasks)} tasks. {plan.pattern_reason}",
    )
    boxes = _place(plan.tasks)
    drawing.boxes += boxes.values()
    for task in plan.tasks:
        for earlier in _direct(task, plan.tasks):
            start, end = boxes[earlier], boxes[task.id]
            drawing.arrows.append(
                Arrow(
                    start=(start.x + start.width / 2, start.y + start.height),
                    end=(end.x + end.width / 2, end.y),
                )
            )
    return drawing.svg()


def rows(tasks: Sequence[PlanTask]) -> Mapping[str, int]:
    """Return the row of each task by id: one more than the lowest it depends on."""
    known = {task.id: task for task in tasks}
    found: dict[str, int] = {}

    def row(task_id: str) -> int:
        if task_id not in found:
            waits = [d for d in known[task_id].depends_on if d in known]
            found[task_id] = 1 + max((row(d) for d in waits), default=-1)
        return found[task_id]

    for task in tasks:
        row(task.id)
    return found


def _place(tasks: Sequence[PlanTask]) -> dict[str, Box]:
    where = rows(tasks)
    widest = max((list(where.values()).count(row) for row in where.values()), default=0)
    numbers = {task.id: number for number, task in enumerate(tasks, start=1)}
    boxes: dict[str, Box] = {}
    y = PADDING
    for number in range(max(where.values(), default=-1) + 1):
        here = [task for task in tasks if where[task.id] == number]
        here.sort(key=lambda task: _pull(task, boxes))
        x = PADDING + (widest - len(here)) * (_WIDTH + _BESIDE) / 2
        for task in here:
            boxes[task.id] = Box(
                title=lines_of(f"{numbers[task.id]}. {task.title}", width=_WIDTH),
                lines=_details(task),
                x=x,
                y=y,
                width=_WIDTH,
                kind=_kind(task, tasks),
            )
            x += _WIDTH + _BESIDE
        y += max(boxes[task.id].height for task in here) + _BELOW
    return boxes


def _pull(task: PlanTask, boxes: Mapping[str, Box]) -> float:
    """Return the mean place of what a task waits for, so that its arrows stay short."""
    places = [boxes[d].x for d in task.depends_on if d in boxes]
    return sum(places) / len(places) if places else 0.0


def _details(task: PlanTask) -> list[str]:
    lines = lines_of(role_title(task.role), width=_WIDTH)
    return [*lines, f"due {task.due:%-d %b %Y}"] if task.due else lines


def _kind(task: PlanTask, tasks: Sequence[PlanTask]) -> str:
    if "gate" in task.id or "gate" in task.title.lower():
        return "gate"
    if not task.depends_on:
        return "start"
    followed = any(task.id in other.depends_on for other in tasks)
    return "plain" if followed else "end"


def _direct(task: PlanTask, tasks: Sequence[PlanTask]) -> list[str]:
    """Return the dependencies of a task that no other of its dependencies implies."""
    known = {other.id: other for other in tasks}
    waits = [d for d in task.depends_on if d in known]

    def reaches(start: str, goal: str) -> bool:
        earlier = [d for d in known[start].depends_on if d in known]
        return goal in earlier or any(reaches(d, goal) for d in earlier)

    return [d for d in waits if not any(o != d and reaches(o, d) for o in waits)]
