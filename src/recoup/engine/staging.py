"""Results that wait for the end of a transaction: captured, and not yet a record.

The bytes of a large value are written at once, since nothing speaks of them before the record does; what waits is
the record itself, and a small value inside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from recoup.engine.publishing import publish
from recoup.engine.publishing import withdraw as withdraw_copy
from recoup.engine.steps import Found
from recoup.events import DidStore, NotPublished, emit, heard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer
    from recoup.engine.call import Call
    from recoup.engine.ledger import Ledger
    from recoup.engine.steps import Outcome, Raised
    from recoup.events import CallId
    from recoup.records import CodeParts, Record
    from recoup.types import Key

__all__ = ["Joined", "Staged", "tell_kept"]


class Joined(Protocol):
    """The transaction of one call, as the engine sees it (`recoup.transactions`)."""

    def find(self, ledger: Ledger, task: str, key: Key, slot: int) -> Found | None:
        """Return a result that the transactions around the call have captured under this key."""
        ...

    def hold(self, staged: Staged) -> None:
        """Keep the captured result until it is known how the transaction ends."""
        ...

    def lose(self, error: str) -> None:
        """Hear that the result could not be captured: the transaction cannot commit."""
        ...

    @property
    def is_serial(self) -> bool:
        """Say whether of several calls with one key one runs at a time."""
        ...

    @property
    def is_inside_locks(self) -> bool:
        """Say whether it takes turns, and those around it hold locks: they are of this process."""
        ...

    def claim(self, call: Call) -> None:
        """Wait for the turn of the call, and have it until the transaction ends."""
        ...

    async def aclaim(self, call: Call) -> None:
        """Wait in a coroutine."""
        ...

    def abandon(self) -> None:
        """Hear that the call was interrupted."""
        ...

    async def aabandon(self) -> None:
        """Hear it in a coroutine."""
        ...

    def settle(self, ended: Outcome | Raised) -> None:
        """Hear that the call has ended."""
        ...

    async def asettle(self, ended: Outcome | Raised) -> None:
        """Hear it in a coroutine."""
        ...


class Staged:
    """A captured result: `write` makes it a record, `undo` takes that back."""

    def __init__(
        self, ledger: Ledger, call: CallId | None, record: Record, chunks: Sequence[Buffer], slot: int, before: Record | None
    ) -> None:
        self.ledger = ledger
        self.call = call
        self.record = record
        self.payload = b"".join(chunks) if record.value.inline else b""
        self.place = (id(ledger), record.task, record.key, slot)
        self._slot = slot
        self._before = before
        self._overwritten: bytes | None = None

    @classmethod
    def captured(
        cls,
        ledger: Ledger,
        call: CallId | None,
        record: Record,
        chunks: Sequence[Buffer],
        code: CodeParts | None,
        *,
        slot: int = 0,
        repair: bool = True,
        before: Record | None = None,
    ) -> Staged:
        """Write value and code parts, and return what is left to be written. Raises `StoreError`."""
        ledger.capture(record, chunks, code, repair=repair)
        return cls(ledger, call, record, chunks, slot, before)

    def found(self) -> Found:
        """Return the result as a look-up finds it."""
        return Found(self.record, memoryview(self.payload), self.ledger.clock.time())

    def write(self) -> None:
        """Write the record. Raises `StoreError`."""
        self._overwritten = self.ledger.overwrite(self.record, self.payload, slot=self._slot)
        if self.call is not None:
            large = self.record.published and not self.record.value.inline
            chunks = (self.ledger.read(self.record) if large else self.payload,)
            tell_kept(self.ledger, self.call, self.record, chunks, self._before, self._slot)

    def undo(self) -> None:
        """Take the record back, and leave what was there before. Raises `StoreError`."""
        self.ledger.restore(self.record, self._overwritten, slot=self._slot)
        withdraw_copy(self.ledger.store, self.record)


def tell_kept(ledger: Ledger, call: CallId, record: Record, chunks: Sequence[Buffer], before: Record | None, slot: int) -> None:
    """Tell that a record was written, and publish its copy if it has a name."""
    if heard(DidStore, call):
        emit(DidStore(at=record.created, call=call, key=record.key, size=record.size))
    if record.published:
        reason = publish(ledger, record, chunks, before, slot)
        if reason:
            emit(NotPublished(at=record.created, call=call, name=record.key, reason=reason))
