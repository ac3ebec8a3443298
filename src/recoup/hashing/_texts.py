"""Canonical bytes of columns of strings: how long each is in UTF-8 (-1 where missing), then all of them in one stream.

The same for lists of Python strings, Arrow's offsets and data, and polars' views, so that what is installed, and how a
library happens to store its strings, does not show in a key.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._columns import array_data
from recoup.hashing._forms import Form, Stream, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["ROWS", "arrow_texts", "text_column", "texts"]

_DATA, _TEXTS = tag("data"), tag("texts")

ROWS: Final = 1 << 14
"""How many rows are looked at in one go."""

_MISSING: Final = -1
_KEPT: Final = 1 << 25
"""How many bytes of joined strings are kept between counting and hashing them; what goes beyond is joined twice."""

Texts = list[str | None] | list[bytes | None]


def text_column(count: int, lengths: Iterable[NDArray[Any]], contents: Iterable[Any]) -> Form:
    """Return a column of `count` strings or byte strings, given what it holds in pieces."""
    return Form(_TEXTS, (count, array_data(lengths), Stream(_DATA, contents)), nameless)


# --- Python strings -----------------------------------------------------------------------------


def texts(count: int, blocks: Callable[[], Iterable[Texts]]) -> Form:
    """Return a column of Python strings, which `blocks` lists a few rows at a time, as often as it is called."""
    kept: list[bytes] = []
    size = 0

    def lengths() -> Iterator[NDArray[Any]]:
        nonlocal size
        for block in blocks():
            content = _content(block)
            size += len(content)
            if size <= _KEPT:
                kept.append(content)
            yield _lengths(block, len(content))

    def contents() -> Iterator[bytes]:
        yield from kept
        if size > _KEPT:
            yield from map(_content, islice(blocks(), len(kept), None))

    return text_column(count, lengths(), contents())


def _content(block: Texts) -> bytes:
    there: list[Any] = [value for value in block if value is not None] if None in block else block
    if there and type(there[0]) is bytes:
        return b"".join(there)
    return "".join(there).encode("utf-8", "surrogatepass")


def _lengths(block: Texts, size: int) -> NDArray[Any]:
    """Count bytes, by counting characters where that is the same."""
    if None not in block:
        lengths = np.fromiter(map(len, block), "<i8", len(block))  # type: ignore[arg-type]  # no None is left
        if int(lengths.sum()) == size:
            return lengths
    return np.fromiter(map(_length, block), "<i8", len(block))


def _length(value: str | bytes | None) -> int:
    if value is None:
        return _MISSING
    return (
        len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else len(value)
    )


# --- Arrow's ------------------------------------------------------------------------------------


def arrow_texts(chunks: Sequence[Any]) -> Form:
    """Return a column of Arrow strings or binaries without making objects of them."""

    def lengths() -> Iterator[NDArray[Any]]:
        for part in _parts(chunks):
            bounds = _bounds(part)
            found = np.subtract(bounds[1:], bounds[:-1], dtype="<i8")
            if part.null_count:
                found[_nulls(part)] = _MISSING
            yield found

    def contents() -> Iterator[memoryview]:
        for chunk in chunks:
            if chunk.null_count:
                yield from map(_shown, _parts([chunk]))
            elif len(chunk):
                yield _between(chunk)

    return text_column(sum(map(len, chunks)), lengths(), contents())


def _parts(chunks: Sequence[Any]) -> Iterator[Any]:
    for chunk in chunks:
        for start in range(0, len(chunk), ROWS):
            yield chunk.slice(start, ROWS)


def _nulls(part: Any) -> NDArray[Any]:
    found: NDArray[Any] = part.is_null().to_numpy(zero_copy_only=False)
    return found


def _bounds(part: Any) -> NDArray[Any]:
    """Return where the strings of a part begin and end in its data."""
    wide = str(part.type).startswith("large")
    dtype = np.dtype("<i8" if wide else "<i4")
    return np.frombuffer(part.buffers()[1], dtype, len(part) + 1, part.offset * dtype.itemsize)


def _between(part: Any) -> memoryview:
    data, bounds = part.buffers()[2], _bounds(part)
    return memoryview(data)[bounds[0] : bounds[-1]] if data is not None else memoryview(b"")


def _shown(part: Any) -> memoryview:
    """Return the strings of a part that are there; what lies under a null may be anything."""
    bounds, nulls = _bounds(part), _nulls(part)
    if not np.subtract(bounds[1:], bounds[:-1])[nulls].any():
        return _between(part)
    there = part.drop_null()
    return _between(there) if len(there) else memoryview(b"")
