"""Serving one call of a task to its final state, with the hooks that hear of it on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.context import TaskRunContext, current_task_run
from recoup.engine.steps import Outcome, Raised
from recoup.exceptions import UpstreamTaskError
from recoup.hooks import acall_hooks, call_hooks
from recoup.run_names import run_name
from recoup.states import Cached, Completed, Failed, NotReady, State
from recoup.types import NotSet
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from recoup.engine.call import Call
    from recoup.engine.streams.perform import StreamPerformer
    from recoup.task_runs import TaskRun

__all__ = ["answer", "aserve", "listen", "name_run", "not_begun", "returned_instead", "serve"]


def serve(call: Call, drive: Callable[[Call], Outcome]) -> State[Any]:
    """Serve `call` in this thread with the driver `drive`, and return its final state."""
    task, run = _told_of(call)
    if task.hooks:
        run.begin(1)
        call_hooks(task.on_running_hooks, task, run, run.state)
    try:
        state = _after(drive(call), run)
    except Exception as exc:  # noqa: BLE001 - whatever it raises is how the call ends
        state = run.after(exc)
    run.state = state
    if task.hooks:
        call_hooks(_hearing(task, state), task, run, state)
    return state


async def aserve(call: Call, drive: Callable[[Call], Awaitable[Outcome]]) -> State[Any]:
    """Serve `call` in this coroutine with the driver `drive`, and return its final state."""
    task, run = _told_of(call)
    if task.hooks:
        run.begin(1)
        await acall_hooks(task.on_running_hooks, task, run, run.state)
    try:
        state = _after(await drive(call), run)
    except Exception as exc:  # noqa: BLE001 - whatever it raises is how the call ends
        state = run.after(exc)
    run.state = state
    if task.hooks:
        await acall_hooks(_hearing(task, state), task, run, state)
    return state


def listen(performer: StreamPerformer) -> None:
    """Call the hooks of a stream that is about to begin, and have those called that hear of its end."""
    task, run = _told_of(performer.call)

    def heard(end: Outcome | Raised) -> None:
        run.state = _after(end, run) if isinstance(end, Outcome) else run.after(end.error)
        call_hooks(_hearing(task, run.state), task, run, run.state)

    run.begin(1)
    call_hooks(task.on_running_hooks, task, run, run.state)
    performer.on_end = heard


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


def answer(call: Call, state: State[Any]) -> Any:
    """Return what a caller gets who did not ask for the state, or raise what the body raised."""
    returned = NotSet if state.is_completed() else returned_instead(call)
    return state.result() if returned is NotSet else returned


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
