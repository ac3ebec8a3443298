"""Tasks: functions whose results are kept and reused.

    @task(cache=True)
    def load(day): ...

A task is called like its function, inside flows and outside; `submit` and `map` run it on the flow's task runner.
"""

from __future__ import annotations

import contextvars
import functools
import inspect
import itertools
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, Unpack, overload

from recoup import loops
from recoup.arguments import Binder
from recoup.cache_policies import CODE, INPUTS, CachePolicy
from recoup.clock import clock
from recoup.context import FlowRunContext, TaskRunContext, current_task_run, current_transaction, next_number, tags_of
from recoup.engine.call import Call, Terms
from recoup.engine.drive import adrive, drive
from recoup.engine.key_parts import spelled_out
from recoup.engine.keying import agree
from recoup.engine.perform import Performer
from recoup.engine.salts import salt_of
from recoup.engine.steps import Found, Lookup, Rejected
from recoup.engine.streams.drive import acollect, astream, collect, stream
from recoup.engine.streams.perform import StreamPerformer
from recoup.engine.validity import judge
from recoup.events import Advised, CallId, DidFail, emit
from recoup.exceptions import ConfigurationError, MissingContextError
from recoup.forking import free_in_children
from recoup.futures import FutureList, PrefectFuture, resolve_futures_to_states
from recoup.hashing.code import identity
from recoup.hashing.marks import marks_of, unread_advice
from recoup.project import name_in_module, original_of
from recoup.results import ResultStore, passed_on_by
from recoup.runs.elsewhere import TasksElsewhere, mapped_in_background
from recoup.runs.names import check_run_name
from recoup.serializers.pickle import pickle_as_functions
from recoup.settings import get_current_settings
from recoup.task_runs import TaskRun
from recoup.tasks.hooks import Hooked
from recoup.tasks.mapping import calls_of
from recoup.tasks.options import TaskOptions, advice, check, complete, persistence_of, policy_of
from recoup.tasks.serving import answer, aserve, listen, name_run, not_begun, returned_instead, serve
from recoup.tasks.terms import make_terms
from recoup.transactions import join
from recoup.types import IsolationLevel, Key, NotSet
from recoup.upstream import futures_in, listed, loaded, require, resolved, until_ended
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
    from datetime import timedelta
    from pathlib import Path

    from recoup.abc import ObjectStore, Serializer
    from recoup.engine.steps import Outcome
    from recoup.records import Record
    from recoup.settings import Settings
    from recoup.states import State
    from recoup.task_runners.parcels import Asked
    from recoup.tasks.options import CacheKeyFn, RetryDelays

__all__ = ["Task", "exponential_backoff", "task", "task_input_hash"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
T = TypeVar("T")
Q = ParamSpec("Q")


class Task(Hooked, TasksElsewhere, Generic[P, R_co]):
    """A function with the rules by which its results are kept. Made by `task`; the options are described there."""

    def __init__(self, fn: Callable[P, R_co], **options: Unpack[TaskOptions]) -> None:
        kind = type(fn)
        if isinstance(fn, classmethod | staticmethod):
            fn = fn.__func__
        if not callable(fn):
            raise ConfigurationError(
                f"task() takes a function, not {type(fn).__name__}; write @task or @task(cache=True) above a def"
            )
        functools.update_wrapper(self, fn)  # first, so that no attribute of the function's takes the place of one of ours
        name: str = options.get("name") or str(getattr(fn, "__name__", type(fn).__name__))
        super().__init__(name, complete(options, name))
        check(self._options, self.name)
        self.fn = fn
        self._kind: type[Any] = kind  # a class method is bound to the class, a static one to nothing
        self.description: str | None = self._options["description"] or inspect.getdoc(fn)
        self.isgenerator = inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)
        self.isasync = inspect.iscoroutinefunction(fn) or inspect.isasyncgenfunction(fn)
        self.cache_policy = policy_of(self._options)
        self.cache_key_fn: CacheKeyFn | None = self._options["cache_key_fn"]
        self.cache_expiration: timedelta | None = self._options["cache_expiration"]
        self.cache_version: str | None = self._options["cache_version"]
        self.refresh_cache: bool | None = self._options["refresh_cache"]
        self.persist_result = persistence_of(self._options)
        self.result_storage: ObjectStore | str | Path | None = self._options["result_storage"]
        self.result_serializer: Serializer | str | None = self._options["result_serializer"]
        self.result_storage_key: str | None = self._options["result_storage_key"]
        self.remembers: bool | None = self._options["cache_result_in_memory"]
        self.cache_result_in_memory: bool = self.remembers is not False
        self.retries: int | None = self._options["retries"]
        self.retry_delay_seconds: RetryDelays | None = self._options["retry_delay_seconds"]
        self._drive: Callable[[Call], Outcome] = collect if self.isgenerator else drive
        self._adrive: Callable[[Call], Coroutine[Any, Any, Outcome]] = acollect if self.isgenerator else adrive
        self.retry_jitter_factor: float | None = self._options["retry_jitter_factor"]
        self.timeout_seconds: float | None = self._options["timeout_seconds"]
        self.task_run_name: str | Callable[..., str] | None = self._options["task_run_name"]
        self.tags: frozenset[str] = frozenset(self._options["tags"] or ())
        self.version: str | None = self._options["version"]
        self.log_prints: bool | None = self._options["log_prints"]
        self.binder = Binder(fn)
        if not (self.binder.takes_any and isinstance(self.task_run_name, str)):
            check_run_name(self.task_run_name, self.binder.names, "task_run_name", f"task {self.name}")
        self.marks = marks_of(fn, self.binder.signature.parameters, f"task {self.name}")
        self._terms_for: tuple[Settings, ResultStore | None, bool | None, Terms] | None = None
        self._store_inside: tuple[ResultStore | None, ResultStore] | None = None
        self._advised: set[str] = set()  # shared with the copies that are bound to instances
        self._bound: tuple[Any, ...] = ()
        self.is_serial = False
        if isinstance(self.cache_policy, CachePolicy):
            self.cache_policy.check(self.binder.names)
            self.is_serial = self.cache_policy.isolation_level is IsolationLevel.SERIALIZABLE

    @functools.cached_property
    def task_key(self) -> str:
        """Return the identity under which results are kept: given as an option, else module path and qualified name."""
        return self._options["task_key"] or identity(self.fn)

    def with_options(self, **options: Unpack[TaskOptions]) -> Task[P, R_co]:
        """Return a task of the same function with some options replaced; an option set to `None` is unset.

        >>> @task(cache=True)
        ... def load(day): ...
        >>> load.with_options(refresh_cache=True).refresh_cache
        True
        """
        kept = dict(self._options)
        if any(options.get(way) is not None for way in ("cache", "cache_policy", "cache_key_fn")):  # a new way to make keys
            kept |= {"cache": None, "cache_policy": NotSet, "cache_key_fn": None}
        changed = Task(self.fn, **{**kept, **options})
        changed._bound, changed._kind = self._bound, self._kind
        return changed

    # --- calling ---------------------------------------------------------------------------

    @overload
    def __call__(
        self: Task[P, Coroutine[Any, Any, T]], *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Coroutine[Any, Any, State[T]]: ...
    @overload
    def __call__(self: Task[P, Iterator[T]], *args: Any, return_state: Literal[True], **kwargs: Any) -> State[list[T]]: ...
    @overload
    def __call__(
        self: Task[P, AsyncIterator[T]], *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> Coroutine[Any, Any, State[list[T]]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]  # `return_state` is ours, no parameter of a task
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> State[R_co]: ...
    @overload
    def __call__(self: Task[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]: ...
    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: Any, wait_for: Any, **kwargs: Any) -> R_co: ...
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the recorded result of this call, or run the body and record what it returns.

        A generator function's call is a generator: it replays the recorded items, or runs the body as they are asked for.

        `return_state=True` returns the final `State` instead, and raises nothing; `wait_for=[…]` waits for futures.
        """
        return_state = kwargs.pop("return_state", False) if kwargs else False
        upstream = kwargs.pop("wait_for", None) if kwargs else None
        if self.isgenerator and not return_state:
            return self._stream(args, kwargs, upstream)
        if self.isasync:
            return self._acall(args, kwargs, return_state, upstream)
        try:
            call = self._call(args, kwargs, upstream)
        except Exception as exc:
            if return_state:
                return not_begun(exc)
            raise
        if return_state or self.hooks:
            self._let_load(call, args, kwargs)
            served = serve(call, self._drive)
            return served.state if return_state else answer(call, served)
        try:
            return self._drive(call).value
        except Exception:
            returned = returned_instead(call)
            if returned is NotSet:
                raise
            return returned

    async def _acall(self, args: tuple[Any, ...], kwargs: dict[str, Any], return_state: bool, upstream: Any) -> Any:
        try:
            await until_ended(futures_in([*args, *kwargs.values(), *listed(upstream)]))
            call = self._call(args, kwargs, upstream)
        except Exception as exc:
            if return_state:
                return not_begun(exc)
            raise
        if return_state or self.hooks:
            self._let_load(call, args, kwargs)
            served = await aserve(call, self._adrive)
            return served.state if return_state else answer(call, served)
        try:
            return (await self._adrive(call)).value
        except Exception:
            returned = returned_instead(call)
            if returned is NotSet:
                raise
            return returned

    def _stream(self, args: tuple[Any, ...], kwargs: dict[str, Any], upstream: Any) -> Any:
        """Return the stream of a call. Nothing happens before its first item is asked for, except to wrong arguments."""
        self.binder.bind((*self._bound, *args), kwargs)
        context = contextvars.copy_context()

        def begin() -> StreamPerformer:
            performer = StreamPerformer(context.run(self._call, args, kwargs, upstream), context)
            if self.hooks:
                context.run(listen, performer)
            return performer

        async def begin_when_ready() -> StreamPerformer:
            await until_ended(futures_in([*args, *kwargs.values(), *listed(upstream)]))
            return begin()

        return astream(begin_when_ready) if self.isasync else stream(begin)

    def _call(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], upstream: Any = None, label: str = "", run: TaskRun | None = None
    ) -> Call:
        args = (*self._bound, *args)
        inputs = self.binder.bind(args, kwargs)
        if upstream is not None:
            require(upstream, self.name)
        brought = resolved(inputs, self.name)
        named = self.task_run_name is not None
        if named:
            brought = loaded(brought)
        if brought is not inputs:
            args, kwargs = self.binder.unbind(brought)
        flow = FlowRunContext.get()
        number = next_number()
        context = TaskRunContext(self, brought, flow, number, run)
        if self.on_commit_hooks or self.on_rollback_hooks or self.is_serial or current_transaction.get() is not None:
            join(context, alone=self.isgenerator)  # a stream may be read when what was around its call has ended
        if named:
            label = name_run(context)
        call = CallId(self.name, number, flow.run if flow is not None else None, label)
        return Call(call, self._terms(flow), context, brought, args, kwargs, flow.flow_run.name if flow is not None else None)

    @overload
    def submit(  # type: ignore[overload-overlap]  # as above
        self, *args: Any, return_state: Literal[True], **kwargs: Any
    ) -> State[Any]: ...
    @overload
    def submit(self: Task[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[T]: ...
    @overload
    def submit(self: Task[P, Iterator[T]], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[list[T]]: ...
    @overload
    def submit(self: Task[P, AsyncIterator[T]], *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[list[T]]: ...
    @overload
    def submit(self, *args: P.args, **kwargs: P.kwargs) -> PrefectFuture[R_co]: ...
    @overload
    def submit(self: Task[P, Coroutine[Any, Any, T]], *args: Any, wait_for: Any, **kwargs: Any) -> PrefectFuture[T]: ...
    @overload
    def submit(self, *args: Any, wait_for: Any, **kwargs: Any) -> PrefectFuture[R_co]: ...
    def submit(self, *args: Any, **kwargs: Any) -> Any:
        """Run the call on the flow's task runner and return its future at once.

        Futures among the arguments are waited for and passed on by reference. `return_state=True` waits and returns the
        final `State` instead. Raises `MissingContextError` outside flows.
        """
        wait_for, return_state = kwargs.pop("wait_for", None), kwargs.pop("return_state", False)
        future = self._submit(args, kwargs, listed(wait_for), label="")
        return resolve_futures_to_states(future) if return_state else future

    @overload
    def map(self, *args: Any, return_state: Literal[True], **kwargs: Any) -> list[State[Any]]: ...
    @overload
    def map(self: Task[P, Coroutine[Any, Any, T]], *args: Any, **kwargs: Any) -> FutureList[T]: ...
    @overload
    def map(self: Task[P, Iterator[T]], *args: Any, **kwargs: Any) -> FutureList[list[T]]: ...
    @overload
    def map(self: Task[P, AsyncIterator[T]], *args: Any, **kwargs: Any) -> FutureList[list[T]]: ...
    @overload
    def map(self, *args: Any, **kwargs: Any) -> FutureList[R_co]: ...
    def map(self, *args: Any, **kwargs: Any) -> Any:
        """Submit a call for each item of the iterable arguments, which have one length, and return the futures.

        Arguments in `unmapped`, texts, defaults and arguments that are not iterable are passed whole to each call. A
        future of a list is waited for and mapped. `return_state=True` waits and returns the final states instead.
        """
        wait_for, return_state = listed(kwargs.pop("wait_for", None)), kwargs.pop("return_state", False)
        if "deferred" not in self.binder.names and kwargs.pop("deferred", False):
            raise mapped_in_background(self.name)
        calls = calls_of(
            self.name, self.binder, (*self._bound, *args), kwargs, len(self._bound), self.marks.secret if self.marks else ()
        )
        futures: FutureList[Any] = FutureList(self._submit(call.args, call.kwargs, wait_for, call.label) for call in calls)
        return resolve_futures_to_states(futures) if return_state else futures

    def _submit(self, args: tuple[Any, ...], kwargs: dict[str, Any], wait_for: list[Any], label: str) -> PrefectFuture[Any]:
        flow = FlowRunContext.get()
        if flow is None:
            raise MissingContextError(
                f"{self.name}.submit() and .map() work inside a flow: call them in a function decorated with @flow, "
                f"or call {self.name}(...) itself"
            )
        self.binder.bind((*self._bound, *args), kwargs)  # a wrong call fails here, not on another thread
        upstream = futures_in([*args, *kwargs.values(), *wait_for])
        run = TaskRun(f"{self.name}-{label or next_number()}", tags_of(self), flow.run)
        future: PrefectFuture[Any] = PrefectFuture(run, lambda: self._run(args, kwargs, wait_for, label, run), upstream)
        around = current_transaction.get()
        if around is not None:
            around.awaits(future)
        flow.task_runner.start(future, upstream)
        return future

    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], wait_for: list[Any], label: str, run: TaskRun) -> State[Any]:
        """Serve a submitted call in this thread and return its final state."""
        try:
            call = self._call(args, kwargs, wait_for, label, run)
        except Exception as exc:  # noqa: BLE001 - as below; but the engine, which tells of failures, knows nothing of it
            state = not_begun(exc)
            flow = FlowRunContext.get()
            call_id = CallId(self.name, next_number(), flow.run if flow is not None else None, label)
            told = str(exc) if state.name == "NotReady" else said(exc)
            emit(DidFail(at=clock.time(), call=call_id, error=told, seconds=0.0, state=state.name))
            return state
        call.lazy = True
        self._let_load(call, args, kwargs)
        context = FlowRunContext.get()
        return self._serve(call) if context is None else context.task_runner.serve(call, self._serve)

    def _serve(self, call: Call) -> State[Any]:
        served = loops.run(aserve(call, self._adrive)) if self.isasync else serve(call, self._drive)
        return served.state

    def serve_asked(self, asked: Asked, arguments: dict[str, Any]) -> State[Any]:
        """Serve a call in a worker process, under the identity, the number and the key that it has where it was submitted."""
        vars(self)["task_key"] = asked.identity
        args, kwargs = self.binder.unbind({**dict(zip(self.bound_names, self._bound, strict=True)), **arguments})
        call = self._call(args[len(self._bound) :], kwargs, label=asked.call.label, run=asked.run)
        call.id, call.context.number = asked.call, asked.call.number  # type: ignore[attr-defined]  # it is ours
        call.lazy, call.run_again = True, lambda: None
        agree(call, asked.key.text if asked.key else None, asked.key.code if asked.key else ())
        return self._serve(call)

    @property
    def bound_names(self) -> tuple[str, ...]:
        """Return the names of the parameters that an instance fills."""
        return self.binder.names[: len(self._bound)]

    def _let_load(self, call: Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Have `call` end with a reference: its state loads an object for each who looks."""
        context, label = contextvars.copy_context(), call.id.label  # and not the call, which holds all that was hashed
        call.run_again = lambda: context.copy().run(self._run_again, args, kwargs, label)

    def _run_again(self, args: tuple[Any, ...], kwargs: dict[str, Any], label: str) -> Outcome:
        """Compute a result anew that was recorded and is gone."""
        call = self._call(args, kwargs, label=label)
        call.run_again = lambda: None
        return loops.run(self._adrive(call)) if self.isasync else self._drive(call)

    # --- looking ---------------------------------------------------------------------------

    def key(self, *args: P.args, **kwargs: P.kwargs) -> Key | None:
        """Return the key that a call with these arguments has here, or `None` when it is not cached."""
        return self._call(args, kwargs).key

    def record(self, *args: P.args, **kwargs: P.kwargs) -> Record | None:
        """Return the valid record of a call with these arguments, or `None`; the body does not run.

        Its `parts` name all that the key was made of: `inputs.day`, `code.pkg.clean`, `package.pandas`, `task`.
        """
        found = self._find(args, kwargs)
        ledger = self._terms(FlowRunContext.get()).ledger
        if found is None or ledger is None:
            return None
        return spelled_out(found.record, ledger.code_parts(found.record.code) if found.record.code else None)

    def cached(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Say whether a call with these arguments would be served without running the body.

        Large values are not read for the answer: only the call itself finds out that one is damaged.
        """
        found = self._find(args, kwargs)
        terms = self._terms(FlowRunContext.get())
        return found is not None and not (terms.refresh and terms.refreshed_in is None)

    def _find(self, args: Any, kwargs: Any) -> Found | None:
        call = self._call(args, kwargs)
        ledger = call.terms.ledger
        if call.key is None or ledger is None:
            return None
        for slot in itertools.count():
            found = judge(Performer(call).lookup(Lookup(slot)), call.terms)
            rejected = found if isinstance(found, Rejected) else ledger.unusable(found)
            if rejected is None:
                assert isinstance(found, Found)
                return found
            if rejected.cause != "unreadable":
                break
        return None

    def invalidate(self, *args: P.args, **kwargs: P.kwargs) -> bool:
        """Withdraw the record of a call with these arguments; say whether there was one."""
        call = self._call(args, kwargs)
        if call.key is None or call.terms.ledger is None:
            return False
        return call.terms.ledger.withdraw(call.terms.identity, call.key)

    # --- options ---------------------------------------------------------------------------

    def _terms(self, flow: FlowRunContext | None) -> Terms:
        """Return what the options come to here; computed once for each flow run and each change of settings."""
        settings = get_current_settings()
        inside, store, persist = current_task_run.get(), None, None
        if inside is not None:
            store, persist = passed_on_by(inside)
        elif flow is not None:
            store, persist = flow.result_store, flow.persist_result
        known = self._terms_for
        if known is not None and known[0] is settings and known[1] is store and known[2] is persist:
            return known[3]
        terms = make_terms(self, settings, store, flow)
        self._terms_for = (settings, store, persist, terms)
        if not self._advised:
            text = advice(self._options, kept=terms.ledger is not None)
            self._advised.add(text)
            if text:
                emit(Advised(at=clock.time(), task=self.name, text=text))
        return terms

    def settle_marks(self) -> None:
        """Read the annotations again that could not be evaluated at decoration; say so of those that still cannot."""
        if self.marks is None or not self.marks.unread:
            return
        self.marks = marks_of(self.fn, self.binder.signature.parameters, f"task {self.name}")
        for name, text in self.marks.unread.items() if self.marks is not None else ():
            if name not in self._advised:
                self._advised.add(name)
                emit(Advised(at=clock.time(), task=self.name, text=unread_advice(name, text)))

    def salt(self) -> bytes:
        """Return what secrets among the arguments are hashed with here.

        Raises `HashError` where the storage, which has it, does not answer.
        """
        terms = self._terms(FlowRunContext.get())
        return salt_of(terms.settings.key_salt, terms.ledger)

    def store_inside(self, store: ResultStore | None) -> ResultStore | None:
        """Return the store that calls of the body inherit, when this task inherits `store`: the same one for the same."""
        if self.result_storage is None and self.result_serializer is None and self.remembers is None:
            return store
        if self._store_inside is None or self._store_inside[0] is not store:
            inside = ResultStore.of_options(self.result_storage, self.result_serializer, store, self.remembers)
            self._store_inside = store, inside
        return self._store_inside[1]

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Task[P, R_co]: ...
    @overload
    def __get__(self: Task[Concatenate[Any, Q], T], instance: object, owner: type | None = None) -> Task[Q, T]: ...
    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance, or a class, as a function does: it becomes the first argument, and part of the key."""
        first = owner if self._kind is classmethod else instance
        if first is None or self._kind is staticmethod:
            return self
        bound: Task[P, R_co] = object.__new__(type(self))
        bound.__dict__.update(self.__dict__, _bound=(first,))
        return bound

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name where a module has the task under its name, as functions do; else what it was made of."""
        return name_in_module(self) or self._by_value()

    def _by_value(self) -> tuple[Any, ...]:
        for instance in self._bound:
            owner = instance if isinstance(instance, type) else type(instance)
            named = getattr(owner, self.fn.__name__, None)
            if isinstance(named, Task) and named._options is self._options:  # noqa: SLF001 - another one of its kind
                return getattr, (instance, self.fn.__name__)
        return _made_again, (original_of(self.fn, Task), self._options, self._bound)

    def __repr__(self) -> str:
        return f"Task({self.name!r}, {self.cache_policy!r})"


def _made_again(fn: Task[..., Any] | Callable[..., Any], options: Any, bound: tuple[Any, ...]) -> Any:
    made = Task(fn.fn if isinstance(fn, Task) else fn, **options)
    return made.__get__(*bound) if bound else made


pickle_as_functions(Task, Task._by_value)  # noqa: SLF001 - the class is ours
free_in_children(Task.task_key)


@overload
def task(fn: Callable[P, R], /) -> Task[P, R]: ...
@overload
def task(**options: Unpack[TaskOptions]) -> Callable[[Callable[P, R]], Task[P, R]]: ...
def task(fn: Callable[..., Any] | None = None, /, **options: Unpack[TaskOptions]) -> Any:
    """Make a task of a function, with or without options.

    - `cache=True`: reuse results across runs, keyed by the arguments and all code that the function reaches;
      the same as `cache_policy=INPUTS + CODE`. `cache=False`: never.
    - `cache_policy`: what the key is made of (`recoup.cache_policies`); without one, results that are kept are
      reused within their run and its retries (`DEFAULT`).
    - `cache_key_fn(context, arguments)`: the key as a text of one's own, or `None` to leave a call uncached.
    - `cache_expiration`: a `timedelta` after which a result is not served any more.
    - `refresh_cache=True`: run and overwrite; `False`: shield the task from the setting of that name.
    - `persist_result`: keep the result; inferred from the options above and the two below.
    - `result_storage`: a storage, path or URL; `result_serializer`: a serializer or its name.
    - `result_storage_key`: the key, and the name under which a plain copy is published, with `{parameters[x]}`,
      `{task_run.…}` and `{flow_run.…}` filled in.
    - `cache_result_in_memory=False`: do not remember its stored bytes in this process; by default as the flow says.
    - `retries`, `retry_delay_seconds`: how often a failing body runs again, and the pauses in between: a number,
      a list, or a function of the number of retries such as `exponential_backoff(2)`.
    - `retry_jitter_factor=0.5`: each pause is up to half longer or shorter; `retry_condition_fn(task, task_run, state)`
      says whether to retry.
    - `timeout_seconds`: a body that takes longer is `TimedOut`, and is retried.
    - `on_running`, `on_completion`, `on_failure`, `on_cached`: lists of hooks `fn(task, task_run, state)`; `on_commit`,
      `on_rollback`: of hooks `fn(transaction)`. All are decorators of the task, too.
    - `task_run_name`: a template of the parameters, or a function; `tags`, `version`, `description`: for people.
    - `log_prints=True`: log what the body prints.
    - `cache_version="2"`: what counts in place of the task's code: results are reused until it is changed.
    - `task_key`: the identity under which results are kept; tasks with the same one share results.

    Raises `ConfigurationError` for options that contradict each other.
    """
    if fn is None:
        return lambda fn: Task(fn, **options)
    return Task(fn, **options)


def task_input_hash(context: TaskRunContext, arguments: dict[str, Any]) -> Key | None:
    """Return the key of `INPUTS + CODE`, for use as `cache_key_fn`."""
    key = (INPUTS + CODE).compute_key(context, arguments, {})
    return key if isinstance(key, Key) else None


def exponential_backoff(backoff_factor: float) -> Callable[[int], list[float]]:
    """Return pauses for `retry_delay_seconds` that double, beginning with `backoff_factor` seconds.

    >>> exponential_backoff(3)(4)
    [3, 6, 12, 24]
    """
    return lambda retries: [backoff_factor * 2**attempt for attempt in range(retries)]
