"""scipy.sparse: matrices and arrays, in whatever order their entries lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_SPARSE: Final = tag("scipy.sparse")


def _sparse(matrix: Any) -> Form:
    """Encode class, shape and the stored entries by coordinates in order, duplicates added up."""
    entries = sparse.coo_array(matrix, copy=True)
    entries.sum_duplicates()
    coordinates = (np.asarray(axis, dtype="<i8") for axis in entries.coords)
    return Form(_SPARSE, (type(matrix), matrix.shape, entries.data, *coordinates), nameless)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {sparse.sparray: _sparse, sparse.spmatrix: _sparse}
