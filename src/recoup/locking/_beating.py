"""The heartbeat of a lock manager: a thread that shows for its holders that they are there, as long as there are any."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from recoup.exceptions import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Beating"]


class Beating:
    """Calls `beat` from time to time, on a thread of its own.

    `beat` returns the seconds until it is to be called again, `None` when nothing is held: the thread then ends, once what
    was given to `add` is done, too. It keeps no process alive.
    """

    def __init__(self, beat: Callable[[], float | None], pause: float) -> None:
        self._beat = beat
        self._pause = pause
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._runs = False
        self._owed: list[Callable[[], object]] = []

    def start(self, *, hurry: bool = False) -> None:
        """Begin, unless it goes on already; the first beat is due after a pause, or at once in a `hurry`."""
        with self._lock:
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="recoup-locks", daemon=True).start()
        if hurry:
            self.hurry()

    def hurry(self) -> None:
        """Beat at once."""
        self._wake.set()

    def add(self, owed: Callable[[], object]) -> None:
        """Do this as soon as it raises no `StoreError`."""
        with self._lock:
            self._owed.append(owed)
        self.start()

    def _run(self) -> None:
        pause: float | None = self._pause
        while pause is not None:
            self._wake.wait(pause)
            self._wake.clear()
            try:
                self._pay()
                pause = self._beat()
            except StoreError:
                pause = self._pause
            if pause is None and not self._ends():
                pause = self._pause

    def _pay(self) -> None:
        while self._owed:
            self._owed[0]()
            self._owed.pop(0)

    def _ends(self) -> bool:
        with self._lock:
            if self._owed or self._wake.is_set():
                return False
            self._runs = False
        return True
