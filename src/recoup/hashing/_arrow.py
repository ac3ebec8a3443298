"""What the handlers of libraries that lie upon Arrow share: its nulls and its strings, without making objects of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._texts import text_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from recoup.hashing._forms import Form

__all__ = ["content", "null_flags", "parts", "texts"]

_ROWS: Final = 1 << 15
_MISSING: Final = -1


def parts(chunks: Iterable[Any], rows: int = _ROWS) -> Iterator[Any]:
    """Cut chunks into pieces that fit into the processor's cache."""
    for chunk in chunks:
        for start in range(0, len(chunk), rows):
            yield chunk.slice(start, rows)


def null_flags(part: Any) -> NDArray[Any]:
    """Return a byte for each element, 1 where it is null."""
    bits = part.buffers()[0]
    if bits is None:
        found: NDArray[Any] = part.is_null().to_numpy(zero_copy_only=False).view(np.uint8)
        return found
    first, skipped = divmod(part.offset, 8)
    held = np.frombuffer(bits, np.uint8, (skipped + len(part) + 7) // 8, first)
    return 1 - np.unpackbits(held, bitorder="little")[skipped : skipped + len(part)]


def texts(chunks: Sequence[Any]) -> Form:
    """Return a column of Arrow strings or binaries as `_texts` encodes it."""

    def lengths() -> Iterator[NDArray[Any]]:
        for part in parts(chunks):
            bounds = _bounds(part)
            found = np.subtract(bounds[1:], bounds[:-1], dtype="<i8")
            if part.null_count:
                found[null_flags(part) == 1] = _MISSING
            yield found

    def contents() -> Iterator[memoryview]:
        for chunk in chunks:
            yield from map(content, parts([chunk]) if chunk.null_count else [chunk])

    return text_column(sum(map(len, chunks)), lengths(), contents())


def content(part: Any) -> memoryview:
    """Return the strings of a part that are there; what lies under a null may be anything."""
    bounds = _bounds(part)
    if part.null_count and np.subtract(bounds[1:], bounds[:-1])[null_flags(part) == 1].any():
        part = part.drop_null()
        bounds = _bounds(part)
    data = part.buffers()[2]
    return memoryview(data)[bounds[0] : bounds[-1]] if data is not None and len(part) else memoryview(b"")


def _bounds(part: Any) -> NDArray[Any]:
    """Return where the strings of a part begin and end in its data."""
    dtype = np.dtype("<i8" if str(part.type).startswith("large") else "<i4")
    if part.buffers()[1] is None:
        return np.zeros(1, dtype)
    return np.frombuffer(part.buffers()[1], dtype, len(part) + 1, part.offset * dtype.itemsize)
