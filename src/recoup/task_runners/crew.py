"""Threads that do what they are handed.

Other than those of `ThreadPoolExecutor` they end with the process: who gives a run up waits for nobody.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Crew"]


class Crew:
    """Up to `most` threads, which start when there is work and nobody is idle."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._work: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._dismissed = False

    def hand(self, work: Callable[[], object]) -> bool:
        """Have a thread do `work`, as soon as one is free; say whether that will be."""
        with self._lock:
            if self._dismissed:
                return False
            self._work.put(work)
            if not self._idle.acquire(blocking=False) and len(self._threads) < self.most:
                thread = threading.Thread(target=self._serve, name=f"recoup_{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        return True

    def dismiss(self) -> None:
        """Take no more work; the threads end when they have done what they were handed."""
        with self._lock:
            self._dismissed = True
        self._work.put(None)

    def join(self) -> None:
        """Wait until the threads have ended."""
        for thread in self._threads:
            with contextlib.suppress(RuntimeError):  # an interrupt came before it was started
                thread.join()

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            with contextlib.suppress(BaseException):  # the work itself tells how it ended
                work()
            del work  # or an idle thread would hold on to it
            self._idle.release()
        self._work.put(None)  # for the next
