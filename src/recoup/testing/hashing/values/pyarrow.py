"""Values of pyarrow."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import pyarrow as pa

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]


def _in_pieces(values: Any, kind: Any = None) -> tuple[Any, Any]:
    """Return a column whole, and in chunks that were cut out of a longer one."""
    whole = pa.array(values, kind)
    return pa.chunked_array([whole]), _cut(whole)


def _cut(whole: Any) -> Any:
    longer = pa.concat_arrays([whole, whole, whole])
    return pa.chunked_array([longer[len(whole) : len(whole) + 1], whole[1:1], whole[1:]], whole.type)


def _over_nulls(hidden: int) -> Any:
    """Return 1, null, 3 with this under the null."""
    return pa.Array.from_buffers(pa.int64(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(np.array([1, hidden, 3], "i8"))])


def _texts_over_nulls(offsets: list[int], data: bytes) -> Any:
    buffers = [pa.py_buffer(b"\x05"), pa.py_buffer(np.array(offsets, "i4")), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.string(), 3, buffers)


def _union(first: Any, second: Any) -> Any:
    codes = pa.array([0, 1, 0], pa.int8())
    return pa.UnionArray.from_dense(codes, pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2], first), pa.array([3], second)])


def _sparse_union(unused: int) -> Any:
    return pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, unused]), pa.array(["x", "y"])])


def _runs(ends: list[int], values: list[int | None]) -> Any:
    return pa.RunEndEncodedArray.from_arrays(pa.array(ends, pa.int32()), values)


def _dictionary(codes: list[int | None], values: list[str]) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), values)


def _noted(version: str) -> Any:
    noted = {"index_columns": [], "creator": {"library": "pyarrow", "version": version}, "pandas_version": version}
    return pa.table({"a": [1]}).replace_schema_metadata({"pandas": json.dumps(noted)})


MAP: Final = pa.map_(pa.string(), pa.int64())
NAMED_ITEMS: Final = pa.list_(pa.field("element", pa.int64()))

CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pyarrow.Table": (
        Differ("names of columns", lambda: (pa.table({"a": [1]}), pa.table({"b": [1]})), "name"),
        Differ("order of columns", lambda: (pa.table({"a": [1], "b": [2]}), pa.table({"b": [2], "a": [1]})), "order"),
        Differ("order of rows", lambda: (pa.table({"a": [1, 2]}), pa.table({"a": [2, 1]})), "order"),
        Differ("type of a column", lambda: (pa.table({"a": pa.array([1])}), pa.table({"a": pa.array([1], pa.int8())})), "dtype"),
        Differ("null and zero", lambda: (pa.table({"a": [1, None]}), pa.table({"a": [1, 0]})), "value"),
        Differ("columns of one name", lambda: (pa.table([[1], [2]], names=["a", "a"]), pa.table([[2], [1]], names=["a", "a"])), "order"),
        Differ("metadata", lambda: (pa.table({"a": [1]}), pa.table({"a": [1]}).replace_schema_metadata({"unit": "m"})), "value"),
        Differ("may be null and may not", lambda: (pa.table([[1]], schema=pa.schema([pa.field("a", pa.int64(), nullable=False)])), pa.table({"a": [1]})), "dtype"),
        Differ("a table and a batch", lambda: (pa.table({"a": [1]}), pa.record_batch({"a": [1]})), "type"),
        Differ("no columns in two lengths", lambda: (pa.table({"a": [1, 2]}).select([]), pa.table({"a": [1]}).select([])), "length"),
        Agree("a slice and a copy", lambda: (pa.table({"a": [0, 1, 2]}).slice(1), pa.table({"a": [1, 2]}))),
        Agree("chunks", lambda: (pa.table({"a": [1, 2, 3]}), pa.concat_tables([pa.table({"a": [1]}), pa.table({"a": [2, 3]})]))),
        Agree("the versions that pandas notes", lambda: (_noted("3.0.0"), _noted("3.1.0"))),
        Agree("order of metadata", lambda: (pa.table({"a": [1]}).replace_schema_metadata({"x": "1", "y": "2"}), pa.table({"a": [1]}).replace_schema_metadata({"y": "2", "x": "1"}))),
        Stable("mixed columns", lambda: pa.table({"i": [1, None], "s": ["a", None], "l": [[1], []], "r": [{"x": 1}, None]})),
    ),
    "pyarrow.Array": (
        Differ("an array and a chunked one", lambda: (pa.array([1]), pa.chunked_array([[1]])), "type"),
        Differ("an array and its list", lambda: (pa.array([1]), [1]), "type"),
        Differ("an array and a scalar", lambda: (pa.array([1]), pa.scalar(1)), "type"),
        Differ("where the null is", lambda: (pa.array([1, None]), pa.array([None, 1])), "order"),
        Differ("null and NaN", lambda: (pa.array([1.0, None]), pa.array([1.0, float("nan")])), "value"),
        Differ("nulls of two types", lambda: (pa.nulls(2), pa.nulls(2, pa.int64())), "dtype"),
        Differ("units of time", lambda: (pa.array([1], pa.timestamp("us")), pa.array([1], pa.timestamp("ns"))), "dtype"),
        Differ("zones", lambda: (pa.array([1], pa.timestamp("us", "UTC")), pa.array([1], pa.timestamp("us"))), "dtype"),
        Differ("decimals", lambda: (pa.array([1], pa.decimal128(9, 1)), pa.array([1], pa.decimal128(9, 2))), "dtype"),
        Differ("lengths of offsets", lambda: (pa.array(["a"]), pa.array(["a"], pa.large_string())), "dtype"),
        Differ("texts and bytes", lambda: (pa.array(["a"]), pa.array([b"a"])), "dtype"),
        Agree("numbers in pieces", lambda: _in_pieces([1.5, None, float("nan")])),
        Agree("flags in pieces", lambda: _in_pieces([True, None, False])),
        Agree("texts in pieces", lambda: _in_pieces(["a", None, "", "ü"])),
        Agree("texts by view in pieces", lambda: _in_pieces(["a", None, "a text that is longer than a view"], pa.string_view())),
        Agree("decimals in pieces", lambda: _in_pieces([1, None, 3], pa.decimal128(9, 2))),
        Agree("bytes of one width in pieces", lambda: _in_pieces([b"abc", None, b"xyz"], pa.binary(3))),
        Agree("what lies under a null", lambda: (_over_nulls(2), _over_nulls(99))),
        Agree("texts under a null", lambda: (_texts_over_nulls([0, 1, 1, 2], b"ac"), _texts_over_nulls([0, 1, 4, 5], b"axyzc"))),
        Stable("texts", lambda: pa.array(["a", None, "ü"])),
    ),
    "pyarrow nested array": (
        Differ("lists cut elsewhere", lambda: (pa.array([[1, 2], [3]]), pa.array([[1], [2, 3]])), "length"),
        Differ("null and empty", lambda: (pa.array([[1], None]), pa.array([[1], []])), "value"),
        Differ("empty and a list of null", lambda: (pa.array([[1], []]), pa.array([[1], [None]])), "value"),
        Differ("no record and one of nulls", lambda: (pa.array([{"x": 1}, None]), pa.array([{"x": 1}, {"x": None}])), "value"),
        Differ("names of fields", lambda: (pa.array([{"x": 1}]), pa.array([{"y": 1}])), "name"),
        Differ("order of fields", lambda: (pa.array([(1, 2)], pa.struct({"x": pa.int8(), "y": pa.int8()})), pa.array([(2, 1)], pa.struct({"y": pa.int8(), "x": pa.int8()}))), "order"),
        Differ("keys of maps", lambda: (pa.array([[("a", 1)]], MAP), pa.array([[("b", 1)]], MAP)), "value"),
        Differ("a nanosecond in a map", lambda: (pa.array([[("a", 1)]], pa.map_(pa.string(), pa.timestamp("ns"))), pa.array([[("a", 2)]], pa.map_(pa.string(), pa.timestamp("ns")))), "value"),
        Differ("which member of a union", lambda: (_union(pa.int64(), pa.int32()), _union(pa.int32(), pa.int64())), "dtype"),
        Differ("runs of two values", lambda: (_runs([2, 3], [7, 8]), _runs([1, 3], [7, 8])), "value"),
        Agree("lists in pieces", lambda: _in_pieces([[1], None, [], [2, 3]])),
        Agree("lists by view in pieces", lambda: _in_pieces([[1], None, [], [2, 3]], pa.list_view(pa.int64()))),
        Agree("lists of one length in pieces", lambda: _in_pieces([[1, 2], None, [3, 4]], pa.list_(pa.int8(), 2))),
        Agree("records in pieces", lambda: _in_pieces([{"x": 1, "y": "a"}, None, {"x": None, "y": "b"}])),
        Agree("maps in pieces", lambda: _in_pieces([[("a", 1)], None, [], [("b", 2)]], MAP)),
        Agree("what a union does not use", lambda: (_sparse_union(5), _sparse_union(6))),
        Agree("a run, cut in two", lambda: (_runs([2, 3], [7, None]), _runs([1, 2, 3], [7, 7, None]))),
        Agree("what Arrow calls the items of a list", lambda: (pa.array([[1]]), pa.array([[1]], NAMED_ITEMS))),
        Stable("records of lists", lambda: pa.array([{"x": [1, None]}, None])),
    ),
    "pyarrow.DictionaryArray": (
        Differ("a dictionary and its values", lambda: (_dictionary([0, 1], ["a", "b"]), pa.array(["a", "b"])), "dtype"),
        Differ("order of entries", lambda: (_dictionary([0, 1], ["a", "b"]), _dictionary([1, 0], ["b", "a"])), "order"),
        Differ("an entry without use", lambda: (_dictionary([0], ["a"]), _dictionary([0], ["a", "b"])), "length"),
        Differ("ordered and not", lambda: (pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.int8(), pa.string(), ordered=True)), "order"),
        Differ("width of codes", lambda: (_dictionary([0], ["a"]), pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), ["a"])), "dtype"),
        Differ("a code", lambda: (_dictionary([0, 1], ["a", "b"]), _dictionary([0, 0], ["a", "b"])), "value"),
        Differ("null", lambda: (_dictionary([0, None], ["a"]), _dictionary([0, 0], ["a"])), "value"),
        Agree("in pieces", lambda: (pa.chunked_array([_dictionary([0, 1, 0], ["a", "b"])]), _cut(_dictionary([0, 1, 0], ["a", "b"])))),
        Agree("pieces with dictionaries of their own", lambda: (pa.chunked_array([_dictionary([0, 1], ["a", "b"])]), pa.chunked_array([_dictionary([0], ["a"]), _dictionary([0], ["b"])]))),
        Stable("codes", lambda: _dictionary([1, None, 0], ["b", "a"])),
    ),
    "pyarrow type or schema": (
        Differ("widths", lambda: (pa.int8(), pa.int16()), "dtype"),
        Differ("a type and its name", lambda: (pa.int8(), "int8"), "type"),
        Differ("a name that looks like a type", lambda: (pa.struct({"a": pa.int64(), "b": pa.int8()}), pa.struct({"a: int64, b": pa.int8()})), "name"),
        Differ("names of fields", lambda: (pa.schema([("a", pa.int8())]), pa.schema([("b", pa.int8())])), "name"),
        Differ("order of fields", lambda: (pa.schema([("a", pa.int8()), ("b", pa.int8())]), pa.schema([("b", pa.int8()), ("a", pa.int8())])), "order"),
        Differ("may be null and may not", lambda: (pa.field("a", pa.int8()), pa.field("a", pa.int8(), nullable=False)), "value"),
        Differ("metadata of a field", lambda: (pa.field("a", pa.int8()), pa.field("a", pa.int8(), metadata={"unit": "m"})), "value"),
        Differ("lengths of lists", lambda: (pa.list_(pa.int8(), 2), pa.list_(pa.int8(), 3)), "shape"),
        Agree("two ways to say a schema", lambda: (pa.schema({"a": pa.int8()}), pa.schema([pa.field("a", pa.int8())]))),
        Agree("what Arrow calls the items of a list", lambda: (pa.list_(pa.int64()), NAMED_ITEMS)),
        Stable("a schema", lambda: pa.schema([("a", pa.list_(pa.int8()))], metadata={"b": "1", "a": "2"})),
    ),
    "pyarrow.Scalar": (
        Differ("a scalar and its value", lambda: (pa.scalar(1), 1), "type"),
        Differ("types", lambda: (pa.scalar(1, pa.int8()), pa.scalar(1, pa.int16())), "dtype"),
        Differ("null and zero", lambda: (pa.scalar(None, pa.int8()), pa.scalar(0, pa.int8())), "value"),
        Differ("nulls of two types", lambda: (pa.scalar(None, pa.int8()), pa.scalar(None, pa.int16())), "dtype"),
        Differ("a nanosecond", lambda: (pa.scalar(1, pa.timestamp("ns")), pa.scalar(2, pa.timestamp("ns"))), "value"),
        Differ("members of a union", lambda: (_union(pa.int64(), pa.int32())[0], _union(pa.int32(), pa.int64())[0]), "dtype"),
        Differ("texts and bytes", lambda: (pa.scalar("a"), pa.scalar(b"a")), "dtype"),
        Agree("taken out of an array", lambda: (pa.scalar("a"), pa.array(["b", "a"])[1])),
        Agree("taken out of two dictionaries", lambda: (_dictionary([0], ["a"])[0], _dictionary([1], ["b", "a"])[0])),
        Stable("a list", lambda: pa.scalar([1, None])),
    ),
    "pyarrow stream": (
        Refuse("a reader of batches", lambda: pa.table({"a": [1]}).to_reader()),
        Refuse("a compressor", lambda: pa.Codec("gzip")),
    ),
}  # fmt: skip
