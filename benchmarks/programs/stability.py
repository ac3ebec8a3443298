"""Ask one hasher for all digests in two processes, and write what differs: `stability.py HASHER FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from recoup.testing.hashing import Circumstances, check_stability

ELSEWHERE = (Circumstances("another process", seed=1),)


def main(name: str, file: str) -> None:
    report = check_stability(f"hashers:{name}", circumstances=ELSEWHERE)
    Path(file).write_text(json.dumps(report.of_kind("unstable")), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
