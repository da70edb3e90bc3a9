"""How long a person's click waits for its turn."""

from datetime import timedelta

#: A listener answers within three seconds; it does not wait longer than this for the database.
PATIENCE = timedelta(seconds=2)
