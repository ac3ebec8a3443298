"""The locks of transactions: taken before something is done, kept until the transaction ends, passed on to the one around it.

One outermost transaction with all that is inside it is one holder, so that nothing in it waits for a lock that it has itself. What
runs side by side inside it takes turns by gates, which are locks of this process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recoup import loops
from recoup.exceptions import LockNotHeld, StoreError
from recoup.locking.memory import MemoryLockManager
from recoup.logs import logger
from recoup.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.commit_hooks import Ending
    from recoup.commits import Committed
    from recoup.locking.protocol import LockManager

__all__ = ["HeldLock", "check_locks", "freeing", "gave_up", "is_inside_locks", "taking_lock"]


class HeldLock(NamedTuple):
    """A lock, and who has it."""

    manager: LockManager
    key: str
    holder: str

    def is_lock(self, manager: LockManager, key: str) -> bool:
        """Say whether it is this lock, whoever has it."""
        return self.key == key and self.manager == manager


class Take(NamedTuple):
    """Take a lock, waiting so many seconds or as long as it takes; answered by whether it was had."""

    lock: HeldLock
    seconds: float | None

    def run(self) -> bool:
        """Take it in this thread. A loop that runs here may be what the holder waits for, so it is not kept waiting for ever."""
        seconds = _longest_wait() if self.seconds is None and loops.runs_here() else self.seconds
        return self.lock.manager.acquire_lock(self.lock.key, self.lock.holder, seconds)

    async def arun(self) -> bool:
        """Take it in this coroutine."""
        return await self.lock.manager.aacquire_lock(self.lock.key, self.lock.holder, self.seconds)


class Free(NamedTuple):
    """Free a lock. What goes wrong is logged: whoever comes next finds out by its lease."""

    lock: HeldLock

    def run(self) -> None:
        """Free it in this thread."""
        try:
            self.lock.manager.release_lock(self.lock.key, self.lock.holder)
        except LockNotHeld:
            logger.debug("the lock of %r was lost before it was released", self.lock.key)
        except Exception as exc:  # noqa: BLE001 - what was done is done, and lock managers of users' own raise anything
            logger.warning("the lock of %r could not be released: %s", self.lock.key, exc)

    async def arun(self) -> None:
        """Free it in this coroutine, off the loop where that takes its time."""
        if getattr(self.lock.manager, "is_remote", False):
            await loops.to_thread_finished(self.run)
        else:
            self.run()


def taking_lock(transaction: Committed, manager: LockManager, key: str) -> Ending:
    """Have the lock of `key` until `transaction` ends; say whether it has it.

    Waits as long as it takes; but for so long as the settings say where locks are held already, since their holders may
    wait for each other.
    """
    lock = HeldLock(manager, key, transaction.holder)
    around = list(_around(transaction))
    gate = HeldLock(_gates, f"{lock.holder}/{key}", str(id(transaction)))
    for each in around:
        has_gate = any(held.key == gate.key for held in each.gates)
        if has_gate or (each.root is not transaction.root and any(held.is_lock(manager, key) for held in each.locks)):
            return True
    seconds = _longest_wait() if any(each.locks for each in around) else None
    if transaction.group is not None:
        if not (yield Take(gate, seconds)):
            return False
        transaction.gates.append(gate)
    if not (yield Take(lock, seconds)):
        return False
    with transaction.lock:
        if not any(held.is_lock(manager, key) for each in _around(transaction) for held in each.locks):
            transaction.locks.append(lock)
    return True


def freeing(transaction: Committed) -> Ending:
    """Free what `transaction` holds."""
    with transaction.lock:
        held = [*transaction.locks, *transaction.gates]
        transaction.locks, transaction.gates = [], []
    for lock in held:
        yield Free(lock)
    return bool(held)


def gave_up() -> str:
    """Return what to say where the wait for a lock ended."""
    return (
        f"it waited {_longest_wait():g} s for the lock of its key and goes on without it, because who has that may wait for what is "
        "locked here, or for this thread. RECOUP_TASKS_LONGEST_WAIT_SECONDS says how long to wait."
    )


def check_locks(transaction: Committed) -> None:
    """Raise `StoreError` when a lock of `transaction` was taken over: what another does now, or did, is what stands."""
    for lock in transaction.locks:
        if not lock.manager.is_lock_holder(lock.key, lock.holder):
            raise StoreError(
                f"its lock of {lock.key!r} was taken over by another, because this process was silent for longer than its lease"
            )


def is_inside_locks(transaction: Committed) -> bool:
    """Say whether locks are held around `transaction`, which it has, too, in this process."""
    return any(each.locks for each in _around(transaction))


def _around(transaction: Committed) -> Iterator[Committed]:
    """Yield those around `transaction`, and itself."""
    pending: list[Committed | None] = [transaction]
    seen: set[int] = set()
    while pending:
        each = pending.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            pending += [each.group, each.get_parent()]


def _longest_wait() -> float:
    return get_current_settings().tasks_longest_wait_seconds


_gates = MemoryLockManager()
