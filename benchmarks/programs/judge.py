"""Judge one hasher by the corpus, line by line, so that it is known where it died: `judge.py HASHER FILE FIRST`.

Each case gets 20 seconds. The file gets a line when a case begins, and one with the verdict.
"""

from __future__ import annotations

import json
import signal
import sys
import warnings
from itertools import islice
from pathlib import Path

import hashers

from recoup.testing.hashing import cases
from recoup.testing.hashing.judging import fault_of

SECONDS = 20


def main(name: str, file: str, first: str) -> None:
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, too_long)
    hasher = getattr(hashers, name)
    with Path(file).open("a", encoding="utf-8") as lines:
        for number, case in islice(enumerate(cases()), int(first), None):
            print(json.dumps({"number": number, "case": str(case), "type": case.of}), file=lines, flush=True)
            signal.alarm(SECONDS)
            try:
                fault = fault_of(hasher, case)
            finally:
                signal.alarm(0)
            verdict = {"kind": fault.kind, "detail": fault.detail} if fault else {"kind": ""}
            print(json.dumps({"number": number, **verdict}), file=lines, flush=True)


def too_long(signum, frame):
    raise TimeoutError(f"took longer than {SECONDS} seconds")


if __name__ == "__main__":
    main(*sys.argv[1:])
