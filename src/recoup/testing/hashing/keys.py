"""Ask for the keys of calls in many checkouts: the program that `check_edits` starts.

Each checkout is loaded by a child forked before anything of any project was imported, so nothing of one is left in
the next.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recoup.testing.hashing.digests import load

if TYPE_CHECKING:
    from collections.abc import Callable

__all__: list[str] = []


def _key(key: Callable[..., Any], job: dict[str, str]) -> dict[str, str]:
    sys.path[:0] = [job["root"], str(Path(job["root"], "src"))]
    os.chdir(job["root"])
    try:
        arguments = load(job["arguments"])() if job["arguments"] else {}
        return {"key": repr(key(load(job["call"]), arguments))}
    except BaseException:  # noqa: BLE001 - told to the other end
        return {"error": traceback.format_exc()}


def _main(name: str, jobs: str) -> None:
    key = load(name)
    for job in json.loads(Path(jobs).read_text(encoding="utf-8")):
        if os.fork() == 0:
            Path(job["root"], "key.json").write_text(json.dumps(_key(key, job)), encoding="utf-8")
            os._exit(0)
        os.wait()


if __name__ == "__main__":
    _main(*sys.argv[1:])
