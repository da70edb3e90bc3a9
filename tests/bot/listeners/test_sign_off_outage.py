"""Sign-off while Slack fails.

On SQLite alone: there leases and retries follow the clock that the test moves.
"""

from handoff.approval import VersionState
from storage import outbox
from tests.support.house import House
from tests.support.review import forget, send_for_review, sign_both, state_of, words_of


def test_a_slack_outage_loses_and_doubles_nothing(house: House) -> None:
    """Everything happens while Slack fails; afterwards each message is there once."""
    faults = house.sandbox.faults
    packet = send_for_review(house)
    forget(house)
    for method in ("chat.postMessage", "chat.update"):
        faults.add(method, "500-after", count=2)
        faults.add(method, "drop", count=1)
        faults.add(method, "429", count=2)
    sign_both(house, packet)
    house.step(minutes=10)

    assert state_of(house) is VersionState.APPROVED
    assert "Signed by both sides" in words_of(house, packet)
    new = house.take()
    assert sorted(message.text.partition(" of ")[0][:9] for message in new) == [
        "Handoff E",
        "Readiness",
    ]
    with house.app.database.read() as connection:
        sent = outbox.about(connection, workspace=house.workspace, subject="ENT-1/1")
    assert {intent.state.value for intent in sent} <= {"sent", "cancelled"}
    house.take_errors()
    house.take_refusals()
