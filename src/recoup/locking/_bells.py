"""Bells: what wakes those who wait, threads and coroutines, before their time is up; and who of this process waits for what."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from recoup import loops
from recoup.forking import renew_in_children

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Bell", "Bells"]

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


class Bells:
    """The bells of those in this process who look at locks from time to time: one that is released here is had at once.

    Who stands in line has a number, lower than those behind; who only watches has none.
    """

    def __init__(self) -> None:
        self.after_fork()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Know nobody: those who wait are threads of the parent."""
        self._mutex = threading.Lock()
        self._hung: dict[Hashable, dict[Bell, int]] = {}

    def hang(self, lock: Hashable, bell: Bell, number: int = 0) -> None:
        """Have `bell` rung when the lock is released here; again with another number."""
        with self._mutex:
            self._hung.setdefault(lock, {})[bell] = number

    def take_down(self, lock: Hashable, bell: Bell) -> None:
        """Ring `bell` no more."""
        with self._mutex:
            hung = self._hung.get(lock, {})
            hung.pop(bell, None)
            if not hung:
                self._hung.pop(lock, None)

    def ring(self, lock: Hashable) -> None:
        """Wake those who watch the lock, and who is the first in its line."""
        with self._mutex:
            hung = sorted(self._hung.get(lock, {}).items(), key=lambda item: item[1])
        for bell, number in hung:
            bell.ring()
            if number:
                break
