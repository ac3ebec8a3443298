"""Measure how fast large arguments are hashed, beside one BLAKE3 thread and the hashers of joblib and Dask, in one process.

`python -m benchmarks.hashing [--quick] [--publish]`. All of it runs in `.venv`: a hasher is a function of a value in memory.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
from blake3 import blake3
from dask.base import tokenize

from benchmarks.__main__ import about
from benchmarks.report import table
from benchmarks.tools import HERE
from recoup.hashing import digest

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED = HERE / "HASHING.md"
MEGABYTES, ROUNDS = 100, 5
GOAL = 0.8
HASHERS: dict[str, Callable[[Any], Any]] = {"recoup": digest, "joblib": joblib.hash, "dask": tokenize}
LEFT_OUT = ("took",)


@dataclass(frozen=True)
class Work:
    """A value of so many megabytes."""

    title: str
    make: Callable[[int], tuple[Any, int]]
    reason: str = ""  # why its layout does not allow the goal


# --- values ---------------------------------------------------------------------------------


def floats(size: int) -> np.ndarray:
    return np.random.default_rng(1).random(size // 8)


def words(size: int, length: int = 20) -> list[str]:
    """Return different texts of about this length."""
    return [f"station-{n:0{length - 8}d}" for n in range(size // length)]


def array(dtype: str) -> Callable[[int], tuple[Any, int]]:
    def make(size: int) -> tuple[Any, int]:
        made = (floats(size * 8 // np.dtype(dtype).itemsize)[: size // np.dtype(dtype).itemsize] * 100).astype(dtype)
        return made, made.nbytes

    return make


def changed(change: Callable[[np.ndarray], Any]) -> Callable[[int], tuple[Any, int]]:
    def make(size: int) -> tuple[Any, int]:
        made = change(floats(size))
        return made, made.nbytes

    return make


def masked(size: int) -> tuple[Any, int]:
    data = floats(size * 8 // 9)
    return np.ma.array(data, mask=data > 0.9), data.nbytes + len(data)


def frame(size: int) -> tuple[Any, int]:
    import pandas as pd

    made = pd.DataFrame({f"c{n}": floats(size // 10) for n in range(10)})
    return made, int(made.memory_usage().sum())


def frame_by_rows(size: int) -> tuple[Any, int]:
    import pandas as pd

    made = pd.DataFrame(floats(size).reshape(-1, 10))
    return made, int(made.memory_usage().sum())


def texts(dtype: str) -> Callable[[int], tuple[Any, int]]:
    """Return a frame of numbers and texts."""

    def make(size: int) -> tuple[Any, int]:
        import pandas as pd

        listed = words(size * 20 // 44)
        made = pd.DataFrame(
            {"day": pd.Series(listed, dtype=dtype), "x": np.arange(len(listed)) * 0.5, "n": np.arange(len(listed))}
        )
        return made, len(listed) * (20 + 8 + 16)

    return make


def arrow(size: int) -> tuple[Any, int]:
    import pyarrow as pa

    made = pa.table({f"c{n}": floats(size // 10) for n in range(10)})
    return made, made.nbytes


def arrow_texts(length: int) -> Callable[[int], tuple[Any, int]]:
    def make(size: int) -> tuple[Any, int]:
        import pyarrow as pa

        made = pa.table({"day": pa.array(words(size * length // (length + 4), length))})
        return made, made.nbytes

    return make


def arrow_nulls(size: int) -> tuple[Any, int]:
    import pyarrow as pa

    data = floats(size)
    made = pa.table({"x": pa.array(data, mask=data > 0.9)})
    return made, made.nbytes


def polars(size: int) -> tuple[Any, int]:
    import polars as pl

    made = pl.DataFrame({f"c{n}": floats(size // 10) for n in range(10)})
    return made, int(made.estimated_size())


def polars_texts(length: int) -> Callable[[int], tuple[Any, int]]:
    def make(size: int) -> tuple[Any, int]:
        import polars as pl

        made = pl.DataFrame({"day": words(size * length // (length + 16), length)})
        return made, made.height * (length + 16)

    return make


def sparse(size: int) -> tuple[Any, int]:
    from scipy import sparse as sp

    made = sp.random_array((size // 1200, 1000), density=0.1, format="csr", rng=np.random.default_rng(1))
    return made, made.data.nbytes + made.indices.nbytes + made.indptr.nbytes


def tensor(dtype: str) -> Callable[[int], tuple[Any, int]]:
    def make(size: int) -> tuple[Any, int]:
        import torch

        made = torch.from_numpy(floats(size * 2)).to(getattr(torch, dtype))
        made = made[: size // made.element_size()]
        return made, made.nbytes

    return make


def image(size: int) -> tuple[Any, int]:
    from PIL import Image

    side = int((size / 3) ** 0.5)
    return Image.frombytes("RGB", (side, side), np.random.default_rng(1).bytes(side * side * 3)), side * side * 3


NANS = "every block of floats is searched for NaN, which has many bit patterns and one digest"
COPIED = "the canonical order is another, so the elements are brought into it, a block at a time"
HIDDEN = "what lies under a mask or null is taken away, a block at a time, and the mask is hashed too"
GATHERED = "the texts lie apart, and are gathered a block at a time; their lengths are hashed as 64-bit numbers"
LENGTHS = "where each text begins is held in 32 bits, and its length hashed in 64"
WORK = (
    Work("array, `float64`", array("f8"), NANS),
    Work("array, `float32`", array("f4"), NANS),
    Work("array, `int64`", array("i8")),
    Work("array, `bool`", array("?")),
    Work("array, columns first", changed(lambda made: np.asfortranarray(made.reshape(-1, 100))), COPIED),
    Work("array, every second column", changed(lambda made: np.repeat(made.reshape(-1, 100), 2, axis=1)[:, ::2]), COPIED),
    Work("array, big-endian", changed(lambda made: made.astype(">f8")), COPIED),
    Work("array, masked", masked, HIDDEN),
    Work("pandas, 10 columns of numbers", frame, NANS),
    Work("pandas, the same, rows first", frame_by_rows, COPIED),
    Work("pandas, numbers and texts", texts("str"), LENGTHS),
    Work("pandas, numbers and texts as objects", texts("object"), "each text is a Python object somewhere in memory"),
    Work("Arrow, 10 columns of numbers", arrow, NANS),
    Work("Arrow, numbers with nulls", arrow_nulls, HIDDEN),
    Work("Arrow, texts of 20", arrow_texts(20), LENGTHS),
    Work("Arrow, texts of 100", arrow_texts(100)),
    Work("polars, 10 columns of numbers", polars, NANS),
    Work("polars, texts of 20", polars_texts(20), GATHERED),
    Work("polars, texts of 100", polars_texts(100), GATHERED),
    Work("scipy, rows of a sparse array", sparse, "every entry is hashed with both coordinates, in 64 bits each"),
    Work("torch, `float32`", tensor("float32"), NANS),
    Work("torch, `bfloat16`", tensor("bfloat16"), NANS),
    Work("Pillow, RGB", image, "Pillow holds four bytes for three, and hands out copies"),
)


# --- times ----------------------------------------------------------------------------------


def seconds(hasher: Callable[[Any], Any], value: Any) -> float:
    start = process_time()
    hasher(value)
    return process_time() - start


def measured(work: Work, size: int, rounds: int) -> dict[str, float]:
    """Return megabytes for a second, by hasher; the hashers take turns."""
    value, held = work.make(size)
    yardstick = np.random.default_rng(2).bytes(held)
    times: dict[str, list[float]] = {name: [] for name in ("blake3", *HASHERS)}
    for _ in range(rounds):
        times["blake3"].append(seconds(lambda data: blake3(data).digest(), yardstick))
        for name, hasher in HASHERS.items():
            with contextlib.suppress(Exception if name != "recoup" else ()):
                times[name].append(seconds(hasher, value))
    return {name: held / 1e6 / median(found) for name, found in times.items() if found}


def row(work: Work, found: dict[str, float]) -> list[str]:
    figures = [f"{found[name]:,.0f}" if name in found else "fails" for name in ("blake3", *HASHERS)]
    return [work.title, *figures, f"{found['recoup'] / found['blake3']:.2f}", work.reason]


EXPLAINED = f"""Megabytes for each second of processor time, medians of {ROUNDS} rounds in which the hashers take turns, on values of {MEGABYTES} MB as they lie
in memory. The yardstick is one BLAKE3 thread over as many bytes; the goal is {GOAL} of it where the layout allows it. BLAKE3's own threads are not used:
they do not survive a fork, and they belong to the user's work. Nothing is copied as a whole; `tests/unit/hashing/test_memory.py` looks at that.
joblib and Dask are asked for what `joblib.hash` and `dask.base.tokenize` give by default; whether that is right, `HASHERS.md` says."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hashing", description="Measure the hashing of large arguments.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, three rounds")
    parser.add_argument("--publish", action="store_true", help=f"write {PUBLISHED.name} too")
    parser.add_argument("--only", default="", help="rows with this in their title")
    options = parser.parse_args()
    size, rounds = (MEGABYTES * 10**5, 3) if options.quick else (MEGABYTES * 10**6, ROUNDS)
    load = os.getloadavg()[0]
    lines = [row(work, measured(work, size, rounds)) for work in WORK if options.only in work.title]
    told = about(quick=options.quick, seconds=0, load=load)
    facts = "; ".join(f"{name}: {value}" for name, value in told.items() if name not in LEFT_OUT)
    head = ["MB/s", "one BLAKE3 thread", *HASHERS, "recoup / BLAKE3", "why it is slower"]
    page = "\n\n".join([table(head, lines), EXPLAINED, facts]) + "\n"
    print(page)
    if options.publish:
        PUBLISHED.write_text(f"# The speed of hashing\n\nWritten by `make bench-hashing`.\n\n{page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
