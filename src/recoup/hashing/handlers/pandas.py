"""pandas: frames, series, indexes, extension arrays, scalars; column by column.

What counts is what pandas' own `assert_frame_equal` compares: values, dtypes, labels, names, kind of index, `freq`, and
also `attrs`. Blocks, unused levels of a MultiIndex and how strings are stored do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from pandas.api.extensions import ExtensionArray
from pandas.arrays import ArrowExtensionArray, ArrowStringArray, DatetimeArray, NumpyExtensionArray, PeriodArray, TimedeltaArray

from recoup.hashing._columns import arrow_texts, texts
from recoup.hashing._forms import Attributes, Form, nameless, tag

if TYPE_CHECKING:
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


def _extra(value: Any, base: type) -> tuple[type, Attributes] | None:
    """Return what a subclass adds: itself, and the attributes that it names in `_metadata`."""
    if type(value) is base:
        return None
    return type(value), Attributes({name: getattr(value, name, None) for name in value._metadata if name != "_name"})  # noqa: SLF001 - pandas documents the name for subclasses


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


# --- arrays ---------------------------------------------------------------------------------


def _extension(array: Any) -> Form:
    dtype = array.dtype
    if isinstance(dtype, pd.StringDtype):
        return _strings(array, dtype)
    if isinstance(array, ArrowExtensionArray):
        return Form(_ARROW, (array.__arrow_array__(),), nameless)
    if isinstance(array, DatetimeArray | TimedeltaArray):
        return Form(_TIMES, (dtype.kind, array.unit, getattr(dtype, "tz", None), array.view("i8")), nameless)
    if isinstance(array, PeriodArray):
        return Form(_PERIODS, (str(dtype), array.view("i8")), nameless)
    if hasattr(array, "_mask") and hasattr(dtype, "numpy_dtype"):
        return Form(_MASKED, (str(dtype), array.to_numpy(dtype.numpy_dtype, na_value=0), array._mask), nameless)  # noqa: SLF001 - isna() may count NaN as missing
    return Form(_EXTENSION, (type(array), str(dtype), array.to_numpy(object)), nameless)


def _strings(array: Any, dtype: pd.StringDtype) -> Form:
    """Encode strings the same however they are stored, since what is installed decides that."""
    if isinstance(array, ArrowStringArray):
        chunked = array.__arrow_array__()
        content = arrow_texts(chunked)
    else:
        missing = array.isna()
        content = texts([None if gone else value for value, gone in zip(array.to_numpy(object), missing, strict=True)])
    return Form(_STRINGS, (dtype.na_value, content), nameless)


def _categorical(array: pd.Categorical) -> Form:
    return Form(_CATEGORICAL, (array.ordered, array.categories, array.codes), nameless)


def _sparse(array: Any) -> Form:
    places = array.sp_index.to_int_index().indices
    return Form(_SPARSE, (len(array), array.fill_value, places, array.sp_values), nameless)


def _intervals(array: Any) -> Form:
    return Form(_INTERVALS, (array.closed, array.left, array.right), nameless)


# --- scalars --------------------------------------------------------------------------------


def _timestamp(value: pd.Timestamp) -> Form:
    return Form(_TIMESTAMP, (value.unit, value.asm8.view("i8").item(), value.fold, value.tz), nameless)


def _timedelta(value: pd.Timedelta) -> Form:
    return Form(_TIMEDELTA, (value.unit, value.asm8.view("i8").item()), nameless)


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
}
