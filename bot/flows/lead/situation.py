"""Everything that an assignment depends on, read in the transaction that decides."""

from collections.abc import Collection, Mapping, Sequence

from bot.flows.lead.case import LeadCase
from handoff.brief import OwnerModel, PersonKey
from handoff.routing.assignment import Reason, Situation, Turn
from handoff.routing.eligibility import NO_CAPS, Exclusion, RepLoad
from handoff.routing.matching import compiled_rows
from handoff.routing.rotation import Rotation, rotation
from handoff.routing.rules import RoutingRow
from storage import leads

_IN_TURN = (OwnerModel.ROUND_ROBIN, OwnerModel.POD)
_BARS: Mapping[str | None, Exclusion] = {
    "declined": Exclusion.DECLINED,
    "silent": Exclusion.SILENT,
}


def situation_of(
    case: LeadCase,
    *,
    with_preferred: bool,
    also_barred: Mapping[PersonKey, Exclusion] | None = None,
) -> Situation:
    """Read what an assignment depends on; locks the rotations that may be asked.

    Args:
        case: The lead, locked, with its design.
        with_preferred: Let the last owner, or the owner of the company's open lead, go first.
        also_barred: Who is out besides those whose assignments ended so.
    """
    directory = case.records.frozen(case.running, case.directory)
    fields = case.fields
    matrix = case.running.design.binding.routing
    rows = [one.row for one in compiled_rows(matrix) if one.is_met(fields)]
    rotations = [rotation(directory=directory, names=row.pods) for row in rows]
    return Situation(
        matrix=matrix,
        lead=fields,
        directory=directory,
        default_caps=NO_CAPS,
        at=case.now,
        loads=_loads(case, rotations),
        turns=_turns(case, rows, rotations),
        barred={**_barred(case), **(also_barred or {})},
        availability=case.records.availability(directory),
        pod_models=case.running.pod_models,
        preferred=_preferred(case) if with_preferred else None,
    )


def _barred(case: LeadCase) -> Mapping[PersonKey, Exclusion]:
    """Return who is out for this cycle: decliners, and those who stayed silent."""
    return {one.rep: _BARS[one.end] for one in case.assignments() if one.end in _BARS}


def _preferred(case: LeadCase) -> tuple[PersonKey, Reason] | None:
    """Return the owner of the lead's last cycle, else of its company's open lead."""
    last = _last_owner(case)
    if last is not None:
        return last, Reason.LAST_OWNER
    if case.lead.domain is None:
        return None
    owner = case.records.owner_in_domain(case.lead.domain)
    return None if owner is None else (owner, Reason.COMPANY_OWNER)


def _last_owner(case: LeadCase) -> PersonKey | None:
    """Return who had the lead last; a cycle that was nurtured had nobody."""
    for number in range(case.lead.cycle - 1, 0, -1):
        before = leads.cycle_of(
            case.connection, workspace=case.workspace, root=case.lead.root, cycle=number
        )
        if before is not None and before.owner is not None:
            return before.owner
    return None


def _loads(case: LeadCase, rotations: Collection[Rotation]) -> Mapping[PersonKey, RepLoad]:
    """Return what each rep of the rows' pods carries, counted by their own local days."""
    members = sorted({rep for one in rotations for rep in one.weights})
    return case.records.loads(members, directory=case.directory) if members else {}


def _turns(
    case: LeadCase, rows: Sequence[RoutingRow], rotations: Sequence[Rotation]
) -> Mapping[tuple[str, ...], Turn]:
    """Lock and return the rotations of the rows, in one order for everybody."""
    asked = {
        rotation.names: rotation
        for row, rotation in zip(rows, rotations, strict=True)
        if rotation.names and row.owner_model in _IN_TURN
    }
    return {
        names: case.records.turn(pods=names, key=asked[names].key, reps=asked[names].weights)
        for names in sorted(asked)
    }
