from storage import audit, workspaces
from storage.audit import ChainReport
from storage.database import Database


def verify_audit(*, database: Database) -> tuple[ChainReport, ...]:
    """Recompute the audit chain of every workspace, from its first fact to its head.

    Args:
        database: Where the facts are.

    Returns:
        One report for each workspace, by id.
    """
    with database.read() as connection:
        return tuple(
            audit.verify(connection, workspace=known.workspace)
            for known in workspaces.everyone(connection)
        )
