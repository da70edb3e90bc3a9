"""`make bench`: print one table of goals, and write it as JSON."""

import sys
from pathlib import Path

from tests.benchmarks import queues
from tests.benchmarks.goals import as_json, as_table

_MEASURED = (queues.goals,)


def main() -> int:
    """Measure every goal; the exit code tells whether all are met."""
    found = [goal for measured in _MEASURED for goal in measured()]
    sys.stdout.write(as_table(found))
    Path("build").mkdir(exist_ok=True)
    Path("build/bench.json").write_text(as_json(found), encoding="utf-8")
    return 0 if all(goal.is_met for goal in found) else 1


if __name__ == "__main__":
    sys.exit(main())
