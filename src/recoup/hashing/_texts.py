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
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["ROWS", "text_column", "texts"]

_DATA, _TEXTS = tag("data"), tag("texts")

ROWS: Final = 1 << 12
"""How many rows are looked at in one go."""

_MISSING: Final = -1
_KEPT: Final = 1 << 25
"""How many bytes of joined strings are kept between counting and hashing them; what goes beyond is joined twice."""

Texts = list[str | None] | list[bytes | None]


def text_column(count: int, lengths: Iterable[NDArray[Any]], contents: Iterable[Any]) -> Form:
    """Return a column of `count` strings or byte strings, given what it holds in pieces."""
    return Form(_TEXTS, (count, array_data(lengths), Stream(_DATA, contents)), nameless)


def texts(count: int, blocks: Callable[[], Iterable[Texts]]) -> Form:
    """Return a column of Python strings, which `blocks` lists a few rows at a time, now and perhaps once more.

    To look at a string costs more than to hash it, so all is done in one pass, while the strings are in the cache.
    """
    kept: list[bytes] = []
    lengths: list[NDArray[Any]] = []
    size = 0
    for block in blocks():
        content = _content(block)
        lengths.append(_lengths(block, len(content)))
        size += len(content)
        if size <= _KEPT:
            kept.append(content)

    def contents() -> Iterator[bytes]:
        yield from kept
        if size > _KEPT:
            yield from map(_content, islice(blocks(), len(kept), None))

    return text_column(count, lengths, contents())


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
    return len(value) if isinstance(value, bytes) or value.isascii() else len(value.encode("utf-8", "surrogatepass"))
