"""What it costs to know which code a task reaches: 50 functions in 5 modules.

    python -m benchmarks.fingerprints

Each round starts two processes: one with a home in which nothing is known of the source files, one that finds there what the
first kept. There are no peers: no other tool follows code.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.programs.fingerprint import write
from benchmarks.report import table
from benchmarks.rows import MS, US, amount

ROUNDS = 15
PROGRAM = Path(__file__).parent / "programs" / "fingerprint.py"


def main() -> None:
    """Print the table."""
    taken: dict[str, list[float]] = {"unknown": [], "known": [], "later": []}
    with tempfile.TemporaryDirectory(prefix="recoup-fingerprints-") as folder:
        write(Path(folder))
        for number in range(ROUNDS):
            home = Path(folder, f"home{number}")
            for kind in ("unknown", "known"):
                times = _asked(folder, home)
                taken[kind].append(times["first"])
                taken["later"].append(times["later"])
    rows = [
        ("first on this machine", amount(statistics.median(taken["unknown"]), MS), ""),
        ("first in a process", amount(statistics.median(taken["known"]), MS), "at most 5 ms"),
        ("each later call", amount(statistics.median(taken["later"]), US), "a few µs"),
    ]
    print(table(("fingerprint of 50 functions in 5 modules", "median", "budget"), rows))


def _asked(folder: str, home: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, PROGRAM, folder], env=os.environ | {"RECOUP_HOME": str(home)}, capture_output=True, text=True, check=True
    )
    times: dict[str, float] = json.loads(done.stdout)
    if times["functions"] != 50:
        raise SystemExit(f"{times['functions']} functions were reached, not 50")
    return times


if __name__ == "__main__":
    main()
