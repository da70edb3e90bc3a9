"""Bolt, with listeners that would rather say "busy" than keep a person waiting."""

from datetime import timedelta
from typing import Any

from slack_bolt import App, BoltRequest, BoltResponse

from bot.flows.context import Database

#: Slack gives up after three seconds, and shows an error of its own that says nothing.
PATIENCE = timedelta(seconds=2)


class PatientApp(App):
    """A Bolt app whose listeners wait for the database for so long at most.

    Bolt runs a listener in the thread that dispatches its request, in HTTP and in Socket Mode.

    Args:
        database: What they write to.
        settings: As of Bolt's own app; `process_before_response` must be on.
    """

    def __init__(self, *, database: Database, **settings: Any) -> None:  # noqa: ANN401 - Bolt's
        super().__init__(**settings)
        self._database = database

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Answer one request of Slack."""
        with self._database.patience(PATIENCE):
            return super().dispatch(req)
