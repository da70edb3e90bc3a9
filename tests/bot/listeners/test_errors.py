"""What a person sees when something goes wrong on our side."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.flows.context import StorageBusy
from tests.support.house import House
from tests.support.signing import JSON, interaction, signed


@pytest.fixture(autouse=True)
def _failing(house: House) -> None:
    """Let every kind of listener fail."""

    def fail() -> None:
        raise RuntimeError("xoxb-canary must not reach a person")

    def busy() -> None:
        raise StorageBusy(timedelta(seconds=1))

    bolt = house.app.bolt
    bolt.command("/fails")(fail)
    bolt.command("/busy")(busy)
    bolt.action("fails")(fail)
    bolt.view("fails")(fail)
    bolt.options("fails")(fail)
    bolt.shortcut("fails")(fail)
    bolt.event("channel_rename")(fail)


def send(house: House, payload: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever is answered
    """Send an interaction as Ria; return the answer's JSON, or None if it is empty."""
    person = {"user": {"id": "U0RIA00001"}, "team": {"id": house.workspace}}
    body = interaction({**person, **payload})
    headers = signed(body, at=house.clocks.wall())
    answer = house.client.post("/slack/events", content=body, headers=headers)
    assert answer.status_code == 200
    assert "canary" not in answer.text
    return answer.json() if answer.text else None


def command(house: House, name: str) -> dict[str, str]:
    """Send a slash command as Ria; return the answer."""
    body = (
        f"command={name}&text=&user_id=U0RIA00001&team_id={house.workspace}&channel_id=C0REVOPS01"
    ).encode()
    headers = signed(body, at=house.clocks.wall())
    answer: dict[str, str] = house.client.post(
        "/slack/events", content=body, headers=headers
    ).json()
    return answer


def reference(house: House) -> str:
    """Return the reference in the one line that was logged."""
    (line,) = house.take_errors()
    return line.partition("(reference ")[2].partition(")")[0]


def test_a_command_that_fails_tells_a_reference(house: House) -> None:
    """The person gets what to do and a reference; the log has the same one."""
    said = command(house, "%2Ffails")

    assert said["response_type"] == "ephemeral"
    assert reference(house) in said["text"]


def test_a_busy_database_asks_to_try_again(house: House) -> None:
    """That is nobody's mistake, so it says so."""
    said = command(house, "%2Fbusy")

    assert "try again in a moment" in said["text"]
    house.take_errors()


def test_nobody_waits_for_a_busy_database(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While others write, a listener gives up before Slack does; whatever it would have saved."""
    monkeypatch.setattr("bot.listeners.patient.PATIENCE", timedelta(milliseconds=10))
    monkeypatch.setattr("storage.database.LOCK_TIMEOUT", timedelta(hours=1))

    with house.app.database.write():
        said = command(house, "%2Fdefine-handoff")

    assert "try again in a moment" in said["text"]
    house.take_errors()


def test_a_form_keeps_what_was_typed(house: House) -> None:
    """The error stands at the first field; without one, a view comes on top."""
    field = {"type": "input", "block_id": "b1"}
    view = {"id": "V1", "type": "modal", "callback_id": "fails"}

    with_field = send(house, {"type": "view_submission", "view": {**view, "blocks": [field]}})
    without = send(house, {"type": "view_submission", "view": {**view, "blocks": []}})

    assert with_field["response_action"] == "errors"
    assert set(with_field["errors"]) == {"b1"}
    assert without["response_action"] == "push"
    house.take_errors()


def test_a_button_on_a_message_is_answered_privately(house: House) -> None:
    """Only the person who clicked sees it."""
    send(
        house,
        {
            "type": "block_actions",
            "channel": {"id": "C0REVOPS01"},
            "message": {"ts": "1.1"},
            "actions": [{"type": "button", "action_id": "fails", "block_id": "b"}],
        },
    )

    (message,) = house.take()
    assert message.only_for == "U0RIA00001"
    assert reference(house) in message.text


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "shortcut", "callback_id": "fails", "trigger_id": "1.2.3"},
        {
            "type": "block_actions",
            "trigger_id": "1.2.3",
            "view": {"id": "V1", "type": "modal", "blocks": []},
            "actions": [{"type": "button", "action_id": "fails", "block_id": "b"}],
        },
    ],
)
def test_a_view_that_cannot_be_shown_is_only_logged(house: House, payload: dict[str, Any]) -> None:
    """Telling the person is best effort; here the trigger is not Slack's."""
    assert send(house, payload) is None
    house.take_errors()
    assert len(house.take_refusals()) == 1


def test_a_menu_that_fails_is_empty(house: House) -> None:
    """There is no place for words in a menu."""
    payload = {"type": "block_suggestion", "action_id": "fails", "block_id": "b", "value": "x"}

    assert send(house, payload) == {"options": []}
    house.take_errors()


def test_a_button_of_an_older_version_says_so(house: House) -> None:
    """A message may be older than the app that it talks to."""
    send(
        house,
        {
            "type": "block_actions",
            "channel": {"id": "C0REVOPS01"},
            "message": {"ts": "1.1"},
            "actions": [{"type": "button", "action_id": "gone", "block_id": "b"}],
        },
    )

    (message,) = house.take()
    assert "older version" in message.text


@pytest.mark.parametrize(("kind", "status"), [("channel_rename", 500), ("unheard_of", 200)])
def test_slack_repeats_an_event_that_failed(house: House, kind: str, status: int) -> None:
    """A failure is answered with a 500, so that Slack delivers again; no interest is a 200."""
    event = {"type": kind}
    body = json.dumps(
        {"type": "event_callback", "team_id": house.workspace, "event_id": "E", "event": event}
    ).encode()
    headers = signed(body, at=house.clocks.wall(), content_type=JSON)

    answer = house.client.post("/slack/events", content=body, headers=headers)

    assert answer.status_code == status
    house.take_errors()
