"""Backtests in Slack: asked for in a form, worked off in the slow lane, told in a message."""
