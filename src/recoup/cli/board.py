"""What a terminal shows of a run that is going on: one row for each task, its calls counted."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from recoup.events import DidCompute, DidFail, Hit, NotCached, WillCompute, WillRetry, WriteFailed
from recoup.wording import duration

if TYPE_CHECKING:
    from recoup.events import CallId, Event

__all__ = ["Board", "Row"]

Status = Literal["running", "failed", "ran", "cached"]


@dataclass
class Row:
    """The calls of one task: how many of each kind, why the last body ran, where the last hit came from."""

    task: str
    ran: int = 0
    cached: int = 0
    failed: int = 0
    seconds: float = 0.0
    saved: float = 0.0
    why: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    retries: int = 0
    running: dict[int, float] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Return how many calls there were so far."""
        return self.ran + self.cached + self.failed + len(self.running)

    @property
    def status(self) -> Status:
        """Return what matters most about the calls."""
        if self.failed:
            return "failed"
        return "running" if self.running else "ran" if self.ran else "cached"

    @property
    def counts(self) -> str:
        """Return `12 cached · 3 ran · 1 running` for a task with many calls, `ran` for one."""
        counted = {"cached": self.cached, "ran": self.ran, "failed": self.failed, "running": len(self.running)}
        if self.calls == 1:
            return self.status
        return " · ".join(f"{number} {kind}" for kind, number in counted.items() if number)

    @property
    def reasons(self) -> str:
        """Return why bodies ran, or where hits came from, the most frequent first."""
        if self.errors:
            return self.errors[-1]
        told = [_most(self.why)] if self.why else []
        if self.sources and not self.why:
            told.append(f"from run {_most(self.sources)}")
        return " · ".join(told)

    def spent(self, now: float) -> str:
        """Return how long bodies took, and what hits saved."""
        seconds = self.seconds + sum(now - since for since in self.running.values())
        told = [duration(seconds)] if self.ran or self.running or self.failed else []
        if self.cached:
            told.append(f"saved {duration(self.saved)}")
        return " · ".join(told)


class Board:
    """Follows a run (a subscriber) and keeps a row for each task, in the order in which they were first called."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        """Count `event`."""
        call = getattr(event, "call", None)
        if call is None or isinstance(event, NotCached | WriteFailed):
            return
        with self._lock:
            self._count(self._row(call), event)

    def rows(self) -> list[Row]:
        """Return the rows as they are now."""
        with self._lock:
            return list(self._rows.values())

    def _row(self, call: CallId) -> Row:
        return self._rows.setdefault(call.task, Row(call.task))

    @staticmethod
    def _count(row: Row, event: Event) -> None:
        match event:
            case WillCompute():
                row.running[event.call.number] = event.at
                row.why[event.why] += 1
            case DidCompute():
                row.running.pop(event.call.number, None)
                row.ran += 1
                row.seconds += event.seconds
            case Hit():
                row.cached += 1
                row.saved += event.saved
                row.sources[event.from_run_name or "of no flow"] += 1
            case DidFail():
                row.running.pop(event.call.number, None)
                row.failed += 1
                row.seconds += event.seconds
                row.errors.append(event.error)
            case WillRetry():
                row.retries += 1
            case _:
                pass


def _most(counted: Counter[str]) -> str:
    """Return the most frequent text, and how many others there were."""
    (text, _), others = counted.most_common(1)[0], len(counted) - 1
    return f"{text}, and {others} other reason{'s' if others > 1 else ''}" if others else text
