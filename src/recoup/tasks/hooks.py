"""What tasks tell of their runs, and ask about them: hooks, and the condition of a retry."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, TypeVar

from recoup import loops
from recoup.logs import logger
from recoup.runs.hooks import check_hooks
from recoup.states import Failed
from recoup.tasks.options import HOOKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.task_runs import TaskRun
    from recoup.tasks.options import Hook

__all__ = ["Hooked"]

HookT = TypeVar("HookT", bound="Callable[..., Any]")


class Hooked:
    """The hooks of a task: those of its options, and those that decorators add.

    `hooks` has members only for states with hooks, so that a call asks in one step whether there are any.
    """

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name = name
        self._options = options
        self.retry_condition_fn: Callable[..., Any] | None = options["retry_condition_fn"]
        self.hooks: dict[str, list[Hook]] = {state: options[state] for state in HOOKS if options[state]}
        self.on_commit_hooks: list[Hook] = options["on_commit"]
        self.on_rollback_hooks: list[Hook] = options["on_rollback"]
        self._terms_for: Any = None

    def on_running(self, fn: HookT) -> HookT:
        """Call `fn(task, task_run, state)` before each attempt, also where a recorded result is then served."""
        return self._hear("on_running", fn)

    def on_completion(self, fn: HookT) -> HookT:
        """Call `fn(task, task_run, state)` when a call has completed, be it computed or served."""
        return self._hear("on_completion", fn)

    def on_failure(self, fn: HookT) -> HookT:
        """Call `fn(task, task_run, state)` when a call has failed and no retries are left."""
        return self._hear("on_failure", fn)

    def on_cached(self, fn: HookT) -> HookT:
        """Call `fn(task, task_run, state)` when a recorded result was served."""
        return self._hear("on_cached", fn)

    def on_commit(self, fn: HookT) -> HookT:
        """Call `fn(transaction)` when the result of a call is kept."""
        self.on_commit_hooks.append(fn)
        return fn

    def on_rollback(self, fn: HookT) -> HookT:
        """Call `fn(transaction)` when a call is undone, because the transaction around it failed."""
        self.on_rollback_hooks.append(fn)
        return fn

    def _hear(self, state: str, fn: HookT) -> HookT:
        check_hooks([fn], state, f"task {self.name}")
        self.hooks.setdefault(state, self._options[state]).append(fn)
        self._terms_for = None  # what surrounds the body may be another thing now
        return fn

    @property
    def on_running_hooks(self) -> list[Hook]:
        """Return what is called before each attempt."""
        return self.hooks.get("on_running", [])

    @property
    def on_completion_hooks(self) -> list[Hook]:
        """Return what is called when a call has completed."""
        return self.hooks.get("on_completion", [])

    @property
    def on_failure_hooks(self) -> list[Hook]:
        """Return what is called when a call has failed."""
        return self.hooks.get("on_failure", [])

    @property
    def on_cached_hooks(self) -> list[Hook]:
        """Return what is called when a recorded result was served."""
        return self.hooks.get("on_cached", [])

    def wants_retry(self, run: TaskRun, error: Exception) -> bool:
        """Ask the task's `retry_condition_fn` whether `run` may begin again after `error`."""
        assert self.retry_condition_fn is not None
        state = Failed(message=f"Task run encountered unexpected exception: {error!r}", data=error, by_hand=False)
        try:
            wants = self.retry_condition_fn(self, run, state)
            return bool(loops.run(wants) if inspect.iscoroutine(wants) else wants)
        except Exception:  # noqa: BLE001 - whatever it raises, the call ends as it would without retries
            logger.exception("the retry_condition_fn of task %s raised; there is no retry", self.name)
            return False
