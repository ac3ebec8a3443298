"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["ManualClock"]

_START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class ManualClock:
    """Time that passes only by `tick`, and by the pauses of whoever sleeps, which return at once.

    >>> clock = ManualClock()
    >>> before = clock.time()
    >>> clock.tick(hours=3)
    >>> clock.time() - before
    10800.0
    """

    def __init__(self, start: datetime = _START) -> None:
        self._start = start.timestamp()
        self._passed = 0.0
        self.slept: list[float] = []

    def __repr__(self) -> str:
        return f"ManualClock({datetime.fromtimestamp(self.time(), UTC):%Y-%m-%d %H:%M:%S}, slept={self.slept})"

    def tick(self, seconds: float = 0.0, *, minutes: float = 0.0, hours: float = 0.0, days: float = 0.0) -> None:
        """Let time pass."""
        self._passed += timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days).total_seconds()

    def time(self) -> float:
        """Return seconds since the epoch."""
        return self._start + self._passed

    def monotonic(self) -> float:
        """Return the seconds that passed since the clock was made."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Note the pause in `slept` and let it pass at once."""
        self.slept.append(seconds)
        self.tick(seconds)

    async def async_sleep(self, seconds: float) -> None:
        """Note the pause in `slept` and let it pass at once."""
        self.sleep(seconds)
