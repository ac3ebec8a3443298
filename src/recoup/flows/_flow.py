"""Flows: functions that call tasks. A run of a flow ends when its results are safe."""

from __future__ import annotations

import functools
import inspect
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, Unpack, overload

from recoup import loops
from recoup.arguments import Binder, replace_members
from recoup.clock import clock
from recoup.engine.reference import Reference
from recoup.exceptions import ConfigurationError
from recoup.flows.attempts import after_error
from recoup.flows.options import FlowOptions, check, complete
from recoup.flows.resuming import begin_resuming, starting
from recoup.flows.running import FlowRunning
from recoup.futures import resolve_futures_to_states
from recoup.hashing import describe
from recoup.hashing.marks import marks_of
from recoup.project import name_in_module
from recoup.runs.elsewhere import FlowsElsewhere
from recoup.runs.hooks import check_hooks
from recoup.secrecy import REDACTED
from recoup.serializers.pickle import pickle_as_functions
from recoup.task_runners import ThreadPoolTaskRunner
from recoup.upstream import futures_in, resolved, until_ended

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path
    from uuid import UUID

    from recoup.abc import ObjectStore, Serializer
    from recoup.flows.resuming import Origin
    from recoup.states import State
    from recoup.task_runners import TaskRunner
    from recoup.tasks.options import RetryDelays

__all__ = ["Flow", "flow"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
Q = ParamSpec("Q")
H = TypeVar("H", bound="Callable[..., Any]")


class Flow(FlowsElsewhere, Generic[P, R_co]):
    """A function whose calls are runs. Made by `flow`; the options are described there."""

    def __init__(self, fn: Callable[P, R_co], **options: Unpack[FlowOptions]) -> None:
        if isinstance(fn, classmethod | staticmethod):
            kind = type(fn).__name__
            raise ConfigurationError(f"flow() takes a function, not a {kind}; write @{kind} above @flow, not below it")
        if not callable(fn):
            raise ConfigurationError(f"flow() takes a function, not {type(fn).__name__}; write @flow above a def")
        if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn):
            raise ConfigurationError(
                f"{fn.__name__} yields, and a run of a flow would have ended before its items were made; "
                "return a list, or let a task yield, whose items are kept one by one"
            )
        functools.update_wrapper(self, fn)  # first, so that no attribute of the function's takes the place of one of ours
        self.fn = fn
        self.name: str = options.get("name") or str(getattr(fn, "__name__", type(fn).__name__))
        self.binder = Binder(fn)
        self.marks = marks_of(fn, self.binder.signature.parameters, f"flow {self.name}")
        self._options = complete(options, self.name)
        check(self._options, self.name, self.binder.names)
        self.version: str | None = self._options["version"]
        self.flow_run_name: str | Callable[[], str] | None = self._options["flow_run_name"]
        self.description: str | None = self._options["description"] or inspect.getdoc(fn)
        self.isasync = inspect.iscoroutinefunction(fn)
        self.retries: int | None = self._options["retries"]
        self.retry_delay_seconds: RetryDelays | None = self._options["retry_delay_seconds"]
        self.timeout_seconds: float | None = self._options["timeout_seconds"]
        self.task_runner = _runner(self._options["task_runner"])
        self.should_validate_parameters = self._options["validate_parameters"] is not False
        self.persist_result = _persistence_of(self._options)
        self.result_storage: ObjectStore | str | Path | None = self._options["result_storage"]
        self.result_serializer: Serializer | str | None = self._options["result_serializer"]
        self.remembers: bool | None = self._options["cache_result_in_memory"]
        self.cache_result_in_memory = self.remembers is not False
        self.log_prints: bool | None = self._options["log_prints"]
        self.on_running_hooks = self._hooks("on_running")
        self.on_completion_hooks = self._hooks("on_completion")
        self.on_failure_hooks = self._hooks("on_failure")
        self.on_cancellation_hooks = self._hooks("on_cancellation")
        self.on_crashed_hooks = self._hooks("on_crashed")

    def _hooks(self, option: str) -> list[Callable[..., Any]]:
        """Return the list that is the option, so that hooks that are added to it go with copies of the flow."""
        self._options[option] = hooks = self._options[option] or []
        return hooks

    def on_running(self, fn: H) -> H:
        """Call `fn(flow, flow_run, state)` when an attempt begins; for use as a decorator."""
        return _added(self, "on_running", fn, self.on_running_hooks)

    def on_completion(self, fn: H) -> H:
        """Call `fn(flow, flow_run, state)` when a run has completed; for use as a decorator."""
        return _added(self, "on_completion", fn, self.on_completion_hooks)

    def on_failure(self, fn: H) -> H:
        """Call `fn(flow, flow_run, state)` when a run has failed and no retries are left; for use as a decorator."""
        return _added(self, "on_failure", fn, self.on_failure_hooks)

    def on_cancellation(self, fn: H) -> H:
        """Call `fn(flow, flow_run, state)` when a run was cancelled, as by Ctrl-C; for use as a decorator."""
        return _added(self, "on_cancellation", fn, self.on_cancellation_hooks)

    def on_crashed(self, fn: H) -> H:
        """Call `fn(flow, flow_run, state)` when a run was ended from outside; for use as a decorator."""
        return _added(self, "on_crashed", fn, self.on_crashed_hooks)

    def with_options(self, **options: Unpack[FlowOptions]) -> Flow[P, R_co]:
        """Return a flow of the same function with some options replaced; an option set to `None` is unset."""
        return Flow(self.fn, **{**self._options, **options})

    @functools.cached_property
    def annotations(self) -> dict[str, Any]:
        """Return what the annotations of the parameters say, as far as it can be evaluated where the function is."""
        if all(p.annotation is p.empty for p in self.binder.signature.parameters.values()):
            return {}
        from recoup.parameters import annotations_of  # noqa: PLC0415 - milliseconds, for flows with annotations only

        return annotations_of(self.fn)

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Return `parameters` by name, converted to what their annotations say.

        What is of its type already is passed on as it is. Raises `ParameterTypeError` for what cannot be converted.
        """
        if not self.annotations:
            return parameters
        from recoup.parameters import validate_parameters  # noqa: PLC0415 - as above

        secret = self.marks.secret if self.marks is not None else ()
        return validate_parameters(
            self.name,
            self.annotations,
            parameters,
            lambda value, name: REDACTED if name in secret else describe(value, name=name),
        )

    def admit(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return what the function gets for `inputs`: results of futures and states, and the rest as annotations have it."""
        brought = resolved(inputs, self.name)
        if brought is not inputs:
            brought = {name: replace_members(value, Reference, Reference.load) for name, value in brought.items()}
        return self.validate_parameters(brought) if self.should_validate_parameters else brought

    @overload
    def __call__(
        self: Flow[P, Coroutine[Any, Any, T]], *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Coroutine[Any, Any, State[T]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]  # `return_state` is ours, no parameter of a flow
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> State[R_co]: ...
    @overload
    def __call__(self: Flow[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow and return what its function returns, with futures inside it replaced by their final states.

        A returned state tells how the run ends: its result is returned, or raised. `return_state=True` returns the
        final `State` of the run instead, and raises nothing.
        """
        return_state = kwargs.pop("return_state", False)
        return self._arun(args, kwargs, return_state) if self.isasync else self._run(args, kwargs, return_state)

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool) -> Any:
        try:
            with FlowRunning(self, args, kwargs) as running:
                for pause in running.attempts:
                    clock.sleep(pause)
                    with running.attempts.caught(), running.attempts.one():
                        running.attempts.returned(resolve_futures_to_states(self.fn(*running.args, **running.kwargs)))
        except Exception as exc:
            if return_state:
                return after_error(exc)
            raise
        return running.attempts.state if return_state else running.attempts.answer()

    async def _arun(self, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool) -> Any:
        try:
            await until_ended(futures_in([*args, *kwargs.values()]))
            async with FlowRunning(self, args, kwargs) as running:
                for pause in running.attempts:
                    await clock.async_sleep(pause)
                    with running.attempts.caught():
                        async with running.attempts.async_one():
                            returned = await self.fn(*running.args, **running.kwargs)  # type: ignore[misc]  # isasync says that it is awaitable
                            running.attempts.returned(await loops.to_thread(resolve_futures_to_states, returned))
        except Exception as exc:
            if return_state:
                return after_error(exc)
            raise
        return running.attempts.state if return_state else running.attempts.answer()

    def resume(
        self,
        run: str | UUID | None = None,
        *,
        storage: ObjectStore | str | Path | None = None,
        parameters: Mapping[str, Any] | None = None,
        return_state: bool = False,
    ) -> Any:
        """Go on with a run of this flow that was killed, failed or was cancelled, and return what a call returns.

        The body is called with the parameters of that run, and what its tasks kept is not run again. `run` is its name,
        its id, or how one of them begins, and the latest by default; `storage` where it is kept, if not where this flow keeps its runs; `parameters`
        are those that were not kept, such as secrets. Raises `RunNotFound`, `RunNotResumable`, and `RunIsAlive` while
        somebody runs it.
        """
        origin, (args, kwargs) = begin_resuming(self, None if run is None else str(run), storage, parameters or {})
        if self.isasync:
            return self._aresume(origin, args, kwargs, return_state)
        with starting(origin):
            return self._run(args, kwargs, return_state)

    async def _aresume(self, origin: Origin, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool) -> Any:
        with starting(origin):
            return await self._arun(args, kwargs, return_state)

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Flow[P, R_co]: ...
    @overload
    def __get__(self: Flow[Concatenate[Any, Q], T], instance: object, owner: type | None = None) -> Callable[Q, T]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance as a function does: it becomes the first parameter."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name where a module has the flow under its name, as functions do; else what it was made of."""
        return name_in_module(self) or self._by_value()

    def _by_value(self) -> tuple[Any, ...]:
        return _made_again, (self.fn, self._options)

    def __repr__(self) -> str:
        return f"Flow({self.name!r})"


def _made_again(fn: Callable[..., Any], options: dict[str, Any]) -> Flow[..., Any]:
    return Flow(fn, **options)


pickle_as_functions(Flow, Flow._by_value)  # noqa: SLF001 - the class is ours


def _added(flow: Flow[..., Any], option: str, fn: H, hooks: list[Callable[..., Any]]) -> H:
    check_hooks([fn], option, f"flow {flow.name}")
    hooks.append(fn)
    return fn


def _runner(given: TaskRunner | type[TaskRunner] | None) -> TaskRunner:
    if given is None:
        return ThreadPoolTaskRunner()
    return given() if isinstance(given, type) else given


def _persistence_of(options: dict[str, Any]) -> bool | None:
    given = options["result_storage"] is not None or options["result_serializer"] is not None
    persist: bool | None = options["persist_result"]
    return True if persist is None and given else persist


@overload
def flow(fn: Callable[P, R], /) -> Flow[P, R]: ...
@overload
def flow(**options: Unpack[FlowOptions]) -> Callable[[Callable[P, R]], Flow[P, R]]: ...
def flow(fn: Callable[..., Any] | None = None, /, **options: Unpack[FlowOptions]) -> Any:
    """Make a flow of a function, with or without options.

    - `name`, `version`, `description`: what the flow is called and said to be.
    - `flow_run_name`: what its runs are called: a template of its parameters such as `"load {day}"`, or a function.
    - `retries`, `retry_delay_seconds`: how often a failing run begins again, and the pauses in between, as for tasks.
      Results that a failed attempt kept are served to the next.
    - `timeout_seconds`: after which an attempt is ended, and fails.
    - `task_runner`: where submitted tasks run (`ThreadPoolTaskRunner()`).
    - `validate_parameters=False`: take parameters as they are given, whatever their annotations say.
    - `persist_result`: keep the result, and those of tasks that do not say otherwise, for this run and its retries;
      true when one of the next two is given.
    - `result_storage`: a storage, path or URL for the results of its tasks and the journal of its runs.
    - `result_serializer`: a serializer or its name.
    - `cache_result_in_memory=False`: do not remember stored bytes in this process, its own and those of tasks that do not
      say otherwise.
    - `log_prints=True`: log what its functions and tasks print.
    - `on_running`, `on_completion`, `on_failure`, `on_cancellation`, `on_crashed`: lists of functions or coroutine
      functions of the flow, its run and the state. What one raises is logged and does not fail the run.

    Raises `ConfigurationError` for an option that is none, or whose value cannot work.
    """
    if fn is None:
        return lambda fn: Flow(fn, **options)
    return Flow(fn, **options)
