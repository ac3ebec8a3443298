"""Counting what happens in a run."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from recoup.events import DidCompute, DidFail, Hit, WillCompute
from recoup.forking import renew_in_children
from recoup.wording import duration

if TYPE_CHECKING:
    from recoup.events import Event

__all__ = ["Tally"]


_COUNTED = frozenset({Hit, WillCompute, DidCompute, DidFail})


class Tally:
    """How many calls ran, were cached or failed, what that saved, and how long bodies ran (a subscriber).

    `body_seconds` is the time during which at least one outermost body was running: the rest is not the tasks'.
    """

    def __init__(self) -> None:
        self.ran = 0
        self.cached = 0
        self.failed = 0
        self.saved_seconds = 0.0
        self.body_seconds = 0.0
        self._running: set[int] = set()
        self._since = 0.0
        self._lock = threading.Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Take no lock over that another thread holds in the parent."""
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Count `event`."""
        if type(event) not in _COUNTED:
            return
        with self._lock:
            match event:
                case Hit():
                    self.cached += 1
                    self.saved_seconds += event.saved
                case WillCompute():
                    if not self._running:
                        self._since = event.at
                    self._running.add(event.call.number)
                case DidCompute():
                    self.ran += 1
                    self._end(event.call.number, event.at)
                case DidFail():
                    self.failed += 1
                    self._end(event.call.number, event.at)
                case _:
                    pass

    def _end(self, number: int, at: float) -> None:
        if number in self._running:
            self._running.discard(number)
            if not self._running:
                self.body_seconds += at - self._since

    def __str__(self) -> str:
        """Return the summary a person reads: `12 tasks · 11 cached · 1 ran · 38.2 s saved`."""
        tasks = self.ran + self.cached + self.failed
        shown = [f"{tasks} task{'' if tasks == 1 else 's'}", f"{self.cached} cached", f"{self.ran} ran"]
        if self.failed:
            shown.append(f"{self.failed} failed")
        if self.saved_seconds:
            shown.append(f"{duration(self.saved_seconds)} saved")
        return " · ".join(shown)
