"""Locks of results, by their keys: Prefect's names for what a `ResultStore` does with its lock manager."""

from __future__ import annotations

import os
import sys
import threading
from abc import abstractmethod
from typing import TYPE_CHECKING

from recoup.environment import host
from recoup.exceptions import ConfigurationError, LockNotHeld
from recoup.result_records import OWN_TASK
from recoup.types import IsolationLevel

if TYPE_CHECKING:
    from recoup.locking.protocol import LockManager

__all__ = ["ResultLocks", "default_holder", "name_of_lock"]


class ResultLocks:
    """What a store of results has that can lock them. Everything but `supports_isolation_level` needs a `lock_manager`."""

    lock_manager: LockManager | None

    @abstractmethod
    def lock_name(self, key: str) -> str:
        """Return what is locked for `key`."""

    def supports_isolation_level(self, level: IsolationLevel | str) -> bool:
        """Say whether transactions with this store can have that isolation level: `SERIALIZABLE` needs a lock manager."""
        return IsolationLevel(level) is IsolationLevel.READ_COMMITTED or self.lock_manager is not None

    def acquire_lock(
        self, key: str, holder: str | None = None, timeout: float | None = None, hold_timeout: float | None = None
    ) -> bool:
        """Lock the result of `key`, and say whether that was done; `timeout` in seconds is how long to wait."""
        return self._locks.acquire_lock(self.lock_name(key), holder or self.generate_default_holder(), timeout, hold_timeout)

    async def aacquire_lock(
        self,
        key: str,
        holder: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - Prefect's signature
        hold_timeout: float | None = None,
    ) -> bool:
        """Lock as `acquire_lock` does, and let the loop go on."""
        holder = holder or self.generate_default_holder()
        return await self._locks.aacquire_lock(self.lock_name(key), holder, timeout, hold_timeout)

    def release_lock(self, key: str, holder: str | None = None) -> None:
        """Free the result of `key`. Raises `LockNotHeld`."""
        self._locks.release_lock(self.lock_name(key), holder or self.generate_default_holder())

    def is_locked(self, key: str) -> bool:
        """Say whether somebody has locked the result of `key`."""
        return self._locks.is_locked(self.lock_name(key))

    def is_lock_holder(self, key: str, holder: str | None = None) -> bool:
        """Say whether `holder` has locked the result of `key`."""
        return self._locks.is_lock_holder(self.lock_name(key), holder or self.generate_default_holder())

    def wait_for_lock(self, key: str, timeout: float | None = None) -> bool:
        """Wait until nobody has locked the result of `key`; say whether that came to pass."""
        return self._locks.wait_for_lock(self.lock_name(key), timeout)

    async def await_for_lock(self, key: str, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - as above
        """Wait as `wait_for_lock` does, and let the loop go on."""
        return await self._locks.await_for_lock(self.lock_name(key), timeout)

    @staticmethod
    def generate_default_holder() -> str:
        """Return the text for whoever calls: host, process, thread and, inside a loop, asyncio task."""
        return default_holder()

    @property
    def _locks(self) -> LockManager:
        if self.lock_manager is None:
            raise ConfigurationError(
                "this ResultStore has no lock manager; write ResultStore(lock_manager=…), for instance with "
                "recoup.locking.memory.MemoryLockManager()"
            )
        return self.lock_manager

    def _check_writer(self, key: str | None, holder: str | None) -> None:
        if self.lock_manager is None or key is None or self.is_lock_holder(key, holder) or not self.is_locked(key):
            return
        raise LockNotHeld(f"the result of {key!r} is locked by another holder; release it there, or pass the holder that has it")


def name_of_lock(identity: str, key: str) -> str:
    """Return what is locked for a key: as it is, or as that of a task."""
    return key if identity == OWN_TASK else f"{identity}/{key}"


def default_holder() -> str:
    """Return the text for whoever calls: host, process, thread and, inside a loop, asyncio task."""
    thread = threading.current_thread()
    holder = f"{host()}:{os.getpid()}:{thread.ident}:{thread.name}"
    asyncio = sys.modules.get("asyncio")
    try:
        running = None if asyncio is None else asyncio.current_task()
    except RuntimeError:  # no loop runs here
        running = None
    return holder if running is None else f"{holder}:{id(running)}"
