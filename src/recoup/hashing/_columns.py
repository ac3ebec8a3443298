"""Canonical bytes of arrays and columns: what the handlers of numerical libraries share.

Layout is what differs between equal arrays: strides, byte order, chunks, what lies under a mask or null, the bits of a NaN.
Here it is taken away, block by block in the processor's cache, so that nothing large is copied.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._forms import Form, Stream, Unhashable, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

__all__ = ["array_data", "is_foreign", "plain_array", "plain_column", "plain_dtype", "word_data"]

_ARRAY, _DATA, _DTYPE, _FOREIGN, _TEXT = map(
    tag, ("numpy.array", "data", "numpy.dtype", "numpy.foreign-dtype", "numpy.text-dtype")
)

_BLOCK: Final = 1 << 18
"""Bytes that are looked at and hashed in one go; they stay in the processor's cache."""

_EXTENDED_PRECISION: Final = 63
_EXTENDED_BYTES: Final = 10
_REGISTERED: Final = 2


def array_data(arrays: Iterable[NDArray[Any]]) -> Stream:
    """Return the elements of arrays of one plain dtype, one after the other, as little-endian bytes in C order."""
    return Stream(_DATA, (chunk for array in arrays for chunk in _chunks(array)))


def plain_array(array: NDArray[Any], mask: NDArray[np.bool_] | None = None) -> Form:
    """Return an array of numbers, moments, texts or bytes, with zeros where it is masked."""
    blocks = [array] if mask is None else _shown(array, mask)
    return Form(_ARRAY, (plain_dtype(array.dtype), array.shape, array_data(blocks)), nameless)


def plain_column(dtype: np.dtype[Any], count: int, blocks: Iterable[NDArray[Any]]) -> Form:
    """Return a one-dimensional array in the same way, from its elements in pieces of that dtype."""
    return Form(_ARRAY, (plain_dtype(dtype), (count,), array_data(blocks)), nameless)


def plain_dtype(dtype: Any) -> Form | Stream:
    """Return what counts of a dtype without fields: kind, width, unit. Byte order does not."""
    if is_foreign(dtype):
        return Form(_FOREIGN, (dtype.type,), nameless)
    if not type(dtype).__module__.startswith("numpy"):
        raise Unhashable(f"has elements of {type(dtype).__name__}, which Recoup cannot read", "convert it by `astype`")
    if dtype.kind == "T":
        usual = dtype == type(dtype)()
        missing = getattr(dtype, "na_object", None)
        return Stream(_DTYPE, (b"T",)) if usual else Form(_TEXT, (dtype.coerce, hasattr(dtype, "na_object"), missing), nameless)
    return Stream(_DTYPE, (dtype.newbyteorder("<").str.encode(),))


def is_foreign(dtype: np.dtype[Any]) -> bool:
    """Say whether another library registered this dtype, such as `bfloat16`; numpy then knows it as bytes of some width."""
    return dtype.isbuiltin == _REGISTERED


def _shown(array: NDArray[Any], mask: NDArray[np.bool_]) -> Iterator[NDArray[Any]]:
    for block, hidden in _blocks(array, mask):
        yield np.where(hidden, np.zeros((), block.dtype), block) if hidden.any() else block


def _chunks(array: NDArray[Any]) -> Iterator[Any]:
    if array.nbytes == 0:
        return
    dtype = array.dtype.newbyteorder("<")
    plain = _plain_form(array.dtype)
    if plain is None and array.flags.c_contiguous and array.dtype == dtype:
        yield array.reshape(-1).view(np.uint8)
        return
    for (block,) in _blocks(array):
        little = block.astype(dtype, copy=False)
        yield (little if plain is None else plain(little)).view(np.uint8)


def _blocks(*arrays: NDArray[Any]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield the elements in C order as contiguous one-dimensional blocks, copying only what is not so already.

    Of arrays that have one shape, each block holds the same stretch.
    """
    first = arrays[0]
    most = max(_BLOCK // max(first.itemsize, 1), 1)
    if all(array.flags.c_contiguous for array in arrays):
        flat = [array.reshape(-1) for array in arrays]
        for start in range(0, first.size, most):
            yield tuple(array[start : start + most] for array in flat)
        return
    rows = most * len(first) // first.size
    if rows == 0 and first.ndim > 1:
        for parts in zip(*arrays, strict=True):
            yield from _blocks(*parts)
        return
    step = max(rows, 1)
    for start in range(0, len(first), step):
        yield tuple(np.ascontiguousarray(array[start : start + step]).reshape(-1) for array in arrays)


# --- one form for equal elements ----------------------------------------------------------------


def _plain_form(dtype: np.dtype[Any]) -> Any:
    """Return what makes equal elements of this dtype equal bytes; None where they are so already."""
    if is_foreign(dtype) or dtype.str[1:] == "f2":
        return _plain_words
    return {"f": _plain_floats, "c": _plain_floats, "b": _plain_flags}.get(dtype.kind)


def _plain_floats(block: NDArray[Any]) -> NDArray[Any]:
    """Give every NaN the same bits, and drop the padding of extended precision."""
    reals = block.view(block.real.dtype)
    if np.isnan(reals.min()):
        reals = np.where(np.isnan(reals), reals.dtype.type(np.nan), reals)
    if reals.itemsize > _EXTENDED_BYTES and np.finfo(reals.dtype).nmant == _EXTENDED_PRECISION:
        return np.ascontiguousarray(reals.view(np.uint8).reshape(reals.size, -1)[:, :_EXTENDED_BYTES]).reshape(-1)
    return reals


def _plain_flags(block: NDArray[np.bool_]) -> NDArray[Any]:
    """Give every true element the same byte: an array that was made by viewing other bytes may hold any."""
    given = block.view(np.uint8)
    return given if given.max() <= 1 else np.not_equal(given, 0)


def _plain_words(block: NDArray[Any]) -> NDArray[Any]:
    """Give every NaN of a float of one or two bytes the same bits."""
    dtype = block.dtype
    if dtype.itemsize > 2:  # noqa: PLR2004 - no such dtype is known that has a NaN
        return block
    return one_nan(block.view(f"<u{dtype.itemsize}"), *_nans(dtype))


@functools.lru_cache
def _nans(dtype: np.dtype[Any]) -> tuple[int, int]:
    """Return the least positive bits that are a NaN, and those of the NaN to write; zeros if no sign makes two of one."""
    words = np.arange(1 << (8 * dtype.itemsize - 1), dtype=f"<u{dtype.itemsize}")
    try:
        with np.errstate(invalid="ignore"):
            found = np.flatnonzero(np.isnan(words.view(dtype)))
    except TypeError:  # an integer
        return 0, 0
    if not len(found):
        return 0, 0
    return int(found[0]), int(np.array(np.nan, dtype).view(words.dtype))


def one_nan(words: NDArray[Any], least: int, nan: int) -> NDArray[Any]:
    """Return the bits of floats with one NaN, where the bits of a NaN are `least` or more but for the sign."""
    sign = 1 << (8 * words.itemsize - 1)
    if least and (words.max() >= sign | least or words.view(f"<i{words.itemsize}").max() >= least):
        return np.where(words & (sign - 1) >= least, words.dtype.type(nan), words)
    return words


def word_data(words: NDArray[Any], least: int, nan: int) -> Stream:
    """Return floats that numpy knows as their bits alone."""
    return Stream(_DATA, (one_nan(block, least, nan).view(np.uint8) for (block,) in _blocks(words) if block.size))
