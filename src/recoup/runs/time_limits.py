"""Time limits of bodies: raise in the thread that runs one when it takes too long.

On the main thread a signal interrupts even what waits for the system, such as `time.sleep`. On other threads the limit
takes effect when the body next executes Python: a call into C that never returns cannot be ended there.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import FrameType

__all__ = ["async_time_limit", "in_time_limit", "time_limit", "undisturbed"]


class _Limit:
    """A limit of a thread: `held` while the thread does the work of others, `due` when it was reached meanwhile.

    `wakes` says that it ends also a wait for a lock, as signals do.
    """

    def __init__(self, error: type[BaseException], *, wakes: bool) -> None:
        self.error = error
        self.wakes = wakes
        self.lock = threading.Lock()
        self.over = False
        self.held: set[object] = set()
        self.due = False


class _Limits(threading.local):
    def __init__(self) -> None:
        self.here: list[_Limit] = []


_limits = _Limits()


def in_time_limit() -> bool:
    """Say whether another thread may end what this one does: then nothing must wait here for long without looking up."""
    return bool(_limits.here) and not all(limit.wakes for limit in _limits.here)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Let no limit of this thread end the `with` block, which is another call's work; one that is reached ends what follows."""
    limits, work = list(_limits.here), object()
    try:
        for limit in limits:
            with limit.lock:
                limit.held.add(work)
        yield
    finally:
        for limit in limits:  # the outermost first: where it ends this loop, those inside it are over, too
            with limit.lock:
                limit.held.discard(work)
    for limit in limits:
        if limit.due and not limit.held:
            raise limit.error


@contextlib.contextmanager
def time_limit(seconds: float | None, late: TimeoutError | None = None) -> Iterator[None]:
    """Raise `late` (default: a `TimeoutError`) where the `with` block takes longer than `seconds`, if any."""
    if seconds is None:
        yield
        return

    class TimeIsUp(BaseException):
        """Raised inside the block: no `Exception`, so that one that catches those ends too; a class for each limit."""

    on_main = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
    started = time.monotonic()
    try:
        with _alarm(seconds, TimeIsUp) if on_main else _watched(seconds, TimeIsUp):
            yield
        caught = time.monotonic() - started > seconds
    except TimeIsUp:
        caught = True
    if caught:
        raise late or _late(seconds)


def _late(seconds: float) -> TimeoutError:
    return TimeoutError(f"it took longer than {seconds:g} seconds")


@contextlib.contextmanager
def _alarm(seconds: float, error: type[BaseException]) -> Iterator[None]:
    """Have the alarm of the process raise `error`; one that was set before rings at its time all the same."""
    started = time.monotonic()
    others_first, due = False, 0.0
    limit = _Limit(error, wakes=True)

    def ring(signal_number: int, frame: FrameType | None) -> None:
        nonlocal others_first, due
        if others_first:
            others_first, due = False, interval
            signal.setitimer(signal.ITIMER_REAL, max(seconds - (time.monotonic() - started), _AT_ONCE))
            assert callable(before)
            before(signal_number, frame)
        elif limit.held:
            limit.due = True
        else:
            raise error

    before = signal.signal(signal.SIGALRM, ring)
    due, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    if 0 < due < seconds and callable(before):
        others_first = True
        signal.setitimer(signal.ITIMER_REAL, due)
    _limits.here.append(limit)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        _limits.here.remove(limit)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
        if due:
            signal.setitimer(signal.ITIMER_REAL, max(due - (time.monotonic() - started), _AT_ONCE), interval)


_AT_ONCE = 1e-6


@contextlib.contextmanager
def _watched(seconds: float, error: type[BaseException]) -> Iterator[None]:
    """Have another thread raise `error` in this one."""
    import ctypes  # noqa: PLC0415 - 2 ms for limits on other threads than the main one

    this = ctypes.c_ulong(threading.get_ident())
    limit = _Limit(error, wakes=False)

    def ring() -> None:
        with limit.lock:
            if limit.held:
                limit.due = True
            elif not limit.over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(this, ctypes.py_object(error))

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    _limits.here.append(limit)
    try:
        yield
    finally:
        _limits.here.remove(limit)
        with limit.lock:
            limit.over = True
        timer.cancel()
        ctypes.pythonapi.PyThreadState_SetAsyncExc(this, None)  # one that was raised and has not arrived


@contextlib.asynccontextmanager
async def async_time_limit(seconds: float | None, late: TimeoutError | None = None) -> AsyncIterator[None]:
    """Cancel the `async with` block and raise `late` where it takes longer than `seconds`, if any."""
    if seconds is None:
        yield
        return
    import asyncio  # noqa: PLC0415 - only a coroutine comes here, which has imported it

    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():  # the body's own
            raise
        raise late or _late(seconds) from None
