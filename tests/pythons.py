"""Interpreters of other minor versions, for tests of what must be the same on all of them."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ["other_pythons"]


@cache
def other_pythons():
    """Return interpreters of other minor versions that can import Recoup: those of `make pythons`, and what is on the path.

    Where there is none, it is the interpreter of the tests, in another process.
    """
    house = Path(__file__).parents[1]
    candidates = [*sorted(house.glob(".venv-3.*/bin/python")), *(shutil.which(f"python3.{minor}") for minor in range(11, 16))]
    asked = "import sys; sys.path.insert(0, sys.argv[1]); import recoup.hashing; print(sys.version_info[1])"
    found = {}
    for candidate in filter(None, candidates):
        command = [str(candidate), "-c", asked, str(house / "src")]
        said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if said and int(said) != sys.version_info[1]:
            found.setdefault(said, str(candidate))
    return list(found.values()) or [sys.executable]
