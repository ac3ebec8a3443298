"""Bells: what wakes those who wait, threads and coroutines, before their time is up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from recoup import loops

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Bell"]

_LONGEST = threading.TIMEOUT_MAX


class Bell:
    """Wakes the one who waits. A ring that nobody waits for is remembered: the next wait ends at once."""

    __slots__ = ("_rung", "_wake")

    def __init__(self) -> None:
        self._rung = False
        self._wake: Callable[[], object] | None = None

    def ring(self) -> None:
        """Wake whoever waits, or will wait next."""
        self._rung = True  # before `_wake` is read, as a waiter sets that before it reads this
        wake = self._wake
        if wake is not None:
            wake()

    def wait(self, seconds: float) -> None:
        """Wait for the bell, at most so many seconds."""
        event = threading.Event()
        self._wake = event.set
        if not self._rung:
            event.wait(min(seconds, _LONGEST))
        self._heard()

    async def await_ring(self, seconds: float) -> None:
        """Wait in a coroutine."""
        woken = loops.Alarm()
        self._wake = woken.set
        if not self._rung:
            await woken.wait(min(seconds, _LONGEST))
        self._heard()

    def _heard(self) -> None:
        self._wake = None
        self._rung = False
