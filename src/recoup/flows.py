"""Flows: functions that call tasks. A run of a flow ends when its results are safe."""

from __future__ import annotations

import functools
import inspect
from types import MethodType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from recoup import loops
from recoup.arguments import Binder
from recoup.exceptions import ConfigurationError
from recoup.flow_runs import FlowRunning, begin_resuming, starting
from recoup.futures import resolve_futures_to_states
from recoup.project import name_in_module
from recoup.states import Failed, State, return_value_to_state
from recoup.task_runners import ThreadPoolTaskRunner
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path
    from uuid import UUID

    from recoup.abc import ObjectStore, Serializer
    from recoup.flow_runs import Origin
    from recoup.task_runners import TaskRunner

__all__ = ["Flow", "flow"]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Flow(Generic[P, R]):
    """A function whose calls are runs. Made by `flow`; the options are described there."""

    def __init__(
        self,
        fn: Callable[P, R],
        *,
        name: str | None = None,
        description: str | None = None,
        task_runner: TaskRunner | None = None,
        persist_result: bool | None = None,
        result_storage: ObjectStore | str | Path | None = None,
        result_serializer: Serializer | str | None = None,
    ) -> None:
        if not callable(fn):
            raise ConfigurationError(f"flow() takes a function, not {type(fn).__name__}; write @flow above a def")
        options = {name: value for name, value in locals().items() if name not in ("self", "fn")}
        functools.update_wrapper(self, fn)  # first, so that no attribute of the function's takes the place of one of ours
        self._options = options
        self.fn = fn
        self.name: str = name or str(getattr(fn, "__name__", type(fn).__name__))
        self.description = description or inspect.getdoc(fn)
        self.isasync = inspect.iscoroutinefunction(fn)
        self.task_runner = task_runner or ThreadPoolTaskRunner()
        given = result_storage is not None or result_serializer is not None
        self.persist_result = True if persist_result is None and given else persist_result
        self.result_storage = result_storage
        self.result_serializer = result_serializer
        self.binder = Binder(fn)

    def with_options(self, **options: Any) -> Flow[P, R]:
        """Return a flow of the same function with some options replaced; an option set to `None` is unset."""
        unknown = sorted(set(options) - set(self._options))
        if unknown:
            raise ConfigurationError(
                f"{self.name}.with_options: no option {unknown[0]!r}; the options are {', '.join(self._options)}"
            )
        return Flow(self.fn, **{**self._options, **options})

    @overload
    def __call__(self: Flow[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
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
                returned = resolve_futures_to_states(self.fn(*args, **kwargs))
                running.state = return_value_to_state(returned)
        except Exception as exc:
            if return_state:
                return _failed(exc)
            raise
        return running.state if return_state else _value_of(returned, running.state)

    async def _arun(self, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool) -> Any:
        try:
            async with FlowRunning(self, args, kwargs) as running:
                returned = await self.fn(*args, **kwargs)  # type: ignore[misc]  # isasync says that it is awaitable
                returned = await loops.to_thread(resolve_futures_to_states, returned)
                running.state = return_value_to_state(returned)
        except Exception as exc:
            if return_state:
                return _failed(exc)
            raise
        return running.state if return_state else _value_of(returned, running.state)

    def resume(
        self,
        run: str | UUID,
        *,
        storage: ObjectStore | str | Path | None = None,
        parameters: Mapping[str, Any] | None = None,
        return_state: bool = False,
    ) -> Any:
        """Go on with a run of this flow that was killed, failed or was cancelled, and return what a call returns.

        The body is called with the parameters of that run, and what its tasks kept is not run again. `run` is its name,
        its id, or how one of them begins; `storage` where it is kept, if not where this flow keeps its runs; `parameters`
        are those that were not kept, such as secrets. Raises `RunNotFound`, `RunNotResumable`, and `RunIsAlive` while
        somebody runs it.
        """
        origin, (args, kwargs) = begin_resuming(self, str(run), storage, parameters or {})
        if self.isasync:
            return self._aresume(origin, args, kwargs, return_state)
        with starting(origin):
            return self._run(args, kwargs, return_state)

    async def _aresume(self, origin: Origin, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool) -> Any:
        with starting(origin):
            return await self._arun(args, kwargs, return_state)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance as a function does: it becomes the first parameter."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name where a module has the flow under its name, as functions do; else what it was made of."""
        return name_in_module(self) or (_made_again, (self.fn, self._options))

    def __repr__(self) -> str:
        return f"Flow({self.name!r})"


def _made_again(fn: Callable[..., Any], options: dict[str, Any]) -> Flow[..., Any]:
    return Flow(fn, **options)


def _failed(error: Exception) -> State[Any]:
    return Failed(message=f"Flow run encountered an exception: {said(error)}", data=error, by_hand=False)


def _value_of(returned: Any, state: State[Any]) -> Any:
    """Return what the caller gets who did not ask for the state: several states say themselves which of them failed."""
    return state.result() if isinstance(returned, State) else returned


@overload
def flow(fn: Callable[P, R], /) -> Flow[P, R]: ...
@overload
def flow(
    *,
    name: str | None = None,
    description: str | None = None,
    task_runner: TaskRunner | None = None,
    persist_result: bool | None = None,
    result_storage: ObjectStore | str | Path | None = None,
    result_serializer: Serializer | str | None = None,
) -> Callable[[Callable[P, R]], Flow[P, R]]: ...
def flow(fn: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Make a flow of a function, with or without options.

    - `task_runner`: where submitted tasks run (`ThreadPoolTaskRunner()`).
    - `persist_result`: whether tasks that do not say otherwise keep their results for this run and its retries;
      true when one of the next two is given.
    - `result_storage`: a storage, path or URL for the results of its tasks and the journal of its runs.
    - `result_serializer`: a serializer or its name.
    """
    known = Flow.__init__.__kwdefaults__ or {}
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise ConfigurationError(f"flow(): there is no option {unknown[0]}; the options are {', '.join(known)}.")
    if fn is None:
        return lambda fn: Flow(fn, **options)
    return Flow(fn, **options)
