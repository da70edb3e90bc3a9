"""Settings, read from the environment and from a `.env` file."""
