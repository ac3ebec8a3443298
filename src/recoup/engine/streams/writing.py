"""Capturing a stream item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.engine.streams.segments import FULL_BYTES, FULL_ITEMS, LARGE_BYTES, Segment, SegmentRef, StoredItem, encode_segment
from recoup.records import FORMAT, StreamRef
from recoup.serializers import decoder

if TYPE_CHECKING:
    from recoup.abc import Buffer, Encoded, Serializer
    from recoup.engine.ledger import Ledger

__all__ = ["Recorder"]

_IMMUTABLE = frozenset({type(None), bool, int, float, str, bytes, complex})


class Recorder:
    """Writes a stream as it comes; what is not written yet is less than a segment.

    `repair` says that values which are there already may be damaged.
    """

    def __init__(self, ledger: Ledger, serializer: Serializer, *, repair: bool) -> None:
        self._ledger = ledger
        self._serializer = serializer
        self._repair = repair
        self._segments: list[SegmentRef] = []
        self._items: list[StoredItem] = []
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._count = 0
        self._size = 0
        self.exact = True

    def add(self, value: Any) -> Any:
        """Capture an item, and return the object for the consumer.

        That is the one that a replay gives: what the consumer does to it, or the body after it went on, changes neither
        what is kept nor what the other has. Raises what the serializer and the storage raise.
        """
        self._count += 1
        item, given = self._capture(value)
        self._items.append(item)
        if self._pending_bytes >= FULL_BYTES or len(self._items) >= FULL_ITEMS:
            self._flush()
        return given

    def finish(self, returned: Any) -> list[Buffer]:
        """Return the last segment, which is the value of the record, with what the generator returned."""
        last, _ = self._capture(returned)
        segment = Segment(recoup=FORMAT, segments=tuple(self._segments), items=tuple(self._items), returned=last)
        return [encode_segment(segment), *self._pending]

    @property
    def stream(self) -> StreamRef:
        """Return what was captured."""
        return StreamRef(self._count, self._size)

    def _capture(self, value: Any) -> tuple[StoredItem, Any]:
        encoded = self._serializer.encode(value)
        self.exact = self.exact and encoded.exact
        data = b"".join(encoded.chunks)
        self._size += len(data)
        given = value if encoded.exact and type(value) in _IMMUTABLE else decoder(encoded.serializer).decode(data)
        return self._stored(encoded, data), given

    def _stored(self, encoded: Encoded, data: bytes) -> StoredItem:
        if len(data) > LARGE_BYTES:
            return StoredItem(encoded.serializer, len(data), self._ledger.keep_value((data,), repair=self._repair).digest)
        self._pending.append(data)
        self._pending_bytes += len(data)
        return StoredItem(encoded.serializer, len(data))

    def _flush(self) -> None:
        line = encode_segment(Segment(recoup=FORMAT, items=tuple(self._items)))
        value = self._ledger.keep_value((line, *self._pending), repair=self._repair)
        self._segments.append(SegmentRef(value.digest, value.size, len(self._items)))
        self._items, self._pending, self._pending_bytes = [], [], 0
