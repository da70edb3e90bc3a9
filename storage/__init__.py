"""What is remembered: tables, queries, migrations. Returns handoff models, never rows."""
