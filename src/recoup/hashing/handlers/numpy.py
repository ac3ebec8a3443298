"""numpy: arrays, scalars, dtypes.

Strides, byte order, padding, what lies under a mask and the bits of a NaN do not count. A dtype that is a value of its own
counts as it is: it says how bytes are read.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._columns import is_foreign, plain_array, plain_dtype
from recoup.hashing._forms import Attributes, Form, Stream, nameless, tag
from recoup.hashing._texts import ROWS, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from recoup.hashing._forms import Encoder

_OBJECTS, _RECORDS, _SUBCLASS = tag("numpy.objects"), tag("numpy.records"), tag("numpy.subclass")
_MASKED, _MASKED_CONSTANT, _SCALAR = tag("numpy.masked"), tag("numpy.masked-constant"), tag("numpy.scalar")
_FIELDS, _SUBARRAY, _TITLED, _LAID_OUT = map(tag, ("numpy.fields", "numpy.subarray", "numpy.titled", "numpy.laid-out"))


# --- arrays ---------------------------------------------------------------------------------


def _array(array: NDArray[Any]) -> Form:
    dtype = array.dtype
    if dtype.names is not None:
        return _records(array)
    if dtype.hasobject or dtype.kind == "T":
        return _objects(array)
    return plain_array(array)


def _records(array: NDArray[Any]) -> Form:
    """Encode a structured array field by field: the padding between fields holds whatever was there before."""
    names = array.dtype.names or ()
    fields = (np.asarray(array[name]) for name in names)
    members = (_content_dtype(array.dtype), array.shape, *fields)
    return Form(_RECORDS, members, lambda i: f"[{names[i - 2]!r}]" if i > 1 else "")


def _objects(array: NDArray[Any]) -> Form:
    """Encode an array of objects: all strings as one buffer, what is no string by its place and its token."""
    flat = array.reshape(-1)
    others: dict[int, Any] = {}
    strings = texts(len(flat), lambda: _strings(flat, others))
    places = list(others)
    dtype: Any = array.dtype
    kind = dtype.kind if dtype == type(dtype)() else plain_dtype(dtype)
    found = strings if len(others) < len(flat) else None
    members = (kind, array.shape, found, np.array(places, dtype="<i8"), *others.values())
    return Form(_OBJECTS, members, _position(array.shape, places))


def _strings(flat: NDArray[Any], others: dict[int, Any]) -> Iterator[list[str | None]]:
    """List the strings, and None for what is none, which is put into `others` by its place."""
    for start in range(0, len(flat), ROWS):
        block = flat[start : start + ROWS].tolist()
        if set(map(type, block)) != {str}:
            others.update((start + place, value) for place, value in enumerate(block) if type(value) is not str)
            block = [value if type(value) is str else None for value in block]
        yield block


def _position(shape: tuple[int, ...], places: list[int]) -> Callable[[int], str]:
    def label(place: int) -> str:
        at = np.unravel_index(places[place - 4], shape) if place > 3 else ()  # noqa: PLR2004 - after the four parts above
        return f"[{', '.join(map(str, at))}]" if at else ""

    return label


def _subclass(array: NDArray[Any]) -> Form:
    """Encode a subclass with its attributes; of a memory map, the content: where it lies is layout."""
    attributes = {} if isinstance(array, np.memmap) else getattr(array, "__dict__", {})
    return Form(_SUBCLASS, (type(array), array.view(np.ndarray), Attributes(attributes)), nameless)


def _masked(array: Any) -> Form | bytes:
    if array is np.ma.masked:
        return _MASKED_CONSTANT
    data, mask = np.asarray(array.data), np.ma.getmaskarray(array)
    shown: Any
    if data.dtype.names is not None or data.dtype.hasobject or data.dtype.kind == "T":
        zero: Any = np.zeros((), data.dtype)
        shown = np.ma.array(data, mask=mask).filled(zero)
    else:
        shown = plain_array(data, mask)
    return Form(_MASKED, (type(array), shown, mask, array.fill_value), nameless)


# --- scalars --------------------------------------------------------------------------------


def _scalar(value: np.generic) -> Form | bytes:
    dtype = value.dtype
    if type(value) is not dtype.type:
        return Form(_SUBCLASS, (type(value), np.asarray(value)[()], Attributes(getattr(value, "__dict__", {}))), nameless)
    if dtype.kind in "biumMSU" or (dtype.kind == "f" and value == value and value.itemsize <= 8 and not is_foreign(dtype)):  # noqa: PLR0124, PLR2004 - no NaN, no padding
        little = dtype.newbyteorder("<")
        return _SCALAR + bytes(little.str, "ascii") + b":" + bytes(value.astype(little).tobytes())
    return Form(_SCALAR, (np.asarray(value),), nameless)


# --- dtypes ---------------------------------------------------------------------------------


def _content_dtype(dtype: np.dtype[Any]) -> Form | Stream:
    """Encode what counts of the dtype of an array: kind, width, unit, names, titles."""
    if dtype.names is not None:
        return _fields(dtype)
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return Form(_SUBARRAY, (_content_dtype(base), shape), nameless)
    return plain_dtype(dtype)


def _fields(dtype: np.dtype[Any]) -> Form:
    names: tuple[str, ...] = dtype.names or ()
    fields: Mapping[str, Any] = dtype.fields or {}
    form = Form(_FIELDS, (names, *(_content_dtype(fields[name][0]) for name in names)), nameless)
    titles = tuple(next(iter(fields[name][2:]), None) for name in names)
    return Form(_TITLED, (form, titles), nameless) if any(titles) else form


def _dtype(dtype: np.dtype[Any]) -> Form | Stream:
    """Encode a dtype that is a value: with byte order, offsets and padding, where it has any."""
    content, layout = _content_dtype(dtype), _layout(dtype)
    return Form(_LAID_OUT, (content, layout), nameless) if layout else content


def _layout(dtype: np.dtype[Any]) -> Any:
    """Return how elements lie in memory; nothing if they are packed and little-endian."""
    if dtype.subdtype is not None:
        return _layout(dtype.subdtype[0])
    if dtype.names is None:
        return None if dtype == dtype.newbyteorder("<") else "big"
    fields: Mapping[str, Any] = dtype.fields or {}
    placed = [fields[name][:2] for name in dtype.names]
    packed = accumulate((field.itemsize for field, _ in placed), initial=0)
    inner = [_layout(field) for field, _ in placed]
    if not any(inner) and [*(offset for _, offset in placed), dtype.itemsize] == list(packed):
        return None
    return dtype.itemsize, *((offset, layout) for (_, offset), layout in zip(placed, inner, strict=True))


HANDLERS: Final[dict[type, Encoder]] = {np.ndarray: _array}

FAMILIES: Final[dict[type, Encoder]] = {
    np.ma.MaskedArray: _masked,
    np.ndarray: _subclass,
    np.generic: _scalar,
    np.dtype: _dtype,
}
