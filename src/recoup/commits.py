"""What ends together: a tree of transactions that are written, or undone, as one.

Its ends are generators that yield the hooks to call: `recoup.commit_hooks` calls them, for synchronous and asynchronous
code.
"""

from __future__ import annotations

import contextlib
import enum
import os
import threading
from typing import TYPE_CHECKING, Any

from recoup.commit_hooks import HookRun
from recoup.exceptions import RecoupError, StoreError
from recoup.logs import log_to_stderr, logger
from recoup.settings import get_current_settings
from recoup.transaction_locks import check_locks, freeing
from recoup.types import CommitMode
from recoup.wording import said

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

    from recoup.commit_hooks import Ending
    from recoup.engine.staging import Staged
    from recoup.transaction_locks import HeldLock

__all__ = ["Committed", "TransactionState"]


class TransactionState(str, enum.Enum):  # noqa: UP042 - a text that prints as `TransactionState.STAGED`, as Prefect's does
    """How far a transaction has come."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    STAGED = "STAGED"
    COMMITTED = "COMMITTED"
    ROLLED_BACK = "ROLLED_BACK"


_FINAL = (TransactionState.COMMITTED, TransactionState.ROLLED_BACK)


class Committed:
    """One of those that end together: its results, its hooks, and those inside it.

    `group` is the explicit transaction around it, with which it ends; `root` the outermost one, which knows what all of them
    captured. They share a lock, under which states and children change; nothing is written and no hook is called under it.
    """

    def __init__(self, group: Committed | None, commit_mode: CommitMode | None = None) -> None:
        self.state = TransactionState.PENDING
        self.children: list[Committed] = []
        self.on_commit_hooks: list[Callable[[Any], Any]] = []
        self.on_rollback_hooks: list[Callable[[Any], Any]] = []
        self.logger: logging.Logger | logging.LoggerAdapter[Any] = _logger
        self.group = group
        self.commit_mode: CommitMode = commit_mode or (group.commit_mode if group is not None else CommitMode.LAZY)
        self.root: Committed = self if group is None else group.root
        self.lock: threading.Lock = threading.Lock() if group is None else group.lock
        self.captured: dict[Any, Staged] = {}
        self.held: list[Staged] = []
        self.lost = ""
        self.locks: list[HeldLock] = []
        self.gates: list[HeldLock] = []
        self._holder = ""

    @property
    def holder(self) -> str:
        """Return the text that names this tree as a holder of locks, in all processes."""
        with self.lock:
            self.root._holder = self.root._holder or os.urandom(16).hex()  # noqa: SLF001 - one of its kind
            return self.root._holder  # noqa: SLF001 - as above

    def get_parent(self) -> Committed | None:
        """Return the transaction around this one, be it a task's or an explicit one."""
        return self.group

    def is_pending(self) -> bool:
        """Say whether it has not begun."""
        return self.state is TransactionState.PENDING

    def is_active(self) -> bool:
        """Say whether it has begun and nothing is staged."""
        return self.state is TransactionState.ACTIVE

    def is_staged(self) -> bool:
        """Say whether there is something to commit."""
        return self.state is TransactionState.STAGED

    def is_committed(self) -> bool:
        """Say whether its results are durable."""
        return self.state is TransactionState.COMMITTED

    def is_rolled_back(self) -> bool:
        """Say whether it was undone."""
        return self.state is TransactionState.ROLLED_BACK

    # --- ends ------------------------------------------------------------------------------

    def ending(self, error: BaseException | None) -> Ending:
        """Commit, roll back, or leave that to the group."""
        if error is not None:
            yield from self.rolling_back()
        elif self.commit_mode is CommitMode.EAGER:
            yield from self.committing()
        if self.group is not None:
            yield from self.group.taking(self)
        elif error is None and self.commit_mode is CommitMode.OFF:
            yield from self.rolling_back()
        elif error is None:
            yield from self.committing()
        yield from self.leaving()
        return self.is_committed()

    def leaving(self) -> Ending:
        """Let go of locks, or leave them to the group until that has ended, too."""
        group = self.group
        with self.lock:
            if group is not None and self.state not in _FINAL and group.state not in _FINAL:
                group.locks += self.locks
                self.locks = []
        return freeing(self)

    def taking(self, child: Committed) -> Ending:
        """Take over an ended child: it ends as this one does, also when this one has ended, and its failure is this one's."""
        with self.lock:
            if self.state not in _FINAL:
                self.children.append(child)
        if child.is_rolled_back():
            yield from self.rolling_back()
        elif self.is_committed():
            yield from child.committing()
        elif self.is_rolled_back():
            yield from child.rolling_back()
        return True

    def committing(self) -> Ending:
        """Write all records, then call all hooks; when a record cannot be written, take back those that were, and roll back."""
        if self.state in _FINAL:
            return False
        together: list[Committed] = []
        written: list[Staged] = []
        try:
            while new := self._closed_with(together):
                for member in new:
                    member.write(written)
                together += new
        except Exception as exc:
            for staged in reversed(written):
                with contextlib.suppress(StoreError):  # what cannot be taken back is a valid result of a body that ran
                    staged.undo()
            self.tell_failed(str(exc) if isinstance(exc, RecoupError) else said(exc))
            yield from self.rolling_back()
            if get_current_settings().results_on_persist_failure == "fail":
                raise
            return False
        for member in together:
            yield from freeing(member)
        for member in together:
            for hook in member.on_commit_hooks:
                yield HookRun(hook, member, "commit", member.logger)
        return True

    def _closed_with(self, together: list[Committed]) -> list[Committed]:
        """Return the members that are not written yet; when there are none, all are committed from now on."""
        known = set(map(id, together))
        with self.lock:
            new = [member for member in self.open_members() if id(member) not in known]
            if not new:
                for member in together:
                    member.state = TransactionState.COMMITTED
                    member.forget()
        return new

    def open_members(self) -> Iterator[Committed]:
        """Yield those that have not ended, in the order in which they are written: the children, then this one."""
        for child in self.children:
            if child.state not in _FINAL:
                yield from child.open_members()
        yield self

    def write(self, written: list[Staged]) -> None:
        """Write what is held, and note it in `written`. Raises `StoreError`, also for what could not be captured."""
        if self.lost:
            raise StoreError(self.lost)
        check_locks(self)
        for staged in self.held:
            staged.write()
            written.append(staged)

    def rolling_back(self) -> Ending:
        """Call all rollback hooks, those of what ended last first."""
        with self.lock:
            if self.state in _FINAL:
                return False
            self.state = TransactionState.ROLLED_BACK
            children = list(self.children)
            self.forget()
        self.tell_rolled_back()
        for hook in reversed(self.on_rollback_hooks):
            yield HookRun(hook, self, "rollback", self.logger)
        for child in reversed(children):
            yield from child.rolling_back()
        yield from freeing(self)
        return True

    def forget(self) -> None:
        """Serve no one any more with what was captured and not written."""
        for staged in self.held:
            self.root.captured.pop(staged.place, None)

    # --- telling ---------------------------------------------------------------------------

    def tell_failed(self, why: str) -> None:
        """Tell that what ended well could not be written."""
        log_to_stderr()
        self.logger.error("a transaction could not be committed and is rolled back: %s", why)

    def tell_rolled_back(self) -> None:
        """Tell of a rollback, where somebody hears of the run that is undone."""


_logger = logger.getChild("transactions")
