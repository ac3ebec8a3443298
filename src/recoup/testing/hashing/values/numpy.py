"""Values of numpy."""

from __future__ import annotations

from typing import Final

import numpy as np

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "numpy.ndarray": (
        Differ("dtype of one width", lambda: (np.zeros(2, "f4"), np.zeros(2, "i4")), "dtype"),
        Differ("shape", lambda: (np.zeros((2, 3)), np.zeros((3, 2))), "shape"),
        Differ("an array and its list", lambda: (np.array([1, 2]), [1, 2]), "type"),
        Agree("rows first and columns first", lambda: (np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)))),
    ),
}  # fmt: skip
