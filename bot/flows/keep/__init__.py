"""Use cases of whoever keeps the installation."""
