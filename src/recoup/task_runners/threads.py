"""Submitted calls on threads."""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

from recoup.exceptions import ConfigurationError, MissingContextError
from recoup.forking import renew_in_children
from recoup.logs import logger
from recoup.runs.interrupts import interrupted, interrupts_heard, terminated
from recoup.settings import get_current_settings
from recoup.states import Cancelled
from recoup.task_runners.base import TaskRunner
from recoup.task_runners.crew import Crew

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from recoup.futures import PrefectFuture

__all__ = ["ConcurrentTaskRunner", "PooledTaskRunner", "ThreadPoolTaskRunner"]


_LOOK_UP = 0.05
"""Seconds after which who waits looks whether Ctrl-C came again: a loop has another thread wait, which no signal wakes."""


class PooledTaskRunner(TaskRunner):
    """Runs futures on up to `workers` threads. A call takes a thread only when everything it depends on has ended."""

    def __init__(self, max_workers: int | None = None) -> None:
        if max_workers is not None and max_workers < 1:
            raise ConfigurationError(f"max_workers is {max_workers}; give 1 or more, or leave it out for what the settings say")
        self.max_workers = max_workers
        self._crew: Crew | None = None
        self._waiting: set[PrefectFuture[Any]] = set()
        self._lock = threading.Lock()
        renew_in_children(self)

    def after_fork(self) -> None:
        """Begin anew in a forked child: its parent's threads are not there, and what they do is not its own."""
        self._waiting, self._lock = set(), threading.Lock()
        if self._crew is not None:
            self.__enter__()

    @abstractmethod
    def workers(self) -> int:
        """Return how many calls run at the same time."""

    def start(self, future: PrefectFuture[Any], upstream: Sequence[PrefectFuture[Any]]) -> None:
        """Run `future` on a thread once all of `upstream` have ended."""
        if self._crew is None:
            raise MissingContextError("the task runner is not running: submit tasks inside a flow")
        try:
            self._waiting.add(future)
            self._start(future, upstream, self._crew)
        except BaseException:  # an interrupt: nobody but us may know of this call
            _give_up(future)
            raise

    def _start(self, future: PrefectFuture[Any], upstream: Sequence[PrefectFuture[Any]], crew: Crew) -> None:
        future.add_done_callback(self._waiting.discard)
        if not upstream:
            _hand_over(future, crew)
            return
        missing = len(upstream)

        def count_down(_: PrefectFuture[Any]) -> None:
            nonlocal missing
            with self._lock:
                missing -= 1
                last = missing == 0
            if last:
                _hand_over(future, crew)

        for dependency in upstream:
            dependency.add_done_callback(count_down)

    def __enter__(self) -> Self:
        self._crew = Crew(self.workers())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        crew = self._crew
        assert crew is not None
        try:
            while error is None and self._waiting:  # what runs may submit more
                for future in list(self._waiting):
                    future.wait()
                    self._waiting.discard(future)
        finally:
            self._end(crew)
            self._crew = None

    def _end(self, crew: Crew) -> None:
        """Give up what has not begun, and wait for what has, until Ctrl-C comes again."""
        heard = interrupts_heard()
        crew.dismiss()
        for future in list(self._waiting):
            _give_up(future)
        if self._waiting and interrupted():
            begun = len(self._waiting)
            told = "1 submitted call has begun and is" if begun == 1 else f"{begun} submitted calls have begun and are"
            logger.warning("interrupted: %s waited for", told)
        for future in list(self._waiting):
            while not (future.done() or terminated() or interrupts_heard() > heard):
                future.wait(_LOOK_UP)
        if not (terminated() or interrupts_heard() > heard):
            crew.join()


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


def _hand_over(future: PrefectFuture[Any], crew: Crew) -> None:
    if not crew.hand(future.run):  # dismissed after an error
        _give_up(future)


def _give_up(future: PrefectFuture[Any]) -> None:
    future.give_up(Cancelled(message="the flow ended before this call began", by_hand=False))


ConcurrentTaskRunner = ThreadPoolTaskRunner
