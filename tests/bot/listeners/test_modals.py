"""Replacing a modal that has changed since the click."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.listeners.modals import update_modal

VIEW = {"type": "modal"}


class FakeClient:
    """Slack with one open modal, which refuses an old hash and an unknown external id."""

    def __init__(self, *, external_id: str) -> None:
        self.external_id = external_id
        self.shown: Any = None

    def views_update(self, *, view: Any, **found_by: Any) -> None:  # noqa: ANN401 - Slack's JSON
        """Replace the modal, or refuse as Slack does."""
        if found_by.get("view_id") and found_by.get("hash") != "new":
            raise SlackApiError("refused", {"error": "hash_conflict"})
        if found_by.get("external_id") not in (None, self.external_id):
            raise SlackApiError("refused", {"error": "not_found"})
        self.shown = view


@pytest.mark.parametrize(
    ("clicked", "is_replaced"), [("review_1", True), ("review_0", False), ("", False)]
)
def test_only_the_proof_is_overwritten(clicked: str, is_replaced: bool) -> None:
    """The proof keeps the window's external id; anything newer has another, and stays."""
    client = FakeClient(external_id="review_1")

    update_modal(
        client,  # type: ignore[arg-type]  # a client as far as it is used
        shown={"id": "V1", "hash": "old", "external_id": clicked},
        view=VIEW,
    )

    assert client.shown == (VIEW if is_replaced else None)
