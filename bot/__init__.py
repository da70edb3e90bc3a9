"""How people and machines reach Handoff: Slack, HTTP, the clocks and the command line."""
