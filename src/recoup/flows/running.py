"""One run of a flow: what surrounds the call of its function."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from recoup import loops
from recoup.clock import clock
from recoup.context import FlowRun, FlowRunContext, current_flow_run, current_task_run
from recoup.engine.journal import Journal
from recoup.engine.run_arguments import keep_arguments
from recoup.environment import host, machine, own_start
from recoup.events import FlowEnded, FlowStarted, emit, subscribe
from recoup.exceptions import SerializationError, StoreError, StoreFull
from recoup.flows.attempts import Attempts, after_error
from recoup.flows.resuming import Origin, take_origin
from recoup.flows.secrecy import secret_names, shown, token_of
from recoup.flows.targets import target_of
from recoup.hashing.code import look_again
from recoup.hashing.hidden import remember_arguments
from recoup.logs import logger
from recoup.records import FORMAT, RunRecord
from recoup.results import KeptResult, ResultStore, inherited
from recoup.runs.hooks import acall_hooks, call_hooks
from recoup.runs.interrupts import unwatch, watch
from recoup.runs.names import run_name
from recoup.settings import get_current_settings, load_settings
from recoup.states import StateType
from recoup.task_runs import new_id
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from uuid import UUID

    from recoup.flows import Flow
    from recoup.states import State

__all__ = ["FlowRunning"]


class FlowRunning:
    """One run of a flow, from its first event to the moment when its results are safe.

    Entered by sync and async flows alike; the async exit waits on another thread, so that the loop goes on.
    """

    def __init__(self, flow: Flow[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._flow = flow
        given = flow.binder.bind(args, kwargs)
        parameters = flow.admit(given)
        self.args, self.kwargs = (args, kwargs) if parameters is given else flow.binder.unbind(parameters)
        parent = FlowRunContext.get()
        if parent is None:
            load_settings()
            look_again()
        self._origin = origin = take_origin() if parent is None else Origin()
        resumed = origin.resumed
        run_id = _id_of(resumed, parent, flow, parameters)
        name = resumed.name if resumed else _name_of(flow, parameters) or f"{flow.name}-{run_id.hex[:6]}"
        store, persists = inherited()
        self._context = FlowRunContext(
            flow=flow,
            flow_run=FlowRun(
                id=run_id,
                name=name,
                flow_name=flow.name,
                parameters=parameters,
                parent_flow_run_id=parent.run if parent else None,
                root_flow_run_id=(parent.flow_run.root_flow_run_id or parent.run) if parent else None,
                start_time=datetime.now(UTC),
            ),
            parameters=parameters,
            task_runner=flow.task_runner,
            result_store=ResultStore.of_options(
                origin.store or flow.result_storage, flow.result_serializer, store, flow.remembers
            ),
            persist_result=_persists(flow, parent, persists),
            log_prints=flow.log_prints if flow.log_prints is not None or parent is None else parent.log_prints,
            resumed=parent.resumed if parent else resumed is not None,
        )
        self.attempts = Attempts(self._context)
        self._parent = parent.run if parent else None
        self._journal = Journal(self._context.result_store.result_storage, clock, self._record(resumed))

    def _record(self, resumed: RunRecord | None) -> RunRecord:
        """Return what is known of the run before it begins."""
        flow, context, store = self._flow, self._context, self._context.result_store.result_storage
        place, settings = target_of(flow, flow.fn), get_current_settings()
        started = clock.time()
        remember_arguments(context.parameters, secret_names(flow))
        if resumed is not None:
            arguments = resumed.arguments
        else:  # flows inside flows are resumed with the outermost
            arguments = {} if self._parent else keep_arguments(store, context.run, context.parameters, secret_names(flow))
        return RunRecord(
            recoup=FORMAT,
            run=context.run,
            name=context.flow_run.name,
            flow=flow.name,
            target=place.target,
            project=place.project,
            parameters=shown(flow, context.parameters),
            arguments=arguments,
            parent=self._parent or "",
            storage=repr(store),
            attempt=resumed.attempt + 1 if resumed else 1,
            begun=(resumed.begun or resumed.started) if resumed else started,
            host=host(),
            machine=machine(),
            pid=os.getpid(),
            process_start=own_start(os.getpid()),
            owner=new_id().hex[:12],
            refresh=settings.tasks_refresh_cache,
            lease_seconds=settings.runs_lease_seconds,
            state="Running",
            started=started,
        )

    def __enter__(self) -> Self:
        self._journal.begin()
        record = self._journal.record
        if self._journal.broken is not None and not isinstance(self._journal.broken, StoreFull):
            logger.warning("%s. The run goes on without what it holds; what cannot be kept is told.", self._journal.broken)
        self._unsubscribe = subscribe(self._journal)
        self._flow_token = current_flow_run.set(self._context)
        self._task_token = current_task_run.set(None)
        self._watching = watch()
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
        state, hooks = self._state_after(error), self._hooks
        try:
            record = self._end(state)
            call_hooks(hooks(state), self._flow, self._context.flow_run, state)
            self._tell(record)
        finally:
            self._leave()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        state, hooks = self._state_after(error), self._hooks
        try:
            record = await loops.to_thread_shielded(self._end, state)
            await acall_hooks(hooks(state), self._flow, self._context.flow_run, state)
            self._tell(record)
        finally:
            self._leave()

    def _state_after(self, error: BaseException | None) -> State[Any]:
        """Return how the run ended; `error` may have struck between two attempts."""
        state = self.attempts.state
        return state if error is None or state.data is error else after_error(error)

    def _hooks(self, state: State[Any]) -> list[Any]:
        return {
            StateType.COMPLETED: self._flow.on_completion_hooks,
            StateType.FAILED: self._flow.on_failure_hooks,
            StateType.CANCELLED: self._flow.on_cancellation_hooks,
            StateType.CRASHED: self._flow.on_crashed_hooks,
        }[state.type]

    def _leave(self) -> None:
        current_task_run.reset(self._task_token)
        current_flow_run.reset(self._flow_token)
        if self._watching:
            unwatch()

    def _end(self, state: State[Any]) -> RunRecord:
        """Write how the run ended."""
        self._keep_result(state)
        self._unsubscribe()
        record = self._journal.end(
            state.type.value.capitalize(), _told(state), completed=state.is_completed(), **self._origin.measured()
        )
        if self._journal.broken is not None:
            logger.warning("the run %s could not be recorded: %s", record.name, self._journal.broken)
        return record

    def _keep_result(self, state: State[Any]) -> None:
        """Keep what the function returned, where the flow itself says so; the state then loads an object for each who looks."""
        if not self._flow.persist_result or not state.is_completed() or state.by_hand or state.message:
            return  # a message sums up the states of other runs, which keep their own
        kept = KeptResult(self._context.result_store, self._flow.name, self._context.run)
        try:
            kept.store(state.data)
        except (StoreError, SerializationError) as exc:
            logger.warning("the result of the run %s is not kept: %s", self._context.flow_run.name, exc)
        else:
            state.data = kept

    def _tell(self, record: RunRecord) -> None:
        if record.pid != os.getpid():  # a forked child that leaves the flow: the run is its parent's
            return
        emit(
            FlowEnded(
                at=clock.time(),
                run=record.run,
                name=record.name,
                flow=record.flow,
                state=record.state,
                seconds=(record.ended or record.started) - record.started,
                summary=str(self._journal.tally),
                message=record.message,
                parent=self._parent,
            )
        )


def _persists(flow: Flow[..., Any], parent: FlowRunContext | None, inherits: bool | None) -> bool | None:
    """Return what the flow says of keeping results, else what is around it; a default storage is for keeping them."""
    if flow.persist_result is not None:
        return flow.persist_result
    if parent is not None or inherits is not None:
        return inherits
    return True if get_current_settings().results_default_storage_block is not None else None


def _id_of(resumed: RunRecord | None, parent: FlowRunContext | None, flow: Flow[..., Any], parameters: Mapping[str, Any]) -> UUID:
    """Return the id of a run: a new one, unless it is resumed, or called by a run that may be."""
    if resumed is not None:
        from uuid import UUID  # noqa: PLC0415 - 2 ms that only such a run pays

        return UUID(resumed.run)
    return new_id() if parent is None else parent.id_of_inner(flow.name, token_of(flow, parameters, parent.result_store))


def _name_of(flow: Flow[..., Any], parameters: Mapping[str, Any]) -> str:
    name = flow.flow_run_name
    return run_name(name, parameters, "flow_run_name", f"flow {flow.name}") if name is not None else ""


def _told(state: State[Any]) -> str:
    """Return what is recorded of how a run ended: the error alone, or the message after a name that says more than the type."""
    if isinstance(state.data, BaseException) and not state.by_hand and state.name == "Failed":
        return said(state.data)
    told = state.message or ""
    if state.name.lower() == state.type.value.lower():
        return told
    return f"{state.name}: {told}" if told else state.name
