"""What a change of the team means for versions that wait and for those that were signed."""

from datetime import datetime

from sqlalchemy import Connection

from bot.flows.signoff.announce import show_packet
from bot.flows.signoff.case import lock, subject_of
from bot.flows.signoff.prove_again import prove_soon
from bot.flows.signoff.remind import ask_instead_of_the_away
from storage import views


def team_changed(connection: Connection, *, workspace: str, now: datetime) -> None:
    """Ask substitutes for approvers who are away now, and run the proofs again.

    Called in the transaction that changes roles, pods, hours, time off or people.

    Args:
        connection: The connection of `Database.write()`.
        workspace: The Slack team.
        now: The domain's instant, UTC-aware.
    """
    for line in views.in_review(connection, workspace=workspace, limit=1000):
        subject = subject_of(line.design, line.version)
        case = lock(connection, workspace=workspace, subject=subject, now=now)
        if case is not None:
            ask_instead_of_the_away(case)
            show_packet(case)  # it names whom it waits for
    prove_soon(connection, workspace=workspace, now=now)
