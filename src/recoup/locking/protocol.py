"""What every lock manager does, whatever its locks are made of."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

__all__ = ["LockManager"]


@runtime_checkable
class LockManager(Protocol):
    """Locks by key, each held by at most one holder. Methods may be called from any thread, and by several processes.

    A key is any text; different texts are different locks. A holder is a text that names who holds: it is the same holder
    in every thread, coroutine and process that says so. Locks are fair: who asked first gets the lock first. A lock
    whose process has died becomes free by itself, within the time that the manager states.
    """

    def acquire_lock(
        self, key: str, holder: str, acquire_timeout: float | None = None, hold_timeout: float | None = None
    ) -> bool:
        """Take the lock, and say whether that was done.

        Waits as long as it takes, or `acquire_timeout` seconds; `0` does not wait. The lock becomes free after
        `hold_timeout` seconds if it is not released before. A holder that holds it already has it at once, its
        `hold_timeout` begins anew, and the first release frees it.
        """
        ...

    async def aacquire_lock(
        self, key: str, holder: str, acquire_timeout: float | None = None, hold_timeout: float | None = None
    ) -> bool:
        """Do as `acquire_lock`, and let the loop go on. A cancelled call holds nothing."""
        ...

    def release_lock(self, key: str, holder: str) -> None:
        """Free the lock. Raises `LockNotHeld`, a `ValueError`, when `holder` does not hold it (any more)."""
        ...

    def is_locked(self, key: str) -> bool:
        """Say whether somebody holds the lock."""
        ...

    def is_lock_holder(self, key: str, holder: str) -> bool:
        """Say whether `holder` holds the lock, in this process or in another."""
        ...

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody holds the lock, without taking it; say whether that came to pass within `timeout` seconds."""
        ...

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - Prefect's signature
        """Do as `wait_for_lock`, and let the loop go on."""
        ...
