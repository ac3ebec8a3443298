"""The run of the task that is going on here, read when asked: `task_run.name`. Outside tasks, nothing and empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.context import TaskRunContext

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["id", "name", "parameters", "run_count", "tags", "task_name"]  # noqa: F822 - found by __getattr__

_FIELDS: dict[str, tuple[Callable[[TaskRunContext], Any], Callable[[], Any]]] = {
    "id": (lambda context: str(context.task_run.id), lambda: None),
    "name": (lambda context: context.task_run.name, lambda: None),
    "parameters": (lambda context: dict(context.parameters), dict),
    "run_count": (lambda context: context.task_run.run_count, int),
    "tags": (lambda context: list(context.task_run.tags), list),
    "task_name": (lambda context: context.task.name, lambda: None),
}


def __getattr__(name: str) -> Any:
    if name not in _FIELDS:
        raise AttributeError(f"recoup.runtime.task_run has no field {name!r}; it has {', '.join(_FIELDS)}")
    of_run, outside = _FIELDS[name]
    context = TaskRunContext.get()
    return outside() if context is None else of_run(context)


def __dir__() -> list[str]:
    return __all__
