"""Values of polars."""

from __future__ import annotations

from typing import Final

import polars as pl

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "polars.DataFrame": (
        Differ("names of columns", lambda: (pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]})), "name"),
        Agree("chunks", lambda: (pl.DataFrame({"a": [1, 2]}), pl.concat([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": [2]})], rechunk=False))),
    ),
}  # fmt: skip
