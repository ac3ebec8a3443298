"""Plain copies of results under names of the user's choice.

The record is the truth: a hit never reads the copy and never mends it. A copy is only overwritten or removed when
Recoup wrote it for the same task; what somebody edited, or another task's, is left alone.

Several processes may refresh one name at the same time. So whose a copy is cannot be told by the latest record alone:
before a copy is written, an empty object says that its bytes may lie there, `copies/<digest of task and name>/<digest
of the bytes>`. Who has written a copy looks at the record once more: the copy follows the record that stands at last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from recoup.engine.steps import Found, LoadFailed
from recoup.exceptions import ObjectExists, StoreError
from recoup.types import Key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer, ObjectStore
    from recoup.engine.ledger import Ledger
    from recoup.records import Record

__all__ = ["publish", "withdraw"]

_GRACE = 3600.0
"""Seconds after which no copy is on its way any more that was announced before."""

_TRIES = 10


def publish(ledger: Ledger, record: Record, chunks: Sequence[Buffer], before: Record | None, slot: int) -> str:
    """Write the bytes of `record`, or of what has replaced it by now, under its key; return why that was not done, else "".

    `before` is the record that this one replaced: its copy may be overwritten.
    """
    try:
        while True:
            if not _copy(ledger.store, record, chunks, before):
                return _NOT_OURS
            now = ledger.find(record.task, Key(record.key), slot)
            if not isinstance(now, Found) or not now.record.published or now.record.value.digest == record.value.digest:
                return ""
            before, record, chunks = record, now.record, (ledger.read(now.record, now.payload),)
    except StoreError as exc:
        return str(exc)
    except LoadFailed:  # of another writer, who tells of it
        return ""


def _copy(store: ObjectStore, record: Record, chunks: Sequence[Buffer], before: Record | None) -> bool:
    """Write the copy unless it is there; say whether it is."""
    for _ in range(_TRIES):
        there = _digest_at(store, record.key)
        if there == record.value.digest:
            return True
        if there is not None and not _is_ours(store, record, there, before):
            return False
        store.put(_mark(record, record.value.digest), ())
        try:
            store.put(record.key, chunks, create=there is None)
        except ObjectExists:  # somebody was faster: look whose it is
            continue
        _tidy(store, record)
        return True
    return False


def withdraw(store: ObjectStore, record: Record) -> None:
    """Remove the copy of a withdrawn `record`, unless somebody edited it."""
    if not record.published:
        return
    there = _digest_at(store, record.key)
    if there is not None and _is_ours(store, record, there, record):
        store.delete(record.key)
    for mark in store.list(_marks(record)):
        store.delete(mark.name)


def _is_ours(store: ObjectStore, record: Record, there: str, before: Record | None) -> bool:
    if before is not None and before.published and there == before.value.digest:
        return True
    return store.exists(_mark(record, there))


def _tidy(store: ObjectStore, record: Record) -> None:
    """Remove the marks of copies that nobody is about to write any more."""
    marks = {mark.name: mark.modified for mark in store.list(_marks(record))}
    now = marks.pop(_mark(record, record.value.digest), 0.0)  # by the clock of the storage
    for name, modified in marks.items():
        if modified < now - _GRACE:
            store.delete(name)


def _marks(record: Record) -> str:
    whose = f"{record.task}\0{record.key}"
    return f"copies/{blake3(whose.encode(errors='surrogatepass')).hexdigest()}"


def _mark(record: Record, digest: str) -> str:
    return f"{_marks(record)}/{digest}"


def _digest_at(store: ObjectStore, name: str) -> str | None:
    data = store.find(name)
    return None if data is None else blake3(data).hexdigest()


_NOT_OURS = (
    "what lies there was edited since, or is not this task's, and is left alone. Move it away, and the next result is published."
)
