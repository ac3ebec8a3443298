"""The real clock."""

from __future__ import annotations

import asyncio
import time

__all__ = ["SystemClock"]


class SystemClock:
    """The time of this machine."""

    monotonic = staticmethod(time.perf_counter)
    sleep = staticmethod(time.sleep)
    time = staticmethod(time.time)

    async def async_sleep(self, seconds: float) -> None:
        """Let `seconds` pass in this coroutine."""
        await asyncio.sleep(seconds)
