"""What a task's options put around each run of its body: a time limit, logged prints, hooks of a retry."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from recoup.context import TaskRunContext
from recoup.exceptions import TaskRunTimeoutError
from recoup.hooks import acall_hooks, call_hooks
from recoup.logs import get_run_logger
from recoup.prints import logged_prints, should_log_prints
from recoup.time_limits import async_time_limit, time_limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from recoup.context import FlowRunContext
    from recoup.task_runs import TaskRun
    from recoup.tasks import Task

__all__ = ["surrounded"]


def surrounded(task: Task[..., Any], flow: FlowRunContext | None) -> Callable[..., Any]:
    """Return the body as `task` runs it here: its function itself, where nothing is asked for around it."""
    if inspect.isgeneratorfunction(task.fn) or inspect.isasyncgenfunction(task.fn):
        return task.fn
    prints = should_log_prints(task.log_prints, flow)
    unlike_flow = task.log_prints is False and flow is not None
    if not (prints or unlike_flow or task.timeout_seconds is not None or task.hooks.get("on_running")):
        return task.fn
    return (_asynchronous if task.isasync else _synchronous)(task, prints)


def _synchronous(task: Task[..., Any], prints: bool) -> Callable[..., Any]:
    fn, seconds = task.fn, task.timeout_seconds

    @functools.wraps(fn)
    def body(*args: Any, **kwargs: Any) -> Any:
        run = _run()
        if run.run_count > 1:
            call_hooks(task.on_running_hooks, task, run, run.state)
        with _printing(prints), time_limit(seconds, _late(run, seconds)):
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


def _run() -> TaskRun:
    context = TaskRunContext.get()
    assert context is not None
    return context.task_run


def _printing(prints: bool) -> AbstractContextManager[None]:
    return logged_prints(get_run_logger() if prints else None)


def _late(run: TaskRun, seconds: float | None) -> TaskRunTimeoutError | None:
    """Return the error of this attempt for when it takes too long; the run knows it as its own."""
    if seconds is not None:
        run.late = TaskRunTimeoutError(f"Task run exceeded timeout of {float(seconds)} second(s)")
    return run.late
