"""Where results go and how they are written: Prefect's names for the storage and serializer of a run."""

from __future__ import annotations

import weakref
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from recoup import loops
from recoup.abc import Locality, check_name
from recoup.cache_policies import CachePolicy
from recoup.clock import clock
from recoup.context import FlowRunContext, TaskRunContext
from recoup.engine.ledger import Ledger
from recoup.engine.staging import Staged
from recoup.engine.steps import Absent, Found, LoadFailed, Rejected
from recoup.exceptions import ConfigurationError, InvalidName, MissingResult, SerializationError, StoreError
from recoup.forking import free_in_children
from recoup.result_locks import ResultLocks, name_of_lock
from recoup.result_records import OWN_TASK, ResultRecord, ResultRecordMetadata, deserialize_parts, recorded
from recoup.serializers import resolve_serializer
from recoup.settings import get_current_settings
from recoup.storage import resolve
from recoup.storage.redirection import redirected
from recoup.storage.split import SplitStorage
from recoup.types import Key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from recoup.abc import ObjectStore, Serializer
    from recoup.locking.protocol import LockManager
    from recoup.settings import Settings
    from recoup.types import NotSetType

__all__ = [
    "KeptResult",
    "ResultRecord",
    "ResultRecordMetadata",
    "ResultStore",
    "get_default_result_storage",
    "get_result_store",
    "inherited",
    "passed_on_by",
    "resolve_result_storage",
    "resolve_serializer",
    "should_persist_result",
]

R = TypeVar("R")
T = TypeVar("T")


class WithStorage(Protocol):
    """What a flow says of its results; `remembers` is what it says by `cache_result_in_memory`, if anything."""

    @property
    def result_storage(self) -> ObjectStore | str | Path | None: ...
    @property
    def result_serializer(self) -> Serializer | str | None: ...
    @property
    def remembers(self) -> bool | None: ...


class WithResults(WithStorage, Protocol):
    """What a task says of its results."""

    @property
    def task_key(self) -> str: ...
    @property
    def cache_policy(self) -> CachePolicy | NotSetType | None: ...


_ledgers: weakref.WeakValueDictionary[tuple[ObjectStore, bool], Ledger] = weakref.WeakValueDictionary()
_latest: deque[Ledger] = deque(maxlen=64)
"""Ledgers that are kept though nobody uses them at the moment: a program may go on making storages, and a task may be made anew."""


def resolve_result_storage(result_storage: ObjectStore | str | Path) -> ObjectStore:
    """Return the storage that a storage object, path, URL or block name means, without I/O."""
    return redirected(resolve(result_storage))


def get_default_result_storage() -> ObjectStore:
    """Return the storage that the settings name."""
    return _default_storage(get_current_settings())


def _default_storage(settings: Settings) -> ObjectStore:
    return resolve_result_storage(settings.results_default_storage_block or settings.results_local_storage_path)


def ledger_of(store: ObjectStore, *, remembers: bool = True) -> Ledger:
    """Return the ledger of a storage, one for each process, and one for those whose bytes are not to be remembered."""
    found = _ledgers.get((store, remembers))
    if found is None:
        found = _ledgers.setdefault((store, remembers), Ledger(store, clock, remembers=remembers))
        _latest.append(found)
    return found


def _new_key() -> str:
    from uuid import uuid4  # noqa: PLC0415 - 2 ms that most programs never pay

    return uuid4().hex


def forget() -> None:
    """Drop the ledgers, with what they remember of their storages."""
    _ledgers.clear()
    _latest.clear()


class ResultStore(ResultLocks):
    """A storage, and how results are written there.

    Without arguments it is what the settings say. What is written here are records like those of tasks, under a name
    of their own: `update_for_task` gives the store in which the results of a task lie. `metadata_storage` is where Prefect
    kept its metadata, if it kept them apart; it is only read. Every read gives an object of its own.
    """

    def __init__(
        self,
        result_storage: ObjectStore | str | Path | None = None,
        serializer: Serializer | str | None = None,
        *,
        metadata_storage: ObjectStore | str | Path | None = None,
        cache_result_in_memory: bool = True,
        storage_key_fn: Callable[[], str] = _new_key,
        task: str = "",
        lock_manager: LockManager | None = None,
    ) -> None:
        self.result_storage = get_default_result_storage() if result_storage is None else resolve_result_storage(result_storage)
        self.serializer = resolve_serializer(
            get_current_settings().results_default_serializer if serializer is None else serializer
        )
        self.metadata_storage = None if metadata_storage is None else resolve_result_storage(metadata_storage)
        self.cache_result_in_memory = cache_result_in_memory
        self.storage_key_fn = storage_key_fn
        self.task = task
        self.lock_manager = lock_manager

    def __repr__(self) -> str:
        return f"ResultStore({self.result_storage!r}, {self.serializer!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, (self.result_storage, self.serializer, self._options())

    def _options(self) -> dict[str, Any]:
        return {
            "metadata_storage": self.metadata_storage,
            "cache_result_in_memory": self.cache_result_in_memory,
            "storage_key_fn": self.storage_key_fn,
            "task": self.task,
            "lock_manager": self.lock_manager,
        }

    @cached_property
    def ledger(self) -> Ledger:
        """Return the records of this storage."""
        return ledger_of(self.result_storage, remembers=self.cache_result_in_memory)

    # --- other stores ----------------------------------------------------------------------

    @classmethod
    def of_options(
        cls,
        result_storage: ObjectStore | str | Path | None,
        result_serializer: Serializer | str | None,
        parent: ResultStore | None,
        remembers: bool | None = None,
    ) -> ResultStore:
        """Return the store that options come to: their own, else the parent's, else what the settings say."""
        if remembers is None:
            remembers = parent is None or parent.cache_result_in_memory
        if parent is not None:
            result_storage = parent.result_storage if result_storage is None else result_storage
            result_serializer = parent.serializer if result_serializer is None else result_serializer
        return cls(result_storage, result_serializer, cache_result_in_memory=remembers)

    def keyed_in(self, key_storage: ObjectStore | str | Path | None) -> ResultStore:
        """Return this store with its records in `key_storage`, apart from large results."""
        if key_storage is None:
            return self
        apart = SplitStorage(resolve_result_storage(key_storage), self.result_storage)
        return type(self)(apart, self.serializer, cache_result_in_memory=self.cache_result_in_memory)

    def update_for_flow(self, flow: WithStorage) -> ResultStore:
        """Return the store of a flow that runs where this one is in force."""
        return ResultStore.of_options(flow.result_storage, flow.result_serializer, self, flow.remembers)

    def update_for_task(self, task: WithResults) -> ResultStore:
        """Return the store in which the results of `task` lie where this one is in force, under the keys of its calls."""
        made = ResultStore.of_options(task.result_storage, task.result_serializer, self, task.remembers)
        made = made.keyed_in(task.cache_policy.key_storage if isinstance(task.cache_policy, CachePolicy) else None)
        made.task = task.task_key
        made.lock_manager = self.lock_manager
        if isinstance(task.cache_policy, CachePolicy) and task.cache_policy.lock_manager is not None:
            made.lock_manager = task.cache_policy.lock_manager
        return made

    def without_tasks(self) -> ResultStore:
        """Return the store of what is written under keys of one's own, which never finds the result of a task."""
        return self if self.task else _made_again(self.result_storage, self.serializer, {**self._options(), "task": OWN_TASK})

    async def aupdate_for_flow(self, flow: WithStorage) -> ResultStore:
        """Return what `update_for_flow` returns; neither does I/O."""
        return self.update_for_flow(flow)

    async def aupdate_for_task(self, task: WithResults) -> ResultStore:
        """Return what `update_for_task` returns; neither does I/O."""
        return self.update_for_task(task)

    # --- results ---------------------------------------------------------------------------

    def exists(self, key: str) -> bool:
        """Say whether there is a result under `key` that has not expired; its value is not loaded.

        Raises `StoreError` where the storage does not say.
        """
        found = self._find(key)
        if found is not None:
            return found.record.expires is None or found.record.expires > found.now
        theirs = self._of_prefect(key)
        return theirs is not None and (theirs[1].expiration is None or theirs[1].expiration.timestamp() > clock.time())

    def read(self, key: str, holder: str | None = None) -> ResultRecord[Any]:
        """Return the result under `key`, be it Recoup's or a file that Prefect wrote under that name.

        With a lock manager, waits until nobody but `holder` has locked the key. Raises `MissingResult` when there is none, or none that can be loaded here. An expired one is returned, too:
        `exists` says whether it is still valid.
        """
        if self.lock_manager is not None and not self.is_lock_holder(key, holder):
            self.wait_for_lock(key)
        return self._read(key)

    def _read(self, key: str) -> ResultRecord[Any]:
        found = self._find(key)
        try:
            if found is not None:
                return ResultRecord(self.ledger.load(found.record, found.payload), ResultRecordMetadata.of(found.record))
            theirs = self._of_prefect(key)
            if theirs is not None:
                return deserialize_parts(*theirs)
        except LoadFailed as exc:
            raise MissingResult(f"the result under {key!r} in {self.result_storage!r} is not available: {exc}") from exc
        except SerializationError as exc:
            raise MissingResult(f"what Prefect wrote under {key!r} in {self.result_storage!r} cannot be loaded: {exc}") from exc
        raise MissingResult(f"there is no result under {key!r} in {self.result_storage!r}. ResultStore.exists() asks first.")

    def create_result_record(self, obj: R, key: str | None = None, expiration: datetime | None = None) -> ResultRecord[R]:
        """Return the record that `persist_result_record` would write; without a key it gets one of its own."""
        name = self.storage_key_fn() if key is None else key
        return ResultRecord(obj, ResultRecordMetadata(name, expiration, self.serializer, task=self._identity))

    def persist_result_record(self, result_record: ResultRecord[Any], holder: str | None = None) -> None:
        """Write a record. Raises `StoreError` or `SerializationError` when that fails, and then nothing is served of it.

        With a lock manager, raises `LockNotHeld` where anybody but `holder` has locked the key.
        """
        self._check_writer(result_record.metadata.storage_key, holder)
        record, chunks = recorded(self.ledger, result_record, task=self._identity, run=FlowRunContext.get())
        self.ledger.keep(record, chunks, None, slot=0, repair=True)

    def captured(self, result_record: ResultRecord[Any]) -> Staged:
        """Write the value of a record, and return what is left to be written when a transaction commits."""
        record, chunks = recorded(self.ledger, result_record, task=self._identity, run=FlowRunContext.get())
        return Staged.captured(self.ledger, None, record, chunks, None)

    def write(self, obj: Any, key: str | None = None, expiration: datetime | None = None, holder: str | None = None) -> None:
        """Write a result under `key`, in the place of what was there. Raises what `persist_result_record` raises."""
        self.persist_result_record(self.create_result_record(obj, key, expiration), holder)

    async def aexists(self, key: str) -> bool:
        """Say what `exists` says."""
        return await self._off_the_loop(self.exists, key)

    async def aread(self, key: str, holder: str | None = None) -> ResultRecord[Any]:
        """Return what `read` returns."""
        if self.lock_manager is not None and not self.is_lock_holder(key, holder):
            await self.await_for_lock(key)
        return await self._off_the_loop(self._read, key)

    async def apersist_result_record(self, result_record: ResultRecord[Any], holder: str | None = None) -> None:
        """Write a record as `persist_result_record` does."""
        await self._off_the_loop(self.persist_result_record, result_record, holder)

    async def awrite(
        self, obj: Any, key: str | None = None, expiration: datetime | None = None, holder: str | None = None
    ) -> None:
        """Write a result as `write` does."""
        await self._off_the_loop(self.write, obj, key, expiration, holder)

    async def _off_the_loop(self, method: Callable[..., T], *args: object) -> T:
        """Call a method: at once where the storage is near, else on another thread."""
        return await loops.to_thread(method, *args) if self.result_storage.locality is Locality.REMOTE else method(*args)

    def lock_name(self, key: str) -> str:
        """Return what is locked for `key`: keys of a task are its own."""
        return name_of_lock(self._identity, key)

    # --- finding ---------------------------------------------------------------------------

    @property
    def _identity(self) -> str:
        return self.task or OWN_TASK

    def _find(self, key: str) -> Found | None:
        found = self.ledger.find(self._identity, Key(key))
        if isinstance(found, Absent) and not self.task:
            return self._of_any_task(key)
        if isinstance(found, Rejected) and found.cause == "unknown":
            raise StoreError(found.detail)
        return found if isinstance(found, Found) else None

    def _of_any_task(self, key: str) -> Found | None:
        """Return the result that a task has under `key`; keys are Prefect's, where one storage had one result under each."""
        found = [record for record in self.ledger.with_key(Key(key)) if record.task != OWN_TASK]
        if len(found) > 1:
            tasks = ", ".join(sorted(record.task for record in found))
            raise ConfigurationError(
                f"several tasks have a result under {key!r}: {tasks}. Say whose you mean: store.update_for_task(task).read(key)."
            )
        one = self.ledger.find(found[0].task, Key(key)) if found else None
        return one if isinstance(one, Found) else None

    def _of_prefect(self, key: str) -> tuple[bytes, ResultRecordMetadata] | None:
        """Return the bytes and the metadata of a result that Prefect wrote under `key`."""
        try:
            check_name(key)
        except InvalidName:
            return None
        data = self.result_storage.find(key)
        if data is None:
            return None
        if self.metadata_storage is None:
            return ResultRecordMetadata.split(data)
        metadata = self.metadata_storage.find(key)
        return None if metadata is None else (data, ResultRecordMetadata.load_bytes(metadata))


def _made_again(storage: ObjectStore, serializer: Serializer, options: dict[str, Any]) -> ResultStore:
    return ResultStore(storage, serializer, **options)


free_in_children(ResultStore.ledger)


class KeptResult:
    """What a run of a flow returned, kept under the id of the run; stands for it in the state of the run."""

    def __init__(self, store: ResultStore, flow: str, run: str) -> None:
        self._store = ResultStore(
            store.result_storage,
            store.serializer,
            cache_result_in_memory=store.cache_result_in_memory,
            task=f"flow:{flow}",
        )
        self._run = run

    def store(self, value: Any) -> None:
        """Write the value. Raises `StoreError` or `SerializationError` when that fails."""
        self._store.write(value, self._run)

    def load(self) -> Any:
        """Return the value, a fresh object. Raises `MissingResult` when it is gone."""
        return self._store.read(self._run).result

    def __repr__(self) -> str:
        return f"KeptResult({self._store.task!r}, {self._run!r})"


def get_result_store() -> ResultStore:
    """Return the store of the task or flow run that is going on, else what the settings say."""
    return inherited()[0] or ResultStore()


def should_persist_result(own: bool | None = None) -> bool:
    """Say whether a result is kept here.

    By its task's option, else the settings, else the task whose body makes the call, else the flow's, else the default.
    """
    return _persists(own, inherited()[1], inside=(TaskRunContext.get() or FlowRunContext.get()) is not None)


def inherited() -> tuple[ResultStore | None, bool | None]:
    """Return the store, and whether results are kept, that a call inherits here: from the task whose body runs, else the flow."""
    task, flow = TaskRunContext.get(), FlowRunContext.get()
    if task is not None:
        return passed_on_by(task)
    return (flow.result_store, flow.persist_result) if flow is not None else (None, None)


def passed_on_by(context: TaskRunContext) -> tuple[ResultStore | None, bool]:
    """Return what calls inherit that the body of a task makes."""
    known: tuple[ResultStore | None, bool] | None = getattr(context, "passed_on", None)
    if known is not None:
        return known
    task, flow, around = context.task, context.flow_run_context, getattr(context, "around", None)
    store: ResultStore | None = None
    persists: bool | None = None
    if around is not None:
        store, persists = passed_on_by(around)
    elif flow is not None:
        store, persists = flow.result_store, flow.persist_result
    inside = around is not None or flow is not None
    context.passed_on = task.store_inside(store), _persists(task.persist_result, persists, inside=inside)
    return context.passed_on


def _persists(own: bool | None, inherits: bool | None, *, inside: bool) -> bool:
    settings = get_current_settings()
    for said in (own, settings.tasks_default_persist_result, inherits):
        if said is not None:
            return said
    return settings.results_persist_by_default or (not inside and settings.results_default_storage_block is not None)
