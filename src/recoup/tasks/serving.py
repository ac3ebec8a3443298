"""Serving one call of a task to its final state, with the hooks that hear of it on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from recoup.context import TaskRunContext, current_task_run
from recoup.engine.steps import Outcome, Raised
from recoup.exceptions import UpstreamTaskError
from recoup.runs.hooks import acall_hooks, call_hooks
from recoup.runs.names import run_name
from recoup.states import Cached, Completed, Failed, NotReady, Pending, State
from recoup.types import NotSet
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from types import TracebackType

    from recoup.engine.call import Call
    from recoup.engine.streams.perform import StreamPerformer
    from recoup.task_runs import TaskRun

    _Told = tuple[Iterable[Callable[..., Any]], Any, TaskRun, State[Any]]

__all__ = ["Served", "answer", "aserve", "listen", "name_run", "not_begun", "returned_instead", "serve"]


_PENDING = Pending(by_hand=False)


class Served(NamedTuple):
    """The final state of a call, and its value, `NotSet` where there is none or nobody has loaded it."""

    state: State[Any]
    value: Any


def serve(call: Call, drive: Callable[[Call], Outcome]) -> Served:
    """Serve `call` in this thread with the driver `drive`, and return how it ended."""
    life = _Life(call)
    call_hooks(*life.begins())
    with life:
        life.ended(drive(call))
    call_hooks(*life.ends())
    return Served(life.state, life.value)


async def aserve(call: Call, drive: Callable[[Call], Awaitable[Outcome]]) -> Served:
    """Serve `call` in this coroutine with the driver `drive`, and return how it ended."""
    life = _Life(call)
    await acall_hooks(*life.begins())
    with life:
        life.ended(await drive(call))
    await acall_hooks(*life.ends())
    return Served(life.state, life.value)


def listen(performer: StreamPerformer) -> None:
    """Call the hooks of a stream that is about to begin, and have those called that hear of its end."""
    life = _Life(performer.call)

    def heard(end: Outcome | Raised) -> None:
        with life:
            if isinstance(end, Raised):
                raise end.error
            life.ended(end)
        call_hooks(*life.ends())

    call_hooks(*life.begins())
    performer.on_end = heard


class _Life:
    """What becomes of a call; leaving it with an exception is one way to end."""

    def __init__(self, call: Call) -> None:
        self.task, self._run = _told_of(call)
        self.state: State[Any]
        self.value: Any = NotSet

    def begins(self) -> _Told:
        """Return what the hooks hear before the call."""
        if not self.task.hooks:
            return (), self.task, self._run, _PENDING
        self._run.begin(1)
        return self.task.on_running_hooks, self.task, self._run, self._run.state

    def ended(self, outcome: Outcome) -> None:
        """Note how it ended well."""
        self.state, self.value = _after(outcome, self._run), outcome.value

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if isinstance(error, Exception):
            self.state = self._run.after(error)
        return isinstance(error, Exception)

    def ends(self) -> _Told:
        """Return what the hooks hear after the call."""
        self._run.state = self.state
        return _hearing(self.task, self.state) if self.task.hooks else (), self.task, self._run, self.state


def _told_of(call: Call) -> tuple[Any, TaskRun]:
    context = call.context
    assert isinstance(context, TaskRunContext)
    return context.task, context.task_run


def _hearing(task: Any, state: State[Any]) -> Iterable[Callable[..., Any]]:
    if state.is_completed():
        return [*task.on_completion_hooks, *(task.on_cached_hooks if state.name == "Cached" else ())]
    return task.on_failure_hooks if state.is_failed() else ()


def _after(outcome: Outcome, run: TaskRun) -> State[Any]:
    data = outcome.reference if outcome.reference is not None else outcome.value
    if outcome.cached:
        return Cached(data=data, by_hand=False)
    said_so = run.returned
    if said_so is not None:  # how the body said that it ended, with what is kept as its data
        return State(said_so.type, said_so.name, said_so.message, data, by_hand=False)
    unkept = f"its result could not be kept: {outcome.unkept}" if outcome.unkept else None
    return Completed(message=unkept, data=data, by_hand=False)


def answer(call: Call, served: Served) -> Any:
    """Return what a caller gets who did not ask for the state, or raise what the body raised."""
    value = served.value if served.state.is_completed() else returned_instead(call)
    return served.state.result() if value is NotSet else value


def returned_instead(call: Call) -> Any:
    """Return the state, or the states, that the body returned and that did not complete (as Prefect does), else `NotSet`."""
    _, run = _told_of(call)
    if run.returned is None or run.returned.is_completed():
        return NotSet
    return run.returned if run.returned.by_hand else run.returned.data


def name_run(context: TaskRunContext) -> str:
    """Name the run as its task's `task_run_name` says; return the name."""
    task, token = context.task, current_task_run.set(context)
    assert task.task_run_name is not None
    parameters = task.binder.spread(context.parameters)
    try:
        context.task_run.name = run_name(task.task_run_name, parameters, "task_run_name", f"task {task.name}")
    finally:
        current_task_run.reset(token)
    return context.task_run.name


def not_begun(error: Exception) -> State[Any]:
    """Return the state of a call whose arguments could not be brought."""
    if isinstance(error, UpstreamTaskError):
        return NotReady(message=str(error), data=error, by_hand=False)
    return Failed(message=f"Task run encountered an exception {said(error)}", data=error, by_hand=False)
