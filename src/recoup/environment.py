"""Where this process runs."""

from __future__ import annotations

import functools
import os

from recoup.records import Producer
from recoup.version import __version__

__all__ = ["host", "producer"]


@functools.lru_cache(maxsize=1)
def host() -> str:
    """Return the name of this machine."""
    import platform  # noqa: PLC0415 - only a process that writes something says where it ran

    return platform.node()


def producer() -> Producer:
    """Return what records say of the process that computed a value."""
    return _producer(os.getpid())


@functools.lru_cache(maxsize=1)
def _producer(pid: int) -> Producer:
    import platform  # noqa: PLC0415 - as above

    return Producer(host(), pid, platform.python_version(), __version__)
