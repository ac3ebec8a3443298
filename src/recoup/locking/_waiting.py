"""Waiting for locks, once for threads and for coroutines.

Whoever asks for a lock gets a place in its line, and looks now and then whether it is their turn. A generator says when to
look again; only letting the time pass differs between threads and coroutines.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, NamedTuple, Protocol

from recoup import loops
from recoup.clock import clock
from recoup.locking.protocol import LockManager

if TYPE_CHECKING:
    from collections.abc import Generator

    from recoup.locking._bells import Bell

    Waiting = Generator["Pause | None", None, bool]

__all__ = ["Pause", "Place", "WaitingLockManager"]


class Pause(NamedTuple):
    """Wait for the bell, at most so many seconds."""

    bell: Bell
    seconds: float


class Place(Protocol):
    """A place in the line of a lock."""

    bell: Bell

    def look(self) -> float | None:
        """Take the lock and return `None` if it is this one's turn, else the seconds after which to look again."""
        ...

    def leave(self) -> None:
        """Give the place up, or the lock that was taken."""
        ...


class WaitingLockManager(LockManager):
    """A lock manager with lines. A subclass says what a line is, and looks; what waits is here."""

    is_remote = False
    """Whether looking takes so long that a loop must go on meanwhile."""

    @abstractmethod
    def _line_up(self, key: str, holder: str, hold_timeout: float | None) -> Place:
        """Take the last place in the line of a lock."""

    @abstractmethod
    def _holds_again(self, key: str, holder: str, hold_timeout: float | None) -> bool:
        """Say whether `holder` took the lock in this process and holds it; if so, `hold_timeout` begins anew."""

    @abstractmethod
    def _watch(self, key: str) -> Watch:
        """Return what looks whether a lock is free."""

    # --- the face ----------------------------------------------------------------------------

    def acquire_lock(
        self, key: str, holder: str, acquire_timeout: float | None = None, hold_timeout: float | None = None
    ) -> bool:
        """Take the lock, and say whether that was done."""
        return drive(self._acquiring(key, holder, acquire_timeout, hold_timeout))

    async def aacquire_lock(
        self, key: str, holder: str, acquire_timeout: float | None = None, hold_timeout: float | None = None
    ) -> bool:
        """Take the lock in a coroutine, and say whether that was done."""
        return await adrive(self._acquiring(key, holder, acquire_timeout, hold_timeout), off_loop=self.is_remote)

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody holds the lock; say whether that came to pass."""
        return drive(self._waiting(key, timeout))

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - Prefect's signature
        """Wait in a coroutine until nobody holds the lock; say whether that came to pass."""
        return await adrive(self._waiting(key, timeout), off_loop=self.is_remote)

    # --- the logic ---------------------------------------------------------------------------

    def _acquiring(self, key: str, holder: str, acquire_timeout: float | None, hold_timeout: float | None) -> Waiting:
        if self._holds_again(key, holder, hold_timeout):
            return True
        if acquire_timeout is not None and acquire_timeout <= 0 and self.is_locked(key):
            return self.is_lock_holder(key, holder)
        place, end = self._line_up(key, holder, hold_timeout), _end_of(acquire_timeout)
        taken = False
        try:
            while (pause := place.look()) is not None:
                if self._holds_again(key, holder, hold_timeout):  # taken on another thread
                    return True
                left = end - clock.monotonic()
                if left <= 0:
                    return False
                yield Pause(place.bell, min(pause, left))
            yield None  # a caller who is cancelled while we looked holds nothing
            taken = True
        finally:
            if not taken:
                place.leave()
        return taken

    def _waiting(self, key: str, timeout: float | None) -> Waiting:
        watch, end = self._watch(key), _end_of(timeout)
        try:
            while (pause := watch.look()) is not None:
                left = end - clock.monotonic()
                if left <= 0:
                    return False
                yield Pause(watch.bell, min(pause, left))
        finally:
            watch.leave()
        return True


Watch = Place
"""Who looks whether a lock is free, without taking it, looks in the same way."""


def _end_of(timeout: float | None) -> float:
    return math.inf if timeout is None else clock.monotonic() + timeout


def drive(waiting: Waiting) -> bool:
    """Wait in this thread."""
    try:
        while True:
            try:
                pause = next(waiting)
            except StopIteration as end:
                return bool(end.value)
            if pause is not None:
                pause.bell.wait(pause.seconds)
    finally:
        waiting.close()


async def adrive(waiting: Waiting, *, off_loop: bool) -> bool:
    """Wait in this coroutine, and look on other threads if that is `off_loop`."""
    try:
        while True:
            step = await loops.to_thread_finished(_next, waiting) if off_loop else _next(waiting)
            if isinstance(step, bool):
                return step
            if step is not None:
                await step.bell.await_ring(step.seconds)
    finally:
        if off_loop:
            await loops.to_thread_finished(waiting.close)
        else:
            waiting.close()


def _next(waiting: Waiting) -> Pause | bool | None:
    try:
        return next(waiting)
    except StopIteration as end:
        return bool(end.value)
