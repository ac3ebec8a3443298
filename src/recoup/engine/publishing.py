"""Plain copies of results under names of the user's choice.

The record is the truth: a hit never reads the copy and never mends it. A copy is only overwritten or removed while
it is still what was written before; what somebody edited, or another task's, is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blake3 import blake3

from recoup.exceptions import ObjectExists, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer, ObjectStore
    from recoup.records import Record

__all__ = ["publish", "withdraw"]


def publish(store: ObjectStore, record: Record, chunks: Sequence[Buffer], before: Record | None) -> str:
    """Write the bytes of `record` under its key; return why that was not done, else "".

    `before` is the record that this one replaced: its copy may be overwritten.
    """
    try:
        there = _digest_at(store, record.key)
        if there is None:
            store.put(record.key, chunks, create=True)
        elif there == record.value.digest:
            return ""
        elif before is not None and before.published and there == before.value.digest:
            store.put(record.key, chunks)
        else:
            return _NOT_OURS
    except ObjectExists:
        return _NOT_OURS
    except StoreError as exc:
        return str(exc)
    return ""


def withdraw(store: ObjectStore, record: Record) -> None:
    """Remove the copy of a withdrawn `record`, if it is still what was written."""
    if record.published and _digest_at(store, record.key) == record.value.digest:
        store.delete(record.key)


def _digest_at(store: ObjectStore, name: str) -> str | None:
    data = store.find(name)
    return None if data is None else blake3(data).hexdigest()


_NOT_OURS = (
    "what lies there was edited since, or is not this task's, and is left alone. Move it away, and the next result is published."
)
