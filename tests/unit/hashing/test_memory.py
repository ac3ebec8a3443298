"""Hashing copies nothing that is large, and loads nothing that a value does not need."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import sparse

from recoup.hashing import digest

SIZE = 32_000_000
ROOM = 4_000_000
NUMBERS = np.arange(SIZE // 8, dtype="f8")
SMALL = np.arange(SIZE // 32, dtype="i4")

VALUES = {
    "an array": lambda: NUMBERS,
    "columns first": lambda: np.asfortranarray(NUMBERS.reshape(-1, 100)),
    "every second element": lambda: np.repeat(NUMBERS, 2)[::2],
    "read from the end": lambda: NUMBERS[::-1],
    "another order of bytes": lambda: NUMBERS.astype(">f8"),
    "NaN everywhere": lambda: np.full(SIZE // 8, np.nan),
    "one row, repeated without memory": lambda: np.broadcast_to(NUMBERS[:1000], (1000, 1000)),
    "flags": lambda: NUMBERS > 9,
    "masked": lambda: np.ma.array(NUMBERS, mask=NUMBERS > 9),
    "records": lambda: np.zeros(SIZE // 16, [("a", "f8"), ("b", "i8")]),
    "a frame": lambda: pd.DataFrame({"a": NUMBERS, "b": NUMBERS > 9}),
    "a frame, rows first": lambda: pd.DataFrame(NUMBERS.reshape(-1, 10)),
    "numbers that may miss": lambda: pd.Series(pd.arrays.IntegerArray(SMALL, SMALL > 9)),
    "texts": lambda: pd.Series(SMALL).astype("str"),
    "an Arrow table": lambda: pa.table({"a": NUMBERS[: len(SMALL)], "s": pa.array(SMALL).cast(pa.string())}),
    "Arrow numbers with nulls": lambda: pa.chunked_array([pa.array(NUMBERS, mask=NUMBERS > 9)]),
    "rows of a sparse array": lambda: sparse.csr_array((NUMBERS, np.tile(SMALL[:4000], 1000), np.arange(0, SIZE // 8 + 1, 4000))),
}


@pytest.mark.parametrize("name", VALUES)
def test_large_values_are_hashed_where_they_lie(name):
    digest(VALUES[name]()[:1])
    value = VALUES[name]()
    tracemalloc.start()
    try:
        before = pa.total_allocated_bytes()
        digest(value)
        assert tracemalloc.get_traced_memory()[1] < ROOM
        assert pa.total_allocated_bytes() - before < ROOM
    finally:
        tracemalloc.stop()


def test_texts_that_are_objects_are_joined_a_part_at_a_time():
    texts = np.array(["x" * 1000] * 60_000, object)
    tracemalloc.start()
    try:
        digest(texts)
        assert tracemalloc.get_traced_memory()[1] < 56_000_000  # of 60 MB, half of which is kept between two passes
    finally:
        tracemalloc.stop()


LOADED = """
import sys
import {library}
value = {value}
others = {{"numpy", "pandas", "polars", "pyarrow", "scipy", "torch", "jax", "xarray", "sklearn", "networkx", "PIL", "pydantic", "dask"}}
before = set(sys.modules)
from recoup.hashing import digest
digest(value)
print(sorted(({{name.partition(".")[0] for name in set(sys.modules) - before}}) & others))
"""

NEEDED = {
    "numpy": ("numpy", "numpy.eye(3)"),
    "pandas": ("pandas", "pandas.DataFrame({'a': [1, None], 'b': ['x', None]})"),
    "polars": ("polars", "polars.DataFrame({'a': [1, None], 'b': ['x', None], 'c': [[1], None]})"),
    "pyarrow": ("pyarrow", "pyarrow.table({'a': [1, None], 'b': ['x', None]})"),
    "PIL.Image": ("PIL.Image", "PIL.Image.new('L', (2, 2))"),
    "networkx": ("networkx", "networkx.path_graph(3)"),
    "pydantic": ("pydantic", "pydantic.create_model('M', a=(int, 1))()"),
}


def test_a_value_loads_no_other_library():
    """Only what its library has loaded already, and numpy, with which columns are read."""
    ask = [
        (
            name,
            subprocess.Popen(
                [sys.executable, "-c", LOADED.format(library=library, value=value)], stdout=subprocess.PIPE, text=True
            ),
        )
        for name, (library, value) in NEEDED.items()
    ]
    found = {name: process.communicate()[0].strip() for name, process in ask}
    assert {name: said for name, said in found.items() if said not in ("[]", "['numpy']")} == {"PIL.Image": "['PIL']"}


WITHOUT = """
import sys
if {blocked}:
    sys.modules["pyarrow"] = None
else:
    import pyarrow
import polars as pl, pandas as pd, numpy as np
from recoup.hashing import digest
texts = ["a", None, "", "ü", "a text that is longer than a view"] * 9000
print(digest(pl.DataFrame({{"s": texts, "b": [None if t is None else t.encode() for t in texts], "l": [texts[:3]] * len(texts)}})))
print(digest(pd.DataFrame({{"s": pd.Series(texts, dtype=pd.StringDtype("python", na_value=np.nan)), "o": pd.Series(texts, dtype=object)}})))
"""


def test_texts_have_one_digest_with_and_without_pyarrow():
    said = [
        subprocess.run([sys.executable, "-c", WITHOUT.format(blocked=blocked)], check=True, capture_output=True, text=True).stdout
        for blocked in (True, False)
    ]
    assert said[0] == said[1]
    assert said[0].count("\n") == 2
