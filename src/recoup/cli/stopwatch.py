"""Where the time of a `recoup run` goes: the start of Python, the user's imports, the bodies of tasks, and the rest."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Split", "Stopwatch"]

_START_FIELD = 19
"""`starttime` in `/proc/self/stat`, counted from the field after the program's name."""

_LOADED = time.monotonic()


class Split(NamedTuple):
    """Seconds of a run: all of them, those of imports, those of bodies, and what remains."""

    wall: float
    imports: float
    bodies: float
    own: float


class Stopwatch:
    """Measures from the start of the process, or from now where the process does other things too."""

    def __init__(self, *, whole_process: bool) -> None:
        self._start = time.monotonic() - _age_of_process() if whole_process else time.monotonic()
        self._imports = 0.0

    @contextlib.contextmanager
    def importing(self) -> Iterator[None]:
        """Count what happens inside the `with` block as imports of the user's."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._imports += time.monotonic() - start

    def split(self, bodies: float) -> Split:
        """Return where the time went until now. What is left is Recoup's, and the code of the flow itself."""
        wall = time.monotonic() - self._start
        return Split(wall, self._imports, bodies, max(wall - self._imports - bodies, 0.0))


def _age_of_process() -> float:
    """Return how long this process has existed, to 10 ms; where the system does not tell, since this file was loaded."""
    try:
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError, IndexError):
        age = 0.0
    return max(age, time.monotonic() - _LOADED)
