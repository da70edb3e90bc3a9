"""The auditor: what contradicts the invariants, and times that were lost."""
