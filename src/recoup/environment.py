"""Where this process runs, and which of the processes that were named are still there."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from recoup.records import Producer
from recoup.version import __version__

__all__ = ["host", "machine", "own_start", "process_start", "process_state", "producer"]

_STATE, _START = 0, 19
"""Fields of `/proc/<pid>/stat`, counted after the program's name."""


@functools.lru_cache(maxsize=1)
def host() -> str:
    """Return the name of this machine."""
    import platform  # noqa: PLC0415 - only a process that writes something says where it ran

    return platform.node()


@functools.lru_cache(maxsize=1)
def machine() -> str:
    """Return what processes share that see each other under the same ids: the boot of the machine and the namespace.

    Where the system does not tell, it is the name of the machine.
    """
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return host()


@functools.lru_cache(maxsize=1)
def own_start(pid: int) -> str:
    """Return what tells this process, `pid`, from later ones with its id."""
    return process_start(pid) or ""


def process_start(pid: int) -> str | None:
    """Return what tells the process `pid` from later ones with its id; empty where the system does not tell.

    Returns `None` where there is no such process, or only what is left of one that has ended.
    """
    found = process_state(pid)
    return None if found is None else found[1]


def process_state(pid: int) -> tuple[str, str] | None:
    """Return whether the process `pid` runs (`R`, `S` …) or is stopped (`T`, `t`), and what `process_start` returns.

    Both are empty where the system does not tell. Returns `None` where there is no such process, or only what is left of one.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None if Path("/proc/self/stat").exists() or not _answers(pid) else ("", "")
    return None if fields[_STATE] in "ZXx" else (fields[_STATE], fields[_START])


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)  # asks only whether the process is there
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        pass
    return True


def producer() -> Producer:
    """Return what records say of the process that computed a value."""
    return _producer(os.getpid())


@functools.lru_cache(maxsize=1)
def _producer(pid: int) -> Producer:
    import platform  # noqa: PLC0415 - as above

    return Producer(host(), pid, platform.python_version(), __version__)
