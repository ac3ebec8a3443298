"""The options of flows: what there is, and what cannot work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from recoup.exceptions import ConfigurationError
from recoup.runs.hooks import check_hooks
from recoup.runs.names import check_run_name
from recoup.spelling import nearest
from recoup.task_runners import TaskRunner

if TYPE_CHECKING:
    from pathlib import Path

    from recoup.abc import ObjectStore, Serializer
    from recoup.tasks.options import RetryDelays

__all__ = ["HOOKS", "FlowOptions", "check", "complete"]

FlowHook = Callable[..., object]


class FlowOptions(TypedDict, total=False):
    """What `flow` takes by name; `recoup.flows.flow` tells what each does."""

    name: str | None
    version: str | None
    flow_run_name: str | Callable[[], str] | None
    description: str | None
    retries: int | None
    retry_delay_seconds: RetryDelays | None
    timeout_seconds: float | None
    task_runner: TaskRunner | type[TaskRunner] | None
    validate_parameters: bool | None
    persist_result: bool | None
    result_storage: ObjectStore | str | Path | None
    result_serializer: Serializer | str | None
    cache_result_in_memory: bool | None
    log_prints: bool | None
    on_running: Sequence[FlowHook] | None
    on_completion: Sequence[FlowHook] | None
    on_failure: Sequence[FlowHook] | None
    on_cancellation: Sequence[FlowHook] | None
    on_crashed: Sequence[FlowHook] | None


HOOKS = ("on_running", "on_completion", "on_failure", "on_cancellation", "on_crashed")

_NAMES = tuple(FlowOptions.__annotations__)


def complete(given: FlowOptions, flow: str) -> dict[str, Any]:
    """Return all options, with `None` for those not given. Raise `ConfigurationError` for unknown ones."""
    for name in given:
        if name not in _NAMES:
            raise ConfigurationError(
                f"flow {flow}: there is no option {name}{nearest(name, _NAMES)}; the options are {', '.join(_NAMES)}."
            )
    options: dict[str, Any] = {**dict.fromkeys(_NAMES), **given}
    return options | {name: list(options[name]) for name in HOOKS if isinstance(options[name], list | tuple)}


def check(options: dict[str, Any], flow: str, parameters: Sequence[str]) -> None:
    """Raise `ConfigurationError` for an option whose value cannot work; `parameters` are the names of the function's."""
    for name, works, remedy in _KINDS:
        value = options[name]
        if value is not None and not works(value):
            raise ConfigurationError(f"flow {flow}: {name} is {value!r}; give {remedy}")
    for name in HOOKS:
        check_hooks(options[name], name, f"flow {flow}")
    check_run_name(options["flow_run_name"], parameters, "flow_run_name", f"flow {flow}")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_pauses(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_pauses, value))
    return callable(value) or (_is_number(value) and value >= 0)


def _is_runner(value: object) -> bool:
    return isinstance(value, TaskRunner) or (isinstance(value, type) and issubclass(value, TaskRunner))


_KINDS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("name", _is_text, "a text"),
    ("version", _is_text, "a text, such as '2'"),
    ("description", _is_text, "a text"),
    ("retries", lambda value: isinstance(value, int) and _is_number(value) and value >= 0, "a whole number, 0 or more"),
    ("retry_delay_seconds", _is_pauses, "a number of seconds, a list of them, or a function such as exponential_backoff(2)"),
    ("timeout_seconds", lambda value: _is_number(value) and value > 0, "a number of seconds above 0"),
    ("task_runner", _is_runner, "a task runner, such as ThreadPoolTaskRunner(max_workers=4)"),
    ("validate_parameters", _is_switch, "True or False"),
    ("persist_result", _is_switch, "True or False"),
    ("cache_result_in_memory", _is_switch, "True or False"),
    ("log_prints", _is_switch, "True or False"),
)
