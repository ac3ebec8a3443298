"""`array`: arrays of numbers, the same in every byte order and word size."""

from __future__ import annotations

import sys
from array import array
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._attributes import attributes_of
from recoup.hashing._forms import Form, Stream, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_ARRAY, _NUMBERS = tag("array"), tag("array.numbers")
_WIDE: Final = {"l": "q", "L": "Q", "i": "i", "I": "I", "h": "h", "H": "H"}
"""Types of C whose size depends on the machine, and what they are encoded as."""


def _array(value: array[Any]) -> Form:
    numbers = Stream(_NUMBERS, (memoryview(_portable(value)).cast("B"),))
    return Form(_ARRAY, (type(value), value.typecode, numbers, attributes_of(value)), nameless)


def _portable(value: array[Any]) -> array[Any]:
    """Return the same numbers little-endian, in words of known size, every NaN with the same bits."""
    if value.typecode in "uw":
        return array("B", "".join(value).encode("utf-32-le", "surrogatepass"))
    found = array(_WIDE[value.typecode], value) if value.typecode in "lL" and value.itemsize < 8 else value  # noqa: PLR2004 - as on most machines
    if value.typecode in "fd" and (total := sum(found)) != total:  # only NaN differs from itself
        found = array(value.typecode, [number if number == number else float("nan") for number in found])  # noqa: PLR0124 - so does each of its kind
    if sys.byteorder == "big":
        found = array(found.typecode, found)
        found.byteswap()
    return found


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {array: _array}
