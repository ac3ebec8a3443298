"""The scheme is a format: digests of other libraries' values stay what they are.

As in `test_digests.py`; `python tests/golden/test_library_digests.py` prints what the table would be. Left out is what
contains a format of the library itself: polars' plans, and the state of scikit-learn's and torch's own classes.
"""

import datetime as dt
import io
import json
import pathlib
import sys
from decimal import Decimal

import pytest

from recoup.hashing import digest

GOLDEN = pathlib.Path(__file__).with_name("library-digests.json")


def _own(kind):
    """Return the class under a name that does not depend on how this file is run."""
    kind.__module__, kind.__qualname__ = "golden", kind.__name__
    return kind


def numpy():
    np = pytest.importorskip("numpy")
    return {
        "columns first": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "flags": np.array([True, False]),
        "halves": np.array([1.5, np.nan], "f2"),
        "complex": np.array([1 + 2j, np.nan]),
        "bytes": np.array([b"a", b"bc"]),
        "nothing": np.zeros((0, 3)),
        "durations": np.array([1, "NaT"], "m8[s]"),
        "titles": np.zeros(1, [(("t", "a"), "i4")]),
        "nested records": np.array([((1, 2.0), 3)], [("n", [("a", "u1"), ("b", "f8")]), ("c", "i4")]),
        "texts of its own": np.array(["a", "ü"], np.dtypes.StringDType()),
        "missing texts of its own": np.array(["a", None], np.dtypes.StringDType(na_object=None)),
        "masked constant": np.ma.masked,
        "big-endian dtype": np.dtype(">i4"),
        "aligned dtype": np.dtype("u1,f8", align=True),
        "shared random state": np.random.mtrand._rand,
    }


def ml_dtypes():
    np, ml = pytest.importorskip("numpy"), pytest.importorskip("ml_dtypes")
    names = ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4")
    return {name: np.arange(3).astype(getattr(ml, name)) for name in names}


def pandas():
    pd = pytest.importorskip("pandas")
    return {
        "attributes": _with_attrs(pd.DataFrame({"a": [1]}), source="x"),
        "flags": pd.DataFrame({"a": [1]}).set_flags(allows_duplicate_labels=False),
        "no columns": pd.DataFrame(index=[1, 2]),
        "texts with NA": pd.Series(["a", None], dtype="string"),
        "objects": pd.Series(["a", None, 1, pd.NA], dtype=object),
        "floats that may miss": pd.array([1.5, None], dtype="Float64"),
        "flags that may miss": pd.array([True, None], dtype="boolean"),
        "sparse": pd.arrays.SparseArray([0.0, 1.5]),
        "zone": pd.Series(pd.to_datetime(["2026-01-01"])).dt.as_unit("us").dt.tz_localize("Europe/Berlin"),
        "durations": pd.to_timedelta([1, None], unit="s").as_unit("us"),
        "range": pd.RangeIndex(1, 9, 2, name="r"),
        "categories": pd.CategoricalIndex(["b", "a"], ordered=True),
        "intervals": pd.interval_range(0, 2),
        "period": pd.Period("2026-01", "M"),
        "offset": pd.offsets.MonthEnd(2),
        "dtype": pd.CategoricalDtype(["a", "b"], ordered=True),
    }


def _with_attrs(frame, **attrs):
    frame.attrs.update(attrs)
    return frame


def arrow():
    pa = pytest.importorskip("pyarrow")
    return {
        "map": pa.array([[("a", 1)], None], pa.map_(pa.string(), pa.int64())),
        "lists by view": pa.array([[1], None, []], pa.list_view(pa.int64())),
        "union": pa.UnionArray.from_sparse(pa.array([0, 1], pa.int8()), [pa.array([1, 2]), pa.array(["x", "y"])]),
        "runs": pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array([7, None])),
        "texts by view": pa.array(["a", None], pa.string_view()),
        "decimals": pa.array([Decimal("1.50"), None], pa.decimal128(9, 2)),
        "moments": pa.array([1, None], pa.timestamp("us", "UTC")),
        "halves": pa.array([1.5, None], pa.float16()),
        "dictionary scalar": pa.scalar("a", pa.dictionary(pa.int8(), pa.string())),
        "batch": pa.record_batch({"a": [1]}),
        "field": pa.field("a", pa.list_(pa.int8()), nullable=False, metadata={"k": "v"}),
        "nothing": pa.table({}),
    }


def polars():
    pl = pytest.importorskip("polars")
    return {
        "frame": pl.DataFrame({"a": [1, None], "b": ["x", None]}),
        "numbers": pl.Series("n", [1.5, None, float("nan")]),
        "flags": pl.Series([True, None]),
        "texts": pl.Series(["a", None, "", "ü", "a text that is longer than a view"]),
        "bytes": pl.Series([b"a", None]),
        "moments": pl.Series([dt.datetime(2026, 1, 1), None], dtype=pl.Datetime("us", "UTC")),  # noqa: DTZ001 - the dtype has the zone
        "decimals": pl.Series([Decimal("1.5"), None], dtype=pl.Decimal(9, 2)),
        "lists": pl.Series([[1, 2], None, [], [None]]),
        "arrays": pl.Series([[1, 2], None], dtype=pl.Array(pl.Int64, 2)),
        "records": pl.Series([{"x": 1, "y": "a"}, None]),
        "categories": pl.Series(["b", "a", None], dtype=pl.Categorical),
        "fixed categories": pl.Series(["b", None], dtype=pl.Enum(["a", "b"])),
        "nothing": pl.Series([None, None]),
        "objects": pl.Series([{1}, None], dtype=pl.Object),
    }


def scipy():
    np, sparse = pytest.importorskip("numpy"), pytest.importorskip("scipy.sparse")
    kinds = ("csc", "coo", "lil", "dok", "dia", "bsr")
    matrix = sparse.coo_array(([1.0, 2.0, 4.0], ([0, 0, 1], [1, 1, 0])), shape=(2, 3))
    return {kind: matrix.asformat(kind) for kind in kinds} | {"three axes": sparse.coo_array(np.ones((1, 2, 3)))}


def xarray():
    xr = pytest.importorskip("xarray")
    array = xr.DataArray([[1.0, 2]], dims=("x", "y"), coords={"x": [3], "p": ("x", ["a"])}, attrs={"unit": "m"}, name="h")
    return {"array": array, "dataset": array.to_dataset(), "levels": array.stack(z=("x", "y")), "variable": array.variable}


def torch():
    torch = pytest.importorskip("torch")

    @_own
    class Scale(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = 2.0
            self.weight = torch.nn.Parameter(torch.ones(2))

    return {
        "floats": torch.arange(6.0).reshape(2, 3),
        "halves": torch.tensor([1.5, float("nan")], dtype=torch.bfloat16),
        "bytes": torch.tensor([1.5], dtype=torch.float8_e4m3fn),
        "complex": torch.tensor([1 + 2j]).conj(),
        "learning": torch.ones(2, requires_grad=True),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "sparse": torch.eye(2).to_sparse(),
        "dtype": torch.float32,
        "device": torch.device("cuda:1"),
        "module": Scale(),
    }


def jax():
    jax = pytest.importorskip("jax")
    return {
        "floats": jax.numpy.arange(6.0).reshape(2, 3),
        "halves": jax.numpy.ones(2, "bfloat16"),
        "weak": jax.numpy.asarray(1.0),
        "key": jax.random.key(7),
    }


def pillow():
    image = pytest.importorskip("PIL.Image")
    file = io.BytesIO()
    image.new("RGB", (2, 2), "red").save(file, "PNG")
    return {"new": image.new("RGB", (3, 2), "red"), "opened": image.open(file), "palette": image.new("P", (2, 2))}


def networkx():
    nx = pytest.importorskip("networkx")
    return {
        "graph": nx.Graph([(1, 2, {"w": 0.5})], name="g"),
        "directed": nx.DiGraph([(1, 2)]),
        "several": nx.MultiGraph([(1, 2), (1, 2)]),
    }


def fields():
    attrs, msgspec, pydantic = (pytest.importorskip(name) for name in ("attrs", "msgspec", "pydantic"))
    base = pytest.importorskip("sklearn.base").BaseEstimator

    @_own
    @attrs.define
    class Attrs:
        a: int = 1

    @_own
    class Struct(msgspec.Struct):
        a: int = 1

    @_own
    class Model(pydantic.BaseModel):
        a: int = 1

    @_own
    class Estimator(base):
        def __init__(self, a=1):
            self.a = a

    return {kind.__name__: kind() for kind in (Attrs, Struct, Model, Estimator)}


LIBRARIES = (
    numpy, ml_dtypes, pandas, arrow, polars, scipy, xarray, torch, jax, pillow, networkx, fields,
)  # fmt: skip


def digests(values):
    return {name: digest(value).hex() for name, value in values.items()}


@pytest.mark.parametrize("library", LIBRARIES)
def test_digests_are_what_they_were(library):
    assert digests(library()) == json.loads(GOLDEN.read_text())[library.__name__]


if __name__ == "__main__":
    json.dump({library.__name__: digests(library()) for library in LIBRARIES}, sys.stdout, indent=1)
