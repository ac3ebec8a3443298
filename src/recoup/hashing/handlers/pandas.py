"""pandas: frames, series, indexes, extension arrays, scalars; column by column.

What counts is what pandas' own `assert_frame_equal` compares: values, dtypes, labels, names, kind of index, `freq`, flags, and
also `attrs`. Blocks, unused levels of a MultiIndex and how strings are stored do not count.
"""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pandas.api.typing as names
from pandas.api.extensions import ExtensionArray, ExtensionDtype
from pandas.arrays import ArrowExtensionArray, ArrowStringArray, DatetimeArray, NumpyExtensionArray, PeriodArray, TimedeltaArray

from recoup.hashing import _arrow
from recoup.hashing._columns import plain_array
from recoup.hashing._forms import Attributes, Form, Unhashable, nameless, tag
from recoup.hashing._texts import ROWS, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.hashing._forms import Encoder

_FRAME, _SERIES, _INDEX, _MULTIINDEX = tag("pandas.frame"), tag("pandas.series"), tag("pandas.index"), tag("pandas.multiindex")
_RANGE, _NUMPY, _STRINGS, _ARROW = tag("pandas.range"), tag("pandas.numpy"), tag("pandas.strings"), tag("pandas.arrow")
_CATEGORICAL, _MASKED, _SPARSE, _INTERVALS = map(
    tag, ("pandas.categorical", "pandas.masked", "pandas.sparse", "pandas.intervals")
)
_TIMES, _PERIODS, _EXTENSION = tag("pandas.times"), tag("pandas.periods"), tag("pandas.extension")
_TIMESTAMP, _TIMEDELTA, _PERIOD, _INTERVAL = map(
    tag, ("pandas.timestamp", "pandas.timedelta", "pandas.period", "pandas.interval")
)
_DTYPE: Final = tag("pandas.dtype")
_NA, _NAT = tag("pandas.na"), tag("pandas.nat")


# --- frames, series, indexes ------------------------------------------------------------------


def _frame(frame: pd.DataFrame) -> Form:
    names = list(frame.columns)
    columns = (_values(column) for _, column in frame.items())
    members = (_extra(frame, pd.DataFrame), frame.attrs, frame.columns, frame.index, *columns)
    return Form(_FRAME, members, lambda i: ("", ".attrs", ".columns", ".index")[i] if i < 4 else f"column {names[i - 4]!r}")  # noqa: PLR2004 - after the four parts above


def _series(series: pd.Series[Any]) -> Form:
    members = (_extra(series, pd.Series), series.attrs, series.name, series.index, _values(series))
    return Form(_SERIES, members, (("", ".attrs", "", ".index", "")).__getitem__)


def _extra(value: Any, base: type) -> tuple[Any, ...] | None:
    """Return what a subclass adds (itself, and the attributes that it names in `_metadata`), and a flag that is set."""
    flags = () if value.flags.allows_duplicate_labels else (False,)
    if type(value) is base and not flags:
        return None
    own = {name: getattr(value, name, None) for name in value._metadata if name != "_name"}  # noqa: SLF001 - pandas documents the name for subclasses
    return type(value), Attributes(own), *flags


def _values(column: Any) -> Any:
    array = column.array
    return array.to_numpy() if type(array) is NumpyExtensionArray else array


def _index(index: pd.Index[Any]) -> Form:
    freq = getattr(index, "freqstr", None)
    return Form(_INDEX, (type(index).__name__, index.name, freq, _values(index)), nameless)


def _range(index: pd.RangeIndex) -> Form:
    return Form(_RANGE, (index.name, range(index.start, index.stop, index.step)), nameless)


def _multiindex(index: pd.MultiIndex) -> Form:
    levels = (_values(index.get_level_values(i)) for i in range(index.nlevels))
    return Form(_MULTIINDEX, (tuple(index.names), *levels), nameless)


def _labels(index: Any) -> Any:
    """Return an index that only serves to hold values, without what an index has besides."""
    if index.name is None and getattr(index, "freq", None) is None and not isinstance(index, pd.RangeIndex):
        return index
    bare: Any = pd.Index(index.to_numpy()) if isinstance(index, pd.RangeIndex) else index.rename(None)
    if getattr(bare, "freq", None) is not None:
        bare.freq = None
    return bare


# --- arrays ---------------------------------------------------------------------------------


def _extension(array: Any) -> Form:
    dtype = array.dtype
    if isinstance(dtype, pd.StringDtype):
        return _strings(array, dtype)
    if isinstance(array, ArrowExtensionArray):
        return Form(_ARROW, (array.__arrow_array__(),), nameless)
    if isinstance(array, DatetimeArray | TimedeltaArray):
        return Form(_TIMES, (dtype.kind, array.unit, _zone(getattr(dtype, "tz", None)), array.view("i8")), nameless)
    if isinstance(array, PeriodArray):
        return Form(_PERIODS, (str(dtype), array.view("i8")), nameless)
    if hasattr(array, "_mask") and hasattr(dtype, "numpy_dtype"):
        return Form(_MASKED, (str(dtype), plain_array(array._data, array._mask), array._mask), nameless)  # noqa: SLF001 - isna() may count NaN as missing
    return Form(_EXTENSION, (type(array), str(dtype), array.to_numpy(object)), nameless)


def _strings(array: Any, dtype: pd.StringDtype) -> Form:
    """Encode strings the same however they are stored, since what is installed decides that."""
    stored_by_arrow = isinstance(array, ArrowStringArray)
    content = _arrow.texts(array.__arrow_array__().chunks) if stored_by_arrow else texts(len(array), lambda: _listed(array))
    return Form(_STRINGS, (dtype.na_value, content), nameless)


def _listed(array: Any) -> Iterator[list[str | None]]:
    values, missing = array.to_numpy(object), array.isna()
    for start in range(0, len(values), ROWS):
        block, gone = values[start : start + ROWS], missing[start : start + ROWS]
        shown: Any = np.where(gone, np.array(None), block) if gone.any() else block
        yield shown.tolist()


def _categorical(array: pd.Categorical) -> Form:
    return Form(_CATEGORICAL, (array.ordered, _labels(array.categories), array.codes), nameless)


def _sparse(array: Any) -> Form:
    """Encode what differs from the fill value; what equals it may be stored or not."""
    fill, places, values = array.fill_value, array.sp_index.to_int_index().indices, array.sp_values
    stored = ~pd.isna(values) if pd.isna(fill) else values != fill
    if not stored.all():
        places, values = places[stored], values[stored]
    return Form(_SPARSE, (len(array), fill, places, values), nameless)


def _intervals(array: Any) -> Form:
    return Form(_INTERVALS, (array.closed, _labels(array.left), _labels(array.right)), nameless)


# --- scalars and dtypes -----------------------------------------------------------------------


def _timestamp(value: pd.Timestamp) -> Form:
    return Form(_TIMESTAMP, (value.unit, value.asm8.view("i8").item(), value.fold, _zone(value.tz)), nameless)


def _timedelta(value: pd.Timedelta) -> Form:
    return Form(_TIMEDELTA, (value.unit, value.asm8.view("i8").item()), nameless)


def _zone(zone: Any) -> Any:
    """Return the zone as pandas compares it: by its name, whichever library it comes from."""
    name = getattr(zone, "zone", None) or getattr(zone, "key", None)
    if zone is not None and name in {None, "UTC"} and zone.utcoffset(None) == dt.timedelta(0):
        return dt.UTC
    return zoneinfo.ZoneInfo(name) if isinstance(name, str) else zone


def _dtype(dtype: Any) -> Form:
    found = {name: getattr(dtype, name) for name in _TRAITS if hasattr(dtype, name)}
    if found.get("categories") is not None:
        found["categories"] = _labels(found["categories"])
    return Form(_DTYPE, (type(dtype), Attributes(found | {"tz": _zone(found.get("tz"))})), nameless)


_TRAITS: Final = (
    "categories closed fill_value freq na_value numpy_dtype ordered pyarrow_dtype storage subtype tz unit".split()  # noqa: SIM905 - words
)


# --- what is no value -------------------------------------------------------------------------


def _pending(_value: Any) -> Form:
    raise Unhashable("is an operation that is still to come, not its result", "pass the frame, and group or roll it in the task")


_PENDING: Final = re.compile("Expanding|Exponential|GroupBy|Groupby|Resampler|Rolling|Window")


HANDLERS: Final[dict[type, Encoder]] = {
    NumpyExtensionArray: lambda array: Form(_NUMPY, (array.to_numpy(),), nameless),
    pd.Interval: lambda value: Form(_INTERVAL, (value.left, value.right, value.closed), nameless),
    pd.Period: lambda value: Form(_PERIOD, (value.ordinal, value.freqstr), nameless),
    pd.Timedelta: _timedelta,
    pd.Timestamp: _timestamp,
    type(pd.NA): lambda _: _NA,
    type(pd.NaT): lambda _: _NAT,
}

FAMILIES: Final[dict[type, Encoder]] = {
    pd.DataFrame: _frame,
    pd.Series: _series,
    pd.RangeIndex: _range,
    pd.MultiIndex: _multiindex,
    pd.Index: _index,
    pd.Categorical: _categorical,
    pd.arrays.SparseArray: _sparse,
    pd.arrays.IntervalArray: _intervals,
    ExtensionArray: _extension,
    ExtensionDtype: _dtype,
}
FAMILIES.update({getattr(names, name): _pending for name in vars(names)["__all__"] if _PENDING.search(name)})
