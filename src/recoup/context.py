"""What is known, inside a flow or a task, about the run that is going on."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recoup.exceptions import MissingContextError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from recoup.flows import Flow
    from recoup.results import ResultStore
    from recoup.task_runners import TaskRunner
    from recoup.tasks import Task

__all__ = ["FlowRun", "FlowRunContext", "TaskRun", "TaskRunContext", "get_run_context"]


def new_id() -> UUID:
    """Return the id of a new run."""
    from uuid import uuid4  # noqa: PLC0415 - 2 ms that a program without a run never pays

    return uuid4()


@dataclass(frozen=True)
class FlowRun:
    """A run of a flow: its id, and a name a person can say; `run_count` counts its attempts."""

    id: UUID
    name: str
    flow_name: str
    parameters: Mapping[str, Any]
    parent_flow_run_id: str | None = None
    start_time: datetime | None = None
    run_count: int = 0


@dataclass
class TaskRun:
    """A run of a task; `run_count` counts its attempts."""

    name: str
    run_count: int = 0

    @functools.cached_property
    def id(self) -> UUID:
        """Return the id, made when first asked for: few runs ever are."""
        return new_id()


@dataclass(eq=False)
class FlowRunContext:
    """The flow run that is going on: what its tasks inherit."""

    flow: Flow[..., Any]
    flow_run: FlowRun
    parameters: Mapping[str, Any]
    task_runner: TaskRunner
    result_store: ResultStore
    persist_result: bool | None

    def __post_init__(self) -> None:
        """Spell the id once: every call of the run mentions it."""
        self.run = str(self.flow_run.id)
        self._inner: Counter[str] = Counter()

    def id_of_inner(self, flow: str, token: bytes) -> UUID:
        """Return the id of the run of a flow that this one calls with the arguments of `token`.

        A resumed run calls the same flows again, and gives each the id that it had.
        """
        from uuid import uuid5  # noqa: PLC0415 - as above

        call = f"{flow}:{token.hex()}"
        self._inner[call] += 1
        return uuid5(self.flow_run.id, f"{call}:{self._inner[call]}")

    def begin_again(self) -> None:
        """Give the flows that the body calls the ids that they had, because the body runs once more."""
        self._inner.clear()

    @classmethod
    def get(cls) -> FlowRunContext | None:
        """Return the context of the flow run that is going on, if any."""
        return current_flow_run.get()


class TaskRunContext:
    """The call that is going on: the first argument of key functions, and what a body sees."""

    __slots__ = ("_task_run", "flow_run_context", "number", "parameters", "task")

    def __init__(
        self, task: Task[..., Any], parameters: Mapping[str, Any], flow_run_context: FlowRunContext | None, number: int
    ) -> None:
        self.task = task
        self.parameters = parameters
        self.flow_run_context = flow_run_context
        self.number = number
        self._task_run: TaskRun | None = None

    @property
    def task_run(self) -> TaskRun:
        """Return the run of the task."""
        if self._task_run is None:  # most calls are hits, which nobody asks
            self._task_run = TaskRun(f"{self.task.name}-{self.number}")
        return self._task_run

    @property
    def run_id(self) -> str:
        """Return the id of the flow run, or of the call itself outside flows."""
        return self.flow_run_context.run if self.flow_run_context is not None else str(self.task_run.id)

    @property
    def flow_parameters(self) -> Mapping[str, Any]:
        """Return the parameters of the flow run, empty outside flows."""
        return self.flow_run_context.parameters if self.flow_run_context is not None else {}

    def enter(self, attempt: int) -> Token[TaskRunContext | None]:
        """Make this the current context, because the body is about to run; return what `leave` takes."""
        self.task_run.run_count = attempt
        return current_task_run.set(self)

    def leave(self, token: Token[TaskRunContext | None]) -> None:
        """Make what was current before current again."""
        current_task_run.reset(token)

    @classmethod
    def get(cls) -> TaskRunContext | None:
        """Return the context of the call that is going on, if any."""
        return current_task_run.get()


current_flow_run: ContextVar[FlowRunContext | None] = ContextVar("recoup_flow_run", default=None)
current_task_run: ContextVar[TaskRunContext | None] = ContextVar("recoup_task_run", default=None)
_numbers = itertools.count(1)


def next_number() -> int:
    """Return the number of a new call of this process."""
    return next(_numbers)


def get_run_context() -> TaskRunContext | FlowRunContext:
    """Return the context of the task, else of the flow, that is running here.

    Raises `MissingContextError` outside runs.
    """
    context = current_task_run.get() or current_flow_run.get()
    if context is None:
        raise MissingContextError("get_run_context() was called outside a run: call it inside a flow or a task")
    return context
