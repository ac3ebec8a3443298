"""Values of pyarrow."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pyarrow.Table": (
        Differ("names of columns", lambda: (pa.table({"a": [1]}), pa.table({"b": [1]})), "name"),
        Agree("a slice and a copy", lambda: (pa.table({"a": [0, 1, 2]}).slice(1), pa.table({"a": [1, 2]}))),
    ),
}  # fmt: skip
