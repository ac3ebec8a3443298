"""The clock of this process: the machine's, unless a test puts another in its place."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from recoup import loops

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.abc import Clock

__all__ = ["SystemClock", "clock", "use_clock"]


class SystemClock:
    """The time of this machine."""

    monotonic = staticmethod(time.perf_counter)
    sleep = staticmethod(time.sleep)
    time = staticmethod(time.time)

    async def async_sleep(self, seconds: float) -> None:
        """Let `seconds` pass in this coroutine."""
        await loops.sleep(seconds)


class _ProcessClock:
    """Lends its methods from another clock; asking it costs no more than asking that one."""

    __slots__ = ("async_sleep", "lender", "monotonic", "sleep", "time")

    def __init__(self, lender: Clock) -> None:
        self.lend(lender)

    def lend(self, lender: Clock) -> None:
        """Tell the time of `lender` from now on."""
        self.lender = lender
        self.time, self.monotonic = lender.time, lender.monotonic
        self.sleep, self.async_sleep = lender.sleep, lender.async_sleep


clock = _ProcessClock(SystemClock())
"""What tasks, flows and ledgers tell the time by."""


@contextlib.contextmanager
def use_clock(other: Clock) -> Iterator[None]:
    """Put `other` in the place of the machine's clock inside the `with` block, on all threads."""
    before = clock.lender
    clock.lend(other)
    try:
        yield
    finally:
        clock.lend(before)
