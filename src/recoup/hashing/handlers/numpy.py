"""numpy: arrays, scalars, dtypes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.hashing._columns import array_data, texts
from recoup.hashing._forms import Attributes, Form, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from recoup.hashing._forms import Encoder

_ARRAY, _OBJECTS, _RECORDS, _SUBCLASS = tag("numpy.array"), tag("numpy.objects"), tag("numpy.records"), tag("numpy.subclass")
_MASKED, _SCALAR, _DTYPE, _FIELDS = tag("numpy.masked"), tag("numpy.scalar"), tag("numpy.dtype"), tag("numpy.fields")
_SUBARRAY: Final = tag("numpy.subarray")


def _array(array: NDArray[Any]) -> Form:
    dtype = array.dtype
    if dtype.names is not None:
        return _records(array)
    if dtype.hasobject or dtype.kind == "T":
        return _objects(array)
    return Form(_ARRAY, (dtype, array.shape, array_data([array])), nameless)


def _records(array: NDArray[Any]) -> Form:
    """Encode a structured array field by field: the padding between fields holds whatever was there before."""
    names = array.dtype.names or ()
    fields = (np.asarray(array[name]) for name in names)
    return Form(_RECORDS, (array.dtype, array.shape, *fields), lambda i: f"[{names[i - 2]!r}]" if i > 1 else "")


def _objects(array: NDArray[Any]) -> Form:
    """Encode an array of objects: all strings as one buffer, what is no string by its place and its token."""
    values = array.ravel().tolist()
    places = [place for place, value in enumerate(values) if type(value) is not str] if set(map(type, values)) != {str} else []
    others = [values[place] for place in places]
    if len(others) < len(values):
        for place in places:
            values[place] = None
        strings: Form | None = texts(values)
    else:
        strings = None
    members = (array.dtype.kind, array.shape, strings, np.array(places, dtype="<i8"), *others)
    return Form(_OBJECTS, members, _position(array.shape, places))


def _position(shape: tuple[int, ...], places: list[int]) -> Callable[[int], str]:
    def label(place: int) -> str:
        at = np.unravel_index(places[place - 4], shape) if place > 3 else ()  # noqa: PLR2004 - after the four parts above
        return f"[{', '.join(map(str, at))}]" if at else ""

    return label


def _subclass(array: NDArray[Any]) -> Form:
    """Encode a subclass with its attributes; of a memory map, the content: where it lies is layout."""
    attributes = {} if isinstance(array, np.memmap) else getattr(array, "__dict__", {})
    return Form(_SUBCLASS, (type(array), array.view(np.ndarray), Attributes(attributes)), nameless)


def _masked(array: Any) -> Form:
    mask = np.ma.getmaskarray(array)
    return Form(_MASKED, (type(array), array.filled(np.zeros((), array.dtype)), mask, array.fill_value), nameless)


def _scalar(value: np.generic) -> Form | bytes:
    if value.dtype.kind in "biumMSU" or (value.dtype.kind == "f" and value == value and value.itemsize <= 8):  # noqa: PLR0124, PLR2004 - no NaN, no padding
        little = value.dtype.newbyteorder("<")
        return _SCALAR + bytes(little.str, "ascii") + b":" + bytes(value.astype(little).tobytes())
    return Form(_SCALAR, (np.asarray(value),), nameless)


def _dtype(dtype: np.dtype[Any]) -> Form | bytes:
    if dtype.names is not None:
        fields: Mapping[str, Any] = dtype.fields or {}
        return Form(_FIELDS, (dtype.names, *(fields[name][0] for name in dtype.names)), nameless)
    if dtype.subdtype is not None:
        return Form(_SUBARRAY, dtype.subdtype, nameless)
    return _DTYPE + (dtype.newbyteorder("<").str if dtype.kind != "T" else "T").encode()


HANDLERS: Final[dict[type, Encoder]] = {np.ndarray: _array}

FAMILIES: Final[dict[type, Encoder]] = {
    np.ma.MaskedArray: _masked,
    np.ndarray: _subclass,
    np.generic: _scalar,
    np.dtype: _dtype,
}
