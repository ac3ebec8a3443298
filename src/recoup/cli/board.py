"""What a terminal shows of a run that is going on: one row for each task, its calls counted."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from recoup.events import DidCompute, DidFail, Hit, WillCompute
from recoup.wording import duration, first_line

if TYPE_CHECKING:
    from recoup.events import Event

__all__ = ["Board", "Row", "Status"]

Status = Literal["running", "failed", "ran", "cached"]


@dataclass
class Row:
    """The calls of one task: how many of each kind, why bodies ran, where hits came from, what went wrong."""

    task: str
    ran: int = 0
    cached: int = 0
    failed: int = 0
    seconds: float = 0.0
    saved: float = 0.0
    why: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
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
    def name(self) -> str:
        """Return the task, with the number of its calls where there were many."""
        return self.task if self.calls == 1 else f"{self.task} {self.calls}"

    @property
    def story(self) -> str:
        """Return what happened and why: `12 cached · 3 ran · helper clean() changed`."""
        counted = {"cached": self.cached, "ran": self.ran, "failed": self.failed, "running": len(self.running)}
        several = [f"{number} {kind}" for kind, number in counted.items() if number]
        told: list[str] = several if self.calls > 1 else [self.status]
        if self.errors:
            told.append(_most(self.errors))
        elif self.why:
            told.append(_most([why for why, _ in self.why.most_common()]))
        elif self.sources:
            told.append(f"from run {next(iter(self.sources))}" if len(self.sources) == 1 else f"from {len(self.sources)} runs")
        return " · ".join(told)

    def spent(self, now: float) -> str:
        """Return how long bodies took until `now`, and what hits saved."""
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
        if isinstance(event, WillCompute | DidCompute | Hit | DidFail):
            with self._lock:
                _count(self._rows.setdefault(event.call.task, Row(event.call.task)), event)

    def rows(self, most: int | None = None) -> tuple[list[Row], int]:
        """Return the rows and how many were left out: beyond `most`, those whose calls have ended come last."""
        with self._lock:
            rows = list(self._rows.values())
        if most is None or len(rows) <= most:
            return rows, 0
        ended = [row for row in rows if not row.running]
        left_out = ended[: len(rows) - most]
        return [row for row in rows if row not in left_out][:most], len(rows) - most


def _count(row: Row, event: WillCompute | DidCompute | Hit | DidFail) -> None:
    match event:
        case WillCompute():
            row.running[event.call.number] = event.at
            # Of the items of a map, each would have a reason of its own.
            row.why["first time" if event.cause == "first" and event.call.label else event.why] += 1
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
            error = first_line(event.error)
            row.errors.append(f"{event.call.label}: {error}" if event.call.label else error)


def _most(told: list[str]) -> str:
    """Return the first text, and how many others there were."""
    return told[0] if len(told) == 1 else f"{told[0]}, and {len(told) - 1} more"
