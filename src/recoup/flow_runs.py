"""One run of a flow: what surrounds the call of its function."""

from __future__ import annotations

import contextlib
import os
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from recoup import loops
from recoup.clock import clock
from recoup.context import FlowRun, FlowRunContext, current_flow_run, current_task_run, new_id
from recoup.engine.journal import Journal
from recoup.engine.run_arguments import keep_arguments, kept_arguments
from recoup.engine.runs import await_silence, find_run, read_runs
from recoup.environment import host, machine, process_start
from recoup.events import FlowEnded, FlowStarted, emit, subscribe
from recoup.exceptions import HashError, RunNotResumable
from recoup.hashing import Hasher, describe
from recoup.hashing.code import look_again
from recoup.logs import logger
from recoup.records import FORMAT, RunRecord
from recoup.results import ResultStore
from recoup.settings import get_current_settings, load_settings
from recoup.states import Completed
from recoup.targets import target_of
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    from recoup.abc import ObjectStore
    from recoup.flows import Flow
    from recoup.states import State

__all__ = ["FlowRunning", "Origin", "begin_resuming", "fitting_arguments", "starting"]


@dataclass(frozen=True)
class Origin:
    """Where a run comes from that was not simply called: the run that it resumes and its storage, and who measures it."""

    resumed: RunRecord | None = None
    store: ObjectStore | None = None
    measured: Callable[[], Mapping[str, float]] = dict


_origin: ContextVar[Origin | None] = ContextVar("recoup_origin", default=None)


@contextlib.contextmanager
def starting(origin: Origin) -> Iterator[None]:
    """Have the first flow that is called inside the `with` block begin as `origin` says."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def begin_resuming(
    flow: Flow[..., Any], wanted: str, storage: ObjectStore | str | Path | None, given: Mapping[str, Any]
) -> tuple[Origin, tuple[tuple[Any, ...], dict[str, Any]]]:
    """Return what it takes to call `flow` as the run that is `wanted`: where it comes from, and its arguments."""
    store = ResultStore.of_options(flow.result_storage if storage is None else storage, None, None).result_storage
    record = await_silence(store, find_run(read_runs(store), wanted, repr(store)), clock, logger.info)
    if record.flow != flow.name:
        raise RunNotResumable(f"{record.name} is a run of the flow {record.flow}, not of {flow.name}")
    return Origin(record, store), fitting_arguments(flow, record, kept_arguments(store, record, given))


def fitting_arguments(
    flow: Flow[..., Any], record: RunRecord, inputs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return `inputs` as arguments of `flow`. Raises `RunNotResumable` where its parameters are others than the run's."""
    gone = [name for name in inputs if name not in flow.binder.names]
    if gone:
        raise RunNotResumable(
            f"{record.name} cannot be resumed: it began with a parameter {gone[0]}, which the flow {flow.name} has no longer"
        )
    args, kwargs = flow.binder.unbind(dict(inputs))
    flow.binder.bind(args, kwargs)
    return args, kwargs


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
        self._origin = _origin.get() if parent is None else None
        if self._origin is not None:
            _origin.set(None)  # it says nothing about the flows that this one calls
        origin, resumed = self._origin or Origin(), self._origin.resumed if self._origin else None
        run_id = UUID(resumed.run) if resumed else parent.id_of_inner(flow.name, _token(parameters)) if parent else new_id()
        name = resumed.name if resumed else f"{flow.name}-{run_id.hex[:6]}"
        self._context = FlowRunContext(
            flow=flow,
            flow_run=FlowRun(run_id, name, flow.name, parameters),
            parameters=parameters,
            task_runner=flow.task_runner.duplicate(),
            result_store=ResultStore.of_options(
                origin.store or flow.result_storage, flow.result_serializer, parent.result_store if parent else None
            ),
            persist_result=flow.persist_result if flow.persist_result is not None or parent is None else parent.persist_result,
        )
        self._parent = parent.run if parent else None
        self._journal = Journal(self._context.result_store.result_storage, clock, self._record(resumed))

    def _record(self, resumed: RunRecord | None) -> RunRecord:
        """Return what is known of the run before it begins."""
        flow, context, store = self._flow, self._context, self._context.result_store.result_storage
        place = target_of(flow, flow.fn)
        started = clock.time()
        return RunRecord(
            recoup=FORMAT,
            run=context.run,
            name=context.flow_run.name,
            flow=flow.name,
            target=place.target,
            project=place.project,
            parameters={name: describe(context.parameters[name], name=name) for name in flow.binder.names},
            arguments=resumed.arguments
            if resumed
            else {}
            if self._parent
            else keep_arguments(store, context.run, context.parameters),
            parent=self._parent or "",
            storage=repr(store),
            attempt=resumed.attempt + 1 if resumed else 1,
            begun=(resumed.begun or resumed.started) if resumed else started,
            host=host(),
            machine=machine(),
            pid=os.getpid(),
            process_start=process_start(os.getpid()) or "",
            owner=new_id().hex[:12],
            lease_seconds=get_current_settings().runs_lease_seconds,
            state="Running",
            started=started,
        )

    def __enter__(self) -> Self:
        self._journal.begin()
        record = self._journal.record
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
                self._end(self.state.name, self.state.message or "", completed=self.state.is_completed())
            else:
                self._end(_state_after(error), said(error))

    def _end(self, state: str, message: str, *, completed: bool = False) -> None:
        record = self._journal.end(state, message, completed=completed, **(self._origin.measured() if self._origin else {}))
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


def _token(parameters: Mapping[str, Any]) -> bytes:
    """Return what tells a call of a flow from others; for parameters without stable content, what is shown of them."""
    try:
        return Hasher().token(dict(parameters))
    except HashError:
        return "\0".join(describe(value, name=name) for name, value in parameters.items()).encode()
