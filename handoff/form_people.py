"""Step 3 of the form: who takes leads, who signs, who is called, read into values or errors."""

from datetime import timedelta

from handoff.brief import LadderSpec, OnMissing, OwnerModel, People, RowSpec, StepSpec
from handoff.directory import Directory, Role, role_title
from handoff.form_data import PeopleStep, RowText
from handoff.form_fields import FieldReader
from handoff.people import display_name, find_person, find_pod, holders

LONGEST_CONDITION = 3000
"""Characters of a routing row's condition, as the brief keeps it."""
_MOST_STEPS = 6
_SIDES = (
    ("revops_approver", Role.REVOPS_APPROVER, "RevOps"),
    ("sales_approver", Role.SALES_APPROVER, "Sales"),
)
_POD_MODELS = (OwnerModel.ROUND_ROBIN, OwnerModel.LEAST_LOADED, OwnerModel.POD)


def read_people(step: PeopleStep, *, reader: FieldReader, directory: Directory) -> People:
    """Read the people; errors go to `reader`. The ladder and rows are read on their own."""
    models = _owner_models(step, reader=reader)
    named_rep = step.named_rep if OwnerModel.NAMED_REP in models else None
    if OwnerModel.NAMED_REP in models:
        ask = "Pick the named rep, or another owner model."
        named_rep = _person("named_rep", step.named_rep, ask, reader=reader, directory=directory)
    return People(
        pods=_pods(step, reader=reader, directory=directory),
        owner_models=models,
        named_rep=named_rep,
        fallback=_person(
            "fallback",
            step.fallback,
            "Pick who gets a lead when nobody else can take it.",
            reader=reader,
            directory=directory,
        ),
        **_approvers(step, reader=reader, directory=directory),
        sales_leadership=_leaders(
            "sales_leadership", step.sales_leadership, reader=reader, directory=directory
        ),
        marketing_leadership=_leaders(
            "marketing_leadership", step.marketing_leadership, reader=reader, directory=directory
        ),
        role_holders={role: keys for role, keys in step.role_holders.items() if keys},
        channel=reader.text(
            "channel",
            step.channel,
            ask="Pick the channel for the sign-off, and invite @handoff to it.",
            longest=200,
        )
        or "none",
    )


def read_ladder(step: PeopleStep, *, reader: FieldReader, day: timedelta) -> LadderSpec:
    """Read the ladder and guardrail; errors of the n-th step are keyed `role:n`, from 0."""
    given = step.ladder or ()
    if not 1 <= len(given) <= _MOST_STEPS:
        reader.fail("ladder", f"The ladder needs one to {_MOST_STEPS} steps.")
    steps = []
    seen: set[str] = set()
    for number, entry in enumerate(given[:_MOST_STEPS]):
        role = reader.text(f"role:{number}", entry.role, ask="Pick a role.", longest=200)
        if role in seen:
            reader.fail(
                f"role:{number}", f"{role_title(role)} already has a step; pick another role."
            )
        seen.add(role)
        acknowledge = reader.duration(f"acknowledge:{number}", entry.acknowledge, day=day)
        repeats = reader.whole(f"repeats:{number}", entry.repeats, what="Repeats", low=0, high=5)
        steps.append(
            StepSpec(role=role or "role", acknowledge_minutes=acknowledge, repeats=repeats)
        )
    return LadderSpec(
        steps=tuple(steps) or LadderSpec().steps,
        guardrail_count=reader.whole(
            "guardrail_count", step.guardrail_count, what="The count", low=1, high=100
        ),
        guardrail_hours=reader.number(
            "guardrail_hours", step.guardrail_hours, what="The window in hours", above=0, up_to=720
        ),
    )


def read_rows(
    step: PeopleStep, *, reader: FieldReader, directory: Directory
) -> tuple[RowSpec, ...]:
    """Read the rows written by hand; every error is under `rows` and names its row."""
    rows = step.rows or ()
    if len(rows) > 40:
        reader.fail("rows", "At most 40 rows; merge some of them.")
    return tuple(
        _row(row, where=f"Row {number}: ", reader=reader, directory=directory)
        for number, row in enumerate(rows[:40], start=1)
    )


# Private functions


def _owner_models(step: PeopleStep, *, reader: FieldReader) -> tuple[OwnerModel, ...]:
    found = [
        reader.choice(
            "owner_model_1", step.owner_model_1, OwnerModel, ask="Pick how the owner is found."
        )
    ]
    for name in ("owner_model_2", "owner_model_3"):
        value = getattr(step, name)
        if value is None:
            continue
        model = reader.choice(name, value, OwnerModel, ask="Pick one of the owner models.")
        if model in found and name not in reader.errors:
            reader.fail(name, "This model is already chosen above; pick another or leave empty.")
        found.append(model)
    return tuple(dict.fromkeys(found))


def _pods(step: PeopleStep, *, reader: FieldReader, directory: Directory) -> tuple[str, ...]:
    if not step.pods:
        what = "Pick at least one pod" if directory.pods else "There is no pod yet"
        reader.fail("pods", f"{what}; New pod makes one.")
    for name in step.pods or ():
        if find_pod(directory=directory, name=name) is None:
            reader.fail("pods", f"The pod “{name}” is not in the directory any more; unpick it.")
    return step.pods or ("none",)


def _person(
    name: str, key: str | None, ask: str, *, reader: FieldReader, directory: Directory
) -> str:
    """Read one person; somebody not synced yet is fine, a bot or a deactivated one is not."""
    if not key:
        reader.fail(name, ask)
        return "nobody"
    known = find_person(directory=directory, key=key)
    if known is not None and known.is_bot:
        reader.fail(name, f"{known.name} is an app; pick a person.")
    elif known is not None and not known.is_active:
        reader.fail(name, f"{known.name} is deactivated in Slack; pick somebody else.")
    return key


def _approvers(step: PeopleStep, *, reader: FieldReader, directory: Directory) -> dict[str, str]:
    """Read both approvers: holders of the workspace's roles, two different people."""
    found = {}
    for name, role, side in _SIDES:
        may_sign = holders(directory=directory, role=role)
        key = getattr(step, name)
        if not may_sign:
            reader.fail(
                name, f"Nobody may sign for {side} yet; a workspace admin sets it: /handoff team."
            )
        elif key not in may_sign:
            names = ", ".join(display_name(directory=directory, key=one) for one in may_sign)
            reader.fail(name, f"Pick somebody who may sign for {side}: {names}.")
        found[name] = _person(name, key, "Pick an approver.", reader=reader, directory=directory)
    if found["revops_approver"] == found["sales_approver"]:
        reader.fail("sales_approver", "RevOps and Sales must be signed by two different people.")
    return found


def _leaders(
    name: str, keys: tuple[str, ...] | None, *, reader: FieldReader, directory: Directory
) -> tuple[str, ...]:
    slot = role_title(name)
    if not keys:
        reader.fail(name, f"{slot} is called when the guardrail fires; pick at least one.")
    for key in keys or ():
        _person(name, key, "", reader=reader, directory=directory)
        group = next((one for one in directory.groups if one.key == key), None)
        if group is not None and not group.members:
            reader.fail(name, f"The group {group.name} has no members; pick another.")
    return tuple(dict.fromkeys(keys or ("nobody",)))


def _row(row: RowText, *, where: str, reader: FieldReader, directory: Directory) -> RowSpec:
    when = row.when.strip()
    if len(when) > LONGEST_CONDITION:
        long = f"the condition has {len(when):,} characters; at most {LONGEST_CONDITION:,} are"
        reader.fail("rows", f"{where}{long} possible. Make two rows of it.")
    reader.rule("rows", when, where=where)
    models = ", ".join(model.value for model in OwnerModel)
    before = len(reader.errors)
    model = reader.choice(
        "rows", row.owner_model, OwnerModel, ask=f"{where}the owner model is one of {models}."
    )
    missing = ", ".join(choice.value for choice in OnMissing)
    on_missing = reader.choice(
        "rows", row.on_missing, OnMissing, ask=f"{where}on_missing is one of {missing}."
    )
    if row.pod is not None and find_pod(directory=directory, name=row.pod) is None:
        reader.fail("rows", f"{where}there is no pod “{row.pod}”; see /handoff team.")
    if len(reader.errors) == before and model in _POD_MODELS and row.pod is None:
        reader.fail("rows", f"{where}{model.value} needs a pod to pick from.")
    if len(reader.errors) == before and model is OwnerModel.NAMED_REP and row.named_rep is None:
        reader.fail("rows", f"{where}named_rep needs the rep.")
    if row.named_rep is not None and model is not OwnerModel.NAMED_REP:
        other = f"{model.value} does not look at named_rep; leave it out."
        reader.fail("rows", f"{where}{other}")
    return RowSpec(
        when=when[:LONGEST_CONDITION],
        owner_model=model,
        pod=row.pod,
        named_rep=row.named_rep,
        fallback=row.fallback,
        on_missing=on_missing,
    )
