"""Plan files: a schema that means what the loader accepts, revisions with live statuses."""

import json
from itertools import count

import jsonschema
import pytest

from handoff.enablement import ItemState, ItemStatus
from handoff.plan import BadPlan, ChangeLogEntry, dump_plan, load_plan, plan_schema, with_statuses
from tests.handoff.samples import design


def test_a_broken_plan_file_says_where() -> None:
    """Each problem with its place."""
    content = json.loads(dump_plan(design().plan))
    content["tasks"][0]["retry_limit"] = "often"
    content["colour"] = "blue"

    with pytest.raises(BadPlan) as caught:
        load_plan(json.dumps(content))

    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "tasks.0.retry_limit",
        "colour",
    ]


def test_a_file_that_is_no_json_is_refused() -> None:
    """Not a traceback."""
    with pytest.raises(BadPlan, match="the file: Invalid JSON"):
        load_plan("{")


@pytest.mark.parametrize(
    ("place", "value"),
    [("pattern", "star"), ("version", "x"), ("tasks", {}), ("objective", None)],
)
def test_what_the_loader_refuses_the_schema_refuses(place: str, value: object) -> None:
    """Somebody who validates first is not surprised later."""
    content = {**json.loads(dump_plan(design().plan)), place: value}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, plan_schema())
    with pytest.raises(BadPlan):
        load_plan(json.dumps(content))


def test_a_date_that_is_none_does_not_validate() -> None:
    """Dates are checked by the schema, too, with or without a format checker."""
    content = json.loads(dump_plan(design().plan))
    content["tasks"][3]["due"] = "soon"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, plan_schema())


def test_statuses_make_a_revision() -> None:
    """Laid over the plan in the design's order; the version's content stays as it is."""
    plan = design().plan
    clock = count(1)
    statuses = {
        item: ItemStatus(item=item, state=ItemState.DONE, by="URIA", at=f"2026-03-0{next(clock)}")
        for item in ("e10", "c2", "e9", "x")
    }
    entry = ChangeLogEntry(version=1, at="2026-03-05", by="URIA", summary="4 items done")

    revised = with_statuses(plan=plan, statuses=statuses, entry=entry)

    assert revised.revision == plan.revision + 1
    assert [status.item for status in revised.statuses] == ["c2", "e9", "e10", "x"]
    assert revised.change_log[-1] == entry
    assert revised.content_hash == plan.content_hash
    assert load_plan(dump_plan(revised)) == revised
