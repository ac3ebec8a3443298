"""Results that are on their way: what `submit` and `map` return.

A future of a kept result holds a reference to it, so that a cached pipeline moves no values: a value is loaded when
somebody looks, a fresh object each time.
"""

from __future__ import annotations

import contextlib
import contextvars
import itertools
import logging
import os
import queue
import threading
import time
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, NoReturn, TypeVar, overload

from recoup.arguments import replace_members
from recoup.exceptions import SerializationError
from recoup.runs.time_limits import in_time_limit, undisturbed
from recoup.states import Crashed, Running, State
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from uuid import UUID

    from recoup.task_runs import TaskRun

__all__ = [
    "DoneAndNotDoneFutures",
    "Future",
    "FutureList",
    "PrefectFuture",
    "PrefectFutureList",
    "as_completed",
    "resolve_futures_to_results",
    "resolve_futures_to_states",
    "wait",
]

R = TypeVar("R")

_working: contextvars.ContextVar[bool] = contextvars.ContextVar("recoup_working", default=False)
"""Whether submitted work is going on here: then who would wait does the work instead. Loops and threads inherit it."""


_log = logging.getLogger(__name__)
_NONE: list[Any] = []
_ending = threading.Lock()
"""Held for a moment where a future ends or somebody begins to wait for it. One for all: ten thousand have little to wait for."""


def _in_child() -> None:
    global _ending  # noqa: PLW0603 - a forked child does not have the thread that holds it
    _ending = threading.Lock()


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_in_child)


class PrefectFuture(Generic[R]):
    """The result of a submitted call.

    `work` is run once, in the context in which the future was made, by a thread of the task runner or by one of them
    that would otherwise wait for it.
    """

    __recoup_stays__ = "a future is of its run only; return its result instead, future.result()"
    """Why no serializer takes it."""

    def __init__(self, task_run: TaskRun, work: Callable[[], State[R]], upstream: Sequence[PrefectFuture[Any]] = ()) -> None:
        self.task_run = task_run
        self._upstream = upstream
        self._work: Callable[[], State[R]] | None = work
        self._context: contextvars.Context | None = contextvars.copy_context()
        self._started = threading.Lock()
        self._final: State[R] | None = None
        self._callbacks: list[Callable[[PrefectFuture[R]], object]] = []

    @property
    def name(self) -> str:
        """Return the name of the run."""
        return self.task_run.name

    @property
    def task_run_id(self) -> UUID:
        """Return the id of the run."""
        return self.task_run.id

    @property
    def state(self) -> State[R]:
        """Return the state as it is now."""
        if self._final is not None:
            return self._final
        state = self.task_run.state
        return Running(by_hand=False) if state.is_pending() and self._started.locked() else state

    def done(self) -> bool:
        """Say whether the call has ended."""
        return self._final is not None

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the call has ended or `timeout` seconds have passed; raise for neither."""
        if timeout is None and _working.get():
            # Submitted work that waits does the awaited work itself if nobody has begun: so a
            # bounded pool cannot fill up with threads that wait for each other's unstarted calls.
            for future in self._upstream:
                future.wait()
            with undisturbed():
                self.run()
        if self._final is None:
            self._await(-1 if timeout is None else max(timeout, 0))

    def _await(self, timeout: float) -> None:
        ended = threading.Lock()
        ended.acquire()  # until the call ends

        def release(_: PrefectFuture[R]) -> None:
            ended.release()

        self.add_done_callback(release)
        if not _acquired(ended, timeout):
            with _ending, contextlib.suppress(ValueError):
                self._callbacks.remove(release)

    @overload
    def result(self, timeout: float | None = None, raise_on_failure: Literal[True] = True) -> R: ...
    @overload
    def result(self, timeout: float | None = None, *, raise_on_failure: bool) -> R | BaseException: ...
    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> Any:
        """Return the value when the call has ended, or raise what it raised.

        Raises `TimeoutError` when it has not ended within `timeout` seconds.
        """
        self.wait(timeout)
        if self._final is None:
            raise TimeoutError(f"Task run {self.name} did not complete within {timeout} seconds")
        return self._final.result(raise_on_failure=raise_on_failure)

    def add_done_callback(self, fn: Callable[[PrefectFuture[R]], object]) -> None:
        """Call `fn` with this future when the call has ended, at once if it has."""
        with _ending:
            if self._final is None:
                self._callbacks.append(fn)
                return
        self._call_back([fn])

    def _call_back(self, callbacks: list[Callable[[PrefectFuture[R]], object]]) -> None:
        for callback in callbacks:
            try:
                callback(self)
            except Exception:  # noqa: BLE001 - whatever it raises, the call has ended
                _log.exception("a done callback of %s failed", self.name)

    def _end(self, state: State[R]) -> None:
        """End as `state`, and let go of all that the work needed."""
        with _ending:
            if self._final is not None:
                return
            self._final, callbacks = state, self._callbacks
            self._callbacks, self._context, self._work, self._upstream = _NONE, None, None, ()
        self._call_back(callbacks)

    def run(self) -> None:
        """Do the work in this thread, unless somebody has begun it."""
        if not self._started.acquire(blocking=False):
            return
        work, context = self._work, self._context
        assert work is not None
        assert context is not None
        context.run(_working.set, True)
        try:
            self._end(context.run(work))
        except BaseException as exc:
            self._end(Crashed(message=f"Task run was ended by {said(exc)}", data=exc, by_hand=False))
            raise

    def give_up(self, state: State[Any]) -> None:
        """End as `state` if the work has not begun."""
        if self._started.acquire(blocking=False):
            self._end(state)

    def __reduce__(self) -> NoReturn:
        """Raise `SerializationError`: a future belongs to the run that made it."""
        raise SerializationError(self.__recoup_stays__)

    def __repr__(self) -> str:
        return f"PrefectFuture({self.name!r}, {self.state.name})"


Future = PrefectFuture


def _acquired(lock: threading.Lock, timeout: float) -> bool:
    """Wait for `lock`, for ever if `timeout` is negative; in a time limit look up now and then, so that it can end the wait."""
    if not in_time_limit():
        return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
    deadline = time.monotonic() + (timeout if timeout >= 0 else threading.TIMEOUT_MAX)
    while not lock.acquire(timeout=max(min(_LOOK_UP, deadline - time.monotonic()), 0)):
        if time.monotonic() >= deadline:
            return False
    return True


_LOOK_UP = 0.02


class FutureList(list[PrefectFuture[R]]):
    """The futures of a mapped task, in the order of its arguments."""

    def wait(self, timeout: float | None = None) -> None:
        """Wait until all have ended or `timeout` seconds have passed."""
        wait(self, timeout)

    @overload
    def result(self, timeout: float | None = None, raise_on_failure: Literal[True] = True) -> list[R]: ...
    @overload
    def result(self, timeout: float | None = None, *, raise_on_failure: bool) -> list[R | BaseException]: ...
    def result(self, timeout: float | None = None, raise_on_failure: bool = True) -> Any:
        """Return the values in order; raise what a call raised as soon as one has failed.

        With `raise_on_failure=False` exceptions stand in the list instead. Raises `TimeoutError` when not all have ended
        within `timeout` seconds.
        """
        try:
            ended = as_completed(self, timeout)
            failed = next((future for future in ended if raise_on_failure and not future.state.is_completed()), None)
        except TimeoutError as exc:
            raise TimeoutError(f"Timed out waiting for all futures to complete within {timeout} seconds") from exc
        return [future.result(raise_on_failure=raise_on_failure) for future in ([failed] if failed is not None else self)]


PrefectFutureList = FutureList


class DoneAndNotDoneFutures(NamedTuple):
    """Which futures have ended, and which have not."""

    done: set[PrefectFuture[Any]]
    not_done: set[PrefectFuture[Any]]


def wait(futures: Iterable[PrefectFuture[Any]], timeout: float | None = None) -> DoneAndNotDoneFutures:
    """Wait until all `futures` have ended or `timeout` seconds have passed."""
    futures = list(futures)
    deadline = None if timeout is None else time.monotonic() + timeout
    for future in futures:
        future.wait(None if deadline is None else max(deadline - time.monotonic(), 0))
    done = {future for future in futures if future.done()}
    return DoneAndNotDoneFutures(done, set(futures) - done)


def as_completed(futures: Iterable[PrefectFuture[R]], timeout: float | None = None) -> Iterator[PrefectFuture[R]]:
    """Yield `futures` as they end. Raises `TimeoutError` when some have not within `timeout` seconds."""
    futures = list(dict.fromkeys(futures))
    ended: queue.SimpleQueue[PrefectFuture[R]] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)
    deadline = None if timeout is None else time.monotonic() + timeout
    not_begun = (future for future in futures if future.state.is_pending())
    for remaining in range(len(futures), 0, -1):
        if timeout is None and _working.get() and ended.empty():
            wait(itertools.islice(not_begun, 1))
        try:
            yield ended.get(timeout=None if deadline is None else max(deadline - time.monotonic(), 0))
        except queue.Empty:
            raise TimeoutError(f"{remaining} of {len(futures)} futures did not complete within {timeout} seconds") from None


def resolve_futures_to_states(expr: Any) -> Any:
    """Return `expr` with each future inside it replaced by its final state."""

    def final_state(future: PrefectFuture[Any]) -> State[Any]:
        future.wait()
        return future.state

    return replace_members(expr, PrefectFuture, final_state)


def resolve_futures_to_results(expr: Any) -> Any:
    """Return `expr` with each future inside it replaced by its result."""
    return replace_members(expr, PrefectFuture, PrefectFuture.result)
