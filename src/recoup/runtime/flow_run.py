"""The run of the flow that is going on here, read when asked: `flow_run.name`. Outside flows, nothing and empty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from recoup.context import FlowRunContext

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [  # noqa: F822 - found by __getattr__
    "api_url",
    "flow_name",
    "flow_version",
    "id",
    "job_variables",
    "name",
    "parameters",
    "parent_deployment_id",
    "parent_flow_run_id",
    "root_flow_run_id",
    "run_count",
    "scheduled_start_time",
    "tags",
    "ui_url",
]


def _nothing() -> None:
    return None


_FIELDS: dict[str, tuple[Callable[[FlowRunContext], Any], Callable[[], Any]]] = {
    "id": (lambda context: context.run, _nothing),
    "name": (lambda context: context.flow_run.name, _nothing),
    "parameters": (lambda context: dict(context.parameters), dict),
    "tags": (lambda context: list(context.flow_run.tags), list),
    "flow_name": (lambda context: context.flow.name, _nothing),
    "flow_version": (lambda context: context.flow.version, _nothing),
    "run_count": (lambda context: context.flow_run.run_count, int),
    "scheduled_start_time": (lambda context: context.flow_run.start_time, lambda: datetime.now(UTC)),
    "parent_flow_run_id": (lambda context: context.flow_run.parent_flow_run_id, _nothing),
    "root_flow_run_id": (lambda context: context.flow_run.root_flow_run_id or context.run, _nothing),
    # No server and no deployments: what programs of Prefect ask for is there, and is nothing.
    "parent_deployment_id": (lambda _: None, _nothing),
    "job_variables": (lambda _: {}, _nothing),
    "api_url": (lambda _: None, _nothing),
    "ui_url": (lambda _: None, _nothing),
}


def __getattr__(name: str) -> Any:
    if name not in _FIELDS:
        raise AttributeError(f"recoup.runtime.flow_run has no field {name!r}; it has {', '.join(_FIELDS)}")
    of_run, outside = _FIELDS[name]
    context = FlowRunContext.get()
    return outside() if context is None else of_run(context)


def __dir__() -> list[str]:
    return __all__
