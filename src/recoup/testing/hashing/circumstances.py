"""Whether a hasher says the same in every process.

Each process has its own hash seed, working directory, and checkout: a project of its own on another path, into which
the modules with the cases are copied, so that their classes and functions are those of a program under development.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import recoup
from recoup.testing.hashing import values
from recoup.testing.hashing.judging import Fault, Report

__all__ = ["CIRCUMSTANCES", "Circumstances", "check_stability"]

_COPY: Final = "checked_out_values"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How one process is started: `start` is `program`, or the start method of a worker."""

    name: str
    seed: int
    start: str = "program"
    python: str = sys.executable


CIRCUMSTANCES: Final = (
    Circumstances("another hash seed, folder and checkout", 1),
    Circumstances("a forked worker", 2, "fork"),
    Circumstances("a spawned worker", 3, "spawn"),
    Circumstances("a worker of a fork server", 4, "forkserver"),
)


def check_stability(
    hasher: str,
    *,
    library: str | None = None,
    circumstances: tuple[Circumstances, ...] = CIRCUMSTANCES,
    pythons: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
) -> Report:
    """Run `hasher`, named as `package.module:function`, in a process for each of the circumstances and compare.

    `library` keeps to the cases of one library, `""` to those of the standard library. `pythons` are further
    interpreters that can import the hasher; `leave_out` names cases, such as those that end its process.
    """
    further = [Circumstances(python, 5 + number, python=python) for number, python in enumerate(pythons)]
    with tempfile.TemporaryDirectory(prefix="recoup-checkouts-") as folder:
        wanted = "*" if library is None else library
        first = _digests(hasher, wanted, leave_out, Circumstances("first", 0), Path(folder, "first"))
        faults: dict[str, Fault] = {}
        for number, one in enumerate([*circumstances, *further]):
            found = _digests(hasher, wanted, leave_out, one, Path(folder, f"elsewhere{number}"))
            for case in first:
                if case in found and found[case] != first[case]:
                    faults.setdefault(case, Fault("unstable", case, one.name))
    return Report(hasher, len(first), tuple(faults.values()))


def _digests(hasher: str, library: str, leave_out: tuple[str, ...], one: Circumstances, folder: Path) -> dict[str, list[str]]:
    """Start one process in a checkout of its own and return what it prints."""
    source = folder / "src" / _COPY
    shutil.copytree(Path(values.__file__).parent, source, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "pyproject.toml").touch()
    ours = Path(recoup.__file__).parent.parent
    path = os.pathsep.join([str(source.parent), str(ours), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONHASHSEED": str(one.seed), "PYTHONPATH": path}
    command = [one.python, "-m", "recoup.testing.hashing.digests", hasher, _COPY, library, one.start]
    said = json.dumps(leave_out)
    done = subprocess.run(command, cwd=folder, env=environment, input=said, capture_output=True, text=True, check=False)  # noqa: S603 - the command is ours
    if done.returncode:
        raise RuntimeError(f"{hasher} ended under {one.name}: {done.stderr.strip() or done.stdout.strip()}")
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    return found
