"""pandas, pyarrow, polars: tables by content, column by column."""

import itertools

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from recoup.hashing import Hasher, digest

pl = pytest.importorskip("polars")


def frame(**changes):
    columns = {"day": ["mon", None, "wed"], "delay": [1.5, np.nan, -0.5], "n": [1, 2, 3]}
    return pd.DataFrame({**columns, **changes})


def _consolidated():
    left = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    right = pd.DataFrame({"a": [1, 2]})
    right["b"] = [3, 4]
    return [left, right, left.copy(), pd.concat([left[["a"]], left[["b"]]], axis=1), left[["b", "a"]][["a", "b"]]]


def _indexed_twice():
    whole = pd.MultiIndex.from_product([["x", "y"], [1, 2]], names=["k", "n"])
    return [whole[:2], pd.MultiIndex.from_tuples([("x", 1), ("x", 2)], names=["k", "n"])]


def _masked():
    array = pd.array([1, 2, 3], dtype="Int64")
    array[1] = pd.NA
    return [array, pd.array([1, None, 3], dtype="Int64")]


def _sliced(values, kind=None):
    """Return one Arrow column whole, in chunks, and cut out of a longer one."""
    whole = pa.array(values, kind)
    longer = pa.concat_arrays([whole, whole, whole])
    return [
        pa.chunked_array([whole]),
        pa.chunked_array([whole[:1], whole[1:1], whole[1:]]),
        pa.chunked_array([longer[len(whole) : 2 * len(whole)]]),
    ]


def _under_nulls():
    validity = pa.py_buffer(b"\x05")
    return [pa.Array.from_buffers(pa.int64(), 3, [validity, pa.py_buffer(np.array([1, x, 3]))]) for x in (2, 99)]


def _texts_under_nulls():
    validity = pa.py_buffer(b"\x05")
    offsets = [np.array(o, "i4") for o in ([0, 1, 1, 2], [0, 1, 4, 5])]
    data = [b"ac", b"axyzc"]
    return [
        pa.Array.from_buffers(pa.string(), 3, [validity, pa.py_buffer(o), pa.py_buffer(d)])
        for o, d in zip(offsets, data, strict=True)
    ]


EQUAL = {
    "blocks": _consolidated(),
    "a slice and a copy": [frame()[1:].copy(), frame()[1:]],
    "levels of an index": _indexed_twice(),
    "what lies under a mask": _masked(),
    "how strings are stored": [
        pd.Series(["a", None, "ä"], dtype=pd.StringDtype(storage, na_value=np.nan)) for storage in ("python", "pyarrow")
    ],
    "chunks of strings": [
        pd.Series(pd.array(["a", "b", None], dtype="str")),
        pd.concat([pd.Series(["a"], dtype="str"), pd.Series(["b", None], dtype="str")], ignore_index=True),
    ],
    "numbers": _sliced([1.5, None, float("nan")]),
    "flags": _sliced([True, None, False]),
    "texts": _sliced(["a", None, "", "äö"]),
    "binaries": _sliced([b"a", None, b"ccc"]),
    "large texts": _sliced(["a", None, "ccc"], pa.large_string()),
    "texts by view": _sliced(["a", None, "a text that is longer than a view"], pa.string_view()),
    "lists": _sliced([[1], None, [], [2, 3]]),
    "lists of lists": _sliced([[["a"], []], None, [[None]]]),
    "fixed lists": _sliced([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2)),
    "structs": _sliced([{"x": 1, "y": "a"}, None, {"x": None, "y": "b"}]),
    "maps": _sliced([[("a", 1)], None, []], pa.map_(pa.string(), pa.int64())),
    "decimals": _sliced([1, None, 3], pa.decimal128(9, 2)),
    "moments": _sliced([1, None, 3], pa.timestamp("us", tz="UTC")),
    "nulls": _sliced([None, None]),
    "under nulls": _under_nulls(),
    "texts under nulls": _texts_under_nulls(),
    "codes": _sliced(["a", None, "b"], pa.dictionary(pa.int32(), pa.string())),
    "tables": [pa.table({"a": [1, 2, 3]}), pa.concat_tables([pa.table({"a": [1]}), pa.table({"a": [2, 3]})])],
    "polars": [
        pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        pl.concat([pl.DataFrame({"a": [i], "b": [s]}) for i, s in ((1, "x"), (2, "y"))]),
    ],
}


@pytest.mark.parametrize("layout", EQUAL)
def test_layout_does_not_matter(layout):
    assert len({digest(table) for table in EQUAL[layout]}) == 1


def _named(index, name):
    return index.rename(name)


def _with_attrs():
    table = frame()
    table.attrs["source"] = "x"
    return table


class Weather(pd.DataFrame):
    _metadata = ["station"]  # noqa: RUF012 - pandas' own way

    @property
    def _constructor(self):
        return Weather


def _weather(station):
    table = Weather(frame())
    table.station = station
    return table


DAYS = pd.date_range("2020", periods=3)

DIFFERENT = {
    "content": [
        frame(),
        frame(delay=[1.5, 0.0, -0.5]),
        frame(delay=[np.nan, 1.5, -0.5]),
        frame(day=["mon", "tue", "wed"]),
        frame(day=["", None, "wed"]),
        frame(n=[1, 2, 4]),
        frame(n=[1.0, 2.0, 3.0]),
        frame(extra=1),
    ],
    "labels": [
        frame(),
        frame()[["n", "delay", "day"]],
        frame().rename(columns={"n": "m"}),
        frame().set_index("n"),
        frame().set_axis([1, 2, 3]),
        frame().set_axis([0, 1, 2]),
        frame().rename_axis("row"),
        frame().rename_axis("column", axis=1),
        _with_attrs(),
        frame().to_dict("list"),
        frame().to_records(),
        pa.table(frame()),
        pl.DataFrame(frame()),
    ],
    "rows": [frame(), frame()[::-1], frame()[:2], frame()[:0], frame()[[]], pd.DataFrame(), pd.DataFrame(index=[0, 1, 2])],
    "subclasses": [frame(), _weather("north"), _weather("south")],
    "dtypes": [
        pd.Series(values, dtype=dtype)
        for values, dtype in [
            ([0, 1], "int64"),
            ([0, 1], "int32"),
            ([0, 1], "float64"),
            ([0, 1], "Int64"),
            ([0, 1], "Float64"),
            ([0, 1], "int64[pyarrow]"),
            ([0, 1], object),
            ([0, 1], "bool"),
            ([0, 1], "boolean"),
            ([0, 1], "category"),
            ([0, 1], "datetime64[ns]"),
            ([0, 1], "datetime64[us]"),
            ([0, 1], "datetime64[ns, UTC]"),
            ([0, 1], "datetime64[ns, Europe/Berlin]"),
            ([0, 1], "timedelta64[ns]"),
            ([0, 1], "Sparse[int]"),
            (["0", "1"], object),
            (["0", "1"], "str"),
            (["0", "1"], "string"),
            (["0", "1"], "string[pyarrow]"),
            (["0", "1"], "category"),
            (["0", "1"], pd.ArrowDtype(pa.string())),
        ]
        if dtype != "string[pyarrow]"
    ],
    "missing": [pd.Series([value, "a"], dtype=object) for value in (None, np.nan, pd.NA, pd.NaT, "", "nan", 0, "a")],
    "mixed": [
        pd.Series(values, dtype=object)
        for values in ([1, "a"], ["a", 1], ["1", "a"], [1.0, "a"], [True, "a"], [(1,), "a"], [[1], "a"])
    ],
    "codes": [
        pd.Categorical(["a", "b"]),
        pd.Categorical(["a", "b"], ordered=True),
        pd.Categorical(["a", "b"], categories=["b", "a"]),
        pd.Categorical(["a", "b"], categories=["a", "b", "c"]),
        pd.Categorical(["a", None]),
        pd.array(["a", "b"], dtype="str"),
    ],
    "indexes": [
        DAYS,
        _named(DAYS, "day"),
        pd.DatetimeIndex(list(DAYS)),
        DAYS.tz_localize("UTC"),
        DAYS.to_period("D"),
        DAYS.to_period("M"),
        pd.Index(DAYS, dtype=object),
        pd.Series(DAYS),
        pd.RangeIndex(3),
        pd.RangeIndex(1, 4),
        pd.Index([0, 1, 2]),
        pd.Index([0, 1, 2], name="n"),
        pd.MultiIndex.from_arrays([[0, 1, 2]]),
        pd.MultiIndex.from_arrays([[0, 1, 2]], names=["n"]),
        pd.interval_range(0, 3),
        pd.interval_range(0, 3, closed="left"),
    ],
    "series": [
        pd.Series([1, 2]),
        pd.Series([1, 2], name="x"),
        pd.Series([1, 2], index=[1, 2]),
        pd.Index([1, 2]),
        np.array([1, 2]),
        [1, 2],
    ],
    "scalars": [
        pd.Timestamp("2020"),
        pd.Timestamp("2020", tz="UTC"),
        pd.Timestamp("2020", tz="Europe/Berlin"),
        pd.Timestamp("2020").to_pydatetime(),
        pd.Timestamp("2020").to_datetime64(),
        pd.Timedelta("1D"),
        pd.Period("2020"),
        pd.Period("2020", "D"),
        pd.Interval(0, 1),
        pd.Interval(0, 1, "both"),
        pd.NaT,
        pd.NA,
        None,
        pd.offsets.Day(2),
        pd.offsets.MonthEnd(2),
    ],
    "Arrow columns": [
        pa.chunked_array([pa.array(values, kind)])
        for values, kind in [
            ([1, None], pa.int64()),
            ([None, 1], pa.int64()),
            ([1, 0], pa.int64()),
            ([1, None], pa.int32()),
            ([1, None], pa.float64()),
            ([1.0, float("nan")], pa.float64()),
            ([1, None], pa.timestamp("us")),
            ([1, None], pa.timestamp("ns")),
            ([1, None], pa.timestamp("us", "UTC")),
            (["1", None], pa.string()),
            (["1", ""], pa.string()),
            (["1", None], pa.large_string()),
            ([b"1", None], pa.binary()),
            ([[1], None], pa.list_(pa.int64())),
            ([[1], []], pa.list_(pa.int64())),
            ([[1], [None]], pa.list_(pa.int64())),
            ([{"a": 1}, None], pa.struct({"a": pa.int64()})),
            ([{"a": 1}, {"a": None}], pa.struct({"a": pa.int64()})),
            ([{"b": 1}, None], pa.struct({"b": pa.int64()})),
            (["1", None], pa.dictionary(pa.int32(), pa.string())),
            ([None, None], pa.null()),
            ([None, None], pa.int64()),
        ]
    ],
    "kinds of Arrow": [
        pa.array([1]),
        pa.chunked_array([[1]]),
        pa.scalar(1),
        pa.table({"a": [1]}),
        pa.table({"b": [1]}),
        pa.record_batch({"a": [1]}),
        pa.table({"a": [1]}).replace_schema_metadata({"k": "v"}),
        pa.schema([("a", pa.int64())]),
        pa.schema([pa.field("a", pa.int64(), nullable=False)]),
        pa.field("a", pa.int64()),
        pa.int64(),
        pa.struct({"a": pa.int64(), "b": pa.int8()}),
        pa.struct({"a: int64, b": pa.int8()}),
    ],
    "polars": [
        pl.DataFrame({"a": [1]}),
        pl.DataFrame({"b": [1]}),
        pl.Series("a", [1]),
        pl.DataFrame({"a": [1.0]}),
        pl.DataFrame(),
        pl.Series([1]),
    ],
}


@pytest.mark.parametrize("aspect", DIFFERENT)
def test_what_a_table_is_does_matter(aspect):
    for one, other in itertools.combinations(DIFFERENT[aspect], 2):
        assert digest(one) != digest(other), (one, other)


def test_a_table_that_was_stored_and_read_is_the_same(tmp_path):
    table = frame(t=DAYS, c=pd.Categorical(["a", "b", "a"]))
    table.to_parquet(tmp_path / "table.parquet")
    table.to_pickle(tmp_path / "table.pickle")
    assert digest(pd.read_parquet(tmp_path / "table.parquet")) == digest(table)
    assert digest(pd.read_pickle(tmp_path / "table.pickle")) == digest(table)


def test_looking_at_a_table_does_not_change_its_digest():
    table = frame()
    before = digest(table)
    repr(table), table.describe(), table["delay"].mean(), table.index.is_unique
    assert digest(table) == before


def test_two_columns_of_one_name_are_two_columns():
    one = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert digest(one) != digest(pd.DataFrame([[2, 1]], columns=["a", "a"]))


def test_columns_are_the_leaves_of_a_table():
    one, other = (Hasher().leaves(frame(n=n)) for n in ([1, 2, 3], [1, 2, 4]))
    assert [name for name in one if one[name].digest != other[name].digest] == ["column 'n'"]
    assert one["column 'delay'"].text == "float64 array (3,)"
    assert list(Hasher().leaves(pa.table({"a": [1], "b": [2]}))) == ["column 'a'", "column 'b'"]
