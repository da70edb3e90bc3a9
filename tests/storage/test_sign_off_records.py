"""Sign-offs, readiness items, plans and proofs of a version."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from handoff.approval import Side, VersionState
from handoff.enablement import ItemState, ItemStatus
from handoff.plan import Plan
from handoff.sla.model import Depth
from storage import designs, outbox, plans, proofs, readiness, sign_offs, versions, views
from storage.database import Database
from storage.outbox import NewMessage, Priority
from storage.readiness import ReadinessItem
from storage.revisions import StaleRevision
from tests.storage.conftest import NOW
from tests.storage.samples import sample_design, sign_off


@pytest.fixture
def version(database: Database) -> Database:
    """Store ENT-1 with a version in review."""
    with database.write() as connection:
        designs.reserve_unmatched(connection, workspace="T1", now=NOW)
        designs.create(
            connection,
            workspace="T1",
            prefix="ENT",
            segment="enterprise",
            goal="pipeline",
            by="U1",
            now=NOW,
        )
        versions.add(connection, workspace="T1", body=sample_design(), author="U1", now=NOW)
        versions.move(
            connection,
            workspace="T1",
            design="ENT-1",
            number=1,
            expected=VersionState.DRAFT,
            to=VersionState.IN_REVIEW,
            now=NOW,
        )
    return database


def item(name: str, *, is_required: bool = True, owner: str | None = "U1") -> ReadinessItem:
    """Make an open item of ENT-1 version 1."""
    return ReadinessItem(
        design="ENT-1",
        version=1,
        item=name,
        is_required=is_required,
        title=f"Item {name}",
        owner_role="revops",
        owner=owner,
        due=date(2026, 12, 1),
    )


def settle(
    database: Database, status: ItemStatus, *, expected: ItemState = ItemState.OPEN
) -> bool:
    """Settle an item of ENT-1 version 1."""
    with database.write() as connection:
        return readiness.settle(
            connection,
            workspace="T1",
            design="ENT-1",
            version=1,
            status=status,
            expected=expected,
            now=NOW,
        )


def blocking(database: Database) -> int:
    """Count what still blocks ENT-1 version 1."""
    with database.read() as connection:
        return readiness.blocking(connection, workspace="T1", design="ENT-1", version=1)


def test_one_person_signs_one_side_once(version: Database) -> None:
    """A side is signed once, and nobody signs for both."""
    revops, sales = sign_off(Side.REVOPS, "U1"), sign_off(Side.SALES, "U2", reason="below target")
    with version.write() as connection:
        for given, accepted in (
            (revops, True),
            (revops, False),
            (sign_off(Side.REVOPS, "U3"), False),
            (sign_off(Side.SALES, "U1"), False),
            (sales, True),
        ):
            done = sign_offs.sign(connection, workspace="T1", design="ENT-1", sign_off=given)
            assert done is accepted

        stored = sign_offs.of_version(connection, workspace="T1", design="ENT-1", version=1)
        assert stored == [revops, sales]


def test_sign_off_is_withdrawn_once(version: Database) -> None:
    """Taking back returns what was given; afterwards the side is free again."""
    given = sign_off(Side.REVOPS, "U1")
    with version.write() as connection:
        sign_offs.sign(connection, workspace="T1", design="ENT-1", sign_off=given)
        taken = [
            sign_offs.withdraw(
                connection, workspace="T1", design="ENT-1", version=1, side=Side.REVOPS
            )
            for _ in range(2)
        ]

        assert taken == [given, None]
        assert sign_offs.sign(connection, workspace="T1", design="ENT-1", sign_off=given)


def test_gate_opens_when_required_items_are_settled(version: Database) -> None:
    """Done and waived both count; items nobody requires never block."""
    with version.write() as connection:
        new = [item("c1"), item("c2"), item("e1", is_required=False)]
        readiness.add(connection, workspace="T1", new=new)
        readiness.add(connection, workspace="T1", new=[item("c1", owner="U9")])
        readiness.add(connection, workspace="T1", new=[])
    assert blocking(version) == 2

    done = ItemStatus(item="c1", state=ItemState.DONE, by="U1", evidence="https://x.test")
    assert settle(version, done)
    assert not settle(version, done)
    assert settle(version, ItemStatus(item="c2", state=ItemState.WAIVED, by="U2", reason="old"))

    assert blocking(version) == 0
    with version.read() as connection:
        first, *_ = readiness.of_version(connection, workspace="T1", design="ENT-1", version=1)
        left = readiness.open_for(connection, workspace="T1", owner="U1")
    assert first.status == done.model_copy(update={"at": NOW.isoformat()})
    assert [entry.item for entry in left] == ["e1"]
    assert left[0].status == ItemStatus(item="e1")


def test_waiving_needs_a_reason(version: Database) -> None:
    """The database itself refuses a waived item without a reason."""
    with version.write() as connection:
        readiness.add(connection, workspace="T1", new=[item("c1")])

    with pytest.raises(IntegrityError):
        settle(version, ItemStatus(item="c1", state=ItemState.WAIVED, by="U2"))


def test_items_change_owners(version: Database) -> None:
    """An item without a holder gets one later."""
    with version.write() as connection:
        readiness.add(connection, workspace="T1", new=[item("c1", owner=None)])
        for name, known in (("c1", True), ("c9", False)):
            given = readiness.give_to(
                connection, workspace="T1", design="ENT-1", version=1, item=name, owner="U5"
            )
            assert given is known

        (mine,) = readiness.open_for(connection, workspace="T1", owner="U5")
    assert mine.item == "c1"


def test_plan_revisions_follow_each_other(version: Database) -> None:
    """Each revision is the one after the last, and history keeps them all."""

    def save(revision: int) -> Plan:
        plan = sample_design().plan.model_copy(update={"revision": revision})
        with version.write() as connection:
            plans.save(
                connection, workspace="T1", plan=plan, change=f"r{revision}", by="U1", now=NOW
            )
        return plan

    with version.read() as connection:
        assert plans.latest(connection, workspace="T1", design="ENT-1", version=1) is None
    save(1)
    second = save(2)
    for stale in (2, 4):
        with pytest.raises(StaleRevision, match="load it again"):
            save(stale)

    with version.read() as connection:
        latest = plans.latest(connection, workspace="T1", design="ENT-1", version=1)
        history = plans.history(connection, workspace="T1", design="ENT-1")
    assert latest is not None
    assert latest.plan == second
    assert [entry.change for entry in history] == ["r1", "r2"]


def test_proofs_are_found_by_their_input(database: Database) -> None:
    """The same key is one proof, the newest counts; an estimate is none; old ones are swept."""
    quick = sample_design().feasibility
    full = quick.model_copy(update={"depth": Depth.FULL})
    better = full.model_copy(update={"attainment_percent": 99.25})
    with database.write() as connection:
        for proof in (quick, full, better):
            proofs.save(connection, workspace="T1", key="h", proof=proof, now=NOW)
        proofs.save(connection, workspace="T1", key="estimate", proof=quick, now=NOW)

        assert proofs.find(connection, workspace="T1", key="h") == better
        assert proofs.find(connection, workspace="T1", key="estimate") is None
        assert proofs.find(connection, workspace="T2", key="h") is None
        later = NOW + timedelta(seconds=1)
        for before, kept, gone in (
            (NOW, (), 0),
            (later, ("h", "estimate"), 0),
            (later, ("h",), 1),
            (later, (), 1),
            (later, (), 0),
        ):
            of = {"workspace": "T1", "before": before, "kept": kept}
            assert proofs.sweep(connection, **of) == gone


def test_a_proof_that_a_version_or_a_message_names_is_not_swept(version: Database) -> None:
    """Only the one that nothing names goes; another workspace's are its own."""
    proof = sample_design().feasibility
    later = NOW + timedelta(days=9)
    shows = NewMessage(
        workspace="T1",
        kind="packet.thread",
        subject="ENT-1/1",
        recipient="C1",
        priority=Priority.SIGN_OFF,
        dedupe_key="thread",
        facts={"part": 1, "proof": "of a message"},
    )
    with version.write() as connection:
        for key in ("of a version", "of a message", "of nothing"):
            proofs.save(connection, workspace="T1", key=key, proof=proof, now=NOW)
        proofs.save(connection, workspace="T2", key="of a message", proof=proof, now=NOW)
        of = {"workspace": "T1", "design": "ENT-1", "number": 1}
        versions.prove(connection, **of, proof="of a version")
        outbox.enqueue(connection, shows, now=NOW)
        named = proofs.named_by_messages(connection, workspace="T1", subjects=["ENT-1/1"])

        assert named == {"of a message"}
        assert proofs.sweep(connection, workspace="T1", before=later, kept=named) == 1
        assert proofs.sweep(connection, workspace="T1", before=later, kept=()) == 1
        assert proofs.sweep(connection, workspace="T1", before=later, kept=()) == 0
        assert proofs.named_by_messages(connection, workspace="T2", subjects=["ENT-1/1"]) == set()


def test_a_version_remembers_its_newest_proof(version: Database) -> None:
    """Like the team that it is about, the proof changes when the version does not."""
    of = {"workspace": "T1", "design": "ENT-1", "number": 1}
    with version.write() as connection:
        before = versions.get(connection, **of)
        versions.prove(connection, **of, proof="k1")
        versions.prove(connection, **of, proof="k2")
        after = versions.get(connection, **of)

    assert before is not None
    assert after == before.model_copy(update={"proof": "k2"})
    assert before.proof is None


def test_lists_for_the_home_tab(version: Database) -> None:
    """What waits for sign-off is shown with who signed; designs with what still blocks them."""
    with version.write() as connection:
        given = sign_off(Side.REVOPS, "U1")
        sign_offs.sign(connection, workspace="T1", design="ENT-1", sign_off=given)
        readiness.add(connection, workspace="T1", new=[item("c1"), item("c2")])
        designs.create(
            connection,
            workspace="T1",
            prefix="SMB",
            segment="smb",
            goal="expansion",
            by="U1",
            now=NOW,
        )

    with version.read() as connection:
        (line,) = views.in_review(connection, workspace="T1")
        enterprise, smb = views.all_designs(connection, workspace="T1")
        second_page = views.all_designs(connection, workspace="T1", limit=1, offset=1)
        assert views.in_review(connection, workspace="T2") == []
        assert views.all_designs(connection, workspace="T2") == []

    assert (line.design, line.version, line.signed) == ("ENT-1", 1, (given,))
    assert (line.content_hash, line.sent_at) == (sample_design().content_hash, NOW)
    assert (enterprise.latest_version, enterprise.blocking) == (1, 2)
    assert enterprise.latest_state == VersionState.IN_REVIEW
    assert (smb.latest_version, smb.latest_state, smb.blocking) == (None, None, 0)
    assert second_page == [smb]
