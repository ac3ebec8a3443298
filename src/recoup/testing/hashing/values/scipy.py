"""Values of scipy."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "scipy.sparse": (
        Differ("another format", lambda: (sparse.csr_array(np.eye(2)), sparse.csc_array(np.eye(2))), "type"),
        Agree("made twice", lambda: (sparse.csr_array(np.eye(2)), sparse.csr_array(np.eye(2)))),
    ),
}  # fmt: skip
