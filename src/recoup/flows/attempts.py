"""The attempts at a flow's function in one run: each has a task runner of its own, and ends in a state."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from recoup import loops
from recoup.clock import clock
from recoup.events import FlowWillRetry, emit
from recoup.exceptions import ConfigurationError, FlowRunTimeoutError
from recoup.logs import get_run_logger
from recoup.runs.hooks import acall_hooks, call_hooks
from recoup.runs.interrupts import Terminated, interrupted, terminated
from recoup.runs.prints import logged_prints, should_log_prints
from recoup.runs.time_limits import async_time_limit, time_limit
from recoup.states import Cancelled, Crashed, Failed, Running, State, TimedOut, return_value_to_state
from recoup.tasks.options import pauses
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from recoup.context import FlowRunContext
    from recoup.task_runners import TaskRunner

__all__ = ["Attempts", "after_error"]


class Attempts:
    """Runs the function of a flow until it does not fail, or no retries are left.

    Iterating yields the pause before each attempt; the caller, which may be a coroutine, sits it out and runs the function
    inside `caught` and `one` or `async_one`. All attempts are of one run: results that one of them kept are served to the next.
    """

    def __init__(self, context: FlowRunContext) -> None:
        self.state: State[Any] = Running(by_hand=False)
        self._context = context
        self._flow = context.flow
        self._value: Any = None
        self._late: FlowRunTimeoutError | None = None

    def __iter__(self) -> Iterator[float]:
        retries = self._flow.retries or 0
        delay = pauses(self._flow.retry_delay_seconds or 0, retries)
        for attempt in range(1, retries + 2):
            yield delay(attempt - 1) if attempt > 1 else 0
            if not self.state.is_failed() or attempt > retries:
                return
            self._tell_of_retry(attempt, retries, delay)

    def _tell_of_retry(self, attempt: int, retries: int, delay: Callable[[int], float]) -> None:
        run = self._context.flow_run
        failed = said(self.state.data) if isinstance(self.state.data, Exception) else self.state.message or self.state.name
        emit(
            FlowWillRetry(
                at=clock.time(),
                run=self._context.run,
                name=run.name,
                flow=run.flow_name,
                attempt=attempt,
                of=retries,
                delay=delay(attempt),
                error=failed,
            )
        )

    @contextlib.contextmanager
    def caught(self) -> Iterator[None]:
        """Surround what surrounds one attempt; an exception inside is the state that the attempt ends in."""
        try:
            yield
        except Exception as exc:  # noqa: BLE001 - whatever it raises is how the attempt ends
            self.state = after_error(exc)
            if exc is self._late:
                message = f"Flow run exceeded timeout of {self._flow.timeout_seconds} second(s)"
                self.state = TimedOut(message=message, data=exc, by_hand=False)
        except BaseException as exc:
            self.state = after_error(exc)
            raise

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Surround one run of the function."""
        with self._begin():
            call_hooks(self._flow.on_running_hooks, self._flow, self._context.flow_run, self.state)
            with self._printing(), time_limit(self._flow.timeout_seconds, self._late):
                yield

    @contextlib.asynccontextmanager
    async def async_one(self) -> AsyncIterator[None]:
        """Surround one run of the function as `one` does; what waits is done on another thread."""
        async with _entered(self._begin()):
            await acall_hooks(self._flow.on_running_hooks, self._flow, self._context.flow_run, self.state)
            with self._printing():
                async with async_time_limit(self._flow.timeout_seconds, self._late):
                    yield

    def _printing(self) -> contextlib.AbstractContextManager[None]:
        return logged_prints(get_run_logger() if should_log_prints(None, self._context) else None)

    def _begin(self) -> TaskRunner:
        """Begin an attempt; return the task runner that it is to enter."""
        run, limit = self._context.flow_run, self._flow.timeout_seconds
        self.state = Running(by_hand=False)
        self._late = FlowRunTimeoutError(f"flow {self._flow.name} ran longer than its timeout_seconds={limit}")
        self._context.begin_again()
        self._context.flow_run = replace(run, run_count=run.run_count + 1)
        self._context.task_runner = runner = self._flow.task_runner.duplicate()
        return runner

    def returned(self, value: Any) -> None:
        """Note what the function returned, with futures in it replaced by their states."""
        self._value, self.state = value, return_value_to_state(value)
        if not self.state.is_final():
            raise ConfigurationError(
                f"flow {self._flow.name} returned a state in which no run ends, {self.state!r}; "
                "return a final one, such as Completed(...) or Failed(...), or a value"
            )

    def answer(self) -> Any:
        """Return what the caller gets who did not ask for the state, or raise what ended the run."""
        if isinstance(self.state.data, Exception) and self.state.is_failed():
            raise self.state.data
        # Several states say themselves which of them failed.
        return self.state.result() if isinstance(self._value, State) else self._value


@contextlib.asynccontextmanager
async def _entered(runner: TaskRunner) -> AsyncIterator[None]:
    runner.__enter__()
    try:
        yield
    except BaseException as exc:
        await loops.to_thread_shielded(runner.__exit__, type(exc), exc, exc.__traceback__)
        raise
    await loops.to_thread_shielded(runner.__exit__, None, None, None)


def after_error(error: BaseException) -> State[Any]:
    """Return the state of a run that `error` ended."""
    if isinstance(error, Exception):
        return Failed(message=f"Flow run encountered an exception: {said(error)}", data=error, by_hand=False)
    if isinstance(error, Terminated) or terminated():
        return Crashed(message="Flow run was ended by SIGTERM", data=error, by_hand=False)
    if isinstance(error, KeyboardInterrupt) or interrupted():
        return Cancelled(message="Flow run was interrupted", data=error, by_hand=False)
    return Crashed(message=f"Flow run was ended by {said(error)}", data=error, by_hand=False)
