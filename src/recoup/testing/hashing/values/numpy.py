"""Values of numpy."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CASES"]

GRID: Final = np.arange(30_000.0).reshape(100, 300)


class Labelled(np.ndarray[Any, Any]):
    """An array that carries a label."""


class Metres(np.float64):
    """A number of its own kind."""


def _labelled(label: str) -> Labelled:
    array = np.eye(2).view(Labelled)
    array.label = label  # type: ignore[attr-defined]  # as subclasses do
    return array


def _nans(*payloads: int) -> NDArray[Any]:
    return np.array([0x7FF8_0000_0000_0000 | payload for payload in payloads], "<u8").view("<f8")


def _padded(filling: int) -> NDArray[Any]:
    """Return records with these bytes between their fields."""
    dtype = np.dtype([("a", "u1"), ("b", "<f8")], align=True)
    array = np.frombuffer(bytearray([filling]) * 2 * dtype.itemsize, dtype)
    array["a"], array["b"] = [1, 2], [0.5, 1.5]
    return array


def _with_itself() -> NDArray[Any]:
    array = np.array([1, None], object)
    array[1] = array
    return array


def _used(generator: Any) -> Any:
    generator.random()
    return generator


def _matrix(rows: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.matrix(rows)


TEXTS: Final = np.array(["a", "bc", ""], object)
MASK: Final = [False, True, False]

CASES: Final[dict[str, tuple[Case, ...]]] = {
    "numpy.ndarray": (
        Differ("dtype of one width", lambda: (np.zeros(2, "f4"), np.zeros(2, "i4")), "dtype"),
        Differ("signed and not", lambda: (np.zeros(2, "i8"), np.zeros(2, "u8")), "dtype"),
        Differ("two widths of nothing", lambda: (np.zeros(0, "i4"), np.zeros(0, "i8")), "dtype"),
        Differ("flags and bytes", lambda: (np.zeros(2, "?"), np.zeros(2, "u1")), "dtype"),
        Differ("complex and pairs", lambda: (np.zeros(2, "c16"), np.zeros(4)), "dtype"),
        Differ("texts of two widths", lambda: (np.array(["a"], "U1"), np.array(["a"], "U2")), "dtype"),
        Differ("texts and bytes", lambda: (np.array(["a"]), np.array([b"a"])), "dtype"),
        Differ("numbers and objects", lambda: (np.array([1, 2]), np.array([1, 2], object)), "dtype"),
        Differ("shape", lambda: (np.zeros((2, 3)), np.zeros((3, 2))), "shape"),
        Differ("a row and a column", lambda: (np.zeros((1, 3)), np.zeros((3, 1))), "shape"),
        Differ("nothing in two shapes", lambda: (np.zeros((0, 3)), np.zeros((3, 0))), "shape"),
        Differ("no axis and one", lambda: (np.array(1.0), np.array([1.0])), "shape"),
        Differ("an array and its list", lambda: (np.array([1, 2]), [1, 2]), "type"),
        Differ("an array and its bytes", lambda: (np.arange(2), np.arange(2).tobytes()), "type"),
        Differ("an array and its scalar", lambda: (np.array(1.0), np.float64(1.0)), "type"),
        Differ("the order of elements", lambda: (np.arange(9_000), np.arange(9_000)[::-1]), "order"),
        Differ("a transposed array", lambda: (GRID, GRID.T), "shape"),
        Differ("the last of many elements", lambda: (np.zeros(100_000), np.append(np.zeros(99_999), 1.0)), "value"),
        Differ("an element in the middle", lambda: (GRID, np.where(GRID == 15_000, -1.0, GRID)), "value"),
        Differ("zero and negative zero", lambda: (np.array([0.0]), np.array([-0.0])), "sign"),
        Differ("NaN and infinity", lambda: (np.array([np.nan]), np.array([np.inf])), "value"),
        Agree("rows first and columns first", lambda: (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)))),
        Agree("a large array, columns first", lambda: (GRID, np.asfortranarray(GRID))),
        Agree("every second element", lambda: (np.arange(20_000)[::2], np.arange(0, 20_000, 2))),
        Agree("read from the end", lambda: (np.arange(5.0)[::-1], np.array([4.0, 3, 2, 1, 0]))),
        Agree("one row, repeated without memory", lambda: (np.broadcast_to(np.arange(3), (400, 3)), np.tile(np.arange(3), (400, 1)))),
        Agree("two orders of bytes", lambda: (np.arange(9, dtype="<i4"), np.arange(9, dtype=">i4"))),
        Agree("two orders of bytes of texts", lambda: (np.array(["ab"], "<U2"), np.array(["ab"], ">U2"))),
        Agree("payloads of NaN", lambda: (_nans(0, 0), _nans(1, 77))),
        Agree("truth of any bits", lambda: (np.array([0, 2, 255], "u1").view("?"), np.array([False, True, True]))),
        Agree("writable and not", lambda: (np.arange(3.0), np.frombuffer(np.arange(3.0).tobytes()))),
        Agree("extended precision with rubbish between", lambda: (np.array([1, 2], "g"), np.array([1, 9, 2, 9], "g")[::2])),
        Stable("a grid", lambda: GRID),
        Stable("texts", lambda: np.array(["a", "ü", ""])),
    ),
    "numpy.ndarray of moments": (
        Differ("units", lambda: (np.zeros(2, "M8[s]"), np.zeros(2, "M8[ms]")), "dtype"),
        Differ("moments and durations", lambda: (np.zeros(2, "M8[s]"), np.zeros(2, "m8[s]")), "dtype"),
        Differ("moments and numbers", lambda: (np.zeros(2, "M8[s]"), np.zeros(2, "i8")), "dtype"),
        Differ("a unit and a multiple", lambda: (np.zeros(2, "M8[D]"), np.zeros(2, "M8[7D]")), "dtype"),
        Differ("a unit and none", lambda: (np.zeros(2, "m8[s]"), np.zeros(2, "m8")), "dtype"),
        Differ("no time and the epoch", lambda: (np.array(["NaT"], "M8[s]"), np.array([0], "M8[s]")), "value"),
        Differ("one second later", lambda: (np.array(["2026-01-01T00:00:00"], "M8[s]"), np.array(["2026-01-01T00:00:01"], "M8[s]")), "value"),
        Agree("written and counted", lambda: (np.array(["1970-01-02"], "M8[D]"), np.array([1], "M8[D]"))),
        Agree("two orders of bytes", lambda: (np.array([1], "<M8[s]"), np.array([1], ">M8[s]"))),
        Stable("no time", lambda: np.array(["NaT", "2026-01-01"], "M8[ns]")),
    ),
    "numpy.ndarray of records": (
        Differ("names of fields", lambda: (np.zeros(2, [("a", "i4")]), np.zeros(2, [("b", "i4")])), "name"),
        Differ("order of fields", lambda: (np.zeros(2, [("a", "i4"), ("b", "i4")]), np.zeros(2, [("b", "i4"), ("a", "i4")])), "order"),
        Differ("dtype of a field", lambda: (np.zeros(2, [("a", "i4")]), np.zeros(2, [("a", "f4")])), "dtype"),
        Differ("shape of a field", lambda: (np.zeros(2, [("a", "i4", 4)]), np.zeros(2, [("a", "i4", (2, 2))])), "shape"),
        Differ("titles of fields", lambda: (np.zeros(2, [(("t", "a"), "i4")]), np.zeros(2, [("a", "i4")])), "name"),
        Differ("one field and its array", lambda: (np.zeros(2, [("a", "i4")]), np.zeros(2, "i4")), "type"),
        Differ("nested and flat", lambda: (np.zeros(2, [("a", [("b", "i4")])]), np.zeros(2, [("b", "i4")])), "dtype"),
        Differ("a value in a field", lambda: (np.array([(1, 2)], "i4,i4"), np.array([(1, 3)], "i4,i4")), "value"),
        Differ("no fields in two lengths", lambda: (np.zeros(2, []), np.zeros(3, [])), "length"),
        Agree("what lies between fields", lambda: (_padded(0), _padded(255))),
        Agree("aligned and packed", lambda: (np.zeros(2, np.dtype("u1,f8", align=True)), np.zeros(2, np.dtype("u1,f8")))),
        Agree("two orders of bytes", lambda: (np.ones(2, [("a", "<i4")]), np.ones(2, [("a", ">i4")]))),
        Agree("what lies between nested fields", lambda: (np.array([(_padded(0)[0],)], [("n", _padded(0).dtype)]), np.array([(_padded(9)[0],)], [("n", _padded(9).dtype)]))),
        Stable("objects in fields", lambda: np.array([(1, {"b", "a"})], [("n", "i4"), ("o", object)])),
    ),
    "numpy.ndarray of objects": (
        Differ("None and NaN", lambda: (np.array(["a", None], object), np.array(["a", np.nan], object)), "value"),
        Differ("None and its name", lambda: (np.array(["a", None], object), np.array(["a", "None"], object)), "type"),
        Differ("a number and its text", lambda: (np.array(["a", 1], object), np.array(["a", "1"], object)), "type"),
        Differ("1 and 1.0", lambda: (np.array([1, "a"], object), np.array([1.0, "a"], object)), "type"),
        Differ("texts cut elsewhere", lambda: (np.array(["ab", "c"], object), np.array(["a", "bc"], object)), "length"),
        Differ("where the other one is", lambda: (np.array([None, "a"], object), np.array(["a", None], object)), "order"),
        Differ("texts of fixed width", lambda: (np.array(["a", "b"], object), np.array(["a", "b"])), "dtype"),
        Differ("texts of numpy's own", lambda: (np.array(["a", "b"], object), np.array(["a", "b"], np.dtypes.StringDType())), "dtype"),
        Differ("a missing text of numpy's own", lambda: (np.array(["a"], np.dtypes.StringDType()), np.array(["a"], np.dtypes.StringDType(na_object=None))), "dtype"),
        Differ("texts and bytes", lambda: (np.array(["a"], object), np.array([b"a"], object)), "type"),
        Differ("a text of numpy", lambda: (np.array(["a"], object), np.array([np.str_("a"), None], object)[:1]), "type"),
        Differ("shape", lambda: (TEXTS.reshape(1, 3), TEXTS.reshape(3, 1)), "shape"),
        Agree("every second object", lambda: (np.array(["a", 0, "bc", 0, "", 0], object)[::2], TEXTS)),
        Agree("one text or many equal ones", lambda: (np.array(["ab"] * 3, object), np.array(["".join(["a", "b"]) for _ in range(3)], object))),
        Agree("an array within itself", lambda: (_with_itself(), _with_itself())),
        Stable("sets", lambda: np.array([{"a", "b", "c"}, None, "d"], object)),
    ),
    "numpy.ma.MaskedArray": (
        Differ("masked and not", lambda: (np.ma.array([1, 2, 3]), np.ma.array([1, 2, 3], mask=MASK)), "value"),
        Differ("a mask elsewhere", lambda: (np.ma.array([1, 2, 3], mask=MASK), np.ma.array([1, 2, 3], mask=[True, False, False])), "value"),
        Differ("masked and zero", lambda: (np.ma.array([1, 0], mask=[0, 1]), np.ma.array([1, 0])), "value"),
        Differ("what masked elements are filled with", lambda: (np.ma.array([1, 2], mask=[0, 1], fill_value=7), np.ma.array([1, 2], mask=[0, 1], fill_value=8)), "value"),
        Differ("a masked array and an array", lambda: (np.ma.array([1, 2]), np.array([1, 2])), "type"),
        Differ("dtype", lambda: (np.ma.array([1, 2], dtype="i4"), np.ma.array([1, 2], dtype="i8")), "dtype"),
        Differ("shape", lambda: (np.ma.array([[1, 2]]), np.ma.array([[1], [2]])), "shape"),
        Differ("the masked constant and zero", lambda: (np.ma.masked, np.ma.array(0.0)), "type"),
        Agree("what lies under a mask", lambda: (np.ma.array([1, 2, 3], mask=MASK), np.ma.array([1, 9, 3], mask=MASK))),
        Agree("what lies under the mask of a large array", lambda: (np.ma.array(GRID, mask=GRID > 9), np.ma.array(np.where(GRID > 9, 0, GRID), mask=GRID > 9))),
        Agree("no mask and a mask of nothing", lambda: (np.ma.array([1, 2]), np.ma.array([1, 2], mask=[0, 0]))),
        Agree("columns first", lambda: (np.ma.array(GRID, mask=GRID > 9), np.ma.array(np.asfortranarray(GRID), mask=GRID > 9))),
        Stable("masked", lambda: np.ma.array([1.5, 2], mask=[0, 1])),
    ),
    "numpy subclass": (
        Differ("a subclass and its base", lambda: (np.eye(2), np.eye(2).view(Labelled)), "type"),
        Differ("an attribute", lambda: (_labelled("a"), _labelled("b")), "name"),
        Differ("a matrix and an array", lambda: (_matrix([[1, 2]]), np.array([[1, 2]])), "type"),
        Differ("records by attribute and by name", lambda: (np.rec.array([(1,)], [("a", "i4")]), np.array([(1,)], [("a", "i4")])), "type"),
        Differ("content", lambda: (_matrix([[1, 2]]), _matrix([[2, 1]])), "value"),
        Differ("a polynomial and its coefficients", lambda: (np.poly1d([1, 2]), np.array([1, 2])), "type"),
        Differ("two polynomials", lambda: (np.poly1d([1, 2]), np.poly1d([2, 1])), "order"),
        Differ("a number of its own kind", lambda: (Metres(1), np.float64(1)), "type"),
        Agree("columns first", lambda: (_matrix([[1, 2], [3, 4]]), _matrix(np.asfortranarray([[1, 2], [3, 4]])))),
        Agree("made twice", lambda: (_labelled("a"), _labelled("a"))),
        Stable("records by attribute", lambda: np.rec.array([(1, "x")], [("a", "i4"), ("b", "U1")])),
    ),
    "numpy scalar": (
        Differ("two widths", lambda: (np.float32(1), np.float64(1)), "dtype"),
        Differ("numpy's and Python's", lambda: (np.float64(1), 1.0), "type"),
        Differ("numpy's text and Python's", lambda: (np.str_("a"), "a"), "type"),
        Differ("truth and one", lambda: (np.bool_(True), np.int8(1)), "dtype"),
        Differ("units", lambda: (np.timedelta64(1, "D"), np.timedelta64(24, "h")), "dtype"),
        Differ("no time in two units", lambda: (np.datetime64("NaT", "s"), np.datetime64("NaT", "ms")), "dtype"),
        Differ("signs of zero", lambda: (np.float64(0.0), np.float64(-0.0)), "sign"),
        Differ("bytes and texts", lambda: (np.bytes_(b"a"), np.str_("a")), "dtype"),
        Agree("taken out of an array", lambda: (np.float64(0.5), np.array([0.5])[0])),
        Agree("payloads of NaN", lambda: (_nans(0)[0], _nans(5)[0])),
        Agree("two names for 64 bits", lambda: (np.int64(5), np.longlong(5))),
        Stable("a moment", lambda: np.datetime64("2026-01-01", "ns")),
    ),
    "numpy.dtype": (
        Differ("two widths", lambda: (np.dtype("i4"), np.dtype("i8")), "dtype"),
        Differ("orders of bytes, which decide how bytes are read", lambda: (np.dtype("<i4"), np.dtype(">i4")), "order"),
        Differ("aligned and packed, which decide how bytes are read", lambda: (np.dtype("u1,f8", align=True), np.dtype("u1,f8")), "value"),
        Differ("names", lambda: (np.dtype([("a", "i4")]), np.dtype([("b", "i4")])), "name"),
        Differ("offsets", lambda: (np.dtype({"names": ["a"], "formats": ["i4"], "offsets": [4]}), np.dtype([("a", "i4")])), "value"),
        Differ("a dtype and its name", lambda: (np.dtype("i4"), "int32"), "type"),
        Differ("a dtype and its scalar type", lambda: (np.dtype("i4"), np.int32), "type"),
        Differ("shapes", lambda: (np.dtype(("i4", 4)), np.dtype(("i4", (2, 2)))), "shape"),
        Agree("by name and by letter", lambda: (np.dtype("float64"), np.dtype("d"))),
        Agree("two ways to say fields", lambda: (np.dtype("i4,f8"), np.dtype([("f0", "i4"), ("f1", "f8")]))),
        Stable("fields", lambda: np.dtype([("a", "i4"), ("b", "M8[s]", 2)])),
    ),
    "numpy generator": (
        Differ("seeds", lambda: (np.random.default_rng(1), np.random.default_rng(2)), "value"),
        Differ("used and not", lambda: (np.random.default_rng(1), _used(np.random.default_rng(1))), "value"),
        Differ("algorithms", lambda: (np.random.Generator(np.random.PCG64(1)), np.random.Generator(np.random.MT19937(1))), "type"),
        Differ("the old kind and the new", lambda: (np.random.RandomState(1), np.random.default_rng(1)), "type"),
        Differ("seeds of the old kind", lambda: (np.random.RandomState(1), np.random.RandomState(2)), "value"),
        Differ("the old kind, used", lambda: (np.random.RandomState(1), _used(np.random.RandomState(1))), "value"),
        Differ("sequences of seeds", lambda: (np.random.SeedSequence(1), np.random.SeedSequence(1).spawn(1)[0]), "value"),
        Agree("one seed", lambda: (np.random.default_rng(1), np.random.default_rng(1))),
        Agree("one seed of the old kind", lambda: (np.random.RandomState(1), np.random.RandomState(1))),
        Stable("a seed", lambda: np.random.default_rng(3)),
    ),
    "numpy function": (
        Differ("two functions", lambda: (np.mean, np.median), "name"),
        Differ("two ufuncs", lambda: (np.add, np.subtract), "name"),
        Differ("a function and a ufunc", lambda: (np.sum, np.add), "name"),
        Differ("a ufunc and its method", lambda: (np.add, np.add.reduce), "type"),
        Differ("a function and its name", lambda: (np.add, "add"), "type"),
        Differ("two methods", lambda: (np.add.reduce, np.add.accumulate), "name"),
        Differ("a function and one that wraps it", lambda: (abs, np.vectorize(abs)), "type"),
        Agree("found twice", lambda: (np.add, vars(np)["add"])),
        Stable("a ufunc", lambda: np.add),
    ),
    "numpy iterator": (
        Refuse("over elements", lambda: np.nditer(np.arange(3))),
        Refuse("over a flat array", lambda: np.arange(3).flat),
        Refuse("over places", lambda: np.ndenumerate(np.arange(3))),
        Refuse("over two arrays", lambda: np.broadcast(np.arange(3), 1)),
    ),
}  # fmt: skip
