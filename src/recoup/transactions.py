"""Transactions: results that are kept together, or not at all, and what is done when they are.

    with transaction() as txn:
        write_file(path)      # @write_file.on_rollback deletes it again
        check(path)           # if this fails, nothing of the block is kept

A task commits when it completes. Only an explicit `transaction()` groups what runs inside it: when it ends, its records are
written and then the `on_commit` hooks run; or none is written, and the `on_rollback` hooks run in reverse order. One of the two
happens, never both. Hooks run when the results are durable, so that what they raise undoes nothing.
"""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any, Self

from recoup import loops
from recoup.cache_policies import NO_CACHE, CachePolicy
from recoup.clock import clock
from recoup.commit_hooks import adrive_hooks, drive_hooks
from recoup.commits import Committed, TransactionState
from recoup.context import TaskRunContext, current_transaction
from recoup.engine.steps import Raised
from recoup.events import CallId, DidRollBack, NotLocked, WriteFailed, emit
from recoup.exceptions import ConfigurationError, MissingResult, StoreError
from recoup.forking import renew_in_children
from recoup.futures import wait
from recoup.logs import log_to_stderr
from recoup.result_locks import name_of_lock
from recoup.results import ResultRecord, get_result_store
from recoup.transaction_locks import freeing, gave_up, is_inside_locks, taking_lock
from recoup.types import CommitMode, IsolationLevel, NotSet, NotSetType

if TYPE_CHECKING:
    import logging
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import TracebackType

    from recoup.commit_hooks import Ending
    from recoup.engine.call import Call
    from recoup.engine.ledger import Ledger
    from recoup.engine.staging import Staged
    from recoup.engine.steps import Found, Outcome
    from recoup.futures import PrefectFuture
    from recoup.locking.protocol import LockManager
    from recoup.results import ResultStore
    from recoup.types import Key

    Hook = Callable[[Any], Any]

__all__ = [
    "AsyncTransaction",
    "BaseTransaction",
    "CommitMode",
    "IsolationLevel",
    "Transaction",
    "TransactionState",
    "atransaction",
    "get_transaction",
    "transaction",
]


class BaseTransaction(Committed):
    """What synchronous and asynchronous transactions have in common: everything but calling hooks.

    With a `key`, it is committed from the start where there is a valid result under the key, and writes the staged value
    there when it commits. `commit_mode` and `isolation_level` are the enclosing transaction's where they are not given.
    """

    def __init__(
        self,
        key: str | None = None,
        store: ResultStore | None = None,
        commit_mode: CommitMode | None = None,
        isolation_level: IsolationLevel | None = None,
        overwrite: bool = False,
        write_on_commit: bool = True,
        logger: logging.Logger | logging.LoggerAdapter[Any] | None = None,
        *,
        parent: BaseTransaction | NotSetType | None = NotSet,
    ) -> None:
        around: BaseTransaction | None = current_transaction.get()
        super().__init__(around, commit_mode)
        self.key = key
        around_here = get_result_store() if key is not None and store is None else store
        self.store = around_here.without_tasks() if around_here is not None else None
        self.isolation_level: IsolationLevel = IsolationLevel(
            isolation_level or (around.isolation_level if around is not None else IsolationLevel.READ_COMMITTED)
        )
        self.overwrite = overwrite
        self.write_on_commit = write_on_commit
        self.logger = logger or self.logger
        self.opened_in = TaskRunContext.get()
        self._parent = get_transaction() if isinstance(parent, NotSetType) else parent
        self._value: Any = None
        self._values: dict[str, Any] = {}
        self._futures: list[PrefectFuture[Any]] = []
        if key is not None and self.store is not None and not self.store.supports_isolation_level(self.isolation_level):
            raise ConfigurationError(
                f"transaction(key={key!r}): isolation level SERIALIZABLE needs a result store with a lock manager. Write "
                "store=ResultStore(lock_manager=…), for instance with recoup.locking.memory.MemoryLockManager()."
            )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(key={self.key!r}, {self.state.name})"

    def get_parent(self) -> BaseTransaction | None:
        """Return the transaction around this one, be it a task's or an explicit one."""
        return self._parent

    @classmethod
    def get_active(cls) -> BaseTransaction | None:
        """Return the innermost transaction here."""
        return get_transaction()

    # --- data ------------------------------------------------------------------------------

    def set(self, name: str, value: Any) -> None:
        """Keep a value for the hooks of this transaction and of those inside it."""
        self._values[name] = value

    def get(self, name: str, default: Any = NotSet) -> Any:
        """Return a copy of a value that was set here or in a transaction around this one.

        Raises `ValueError` when there is none and no default.
        """
        if name in self._values:
            return copy.deepcopy(self._values[name])
        if self._parent is not None:
            return self._parent.get(name, default)
        if default is NotSet:
            raise ValueError(f"the transaction knows no value {name!r}; call txn.set({name!r}, …) first, or give get() a default")
        return default

    def stage(self, value: Any, on_rollback_hooks: list[Hook] | None = None, on_commit_hooks: list[Hook] | None = None) -> None:
        """Have `value` written under the key when this commits; nothing happens where it is committed already."""
        if self.is_committed():
            return
        self._value = value
        self.on_rollback_hooks += on_rollback_hooks or []
        self.on_commit_hooks += on_commit_hooks or []
        self.state = TransactionState.STAGED

    def write(self, written: list[Staged]) -> None:
        """Write what is held, the staged value among it."""
        if self.key is not None and self.store is not None and self.write_on_commit:
            value = self._value
            record = value if isinstance(value, ResultRecord) else self.store.create_result_record(value, self.key)
            self.held.append(self.store.captured(record))
        super().write(written)

    def awaits(self, future: PrefectFuture[Any]) -> None:
        """Have the end of this transaction wait for a call that was submitted in it."""
        self._futures.append(future)

    # --- entering --------------------------------------------------------------------------

    def _enter(self) -> None:
        self._token = current_transaction.set(self)
        self.state = TransactionState.ACTIVE

    def _leave(self) -> None:
        current_transaction.reset(self._token)

    def _taking_turn(self) -> Ending:
        """Lock the key where only one may work on it at a time."""
        if self.isolation_level is IsolationLevel.READ_COMMITTED or self.key is None or self.store is None:
            return True
        assert self.store.lock_manager is not None  # it was asked for at the beginning
        name = self.store.lock_name(self.key)
        if not (yield from taking_lock(self, self.store.lock_manager, name)):
            log_to_stderr()
            self.logger.warning("transaction(key=%r): %s", self.key, gave_up())
        return True

    def _found(self) -> Ending:
        """Be committed from the start: there is nothing to do, and nothing that others would wait for."""
        self.state = TransactionState.COMMITTED
        return freeing(self)

    @property
    def _may_be_there(self) -> bool:
        return self.key is not None and self.store is not None and not self.overwrite


class Transaction(BaseTransaction):
    """A transaction of synchronous code: `with Transaction() as txn`, or `with transaction() as txn`."""

    def begin(self) -> None:
        """Look whether there is a result under the key already."""
        drive_hooks(self._taking_turn())
        if self._may_be_there and self.store is not None and self.store.exists(str(self.key)):
            drive_hooks(self._found())

    def read(self) -> ResultRecord[Any]:
        """Return the result under the key. Raises `MissingResult` when there is none."""
        return _store_of(self).read(str(self.key))

    def commit(self) -> bool:
        """Write what is staged here and in the children, then call the hooks; say whether it is durable. Raises nothing."""
        return drive_hooks(self.committing())

    def rollback(self) -> bool:
        """Call the rollback hooks of this and of the children; say whether there was something to roll back."""
        return drive_hooks(self.rolling_back())

    def __enter__(self) -> Self:
        self._enter()
        try:
            self.begin()
        except BaseException:
            drive_hooks(freeing(self))
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None:
                wait(self._futures)
        except BaseException as exc:
            error = exc
            raise
        finally:
            try:
                drive_hooks(self.ending(error))
            finally:
                self._leave()


class AsyncTransaction(BaseTransaction):
    """A transaction of asynchronous code: `async with atransaction() as txn`."""

    async def begin(self) -> None:
        """Look whether there is a result under the key already."""
        await adrive_hooks(self._taking_turn())
        if self._may_be_there and self.store is not None and await self.store.aexists(str(self.key)):
            await adrive_hooks(self._found())

    async def read(self) -> ResultRecord[Any]:
        """Return the result under the key. Raises `MissingResult` when there is none."""
        return await _store_of(self).aread(str(self.key))

    async def commit(self) -> bool:
        """Write what is staged here and in the children, then call the hooks; say whether it is durable. Raises nothing."""
        return await adrive_hooks(self.committing())

    async def rollback(self) -> bool:
        """Call the rollback hooks of this and of the children; say whether there was something to roll back."""
        return await adrive_hooks(self.rolling_back())

    def __enter__(self) -> Self:
        raise NotImplementedError(
            "an AsyncTransaction is entered with `async with`; in synchronous code write `with transaction()`"
        )

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._enter()
        try:
            await self.begin()
        except BaseException:
            await adrive_hooks(freeing(self))
            self._leave()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if error is None and self._futures:
                await loops.to_thread(wait, self._futures)
        except BaseException as exc:
            error = exc
            raise
        finally:
            try:
                await adrive_hooks(self.ending(error))
            finally:
                self._leave()


class TaskTransaction(Transaction):
    """The transaction of one call of a task; the engine tells it what became of the call.

    It commits when the call completes, or leaves that to the explicit transaction around it.
    """

    def __init__(self, context: TaskRunContext, parent: BaseTransaction | None) -> None:
        policy = context.task.cache_policy
        configured = policy if isinstance(policy, CachePolicy) else NO_CACHE
        super().__init__(isolation_level=configured.isolation_level, parent=parent)
        self._context = context
        self._lock_manager = configured.lock_manager
        self.state = TransactionState.ACTIVE

    @property
    def is_serial(self) -> bool:
        """Say whether of several calls with one key one runs at a time."""
        return self.isolation_level is IsolationLevel.SERIALIZABLE

    def find(self, ledger: Ledger, task: str, key: Key, slot: int) -> Found | None:
        """Return a result that the transactions around the call have captured and not written yet."""
        staged = self.root.captured.get((id(ledger), task, key, slot))
        return None if staged is None else staged.found()

    def hold(self, staged: Staged) -> None:
        """Write the record when this commits; until then equal calls of the transaction are served from it."""
        self.held.append(staged)
        if self.group is not None:
            self.root.captured[staged.place] = staged

    def lose(self, error: str) -> None:
        """Not commit, because the result could not be captured."""
        self.lost = error

    @property
    def is_inside_locks(self) -> bool:
        """Say whether it takes turns, and those around it hold locks: they are of this process."""
        return self.is_serial and is_inside_locks(self)

    def claim(self, call: Call) -> None:
        """Have the lock of the call's key, if it can be had."""
        drive_hooks(self._claiming(call))

    async def aclaim(self, call: Call) -> None:
        """Do so in a coroutine."""
        await adrive_hooks(self._claiming(call))

    def _claiming(self, call: Call) -> Ending:
        name = name_of_lock(call.terms.identity, str(call.key))
        why = ""
        try:
            if not (yield from taking_lock(self, lock_manager_of(self, call.terms.name), name)):
                why = gave_up()
        except StoreError as exc:
            why = f"its lock could not be asked for: {exc}"
        if why:
            emit(NotLocked(at=clock.time(), call=call.id, key=str(call.key), reason=why))
        return not why

    def abandon(self) -> None:
        """Free what the call holds, which was interrupted."""
        drive_hooks(freeing(self))

    async def aabandon(self) -> None:
        """Free it in a coroutine."""
        await adrive_hooks(freeing(self))

    def settle(self, ended: Outcome | Raised) -> None:
        """End as the call did."""
        drive_hooks(self._settling(ended))

    async def asettle(self, ended: Outcome | Raised) -> None:
        """End as the call did, in a coroutine."""
        await adrive_hooks(self._settling(ended))

    def _settling(self, ended: Outcome | Raised) -> Ending:
        durable = yield from self._ending_as(ended)
        yield from self.leaving()
        return durable

    def _ending_as(self, ended: Outcome | Raised) -> Ending:
        task = self._context.task
        if isinstance(ended, Raised):
            if self.lost:  # the body ended well
                self.stage(None, task.on_rollback_hooks)
                yield from self.rolling_back()
            self.state = TransactionState.ROLLED_BACK
            if self.group is not None:
                yield from self.group.rolling_back()
            return False
        if ended.cached:
            self.state = TransactionState.COMMITTED
            return True
        self.stage(None, task.on_rollback_hooks, task.on_commit_hooks)
        return (yield from self.ending(None))

    def tell_rolled_back(self) -> None:
        """Tell that the run is undone."""
        emit(DidRollBack(at=clock.time(), call=self._call, key=self.held[0].record.key if self.held else None))

    def tell_failed(self, why: str) -> None:
        """Tell that the result could not be kept."""
        if self.held:  # otherwise it was told when the result was to be captured
            emit(WriteFailed(at=clock.time(), call=self._call, key=self.held[0].record.key, error=why))

    @property
    def _call(self) -> CallId:
        flow = self._context.flow_run_context
        known = self.held[0].call if self.held else None
        return known or CallId(self._context.task.name, self._context.number, flow.run if flow is not None else None)


class _Left:
    """A forked child has no part in the transactions of its parent: what it left to them, nobody would write."""

    def after_fork(self) -> None:
        current_transaction.set(None)


_left = _Left()
renew_in_children(_left)


def join(context: TaskRunContext, *, alone: bool = False) -> TaskTransaction:
    """Give the call of `context` a transaction of its own, inside the one that is going on unless it is to end `alone`."""
    context.transaction = made = TaskTransaction(context, None if alone else get_transaction())
    return made


def get_transaction() -> BaseTransaction | None:
    """Return the innermost transaction: the explicit one that is going on, or that of the task that is running."""
    explicit: BaseTransaction | None = current_transaction.get()
    running = TaskRunContext.get()
    if running is None or (explicit is not None and explicit.opened_in is running):
        return explicit
    if running.transaction is None:  # what is around it here was around the call
        running.transaction = TaskTransaction(running, explicit)
    found: BaseTransaction = running.transaction
    return found


def lock_manager_of(transaction: TaskTransaction, task: str) -> LockManager:
    """Return the lock manager of a task: its policy's, else that of the store of the nearest transaction around the call."""
    if transaction._lock_manager is not None:  # noqa: SLF001 - its own module
        return transaction._lock_manager  # noqa: SLF001 - as above
    around: BaseTransaction | None = transaction._parent  # noqa: SLF001 - as above
    while around is not None:
        if around.store is not None and around.store.lock_manager is not None:
            return around.store.lock_manager
        around = around.get_parent()
    raise ConfigurationError(
        f"task {task}: isolation level SERIALIZABLE needs a lock manager. Write cache_policy=….configure(isolation_level=…, "
        "lock_manager=…), for instance with recoup.locking.memory.MemoryLockManager()."
    )


def _store_of(transaction: BaseTransaction) -> ResultStore:
    if transaction.key is None or transaction.store is None:
        raise MissingResult("a transaction without a key has no result; write transaction(key=…)")
    return transaction.store


@contextlib.contextmanager
def transaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | None = None,
    isolation_level: IsolationLevel | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: logging.Logger | logging.LoggerAdapter[Any] | None = None,
) -> Iterator[Transaction]:
    """Group the tasks of a `with` block: all of their results are kept when it ends well, none when it raises.

    With a `key`, `txn.is_committed()` says at the start whether that was done before; `txn.stage(value)` says what to write
    under it. `commit_mode` is `LAZY` (commit when the outermost block ends), `EAGER` (at the end of this one) or `OFF`
    (only by `txn.commit()`).
    """
    with Transaction(key, store, commit_mode, isolation_level, overwrite, write_on_commit, logger) as txn:
        yield txn


@contextlib.asynccontextmanager
async def atransaction(
    key: str | None = None,
    store: ResultStore | None = None,
    commit_mode: CommitMode | None = None,
    isolation_level: IsolationLevel | None = None,
    overwrite: bool = False,
    write_on_commit: bool = True,
    logger: logging.Logger | logging.LoggerAdapter[Any] | None = None,
) -> AsyncIterator[AsyncTransaction]:
    """Group as `transaction` does, in asynchronous code."""
    async with AsyncTransaction(key, store, commit_mode, isolation_level, overwrite, write_on_commit, logger) as txn:
        yield txn
