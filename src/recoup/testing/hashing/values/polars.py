"""Values of polars."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

import polars as pl

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]

LISTS: Final = [[1, 2], None, [], [None]]
PARTS: Final = [{"x": 1, "y": "a"}, None, {"x": None, "y": "b"}]
TEXTS: Final = ["a", None, "", "ü", "a text that is longer than a view"]


def _frame(**changes: Any) -> pl.DataFrame:
    return pl.DataFrame({"a": [1, 2, 3], "b": ["x", None, "z"], **changes})


def _in_pieces(series: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return a column whole, and in chunks that were cut out of a longer one."""
    longer = pl.concat([series, series, series], rechunk=False)
    return series, pl.concat([longer[len(series) : len(series) + 1], series[1:1], series[1:]], rechunk=False)


def _known_after(*others: str) -> pl.Series:
    """Return categories of which others became known before."""
    pl.Series(others, dtype=pl.Categorical)
    return pl.Series(["b", "a", None], dtype=pl.Categorical)


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "polars.DataFrame": (
        Differ("names of columns", lambda: (pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]})), "name"),
        Differ("order of columns", lambda: (pl.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"b": [2], "a": [1]})), "order"),
        Differ("order of rows", lambda: (_frame(), _frame()[::-1]), "order"),
        Differ("dtype of a column", lambda: (_frame(), _frame(a=[1.0, 2.0, 3.0])), "dtype"),
        Differ("a cell", lambda: (_frame(), _frame(a=[1, 2, 4])), "value"),
        Differ("null and empty", lambda: (_frame(), _frame(b=["x", "", "z"])), "value"),
        Differ("no rows and no columns", lambda: (_frame()[:0], pl.DataFrame()), "shape"),
        Differ("a frame and its dict", lambda: (_frame(), _frame().to_dict(as_series=False)), "type"),
        Differ("a frame and its plan", lambda: (_frame(), _frame().lazy()), "type"),
        Agree("chunks", lambda: (pl.DataFrame({"a": [1, 2]}), pl.concat([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})], rechunk=False))),
        Agree("a slice", lambda: (_frame()[1:], pl.DataFrame({"a": [2, 3], "b": [None, "z"]}))),
        Agree("known to be sorted", lambda: (_frame(), _frame().with_columns(pl.col("a").set_sorted()))),
        Stable("mixed columns", _frame),
    ),
    "polars.Series": (
        Differ("name", lambda: (pl.Series("a", [1]), pl.Series("b", [1])), "name"),
        Differ("a series and a frame", lambda: (pl.Series("a", [1]), pl.DataFrame({"a": [1]})), "type"),
        Differ("null and zero", lambda: (pl.Series([1, None]), pl.Series([1, 0])), "value"),
        Differ("null and NaN", lambda: (pl.Series([1.0, None]), pl.Series([1.0, float("nan")])), "value"),
        Differ("widths", lambda: (pl.Series([1], dtype=pl.Int32), pl.Series([1], dtype=pl.Int64)), "dtype"),
        Differ("widths of nothing", lambda: (pl.Series([], dtype=pl.Int32), pl.Series([], dtype=pl.Int64)), "dtype"),
        Differ("texts and bytes", lambda: (pl.Series(["a"]), pl.Series([b"a"])), "dtype"),
        Differ("texts cut elsewhere", lambda: (pl.Series(["ab", "c"]), pl.Series(["a", "bc"])), "length"),
        Differ("units of time", lambda: (pl.Series([0], dtype=pl.Datetime("ms")), pl.Series([0], dtype=pl.Datetime("us"))), "dtype"),
        Differ("zones", lambda: (pl.Series([0], dtype=pl.Datetime("us", "UTC")), pl.Series([0], dtype=pl.Datetime("us"))), "dtype"),
        Differ("digits of decimals", lambda: (pl.Series([Decimal(1)], dtype=pl.Decimal(9, 1)), pl.Series([Decimal(1)], dtype=pl.Decimal(9, 2))), "dtype"),
        Agree("numbers in pieces", lambda: _in_pieces(pl.Series([1.5, None, float("nan")]))),
        Agree("flags in pieces", lambda: _in_pieces(pl.Series([True, None, False]))),
        Agree("texts in pieces", lambda: _in_pieces(pl.Series(TEXTS))),
        Agree("bytes in pieces", lambda: _in_pieces(pl.Series([b"a", None, b"\xff"]))),
        Agree("moments in pieces", lambda: _in_pieces(pl.Series([dt.date(2026, 1, 1), None, dt.date(2026, 1, 2)]))),
        Agree("decimals in pieces", lambda: _in_pieces(pl.Series([Decimal("1.5"), None, Decimal(-2)]))),
        Agree("wide numbers in pieces", lambda: _in_pieces(pl.Series([2**100, None, -1], dtype=pl.Int128))),
        Agree("nothing in pieces", lambda: _in_pieces(pl.Series([None, None, None]))),
        Stable("texts", lambda: pl.Series(TEXTS)),
        Stable("objects", lambda: pl.Series([{"a", "b"}, None], dtype=pl.Object)),
    ),
    "polars nested column": (
        Differ("lists cut elsewhere", lambda: (pl.Series([[1, 2], [3]]), pl.Series([[1], [2, 3]])), "length"),
        Differ("null and empty", lambda: (pl.Series([[1], None]), pl.Series([[1], []])), "value"),
        Differ("empty and a list of null", lambda: (pl.Series([[1], []]), pl.Series([[1], [None]])), "value"),
        Differ("lists and arrays", lambda: (pl.Series([[1, 2]]), pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2))), "dtype"),
        Differ("arrays of two shapes", lambda: (pl.Series([[1, 2, 3, 4]], dtype=pl.Array(pl.Int64, 4)), pl.Series([[[1, 2], [3, 4]]], dtype=pl.Array(pl.Int64, (2, 2)))), "shape"),
        Differ("names of fields", lambda: (pl.Series([{"x": 1}]), pl.Series([{"y": 1}])), "name"),
        Differ("order of fields", lambda: (pl.Series([{"x": 1, "y": 2}]), pl.Series([{"y": 2, "x": 1}])), "order"),
        Differ("no record and one of nulls", lambda: (pl.Series([{"x": 1}, None]), pl.Series([{"x": 1}, {"x": None}])), "value"),
        Differ("what lists hold", lambda: (pl.Series([[1]], dtype=pl.List(pl.Int32)), pl.Series([[1]], dtype=pl.List(pl.Int64))), "dtype"),
        Agree("lists in pieces", lambda: _in_pieces(pl.Series(LISTS))),
        Agree("lists of lists in pieces", lambda: _in_pieces(pl.Series([[["a"], []], None, [None]]))),
        Agree("arrays in pieces", lambda: _in_pieces(pl.Series([[1, 2], None, [3, 4]], dtype=pl.Array(pl.Int64, 2)))),
        Agree("records in pieces", lambda: _in_pieces(pl.Series(PARTS))),
        Stable("lists of records", lambda: pl.Series([PARTS, None, []])),
    ),
    "polars.Categorical": (
        Differ("categories and texts", lambda: (pl.Series(["a"], dtype=pl.Categorical), pl.Series(["a"])), "dtype"),
        Differ("fixed categories and others", lambda: (pl.Series(["a"], dtype=pl.Enum(["a"])), pl.Series(["a"], dtype=pl.Categorical)), "dtype"),
        Differ("order of fixed categories", lambda: (pl.Series(["a"], dtype=pl.Enum(["a", "b"])), pl.Series(["a"], dtype=pl.Enum(["b", "a"]))), "order"),
        Differ("a fixed category without use", lambda: (pl.Series(["a"], dtype=pl.Enum(["a"])), pl.Series(["a"], dtype=pl.Enum(["a", "b"]))), "length"),
        Differ("a value", lambda: (pl.Series(["a", "b"], dtype=pl.Categorical), pl.Series(["b", "a"], dtype=pl.Categorical)), "value"),
        Differ("null", lambda: (pl.Series(["a", None], dtype=pl.Categorical), pl.Series(["a", "a"], dtype=pl.Categorical)), "value"),
        Differ("a fixed value", lambda: (pl.Series(["a"], dtype=pl.Enum(["a", "b"])), pl.Series(["b"], dtype=pl.Enum(["a", "b"]))), "value"),
        Agree("others that became known before", lambda: (_known_after("x", "a"), _known_after("z", "y", "b"))),
        Agree("in pieces", lambda: _in_pieces(pl.Series(["b", "a", None], dtype=pl.Categorical))),
        Agree("fixed ones in pieces", lambda: _in_pieces(pl.Series(["b", "a", None], dtype=pl.Enum(["a", "b"])))),
        Stable("categories", lambda: _known_after("y", "x")),
    ),
    "polars plan": (
        Differ("a step", lambda: (_frame().lazy(), _frame().lazy().head(1)), "value"),
        Differ("a number in a step", lambda: (_frame().lazy().head(1), _frame().lazy().head(2)), "value"),
        Differ("order of steps", lambda: (_frame().lazy().head(1).tail(1), _frame().lazy().tail(1).head(1)), "order"),
        Differ("the frame", lambda: (_frame().lazy(), _frame(a=[1, 2, 4]).lazy()), "value"),
        Differ("operators", lambda: (pl.col("a") + 1, pl.col("a") - 1), "name"),
        Differ("columns", lambda: (pl.col("a"), pl.col("b")), "name"),
        Differ("a column and its name", lambda: (pl.col("a"), "a"), "type"),
        Differ("types of a literal", lambda: (pl.lit(1), pl.lit(1.0)), "type"),
        Agree("one expression, written twice", lambda: (pl.col("a") + 1, pl.col("a") + 1)),
        Agree("one plan, written twice", lambda: (_frame().lazy().filter(pl.col("a") > 1), _frame().lazy().filter(pl.col("a") > 1))),
        Refuse("a Python function in an expression", lambda: pl.col("a").map_elements(len, return_dtype=pl.Int64)),
        Refuse("a Python function in a plan", lambda: _frame().lazy().map_batches(len)),
        Stable("an expression", lambda: pl.when(pl.col("a") > 1).then(pl.lit("x")).otherwise(pl.col("b"))),
    ),
}  # fmt: skip
