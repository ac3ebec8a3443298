"""What is known, inside a flow or a task, about the run that is going on."""

from __future__ import annotations

import contextlib
import itertools
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from recoup.exceptions import MissingContextError
from recoup.states import AwaitingRetry, State
from recoup.task_runs import TaskRun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from recoup.flows import Flow
    from recoup.hashing.marks import Marks
    from recoup.results import ResultStore
    from recoup.task_runners import TaskRunner
    from recoup.tasks import Task

__all__ = ["FlowRun", "FlowRunContext", "TaskRun", "TaskRunContext", "get_run_context", "tags"]


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
    root_flow_run_id: str | None = None
    tags: list[str] = field(default_factory=lambda: sorted(current_tags.get()))


@dataclass(eq=False)
class FlowRunContext:
    """The flow run that is going on: what its tasks inherit."""

    flow: Flow[..., Any]
    flow_run: FlowRun
    parameters: Mapping[str, Any]
    task_runner: TaskRunner
    result_store: ResultStore
    persist_result: bool | None
    log_prints: bool | None = None
    resumed: bool = False

    def __post_init__(self) -> None:
        """Spell the id once: every call of the run mentions it."""
        self.run = str(self.flow_run.id)
        self._inner: dict[str, Iterator[int]] = {}

    def id_of_inner(self, flow: str, token: bytes) -> UUID:
        """Return the id of the run of a flow that this one calls with the arguments of `token`.

        A resumed run calls the same flows again, and gives each the id that it had.
        """
        from uuid import uuid5  # noqa: PLC0415 - as above

        call = f"{flow}:{token.hex()}"
        number = next(self._inner.setdefault(call, itertools.count(1)))  # in one step each, since threads call flows
        return uuid5(self.flow_run.id, f"{call}:{number}")

    def begin_again(self) -> None:
        """Give the flows that the body calls the ids that they had, because the body runs once more."""
        self._inner.clear()

    @classmethod
    def get(cls) -> FlowRunContext | None:
        """Return the context of the flow run that is going on, if any."""
        return current_flow_run.get()


class TaskRunContext:
    """The call that is going on: the first argument of key functions, and what a body sees.

    `around` is the call whose body made this one, known once this one's body runs; `passed_on` the store and whether results
    are kept, as calls of its body inherit them, known once there is one.
    """

    __slots__ = ("_task_run", "around", "flow_run_context", "number", "parameters", "passed_on", "task", "transaction")

    around: TaskRunContext | None
    passed_on: tuple[ResultStore | None, bool]

    def __init__(
        self,
        task: Task[..., Any],
        parameters: Mapping[str, Any],
        flow_run_context: FlowRunContext | None,
        number: int,
        task_run: TaskRun | None = None,
    ) -> None:
        self.task = task
        self.parameters = parameters
        self.flow_run_context = flow_run_context
        self.number = number
        self.transaction: Any = None
        self._task_run = task_run

    @property
    def task_run(self) -> TaskRun:
        """Return the run of the task."""
        if self._task_run is None:  # most calls are hits, which nobody asks
            self._task_run = TaskRun(f"{self.task.name}-{self.number}", tags_of(self.task), self.flow_run_id)
        return self._task_run

    @property
    def flow_run_id(self) -> str | None:
        """Return the id of the flow run, if any."""
        return self.flow_run_context.run if self.flow_run_context is not None else None

    @property
    def run_id(self) -> str:
        """Return the id of the flow run, or of the call itself outside flows."""
        return self.flow_run_context.run if self.flow_run_context is not None else str(self.task_run.id)

    @property
    def flow_parameters(self) -> Mapping[str, Any]:
        """Return the parameters of the flow run, empty outside flows."""
        return self.flow_run_context.parameters if self.flow_run_context is not None else {}

    @property
    def flow_marks(self) -> Marks | None:
        """Return what the annotations of the flow's parameters say."""
        return getattr(self.flow_run_context.flow, "marks", None) if self.flow_run_context is not None else None

    def enter(self, attempt: int) -> Token[TaskRunContext | None]:
        """Make this the current context, because the body is about to run; return what `leave` takes."""
        self.task_run.begin(attempt)
        self.around = current_task_run.get()
        return current_task_run.set(self)

    def leave(self, token: Token[TaskRunContext | None]) -> None:
        """Make what was current before current again."""
        current_task_run.reset(token)

    def accept(self, returned: Any) -> Any:
        """Return the value that a body's value stands for; raise what a returned state says of a failure."""
        return self.task_run.accept(returned) if isinstance(returned, _MAY_HOLD_STATES) else returned

    def may_retry(self, error: Exception) -> bool:
        """Say whether the body may run again after `error`; the retries that are left are counted elsewhere."""
        run, task = self.task_run, self.task
        if not run.after(error).is_failed() or (task.retry_condition_fn is not None and not task.wants_retry(run, error)):
            return False
        run.state = AwaitingRetry(by_hand=False)
        return True

    def name_after(self, error: Exception) -> str:
        """Return the name of the state in which the call ends that `error` ended."""
        return self.task_run.after(error).name

    @classmethod
    def get(cls) -> TaskRunContext | None:
        """Return the context of the call that is going on, if any."""
        return current_task_run.get()


_MAY_HOLD_STATES = (State, list, tuple, set, frozenset)
current_tags: ContextVar[frozenset[str]] = ContextVar("recoup_tags", default=frozenset())
current_flow_run: ContextVar[FlowRunContext | None] = ContextVar("recoup_flow_run", default=None)
current_task_run: ContextVar[TaskRunContext | None] = ContextVar("recoup_task_run", default=None)
current_transaction: ContextVar[Any] = ContextVar("recoup_transaction", default=None)
_numbers = itertools.count(1)


def next_number() -> int:
    """Return the number of a new call of this process."""
    return next(_numbers)


@contextlib.contextmanager
def tags(*names: str) -> Iterator[set[str]]:
    """Give the runs that begin inside the `with` block these tags, beside those around them and their own.

    >>> with tags("nightly"), tags("full") as known:
    ...     sorted(known)
    ['full', 'nightly']
    """
    known = current_tags.get().union(names)
    token = current_tags.set(known)
    try:
        yield set(known)
    finally:
        current_tags.reset(token)


def tags_of(task: Task[..., Any]) -> list[str]:
    """Return the tags that a run of `task` has here."""
    here = current_tags.get()
    return sorted(here | task.tags) if here or task.tags else []


def get_run_context() -> TaskRunContext | FlowRunContext:
    """Return the context of the task, else of the flow, that is running here.

    Raises `MissingContextError` outside runs.
    """
    context = current_task_run.get() or current_flow_run.get()
    if context is None:
        raise MissingContextError("get_run_context() was called outside a run: call it inside a flow or a task")
    return context
