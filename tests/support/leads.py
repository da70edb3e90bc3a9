"""An active design, and leads that arrive in it, put straight into the database."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import count, pairwise
from typing import Any

from sqlalchemy import Connection

from bot.flows.lead.route import route_lead
from bot.flows.look.why import why
from bot.flows.signoff.announce import show_packet
from bot.flows.signoff.case import Case, load, subject_of
from handoff.approval import VersionState
from handoff.brief import Band, OnMissing, OwnerModel
from handoff.design import HandoffDesign, content_hash
from handoff.directory import Directory, Person
from handoff.draft import draft
from handoff.lead_why import why_lines
from handoff.sla.model import Depth
from storage import designs, leads, proofs, versions
from storage import directory as directories
from storage.ids import new_id
from storage.leads import Lead
from tests.handoff import samples
from tests.support.house import House

CHANNEL = "#enterprise-handoff"
_STATES = (
    VersionState.DRAFT,
    VersionState.IN_REVIEW,
    VersionState.APPROVED,
    VersionState.ACTIVE,
)
_numbers = count(1)


def activate_design(
    house: House,
    directory: Directory,
    *,
    on_missing: OnMissing | None = None,
    **changes: object,
) -> HandoffDesign:
    """Let an enterprise design be active as `store_design` drafts it; its packet is taken."""
    body = store_design(house, directory, on_missing=on_missing, **changes)
    house.app.database.run(lambda connection: show_packet(_case(connection, house, body)))
    house.step()
    house.take(CHANNEL)
    return body


def store_design(
    house: House,
    directory: Directory,
    *,
    on_missing: OnMissing | None = None,
    **changes: object,
) -> HandoffDesign:
    """Draft an enterprise design for the house's team, and store it as active.

    Its proof is there, so nights bring no thread of it. Its response SLA is two hours, half an
    hour for band A.

    Args:
        house: Where.
        directory: The team.
        on_missing: What all rows do about a required field that stays missing.
        changes: Replace parts of the brief.
    """

    def key(name: str) -> str:
        return house.person(name).id

    people = samples.people(
        pods=("enterprise-east",),
        owner_models=(OwnerModel.ACCOUNT_OWNER, OwnerModel.ROUND_ROBIN),
        fallback=key("sam"),
        revops_approver=key("ria"),
        sales_approver=key("sam"),
        sales_leadership=(key("cleo"),),
        marketing_leadership=(key("mia"),),
        channel=house.sandbox.workspace.channel_named(CHANNEL).id,
    )
    values: dict[str, Any] = {"people": people, "go_live": date(2026, 11, 23), **changes}
    brief = samples.brief(**{**values, "author": key("ria")})

    def work(connection: Connection) -> HandoffDesign:
        now, workspace = house.clocks.now(), house.workspace
        stored = designs.create(
            connection,
            workspace=workspace,
            prefix="ENT",
            segment="enterprise",
            goal="pipeline",
            by=key("ria"),
            now=now,
        )
        live = directory.model_copy(update={"people": _people(connection, house)})
        body = draft(brief=brief, directory=live, key=stored.key, version=1, as_of=now)
        if on_missing is not None:
            body = _with_rows(body, on_missing=on_missing)
        versions.add(connection, workspace=workspace, body=body, author=key("ria"), now=now)
        for before, after in pairwise(_STATES):
            versions.move(
                connection,
                workspace=workspace,
                design=stored.key,
                number=1,
                expected=before,
                to=after,
                now=now,
            )
        _prove(connection, house, body)
        return body

    return house.app.database.run(work)


def go_live(house: House, newer: HandoffDesign) -> None:
    """Retire the first version and let the second be active."""
    steps = [
        (1, VersionState.ACTIVE, VersionState.RETIRED),
        (2, VersionState.DRAFT, VersionState.IN_REVIEW),
        (2, VersionState.IN_REVIEW, VersionState.APPROVED),
        (2, VersionState.APPROVED, VersionState.ACTIVE),
    ]

    def work(connection: Connection) -> None:
        where = {"workspace": house.workspace, "now": house.clocks.now()}
        versions.add(connection, body=newer, author=house.person("ria").id, **where)
        for number, before, after in steps:
            moved = versions.move(
                connection, design=newer.key, number=number, expected=before, to=after, **where
            )
            assert moved

    house.app.database.run(work)


def _case(connection: Connection, house: House, body: HandoffDesign) -> Case:
    case = load(
        connection,
        workspace=house.workspace,
        subject=subject_of(body.key, body.version),
        now=house.clocks.now(),
    )
    assert case is not None
    return case


def _prove(connection: Connection, house: House, body: HandoffDesign) -> None:
    """Let a version have been proved when it was sent."""
    at = {"workspace": house.workspace, "now": house.clocks.now()}
    key = _case(connection, house, body).question.key
    # Called full, or every world computes it for seconds when its people are synced.
    proof = body.feasibility.model_copy(update={"depth": Depth.FULL})
    proofs.save(connection, key=key, proof=proof, **at)
    versions.prove(
        connection, workspace=house.workspace, design=body.key, number=body.version, proof=key
    )


def arrive(
    house: House,
    *,
    design: HandoffDesign | None,
    band: Band = Band.A,
    domain: str | None = None,
    is_test: bool = False,
    at: datetime | None = None,
    **fields: object,
) -> str:
    """Let a lead arrive, be routed, and all that is due then happen; returns its id."""
    number = next(_numbers)
    now = at or house.clocks.now()
    given: Mapping[str, object] = {
        "first_name": "Lena",
        "last_name": f"Lead {number}",
        "company": f"Company {number}",
        "email": f"lena{number}@company{number}.example",
        "domain": domain or f"company{number}.example",
        "employees": 5000,
        "country": "US",
        **fields,
    }
    lead_id = new_id("lead", now=now)
    lead = Lead(
        workspace=house.workspace,
        id=lead_id,
        root=lead_id,
        source="website",
        external_id=f"ext-{number}",
        email_key=str(given["email"]),
        domain=str(given["domain"]),
        attributes={name: value for name, value in given.items() if value is not None},
        score=90,
        band=band,
        is_test=is_test,
        design=design.key if design else None,
        version=design.version if design else None,
        arrived_at=now,
    )

    def work(connection: Connection) -> None:
        assert leads.add(connection, lead=lead)
        route_lead(connection, workspace=house.workspace, now=now, lead_id=lead_id)

    house.app.database.run(work)
    house.step()
    return lead_id


def stored(house: House, lead_id: str) -> Lead:
    """Return a lead as it is stored."""
    with house.app.database.read() as connection:
        found = leads.get(connection, workspace=house.workspace, lead=lead_id)
    assert found is not None
    return found


def story(house: House, lead_id: str) -> str:
    """Return what `why` tells of a lead, in one text."""
    found = why(
        database=house.app.database,
        workspace=house.workspace,
        now=house.clocks.now(),
        by="cli",
        asked=lead_id,
    )
    assert found is not None
    return "\n".join(why_lines(why=found, when=str, who=str, say=str))


def _with_rows(body: HandoffDesign, **changes: object) -> HandoffDesign:
    """Return a design whose routing rows are changed, under the hash of its new content."""
    rows = tuple(row.model_copy(update=changes) for row in body.binding.routing.rows)
    routing = body.binding.routing.model_copy(update={"rows": rows})
    binding = body.binding.model_copy(update={"routing": routing})
    return body.model_copy(update={"binding": binding, "content_hash": content_hash(binding)})


def _people(connection: Connection, house: House) -> tuple[Person, ...]:
    return directories.load(connection, workspace=house.workspace).directory.people
