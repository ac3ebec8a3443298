"""What a task's options put around each run of its body: a time limit, logged prints, hooks of a retry."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from typing import TYPE_CHECKING, Any

from recoup import loops
from recoup.context import TaskRunContext
from recoup.exceptions import TaskRunTimeoutError
from recoup.logs import get_run_logger, logger
from recoup.runs.hooks import acall_hooks, call_hooks
from recoup.runs.prints import logged_prints, should_log_prints
from recoup.runs.time_limits import async_time_limit, time_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from recoup.context import FlowRunContext
    from recoup.task_runs import TaskRun
    from recoup.tasks import Task

__all__ = ["surrounded"]


def surrounded(task: Task[..., Any], flow: FlowRunContext | None) -> Callable[..., Any]:
    """Return the body as `task` runs it here: its function itself, where nothing is asked for around it."""
    prints = should_log_prints(task.log_prints, flow)
    unlike_flow = task.log_prints is False and flow is not None
    if not (prints or unlike_flow or task.timeout_seconds is not None or task.hooks.get("on_running")):
        return task.fn
    if task.isgenerator:
        return (_asynchronous_stream if task.isasync else _stream)(task, prints)
    return (_asynchronous if task.isasync else _synchronous)(task, prints)


def _synchronous(task: Task[..., Any], prints: bool) -> Callable[..., Any]:
    fn, seconds = task.fn, task.timeout_seconds

    @functools.wraps(fn)
    def body(*args: Any, **kwargs: Any) -> Any:
        run = _run()
        if run.run_count > 1:
            call_hooks(task.on_running_hooks, task, run, run.state)
        with _printing(prints), _watched(task), time_limit(seconds, _late(run, seconds)):
            return fn(*args, **kwargs)

    return body


def _asynchronous(task: Task[..., Any], prints: bool) -> Callable[..., Any]:
    fn, seconds = task.fn, task.timeout_seconds

    @functools.wraps(fn)
    async def body(*args: Any, **kwargs: Any) -> Any:
        run = _run()
        if run.run_count > 1:
            await acall_hooks(task.on_running_hooks, task, run, run.state)
        with _printing(prints):
            async with async_time_limit(seconds, _late(run, seconds)):
                return await fn(*args, **kwargs)

    return body


def _stream(task: Task[..., Any], prints: bool) -> Callable[..., Any]:
    @functools.wraps(task.fn)
    def body(*args: Any, **kwargs: Any) -> Any:
        around = _Parts(task, prints)
        if around.run.run_count > 1:
            call_hooks(task.on_running_hooks, task, around.run, around.run.state)
        steps = task.fn(*args, **kwargs)
        go_on = functools.partial(next, steps)
        while True:
            try:
                with around.part() as seconds, time_limit(seconds, around.late):
                    item = go_on()
            except StopIteration as end:
                return end.value
            try:
                go_on = functools.partial(steps.send, (yield item))
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as exc:  # noqa: BLE001 - the body gets it
                go_on = functools.partial(steps.throw, exc)

    return body


def _asynchronous_stream(task: Task[..., Any], prints: bool) -> Callable[..., Any]:
    @functools.wraps(task.fn)
    async def body(*args: Any, **kwargs: Any) -> Any:
        around = _Parts(task, prints)
        if around.run.run_count > 1:
            await acall_hooks(task.on_running_hooks, task, around.run, around.run.state)
        steps = task.fn(*args, **kwargs)
        go_on = functools.partial(steps.asend, None)
        while True:
            try:
                with around.part() as seconds:
                    async with async_time_limit(seconds, around.late):
                        with loops.unwatched():
                            pulled = go_on()
                        item = await pulled
            except StopAsyncIteration:
                return
            try:
                go_on = functools.partial(steps.asend, (yield item))
            except GeneratorExit:
                await steps.aclose()
                raise
            except BaseException as exc:  # noqa: BLE001 - the body gets it
                go_on = functools.partial(steps.athrow, exc)

    return body


class _Parts:
    """What surrounds each part of a stream's body. Its time limit counts the body's time, not that of who takes the items."""

    def __init__(self, task: Task[..., Any], prints: bool) -> None:
        self.run = _run()
        self.late = _late(self.run, task.timeout_seconds)
        self._left = task.timeout_seconds
        self._prints = prints

    @contextlib.contextmanager
    def part(self) -> Iterator[float | None]:
        """Yield how many seconds are left for the part, if there is a limit."""
        started = time.monotonic()
        with _printing(self._prints):
            yield self._left
        if self._left is not None:
            self._left = max(self._left - (time.monotonic() - started), _AT_ONCE)


_AT_ONCE = 1e-3


def _run() -> TaskRun:
    context = TaskRunContext.get()
    assert context is not None
    return context.task_run


def _printing(prints: bool) -> AbstractContextManager[None]:
    return logged_prints(get_run_logger() if prints else None)


@contextlib.contextmanager
def _watched(task: Task[..., Any]) -> Iterator[None]:
    """Tell of a body whose time is up and that goes on: on another thread than the main one, C cannot be interrupted."""
    if task.timeout_seconds is None or threading.current_thread() is threading.main_thread():
        yield
        return
    stuck = threading.Timer(task.timeout_seconds + GRACE, logger.warning, [_STUCK, task.name, task.timeout_seconds])
    stuck.daemon = True
    stuck.start()
    try:
        yield
    finally:
        stuck.cancel()


GRACE = 1.0
"""How many seconds a body may go on whose time is up before that is told."""

_STUCK = (
    "task %s goes on though its timeout_seconds=%s are over: it is in a call that runs no Python, which cannot be interrupted on "
    "this thread. It will be TimedOut when that call returns. Give the call a time limit of its own, or run the task in a process."
)


def _late(run: TaskRun, seconds: float | None) -> TaskRunTimeoutError | None:
    """Return the error of this attempt for when it takes too long; the run knows it as its own."""
    if seconds is not None:
        run.late = TaskRunTimeoutError(f"Task run exceeded timeout of {float(seconds)} second(s)")
    return run.late
