"""Canonical bytes of arrays and columns: what the handlers of numerical libraries share.

Layout is what differs between equal arrays: strides, byte order, chunks, what lies under a null, the bits of a NaN.
Here it is taken away, block by block in the processor's cache, so that nothing large is copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._forms import Form, Stream, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["array_data", "arrow_texts", "texts"]

_DATA, _TEXTS = tag("data"), tag("texts")

_BLOCK: Final = 1 << 20
"""Bytes that are looked at and hashed in one go; they stay in the processor's cache."""

_EXTENDED_PRECISION: Final = 63
_EXTENDED_BYTES: Final = 10
MISSING: Final = -1


def array_data(arrays: Iterable[NDArray[Any]]) -> Stream:
    """Return the elements of arrays of one plain dtype, one after the other, as little-endian bytes in C order."""
    return Stream(_DATA, (chunk for array in arrays for chunk in _chunks(array)))


def _chunks(array: NDArray[Any]) -> Iterator[Any]:
    dtype = array.dtype.newbyteorder("<")
    if array.nbytes == 0:
        return
    if array.dtype.kind not in "fc" and array.flags.c_contiguous and array.dtype == dtype:
        yield array.reshape(-1).view(np.uint8)
        return
    for block in _blocks(array):
        yield _plain(block.astype(dtype, copy=False)).view(np.uint8)


def _blocks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the elements in C order as contiguous one-dimensional blocks, copying only what is not so already."""
    if array.flags.c_contiguous:
        flat = array.reshape(-1)
        step = max(_BLOCK // array.itemsize, 1)
        for start in range(0, flat.size, step):
            yield flat[start : start + step]
        return
    rows = _BLOCK * len(array) // array.nbytes
    if rows == 0 and array.ndim > 1:
        for row in array:
            yield from _blocks(row)
        return
    for start in range(0, len(array), rows):
        yield np.ascontiguousarray(array[start : start + rows]).reshape(-1)


def _plain(block: NDArray[Any]) -> NDArray[Any]:
    """Give every NaN the same bits, and drop the padding of extended precision."""
    if block.dtype.kind not in "fc":
        return block
    reals = block.view(block.real.dtype)
    if np.isnan(reals.min()):
        reals = np.where(np.isnan(reals), reals.dtype.type(np.nan), reals)
    if reals.itemsize > _EXTENDED_BYTES and np.finfo(reals.dtype).nmant == _EXTENDED_PRECISION:
        return np.ascontiguousarray(reals.view(np.uint8).reshape(reals.size, -1)[:, :_EXTENDED_BYTES]).reshape(-1)
    return reals


# --- texts ----------------------------------------------------------------------------------


def texts(values: Sequence[str | None]) -> Form:
    """Return a column of strings: how long each is in UTF-8 (-1 where missing), then all of them."""
    joined = "".join(values if None not in values else filter(None, values))  # type: ignore[arg-type]  # no None is left
    if joined.isascii():
        lengths = [MISSING if value is None else len(value) for value in values] if None in values else map(len, values)  # type: ignore[arg-type]  # as above
    else:
        lengths = [MISSING if value is None else len(value.encode("utf-8", "surrogatepass")) for value in values]
    counted = np.fromiter(lengths, dtype="<i8", count=len(values))
    return _texts(len(values), [counted], [joined.encode("utf-8", "surrogatepass")])


def arrow_texts(column: Any) -> Form:
    """Return a column of Arrow strings or binaries in the same way, without making objects of them."""
    import pyarrow.compute as pc  # noqa: PLC0415 - here is a value of pyarrow, so it is loaded already

    def lengths() -> Iterator[NDArray[Any]]:
        for chunk in column.chunks:
            yield pc.fill_null(pc.binary_length(chunk).cast("int64"), MISSING).to_numpy(zero_copy_only=False)

    def contents() -> Iterator[memoryview]:
        for chunk in column.chunks:
            yield _arrow_content(chunk.drop_null() if chunk.null_count else chunk)

    return _texts(len(column), lengths(), contents())


def _arrow_content(chunk: Any) -> memoryview:
    _, offsets, data = chunk.buffers()
    if data is None or len(chunk) == 0:
        return memoryview(b"")
    wide = chunk.type.id in _wide_types()
    bounds = np.frombuffer(offsets, dtype="<i8" if wide else "<i4")
    return memoryview(data)[bounds[chunk.offset] : bounds[chunk.offset + len(chunk)]]


def _wide_types() -> tuple[int, int]:
    import pyarrow as pa  # noqa: PLC0415 - as above

    return pa.large_string().id, pa.large_binary().id


def _texts(count: int, lengths: Iterable[NDArray[Any]], contents: Iterable[Any]) -> Form:
    return Form(_TEXTS, (count, array_data(lengths), Stream(_DATA, contents)), nameless)
