r"""The bytes of a stored stream.

A stream is kept in segments. A segment is one line of JSON, then the bytes of its items as their serializers wrote them:

    {"recoup":1,"items":[["json",2,""],["pickle",8000123,"<digest>"]]}\n<bytes of the first item>

An item with a digest is large and lies under `values/` by itself. Segments that are full lie there too. The last one is the
value of the stream's record: it names the others in order, and holds what the generator returned after the bytes of its
items. So a short stream is one object, and of a long one never more than a segment is in memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from recoup.exceptions import NewerFormat
from recoup.records import FORMAT, DamagedRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.abc import Buffer

__all__ = ["FULL_BYTES", "FULL_ITEMS", "LARGE_BYTES", "Segment", "SegmentRef", "StoredItem", "decode_segment", "encode_segment"]

LARGE_BYTES = 64 * 1024
"""Larger items are values of their own."""

FULL_BYTES = 256 * 1024
FULL_ITEMS = 4096
"""A segment that has so many bytes or items is full."""


class StoredItem(msgspec.Struct, frozen=True, array_like=True):
    """What reads an item back, how many bytes it has, and their digest where they are a value of their own."""

    serializer: str
    size: int
    digest: str = ""


class SegmentRef(msgspec.Struct, frozen=True, array_like=True):
    """A full segment under `values/`, and how many items it has."""

    digest: str
    size: int
    items: int


class Segment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a segment; `segments` and `returned` are of the last one only."""

    recoup: int
    segments: tuple[SegmentRef, ...] = ()
    items: tuple[StoredItem, ...] = ()
    returned: StoredItem | None = None

    @property
    def stored(self) -> tuple[StoredItem, ...]:
        """Return the items, and after them what was returned."""
        return self.items if self.returned is None else (*self.items, self.returned)

    def split(self, payload: memoryview) -> Iterator[tuple[StoredItem, memoryview]]:
        """Yield what is stored with its bytes, which are none for what is a value of its own."""
        place = 0
        for item in self.stored:
            size = 0 if item.digest else item.size
            yield item, payload[place : place + size]
            place += size


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Segment).decode


def encode_segment(segment: Segment) -> bytes:
    """Return the first line of a segment, with its end."""
    return _encode(segment) + b"\n"


def decode_segment(data: Buffer) -> tuple[Segment, memoryview]:
    """Read verified bytes back into a segment and the bytes of its items.

    Raises `NewerFormat` when a newer Recoup wrote them, `DamagedRecord` when they are no segment.
    """
    data = memoryview(data)
    line = bytes(data).partition(b"\n")[0]
    try:
        segment = _decode(line)
    except msgspec.DecodeError as exc:
        raise DamagedRecord(f"it is no segment of a stream: {exc}") from exc
    if segment.recoup > FORMAT:
        raise NewerFormat(f"format {segment.recoup} is newer than {FORMAT}, the newest that this Recoup reads")
    return segment, data[len(line) + 1 :]
