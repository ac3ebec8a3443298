"""Locks in the memory of this process: for threads and coroutines."""

from __future__ import annotations

import math
import threading
from collections import deque
from typing import TYPE_CHECKING

from recoup.clock import clock
from recoup.exceptions import LockNotHeld
from recoup.forking import renew_in_children
from recoup.locking._bells import Bell
from recoup.locking._waiting import WaitingLockManager

if TYPE_CHECKING:
    from recoup.locking._waiting import Place

__all__ = ["MemoryLockManager", "forget"]


class MemoryLockManager(WaitingLockManager):
    """Locks that all threads and coroutines of this process share.

    All instances are one: they have the same locks, are equal, and a copy by pickle is that of the process which reads it.
    A forked child begins with no lock held. The locks end with the process.
    """

    def __repr__(self) -> str:
        return "MemoryLockManager()"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(MemoryLockManager)

    def __reduce__(self) -> tuple[type[MemoryLockManager], tuple[()]]:
        return MemoryLockManager, ()

    def release_lock(self, key: str, holder: str) -> None:
        """Free the lock."""
        with _table.mutex:
            line = _table.lines.get(key)
            if line is None or not line.is_held_by(holder):
                raise LockNotHeld(f"the lock of {key!r} is not held by {holder!r}: it was released before, or held too long")
            line.free()
            _table.tidy(key)

    def is_locked(self, key: str) -> bool:
        """Say whether somebody holds the lock."""
        with _table.mutex:
            line = _table.lines.get(key)
            if line is None or line.is_held():
                return line is not None
            _table.tidy(key)
            return False

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether `holder` holds the lock."""
        with _table.mutex:
            line = _table.lines.get(key)
            return line is not None and line.is_held_by(holder)

    def _line_up(self, key: str, holder: str, hold_timeout: float | None) -> Place:
        return _InLine(key, holder, hold_timeout)

    def _holds_again(self, key: str, holder: str, hold_timeout: float | None) -> bool:
        with _table.mutex:
            line = _table.lines.get(key)
            if line is None or not line.is_held_by(holder):
                return False
            line.hold(holder, hold_timeout)
            return True

    def _watch(self, key: str) -> Place:
        return _Watching(key)


class _Line:
    """One lock: who holds it until when, who wants it, and who watches. Used under the table's mutex."""

    def __init__(self) -> None:
        self.holder: str | None = None
        self.until = math.inf
        self.waiting: deque[_InLine] = deque()
        self.watching: list[Bell] = []

    def is_held(self) -> bool:
        if self.holder is not None and clock.monotonic() >= self.until:
            self.free()
        return self.holder is not None

    def is_held_by(self, holder: str) -> bool:
        return self.is_held() and self.holder == holder

    def hold(self, holder: str, hold_timeout: float | None) -> None:
        self.holder = holder
        self.until = math.inf if hold_timeout is None else clock.monotonic() + hold_timeout
        self.wake()  # the next one has to know how long it waits now

    def free(self) -> None:
        self.holder = None
        self.wake()

    def wake(self) -> None:
        """Wake whose turn it is, and whoever watches."""
        for bell in (*self.watching, *(place.bell for place in list(self.waiting)[:1])):
            bell.ring()

    @property
    def next_change(self) -> float:
        """Return the seconds until the lock becomes free by itself."""
        return self.until - clock.monotonic()


class _Table:
    """All locks of this process: those that somebody holds, wants or watches."""

    def __init__(self) -> None:
        self.mutex = threading.Lock()
        self.lines: dict[str, _Line] = {}

    def after_fork(self) -> None:
        """Begin anew: the holders are threads of the parent."""
        self.__init__()  # type: ignore[misc]  # all of it

    def tidy(self, key: str) -> None:
        line = self.lines[key]
        if line.holder is None and not line.waiting and not line.watching:
            del self.lines[key]


class _InLine:
    """One who wants a lock."""

    def __init__(self, key: str, holder: str, hold_timeout: float | None) -> None:
        self.bell = Bell()
        self._key, self._holder, self._hold_timeout = key, holder, hold_timeout
        with _table.mutex:
            self._line = _table.lines.setdefault(key, _Line())
            self._line.waiting.append(self)

    def look(self) -> float | None:
        line = self._line
        with _table.mutex:
            if line.is_held():
                return line.next_change
            if line.waiting[0] is not self:
                return math.inf  # those before are awake
            line.waiting.popleft()
            line.hold(self._holder, self._hold_timeout)
            return None

    def leave(self) -> None:
        line = self._line
        with _table.mutex:
            if self in line.waiting:
                line.waiting.remove(self)
                if line.holder is None:
                    line.wake()
            elif line.is_held_by(self._holder):
                line.free()
            if _table.lines.get(self._key) is line:
                _table.tidy(self._key)


class _Watching:
    """One who waits until a lock is free."""

    def __init__(self, key: str) -> None:
        self.bell = Bell()
        self._key = key
        with _table.mutex:
            self._line = _table.lines.setdefault(key, _Line())
            self._line.watching.append(self.bell)

    def look(self) -> float | None:
        with _table.mutex:
            return self._line.next_change if self._line.is_held() else None

    def leave(self) -> None:
        with _table.mutex:
            if self.bell in self._line.watching:
                self._line.watching.remove(self.bell)
            if _table.lines.get(self._key) is self._line:
                _table.tidy(self._key)


_table = _Table()
renew_in_children(_table)


def forget() -> None:
    """Free all locks."""
    with _table.mutex:
        _table.lines.clear()
