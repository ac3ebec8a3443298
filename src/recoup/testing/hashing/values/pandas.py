"""Values of pandas."""

from __future__ import annotations

from typing import Final

import pandas as pd

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "pandas.DataFrame": (
        Differ("names of columns", lambda: (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})), "name"),
        Differ("order of columns", lambda: (pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2], "a": [1]})), "order"),
        Agree("a copy", lambda: (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]}).copy())),
    ),
}  # fmt: skip
