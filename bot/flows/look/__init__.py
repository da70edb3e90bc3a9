"""Use cases that only look."""
