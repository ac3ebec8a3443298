"""Ask one hasher for all digests in two processes, and write what differs: `stability.py HASHER FILE`.

The names of cases to be left out come on standard input.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from recoup.testing.hashing import Circumstances, check_stability

ELSEWHERE = (Circumstances("another process", seed=1),)


def main(name: str, file: str) -> None:
    report = check_stability(f"hashers:{name}", circumstances=ELSEWHERE, leave_out=tuple(json.load(sys.stdin)))
    Path(file).write_text(json.dumps(report.of_kind("unstable")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
