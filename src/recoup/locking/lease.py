"""Locks in any storage, held by leases: no server, no clock that machines would have to agree on."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from recoup.abc import Locality
from recoup.clock import clock
from recoup.exceptions import ConfigurationError, LockNotHeld, StoreError
from recoup.forking import renew_in_children
from recoup.locking._beating import Beating
from recoup.locking._bells import Bell, Bells
from recoup.locking._lines import Line, Sightings
from recoup.locking._waiting import WaitingLockManager
from recoup.locking.tickets import LEFT, RELEASED, spelled

if TYPE_CHECKING:
    from recoup.abc import ObjectStore
    from recoup.locking._lines import Medium, Mine
    from recoup.locking.tickets import Ticket

__all__ = ["LeaseLockManager", "TicketLockManager"]

LEASE_SECONDS = 60.0
"""How long a holder may be silent, unless a manager is told another time."""

_SOONEST, _SLOWER = 0.001, 1.5
_LATEST_NEAR, _LATEST_REMOTE = 0.05, 1.0


class TicketLockManager(WaitingLockManager):
    """Locks made of tickets in a medium. Those who derive from it say which.

    Whoever holds or wants a lock shows every third of `ttl` seconds that it is there. A lock whose holder is silent for
    longer is taken over: by others on its machine when its process is gone or stopped, by those elsewhere in
    any case. A process that runs is never taken for dead on its own machine.
    """

    _folder = ""

    def __init__(self, medium: Medium, ttl: float, *, is_remote: bool) -> None:
        if ttl <= 0:
            raise ConfigurationError(
                f"{type(self).__name__}: ttl is {ttl!r}; give the seconds that a holder may be silent, as 60"
            )
        self.ttl = float(ttl)
        self.is_remote = is_remote
        self._medium = medium
        self._begin()
        renew_in_children(self)

    def _begin(self) -> None:
        self._mutex = threading.Lock()
        self._held: dict[tuple[str, str], Mine] = {}
        self._sightings = Sightings()
        self._beating = Beating(self._beat, self.ttl / 3)

    def after_fork(self) -> None:
        """Hold nothing: what the parent holds is the parent's."""
        self._begin()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._medium == other._medium

    def __hash__(self) -> int:
        return hash((type(self), self._medium))

    # --- the face ----------------------------------------------------------------------------

    def release_lock(self, key: str, holder: str) -> None:
        """Free the lock. Raises `StoreError` when that cannot be written now; it is then written as soon as it can be."""
        with self._mutex:
            mine = self._held.pop((key, holder), None)
        line = self._line(key)
        if mine is not None:
            lost = mine.is_held_too_long or not (line.is_standing(mine) if mine.is_fresh else line.defend(mine))
            self._end(line, mine.number, RELEASED)
            line.tidy(mine.number)
        else:
            first = line.first()
            lost = first is None or first[1] is None or first[1].holder != spelled(holder)
            if first is not None and not lost:
                self._end(line, first[0], RELEASED)
        if lost:
            raise LockNotHeld(
                f"the lock of {key!r} is not held by {holder!r}: it was released before, held too long, or taken over "
                "because its holder was silent"
            )

    def is_locked(self, key: str) -> bool:
        """Say whether somebody holds the lock."""
        return self._line(key).first() is not None

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether `holder` holds the lock, here or in another process."""
        line, mine = self._line(key), self._held.get((key, holder))
        if mine is None:
            first = line.first()
            return first is not None and first[1] is not None and first[1].holder == spelled(holder)
        return not mine.is_held_too_long and (line.is_standing(mine) if mine.is_fresh else self._defend(line, holder, mine))

    # --- places ------------------------------------------------------------------------------

    def _line(self, key: str) -> Line:
        return Line(self._medium, self._folder, key, self.ttl, self._sightings)

    def _line_up(self, key: str, holder: str, hold_timeout: float | None) -> _InLine:
        return _InLine(self, self._line(key), holder, hold_timeout)

    def _watch(self, key: str) -> _Watching:
        return _Watching(self, self._line(key))

    def _holds_again(self, key: str, holder: str, hold_timeout: float | None) -> bool:
        mine = self._held.get((key, holder))
        if mine is None or not self.is_lock_holder(key, holder):
            return False
        if hold_timeout is not None or mine.ticket.since is not None:
            self._line(key).hold(mine, hold_timeout)
            self._beating.hurry()
        return True

    def _took(self, line: Line, holder: str, mine: Mine) -> None:
        with self._mutex:
            self._held[line.key, holder] = mine
        self._beating.start(hurry=mine.ticket.since is not None)

    def _end(self, line: Line, number: int, mark: str) -> None:
        """Free the lock, or have it freed when the storage answers again."""
        try:
            line.end(number, mark)
        except StoreError:
            self._beating.add(lambda: line.end(number, mark))
            raise
        finally:
            _bells.ring((self._medium, line.name))

    def _beat(self) -> float | None:
        """Show that we are there; return the seconds until the next time, `None` when there is nothing to show."""
        with self._mutex:
            held = list(self._held.items())
        if not held:
            return None
        return min(self._beat_one(key, holder, mine) for (key, holder), mine in held)

    def _beat_one(self, key: str, holder: str, mine: Mine) -> float:
        line, ticket, pause = self._line(key), mine.ticket, self.ttl / 3
        with contextlib.suppress(StoreError):  # the next time, then
            if mine.is_held_too_long:
                self._lose(key, holder, mine)
                self._end(line, mine.number, RELEASED)
            elif clock.monotonic() - mine.beaten >= self.ttl / 4:
                self._defend(line, holder, mine)
        if ticket.hold is None or ticket.since is None:
            return pause
        return min(pause, max(0.0, ticket.since + ticket.hold - clock.monotonic()))

    def _defend(self, line: Line, holder: str, mine: Mine) -> bool:
        """Show that we are there, and say whether we hold the lock. One that we lost we have lost for ever."""
        if line.defend(mine):
            return True
        self._lose(line.key, holder, mine)
        self._end(line, mine.number, RELEASED)  # whoever took it may have given it back
        return False

    def _lose(self, key: str, holder: str, mine: Mine) -> None:
        with self._mutex:
            if self._held.get((key, holder)) is mine:
                del self._held[key, holder]


class LeaseLockManager(TicketLockManager):
    """Locks in a storage: a folder, memory, or a bucket, in `locks/`.

    `ttl` is the longest time in seconds that a holder may be silent. What each kind of storage gives is in `docs/locking.md`.
    """

    _folder = "locks/"

    def __init__(self, storage: ObjectStore, ttl: float = LEASE_SECONDS) -> None:
        self.storage = storage
        super().__init__(storage, ttl, is_remote=storage.locality is Locality.REMOTE)

    def __repr__(self) -> str:
        return f"LeaseLockManager({self.storage!r}, ttl={self.ttl!r})"

    def __reduce__(self) -> tuple[type[LeaseLockManager], tuple[ObjectStore, float]]:
        return LeaseLockManager, (self.storage, self.ttl)


class _Looking:
    """One who looks at a line again and again, at first soon."""

    def __init__(self, manager: TicketLockManager, line: Line) -> None:
        self.bell = Bell()
        self.manager = manager
        self.line = line
        self._pause = _SOONEST
        self._latest = _LATEST_REMOTE if manager.is_remote else _LATEST_NEAR
        _bells.hang((line.medium, line.name), self.bell)

    def again(self) -> float:
        self._pause = min(self._pause * _SLOWER, self._latest)
        return self._pause

    def leave(self) -> None:
        _bells.take_down((self.line.medium, self.line.name), self.bell)


class _Watching(_Looking):
    """One who waits until a lock is free."""

    def look(self) -> float | None:
        return None if self.line.first() is None else self.again()


class _InLine(_Looking):
    """One who wants a lock."""

    def __init__(self, manager: TicketLockManager, line: Line, holder: str, hold: float | None) -> None:
        super().__init__(manager, line)
        self._holder, self._hold = holder, hold
        self._holds = False
        try:
            self._join()
        except BaseException:
            super().leave()
            raise

    def _join(self) -> None:
        self._mine, self._before = self.line.join(self._holder, self._hold)
        _bells.hang((self.line.medium, self.line.name), self.bell, self._mine.number)

    def look(self) -> float | None:
        if not self._mine.is_fresh and not self.line.defend(self._mine):  # we were silent, and lost our place
            self.line.end(self._mine.number, LEFT)  # whoever took it may have given it back
            self._join()
        live = set(self.line.numbers().live())
        self._before = [number for number in self._before if number in live]
        while self._before:
            found = self.line.read(self._before[-1])
            if found is not None and not self._passes(*found):
                return None if self._shares_its_turn(found[0]) else self.again()
            self._before.pop()
        if not self._mine.is_fresh:
            return 0.0
        if self._hold is not None:
            self.line.hold(self._mine, self._hold)
        self._holds = True
        super().leave()
        self.manager._took(self.line, self._holder, self._mine)  # noqa: SLF001 - places are its own
        return None

    def _passes(self, ticket: Ticket | None, data: bytes) -> bool:
        number = self._before[-1]
        return self.line.is_silent(number, ticket, data) and self.line.pass_over(number, data)

    def _shares_its_turn(self, before: Ticket | None) -> bool:
        """Say whether the same holder holds the lock in another process."""
        if len(self._before) > 1 or before is None or before.holder != spelled(self._holder):
            return False
        self.leave()
        return True

    def leave(self) -> None:
        super().leave()
        manager, held = self.manager, (self.line.key, self._holder)
        if self._holds:
            manager._lose(*held, self._mine)  # noqa: SLF001 - places are its own
        with contextlib.suppress(StoreError):  # it is written later
            manager._end(self.line, self._mine.number, RELEASED if self._holds else LEFT)  # noqa: SLF001 - as above


_bells = Bells()
