"""Step 3, People: who takes leads, who signs, who leads, where the packet goes."""

from collections.abc import Sequence

from bot.blocks import kit
from bot.blocks.define.frame import NEW, Shown, choices, step_view
from bot.blocks.define.place import Place
from bot.ids import Action, Input
from handoff.form_choices import FormChoices
from handoff.form_data import PeopleStep

_NOBODY = "Nobody holds this role yet: ask a workspace admin to set it with /handoff team."


def people_view(
    *, place: Place, step: PeopleStep, offered: FormChoices, shown: Shown = NEW
) -> kit.View:
    """Return the view of step 3."""
    blocks = [
        *_takers(step=step, offered=offered, shown=shown),
        *_approvers(step=step, offered=offered, shown=shown),
        *_leaders(step=step, offered=offered, shown=shown),
        kit.input_block(
            "Channel",
            kit.channel_select(action=Input.PEOPLE_CHANNEL, chosen=step.channel),
            block_id=shown.name(Input.PEOPLE_CHANNEL),
            hint="Where the packet is posted. Handoff must be a member: /invite @handoff",
        ),
        kit.actions(
            [
                kit.button("New pod", action=Action.DEFINE_NEW_POD),
                kit.button("Edit ladder and guardrail", action=Action.DEFINE_EDIT_LADDER),
                kit.button("Advanced", action=Action.DEFINE_ADVANCED),
            ],
            block_id="define.editors",
        ),
    ]
    return step_view(place=place, shown=shown, blocks=blocks)


def _takers(*, step: PeopleStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return pods, owner models and the fallback."""
    return [
        _pods(step=step, offered=offered, shown=shown),
        *_owner_models(step=step, offered=offered, shown=shown),
        kit.input_block(
            "Named rep",
            kit.user_select(action=Input.PEOPLE_NAMED_REP, chosen=_user(step.named_rep)),
            block_id=shown.name(Input.PEOPLE_NAMED_REP),
            hint="Only for the owner model “named rep”.",
            optional=True,
        ),
        kit.input_block(
            "Fallback",
            kit.user_select(action=Input.PEOPLE_FALLBACK, chosen=_user(step.fallback)),
            block_id=shown.name(Input.PEOPLE_FALLBACK),
            hint="Gets a lead when nobody else can take it.",
        ),
    ]


def _pods(*, step: PeopleStep, offered: FormChoices, shown: Shown) -> kit.Block:
    if not offered.pods:
        return kit.section(
            "*Pods*\nThere is no pod yet. Create the first one with *New pod* below.",
            block_id=shown.name(Input.PEOPLE_PODS),
        )
    return kit.input_block(
        "Pods",
        kit.multi_select(choices(offered.pods), action=Input.PEOPLE_PODS, chosen=step.pods or ()),
        block_id=shown.name(Input.PEOPLE_PODS),
    )


def _owner_models(*, step: PeopleStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    rows = (
        (Input.PEOPLE_OWNER_MODEL_1, "Owner model 1", step.owner_model_1),
        (
            Input.PEOPLE_OWNER_MODEL_2,
            "Owner model 2, if the first finds nobody",
            step.owner_model_2,
        ),
        (Input.PEOPLE_OWNER_MODEL_3, "Owner model 3", step.owner_model_3),
    )
    return [
        kit.input_block(
            label,
            kit.select(choices(offered.owner_models), action=item, chosen=value),
            block_id=shown.name(item),
            optional=item is not Input.PEOPLE_OWNER_MODEL_1,
        )
        for item, label, value in rows
    ]


def _approvers(*, step: PeopleStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return the two approvers: holders of the role, or who to ask when there is none."""
    rows = (
        (
            Input.PEOPLE_REVOPS_APPROVER,
            "RevOps approver",
            offered.revops_approvers,
            step.revops_approver,
        ),
        (
            Input.PEOPLE_SALES_APPROVER,
            "Sales approver",
            offered.sales_approvers,
            step.sales_approver,
        ),
    )
    return [
        kit.input_block(
            label,
            kit.select(choices(holders), action=item, chosen=value),
            block_id=shown.name(item),
        )
        if holders
        else kit.section(f"*{label}*\n{_NOBODY}", block_id=shown.name(item))
        for item, label, holders, value in rows
    ]


def _leaders(*, step: PeopleStep, offered: FormChoices, shown: Shown) -> list[kit.Block]:
    """Return both leadership slots; people and user groups are offered as one types."""
    rows = (
        (Input.PEOPLE_SALES_LEADERSHIP, "Sales leadership", step.sales_leadership),
        (Input.PEOPLE_MARKETING_LEADERSHIP, "Marketing leadership", step.marketing_leadership),
    )
    return [
        kit.input_block(
            label,
            kit.multi_external_select(
                action=item,
                chosen=_named(keys or (), offered),
                placeholder="Type a name or a user group",
            ),
            block_id=shown.name(item),
            hint="Called together when the guardrail fires.",
        )
        for item, label, keys in rows
    ]


def _named(keys: Sequence[str], offered: FormChoices) -> list[kit.Element]:
    return [kit.option(offered.names.get(key, key), key) for key in keys]


def _user(key: str | None) -> str | None:
    """Return a Slack user id, or None for a key that Slack's own picker cannot show."""
    return key if key and key[0] in "UW" and key.isalnum() else None
