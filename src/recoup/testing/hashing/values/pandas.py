"""Values of pandas."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any, Final

import numpy as np
import pandas as pd

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]

DAYS: Final = pd.date_range("2026-01-01", periods=3, unit="us")


class Weather(pd.DataFrame):
    """A frame that knows where it was measured."""

    _metadata: list[str] = ["station"]  # noqa: RUF012 - pandas' own way

    @property
    def _constructor(self) -> type[Weather]:
        return Weather


def _frame(**changes: Any) -> pd.DataFrame:
    columns = {"day": ["mon", None, "wed"], "delay": [1.5, np.nan, -0.5], "n": [1, 2, 3]}
    return pd.DataFrame({**columns, **changes})


def _weather(station: str) -> Weather:
    frame = Weather(_frame())
    object.__setattr__(frame, "station", station)
    return frame


def _with_attrs(**attrs: Any) -> pd.DataFrame:
    frame = _frame()
    frame.attrs.update(attrs)
    return frame


def _column_by_column(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same in a block for each column."""
    made = frame[[]].copy()
    for name in frame:
        made[name] = frame[name]
    return made


def _looked_at(frame: pd.DataFrame) -> pd.DataFrame:
    repr(frame)
    frame.describe()
    frame.index.get_loc(0)
    return frame


def _looked_up(index: pd.Index[Any]) -> pd.Index[Any]:
    index.get_loc("a")
    return index


def _masked(hidden: int) -> Any:
    array = pd.array([1, hidden, 3], dtype="Int64")
    array[1] = pd.NA
    return array


def _objects(*values: Any) -> pd.Series[Any]:
    return pd.Series(list(values), dtype=object)


def _texts(storage: str, *values: str | None) -> pd.Series[Any]:
    return pd.Series(list(values), dtype=pd.StringDtype(storage, na_value=np.nan))


SQUARE: Final = np.arange(6).reshape(2, 3)
PAIRS: Final = [("x", 1), ("x", 2), ("y", 1)]

CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pandas.DataFrame": (
        Differ("names of columns", lambda: (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})), "name"),
        Differ("a name and a number", lambda: (pd.DataFrame({"1": [1]}), pd.DataFrame({1: [1]})), "type"),
        Differ("order of columns", lambda: (pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2], "a": [1]})), "order"),
        Differ("columns of one name", lambda: (pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame([[2, 1]], columns=["a", "a"])), "order"),
        Differ("order of rows", lambda: (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [2, 1]})), "order"),
        Differ("a cell", lambda: (_frame(), _frame(n=[1, 2, 4])), "value"),
        Differ("missing and zero", lambda: (_frame(), _frame(delay=[1.5, 0.0, -0.5])), "value"),
        Differ("missing and empty", lambda: (_frame(), _frame(day=["mon", "", "wed"])), "value"),
        Differ("dtype of a column", lambda: (_frame(), _frame(n=[1.0, 2, 3])), "dtype"),
        Differ("the index", lambda: (_frame(), _frame().set_axis([1, 2, 3])), "value"),
        Differ("the name of the index", lambda: (_frame(), _frame().rename_axis("row")), "name"),
        Differ("the name of the columns", lambda: (_frame(), _frame().rename_axis("column", axis=1)), "name"),
        Differ("attributes", lambda: (_frame(), _with_attrs(source="a")), "value"),
        Differ("duplicates allowed and not", lambda: (_frame(), _frame().set_flags(allows_duplicate_labels=False)), "value"),
        Differ("no rows and no columns", lambda: (_frame()[:0], _frame()[[]]), "shape"),
        Differ("nothing in two lengths", lambda: (pd.DataFrame(index=[0, 1]), pd.DataFrame(index=[0, 1, 2])), "length"),
        Differ("a frame and its dict", lambda: (pd.DataFrame({"a": [1]}), {"a": [1]}), "type"),
        Differ("a frame and its records", lambda: (_frame(), _frame().to_records()), "type"),
        Differ("a subclass", lambda: (_frame(), _weather("north")), "type"),
        Differ("what a subclass carries", lambda: (_weather("north"), _weather("south")), "value"),
        Agree("a copy", lambda: (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}).copy())),
        Agree("one block and many", lambda: (pd.DataFrame({"a": [1, 2], "b": [3, 4]}), _column_by_column(pd.DataFrame({"a": [1, 2], "b": [3, 4]})))),
        Agree("rows first and columns first", lambda: (pd.DataFrame(SQUARE), pd.DataFrame(np.asfortranarray(SQUARE)))),
        Agree("a slice and a copy of it", lambda: (_frame()[1:], _frame()[1:].copy())),
        Agree("looked at and not", lambda: (_frame(), _looked_at(_frame()))),
        Agree("put together", lambda: (_frame(), pd.concat([_frame()[["day"]], _frame()[["delay", "n"]]], axis=1))),
        Stable("mixed columns", _frame),
        Stable("sets in cells", lambda: pd.DataFrame({"a": [{"x", "y", "z"}, None]})),
    ),
    "pandas.Series": (
        Differ("name", lambda: (pd.Series([1, 2]), pd.Series([1, 2], name="x")), "name"),
        Differ("index", lambda: (pd.Series([1, 2]), pd.Series([1, 2], index=[1, 0])), "value"),
        Differ("a series and its array", lambda: (pd.Series([1, 2]), np.array([1, 2])), "type"),
        Differ("a series and a frame", lambda: (pd.Series([1, 2], name="a"), pd.DataFrame({"a": [1, 2]})), "type"),
        Differ("a series and an index", lambda: (pd.Series([1, 2]), pd.Index([1, 2])), "type"),
        Differ("None and NaN", lambda: (_objects(None, "a"), _objects(np.nan, "a")), "value"),
        Differ("NaN and NA", lambda: (_objects(np.nan, "a"), _objects(pd.NA, "a")), "value"),
        Differ("NA and NaT", lambda: (_objects(pd.NA, "a"), _objects(pd.NaT, "a")), "value"),
        Differ("a number and its text", lambda: (_objects(1, "a"), _objects("1", "a")), "type"),
        Differ("1 and true", lambda: (_objects(1, "a"), _objects(True, "a")), "type"),
        Agree("every second", lambda: (pd.Series([1, 0, 2, 0])[::2].reset_index(drop=True), pd.Series([1, 2]))),
        Agree("texts in Python and in Arrow", lambda: (_texts("python", "a", None, "ü"), _texts("pyarrow", "a", None, "ü")), needs=("pyarrow",)),
        Agree("texts in pieces", lambda: (_texts("pyarrow", "a", "b"), pd.concat([_texts("pyarrow", "a"), _texts("pyarrow", "b")], ignore_index=True)), needs=("pyarrow",)),
        Stable("objects", lambda: _objects("a", None, 1, {"b", "c"})),
    ),
    "pandas dtype of a column": (
        Differ("texts and objects", lambda: (pd.Series(["a"], dtype="str"), _objects("a")), "dtype"),
        Differ("texts with NaN and with NA", lambda: (pd.Series(["a"], dtype="str"), pd.Series(["a"], dtype="string")), "dtype"),
        Differ("numbers and those that may miss", lambda: (pd.Series([1]), pd.Series([1], dtype="Int64")), "dtype"),
        Differ("widths of those that may miss", lambda: (pd.Series([1], dtype="Int32"), pd.Series([1], dtype="Int64")), "dtype"),
        Differ("flags and those that may miss", lambda: (pd.Series([True]), pd.Series([True], dtype="boolean")), "dtype"),
        Differ("dense and sparse", lambda: (pd.Series([0, 1]), pd.Series([0, 1], dtype="Sparse[int]")), "dtype"),
        Differ("Arrow's", lambda: (pd.Series([1]), pd.Series([1], dtype="int64[pyarrow]")), "dtype", needs=("pyarrow",)),
        Differ("units of time", lambda: (pd.Series([0], dtype="M8[ns]"), pd.Series([0], dtype="M8[us]")), "dtype"),
        Differ("zones", lambda: (pd.Series([0], dtype="datetime64[ns, UTC]"), pd.Series([0], dtype="datetime64[ns, Europe/Berlin]")), "dtype"),
        Differ("a zone and none", lambda: (pd.Series([0], dtype="datetime64[ns, UTC]"), pd.Series([0], dtype="M8[ns]")), "dtype"),
        Differ("what sparse values are filled with", lambda: (pd.arrays.SparseArray([0, 1], fill_value=0), pd.arrays.SparseArray([0, 1], fill_value=1)), "value"),
        Differ("missing and zero", lambda: (pd.array([1, pd.NA], dtype="Int64"), pd.array([1, 0], dtype="Int64")), "value"),
        Agree("what lies under a missing value", lambda: (_masked(2), _masked(99))),
        Agree("zeros that are stored, and not", lambda: (pd.arrays.SparseArray([0, 0, 1]), pd.arrays.SparseArray([0, 2, 1]) - pd.arrays.SparseArray([0, 2, 0]))),
        Agree("zones of two libraries", lambda: (pd.Series(DAYS.tz_localize("UTC")), pd.Series(DAYS.tz_localize(zoneinfo.ZoneInfo("UTC"))))),
        Stable("moments with a zone", lambda: pd.Series(DAYS.tz_localize("Europe/Berlin"))),
    ),
    "pandas.Categorical": (
        Differ("ordered and not", lambda: (pd.Categorical(["a", "b"]), pd.Categorical(["a", "b"], ordered=True)), "order"),
        Differ("order of categories", lambda: (pd.Categorical(["a"], ["a", "b"]), pd.Categorical(["a"], ["b", "a"])), "order"),
        Differ("a category without use", lambda: (pd.Categorical(["a"], ["a"]), pd.Categorical(["a"], ["a", "b"])), "length"),
        Differ("a missing value", lambda: (pd.Categorical(["a", None]), pd.Categorical(["a", "a"])), "value"),
        Differ("categories and their values", lambda: (pd.Series(["a", "b"], dtype="category"), pd.Series(["a", "b"])), "dtype"),
        Differ("dtype of categories", lambda: (pd.Categorical([1, 2]), pd.Categorical([1.0, 2.0])), "dtype"),
        Differ("the order of values", lambda: (pd.Categorical(["a", "b"]), pd.Categorical(["b", "a"])), "order"),
        Differ("a categorical and an index of it", lambda: (pd.Categorical(["a"]), pd.CategoricalIndex(["a"])), "type"),
        Agree("from codes", lambda: (pd.Categorical(["a", "b"]), pd.Categorical.from_codes([0, 1], ["a", "b"]))),
        Agree("categories as a range", lambda: (pd.Categorical([0, 1]), pd.Categorical.from_codes([0, 1], pd.RangeIndex(2)))),
        Agree("categories with a name", lambda: (pd.Categorical([0, 1]), pd.Categorical.from_codes([0, 1], pd.Index([0, 1], name="x")))),
        Stable("texts", lambda: pd.Categorical(["b", "a", None])),
    ),
    "pandas.Index": (
        Differ("a range and its numbers", lambda: (pd.RangeIndex(3), pd.Index([0, 1, 2])), "type"),
        Differ("name", lambda: (pd.Index([1, 2]), pd.Index([1, 2], name="n")), "name"),
        Differ("dtype", lambda: (pd.Index([1, 2]), pd.Index([1.0, 2.0])), "dtype"),
        Differ("an index and its list", lambda: (pd.Index([1, 2]), [1, 2]), "type"),
        Differ("moments with a rhythm and without", lambda: (DAYS, pd.DatetimeIndex(list(DAYS))), "value"),
        Differ("moments and spans", lambda: (DAYS, DAYS.to_period("D")), "type"),
        Differ("spans of two lengths", lambda: (DAYS.to_period("D"), DAYS.to_period("M")), "dtype"),
        Differ("a zone", lambda: (DAYS, DAYS.tz_localize("UTC")), "dtype"),
        Differ("moments and objects", lambda: (DAYS, pd.Index(list(DAYS), dtype=object)), "dtype"),
        Differ("ends of intervals", lambda: (pd.interval_range(0, 3), pd.interval_range(0, 3, closed="left")), "value"),
        Differ("durations and moments", lambda: (pd.to_timedelta([0, 1], unit="s"), pd.to_datetime([0, 1], unit="s")), "type"),
        Agree("ranges of equal numbers", lambda: (pd.RangeIndex(0, 5, 2), pd.RangeIndex(0, 6, 2))),
        Agree("a slice", lambda: (pd.Index([0, 1, 2])[1:], pd.Index([1, 2]))),
        Agree("looked up and not", lambda: (pd.Index(["a", "b"]), _looked_up(pd.Index(["a", "b"])))),
        Stable("moments", lambda: DAYS),
        Stable("intervals", lambda: pd.interval_range(0, 3)),
    ),
    "pandas.MultiIndex": (
        Differ("names", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.MultiIndex.from_tuples(PAIRS, names=["k", "n"])), "name"),
        Differ("order", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.MultiIndex.from_tuples(PAIRS[::-1])), "order"),
        Differ("a value", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.MultiIndex.from_tuples([*PAIRS[:2], ("y", 2)])), "value"),
        Differ("one level and an index", lambda: (pd.MultiIndex.from_arrays([[1, 2]]), pd.Index([1, 2])), "type"),
        Differ("levels and tuples", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.Index(PAIRS, tupleize_cols=False)), "type"),
        Differ("dtype of a level", lambda: (pd.MultiIndex.from_arrays([[1, 2]]), pd.MultiIndex.from_arrays([[1.0, 2.0]])), "dtype"),
        Differ("order of levels", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.MultiIndex.from_tuples(PAIRS).swaplevel()), "order"),
        Differ("a missing value", lambda: (pd.MultiIndex.from_tuples([("x", 1.0)]), pd.MultiIndex.from_tuples([("x", None)])), "value"),
        Agree("levels without use", lambda: (pd.MultiIndex.from_product([["x", "y"], [1, 2]])[:3], pd.MultiIndex.from_tuples(PAIRS))),
        Agree("levels in another order", lambda: (pd.MultiIndex.from_tuples(PAIRS), pd.MultiIndex(levels=[["y", "x"], [2, 1]], codes=[[1, 1, 0], [1, 0, 1]]))),
        Stable("two levels", lambda: pd.MultiIndex.from_tuples(PAIRS, names=["k", None])),
    ),
    "pandas scalar": (
        Differ("a zone", lambda: (pd.Timestamp("2026"), pd.Timestamp("2026", tz="UTC")), "value"),
        Differ("two zones of one moment", lambda: (pd.Timestamp("2026", tz="UTC"), pd.Timestamp("2026", tz="UTC").tz_convert("Europe/Berlin")), "value"),
        Differ("pandas' and Python's", lambda: (pd.Timestamp("2026"), dt.datetime(2026, 1, 1)), "type"),
        Differ("units", lambda: (pd.Timestamp("2026").as_unit("s"), pd.Timestamp("2026").as_unit("ns")), "dtype"),
        Differ("a nanosecond", lambda: (pd.Timestamp(1, unit="ns"), pd.Timestamp(2, unit="ns")), "value"),
        Differ("a duration and Python's", lambda: (pd.Timedelta("1D"), dt.timedelta(1)), "type"),
        Differ("spans", lambda: (pd.Period("2026", "Y"), pd.Period("2026-01", "M")), "dtype"),
        Differ("ends of an interval", lambda: (pd.Interval(0, 1), pd.Interval(0, 1, "both")), "value"),
        Differ("no time and missing", lambda: (pd.NaT, pd.NA), "type"),
        Differ("missing and None", lambda: (pd.NA, None), "type"),
        Differ("offsets", lambda: (pd.offsets.Day(2), pd.offsets.MonthEnd(2)), "type"),
        Differ("offsets by number", lambda: (pd.offsets.Day(2), pd.offsets.Day(3)), "value"),
        Agree("two ways to say a moment", lambda: (pd.Timestamp("2026-01-01"), pd.Timestamp("20260101"))),
        Agree("zones of two libraries", lambda: (pd.Timestamp("2026", tz="UTC"), pd.Timestamp("2026", tz=zoneinfo.ZoneInfo("UTC")))),
        Stable("an offset with holidays", lambda: pd.offsets.CustomBusinessDay(holidays=["2026-01-01"])),
    ),
    "pandas dtype": (
        Differ("categories", lambda: (pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["b"])), "value"),
        Differ("ordered and not", lambda: (pd.CategoricalDtype(["a"]), pd.CategoricalDtype(["a"], ordered=True)), "order"),
        Differ("widths", lambda: (pd.Int32Dtype(), pd.Int64Dtype()), "dtype"),
        Differ("units", lambda: (pd.DatetimeTZDtype("ns", "UTC"), pd.DatetimeTZDtype("us", "UTC")), "dtype"),
        Differ("zones", lambda: (pd.DatetimeTZDtype("ns", "UTC"), pd.DatetimeTZDtype("ns", "Europe/Berlin")), "value"),
        Differ("spans", lambda: (pd.PeriodDtype("D"), pd.PeriodDtype("M")), "value"),
        Differ("filling", lambda: (pd.SparseDtype("f8", 0.0), pd.SparseDtype("f8", 1.0)), "value"),
        Differ("a dtype and its name", lambda: (pd.Int64Dtype(), "Int64"), "type"),
        Agree("made twice", lambda: (pd.CategoricalDtype(["a", "b"]), pd.CategoricalDtype(pd.Index(["a", "b"])))),
        Stable("a zone", lambda: pd.DatetimeTZDtype("ns", "Europe/Berlin")),
    ),
    "pandas operation to come": (
        Refuse("groups", lambda: pd.DataFrame({"n": [1]}).groupby("n")),
        Refuse("a rolling window", lambda: _frame()[["n"]].rolling(2)),
        Refuse("an expanding window", lambda: _frame()[["n"]].expanding(2)),
        Refuse("a weighted window", lambda: _frame()[["n"]].ewm(1)),
        Refuse("another rhythm", lambda: pd.Series([1, 2, 3], index=DAYS).resample("2D")),
    ),
}  # fmt: skip
