"""One run of a flow: what surrounds the call of its function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from recoup import loops
from recoup.clock import clock
from recoup.context import FlowRun, FlowRunContext, current_flow_run, current_task_run, new_id
from recoup.engine.journal import Journal
from recoup.events import FlowEnded, FlowStarted, emit, subscribe
from recoup.hashing import describe
from recoup.hashing.code import look_again
from recoup.logs import logger
from recoup.results import ResultStore
from recoup.settings import load_settings
from recoup.states import Completed
from recoup.wording import said

if TYPE_CHECKING:
    from types import TracebackType

    from recoup.flows import Flow
    from recoup.states import State

__all__ = ["FlowRunning"]


class FlowRunning:
    """One run of a flow, from its first event to the moment when its results are safe.

    Entered by sync and async flows alike; the async exit waits on another thread, so that the loop goes on.
    """

    def __init__(self, flow: Flow[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.state: State[Any] = Completed(by_hand=False)
        self._flow = flow
        parameters = flow.binder.bind(args, kwargs)
        parent = FlowRunContext.get()
        if parent is None:
            load_settings()
            look_again()
        run_id = new_id()
        name = f"{flow.name}-{run_id.hex[:6]}"
        self._context = FlowRunContext(
            flow=flow,
            flow_run=FlowRun(run_id, name, flow.name, parameters),
            parameters=parameters,
            task_runner=flow.task_runner.duplicate(),
            result_store=ResultStore.of_options(
                flow.result_storage, flow.result_serializer, parent.result_store if parent else None
            ),
            persist_result=flow.persist_result if flow.persist_result is not None or parent is None else parent.persist_result,
        )
        shown = {name: describe(parameters[name], name=name) for name in flow.binder.names}
        self._parent = parent.run if parent else None
        self._journal = Journal(
            self._context.result_store.result_storage, clock, run=self._context.run, name=name, flow=flow.name, parameters=shown
        )

    def __enter__(self) -> Self:
        record = self._journal.record
        self._journal.begin()
        try:
            self._context.task_runner.__enter__()
        except BaseException as exc:
            self._journal.end(_state_after(exc), said(exc))
            raise
        self._unsubscribe = subscribe(self._journal)
        self._flow_token = current_flow_run.set(self._context)
        self._task_token = current_task_run.set(None)
        emit(
            FlowStarted(
                at=record.started,
                run=record.run,
                name=record.name,
                flow=record.flow,
                parameters=record.parameters,
                parent=self._parent,
            )
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()
        self._settle(kind, error, trace)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()
        await loops.to_thread_shielded(self._settle, kind, error, trace)

    def _leave(self) -> None:
        current_task_run.reset(self._task_token)
        current_flow_run.reset(self._flow_token)

    def _settle(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for what was submitted, then write how the run ended."""
        try:
            self._context.task_runner.__exit__(kind, error, trace)
        except BaseException as exc:
            error = exc
            raise
        finally:
            self._unsubscribe()
            if error is None:
                self._end(self.state.name, self.state.message or "")
            else:
                self._end(_state_after(error), said(error))

    def _end(self, state: str, message: str) -> None:
        record = self._journal.end(state, message)
        if self._journal.broken is not None:
            logger.warning("the run %s could not be recorded: %s", record.name, self._journal.broken)
        emit(
            FlowEnded(
                at=clock.time(),
                run=record.run,
                name=record.name,
                flow=record.flow,
                state=state,
                seconds=(record.ended or record.started) - record.started,
                summary=str(self._journal.tally),
                message=message,
                parent=self._parent,
            )
        )


def _state_after(error: BaseException) -> str:
    return "Failed" if isinstance(error, Exception) else "Cancelled" if isinstance(error, KeyboardInterrupt) else "Crashed"
