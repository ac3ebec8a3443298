"""Submitted calls on threads."""

from __future__ import annotations

import threading
from abc import abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

from recoup.exceptions import ConfigurationError, MissingContextError
from recoup.forking import renew_in_children
from recoup.logs import logger
from recoup.runs.interrupts import interrupted, terminated
from recoup.settings import get_current_settings
from recoup.states import Cancelled
from recoup.task_runners.base import TaskRunner

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from recoup.futures import PrefectFuture

__all__ = ["ConcurrentTaskRunner", "PooledTaskRunner", "ThreadPoolTaskRunner"]


class PooledTaskRunner(TaskRunner):
    """Runs futures on up to `workers` threads. A call takes a thread only when everything it depends on has ended."""

    def __init__(self, max_workers: int | None = None) -> None:
        if max_workers is not None and max_workers < 1:
            raise ConfigurationError(f"max_workers is {max_workers}; give 1 or more, or leave it out for what the settings say")
        self.max_workers = max_workers
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: set[PrefectFuture[Any]] = set()
        self._lock = threading.Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Begin anew in a forked child: its parent's threads are not there, and what they do is not its own."""
        self._waiting, self._lock = set(), threading.Lock()
        if self._pool is not None:
            self.__enter__()

    @abstractmethod
    def workers(self) -> int:
        """Return how many calls run at the same time."""

    def start(self, future: PrefectFuture[Any], upstream: Sequence[PrefectFuture[Any]]) -> None:
        """Run `future` on a thread once all of `upstream` have ended."""
        if self._pool is None:
            raise MissingContextError("the task runner is not running: submit tasks inside a flow")
        pool = self._pool
        self._waiting.add(future)
        future.add_done_callback(self._waiting.discard)
        if not upstream:
            _hand_over(future, pool)
            return
        missing = len(upstream)

        def count_down(_: PrefectFuture[Any]) -> None:
            nonlocal missing
            with self._lock:
                missing -= 1
                last = missing == 0
            if last:
                _hand_over(future, pool)

        for dependency in upstream:
            dependency.add_done_callback(count_down)

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(self.workers(), thread_name_prefix="recoup")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._pool is not None
        try:
            while error is None and self._waiting:  # what runs may submit more
                for future in list(self._waiting):
                    future.wait()
        finally:
            for future in list(self._waiting):
                _give_up(future)
            if self._waiting and interrupted():
                begun = len(self._waiting)
                told = "1 submitted call has begun and is" if begun == 1 else f"{begun} submitted calls have begun and are"
                logger.warning("interrupted: %s waited for", told)
            self._pool.shutdown(wait=not terminated(), cancel_futures=True)
            self._pool = None


class ThreadPoolTaskRunner(PooledTaskRunner):
    """Runs calls on up to `max_workers` threads (default: the setting `tasks_runner_thread_pool_max_workers`)."""

    def workers(self) -> int:
        """Return how many threads there are at most."""
        return self.max_workers or get_current_settings().tasks_runner_thread_pool_max_workers

    def duplicate(self) -> ThreadPoolTaskRunner:
        """Return a runner with the same options."""
        return ThreadPoolTaskRunner(self.max_workers)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ThreadPoolTaskRunner):
            return NotImplemented
        return self.max_workers == other.max_workers

    def __hash__(self) -> int:
        return hash((type(self), self.max_workers))

    def __repr__(self) -> str:
        return f"ThreadPoolTaskRunner(max_workers={self.max_workers})"


def _hand_over(future: PrefectFuture[Any], pool: ThreadPoolExecutor) -> None:
    try:
        pool.submit(future.run)
    except RuntimeError:  # the pool was shut down after an error
        _give_up(future)


def _give_up(future: PrefectFuture[Any]) -> None:
    future.give_up(Cancelled(message="the flow ended before this call began", by_hand=False))


ConcurrentTaskRunner = ThreadPoolTaskRunner
