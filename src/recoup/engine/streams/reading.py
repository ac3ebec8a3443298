"""Reading stored streams: one segment at a time, verified before it is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.engine.steps import LoadFailed, Rejected
from recoup.engine.streams.segments import decode_segment
from recoup.exceptions import NewerFormat
from recoup.records import DamagedRecord, ValueRef

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from recoup.abc import Buffer
    from recoup.engine.ledger import Ledger
    from recoup.engine.streams.segments import Segment, StoredItem
    from recoup.records import Record

__all__ = ["gone", "stored_bytes", "stored_items", "stored_values"]


def stored_items(
    ledger: Ledger, record: Record, payload: Buffer | None, note: Callable[[StoredItem, Buffer], None] | None = None
) -> Generator[Any, None, Any]:
    """Yield the items of a stored stream, each a fresh object, and return what its generator returned.

    `note` is told of the bytes of each item. Raises `LoadFailed` at the item whose bytes are gone, are not what was written, or cannot be decoded here.
    """
    for number, (item, data) in enumerate(stored_bytes(ledger, record, payload), start=1):
        try:
            value = ledger.decode(item.serializer, data)
        except LoadFailed as exc:
            raise _at(number, exc) from exc
        if number > record.stream.items:  # type: ignore[union-attr]  # it is a stream's
            return value
        if note is not None:
            note(item, data)
        yield value
    raise LoadFailed(Rejected("damaged", "its stored stream has no end"))


def stored_bytes(ledger: Ledger, record: Record, payload: Buffer | None) -> Iterator[tuple[StoredItem, Buffer]]:
    """Yield how each item was written and its verified bytes, and at last those of what the generator returned."""
    last, rest = _decoded(ledger.read(record, payload))
    number = 1
    for ref in last.segments:
        try:
            segment, data = _decoded(ledger.read_value(ValueRef(ref.digest, ref.size, inline=False)))
        except LoadFailed as exc:
            raise _at(number, exc) from exc
        yield from _split(ledger, segment, data, number)
        number += ref.items
    yield from _split(ledger, last, rest, number)


def stored_values(ledger: Ledger, record: Record, payload: Buffer | None) -> Iterator[ValueRef]:
    """Yield every value that a stored stream needs besides its record: its segments, and its large items."""
    if not record.value.inline:
        yield record.value
    last, _ = _decoded(ledger.read(record, payload))
    for ref in last.segments:
        value = ValueRef(ref.digest, ref.size, inline=False)
        yield value
        yield from _large(_decoded(ledger.read_value(value))[0])
    yield from _large(last)


def gone(ledger: Ledger, record: Record, payload: Buffer | None) -> bool:
    """Say whether something that a stored stream needs is not there."""
    try:
        return not all(ledger.holds(value) for value in stored_values(ledger, record, payload))
    except LoadFailed:
        return True


def _split(ledger: Ledger, segment: Segment, payload: memoryview, first: int) -> Iterator[tuple[StoredItem, Buffer]]:
    for number, (item, data) in enumerate(segment.split(payload), start=first):
        if not item.digest:
            yield item, data
            continue
        try:
            large = ledger.read_value(ValueRef(item.digest, item.size, inline=False))
        except LoadFailed as exc:
            raise _at(number, exc) from exc
        yield item, large


def _large(segment: Segment) -> Iterator[ValueRef]:
    return (ValueRef(item.digest, item.size, inline=False) for item in segment.stored if item.digest)


def _decoded(data: Buffer) -> tuple[Segment, memoryview]:
    try:
        return decode_segment(data)
    except NewerFormat as exc:
        raise LoadFailed(Rejected("unreadable", str(exc))) from exc
    except DamagedRecord as exc:
        raise LoadFailed(Rejected("damaged", f"its stored stream was damaged: {exc}")) from exc


def _at(number: int, failed: LoadFailed) -> LoadFailed:
    because = failed.because
    return LoadFailed(because._replace(detail=f"{because.detail} (item {number} of its stream)"))
