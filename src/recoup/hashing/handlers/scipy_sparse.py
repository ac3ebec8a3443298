"""scipy.sparse: matrices and arrays, in whatever order their entries lie.

Entries of one place are added up. A zero that is stored counts: for a graph it is an edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from recoup.hashing._columns import plain_array, plain_column
from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from recoup.hashing._forms import Encoder

_SPARSE: Final = tag("scipy.sparse")
_ENTRIES: Final = 1 << 16


def _sparse(matrix: Any) -> Form:
    """Encode class, shape and the stored entries by coordinates in order, row by row; of `csc` column by column."""
    rows = _rows(matrix)
    count = int(rows.indptr[-1])
    outer = plain_column(np.dtype("i8"), count, _outer(rows.indptr))
    inner = plain_column(np.dtype("i8"), count, _widened(rows.indices[:count]))
    return Form(_SPARSE, (type(matrix), matrix.shape, plain_array(rows.data[:count]), outer, inner), nameless)


def _rows(matrix: Any) -> Any:
    """Return the matrix as rows with sorted entries; itself where that is what it is."""
    if matrix.format == "csc":
        rows = matrix.T
    elif matrix.ndim == 2:  # noqa: PLR2004 - rows and columns
        rows = matrix.tocsr()
    else:
        rows = matrix.tocoo().reshape((1 if matrix.ndim == 1 else matrix.shape[0], -1)).tocsr()
    if not _in_order(rows):
        rows = rows.copy()
        rows.has_canonical_format = False
        rows.sum_duplicates()
    return rows


def _in_order(rows: Any) -> bool:
    """Say whether the entries of each row lie in the order of their columns, each place once."""
    indices, ends = rows.indices[: rows.indptr[-1]], rows.indptr[1:-1]
    for start in range(0, len(indices), _ENTRIES):
        block = indices[start : start + _ENTRIES + 1]
        rising = block[1:] > block[:-1]
        first, last = np.searchsorted(ends, [start + 1, start + len(rising) + 1])
        rising[ends[first:last] - start - 1] = True
        if not rising.all():
            return False
    return True


def _outer(indptr: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Yield the row of each entry."""
    for start in range(0, int(indptr[-1]), _ENTRIES):
        stop = min(start + _ENTRIES, int(indptr[-1]))
        first, last = np.searchsorted(indptr, [start, stop - 1], side="right") - 1
        bounds = np.clip(indptr[first : last + 2], start, stop)
        yield np.repeat(np.arange(first, last + 1, dtype="i8"), np.diff(bounds))


def _widened(indices: NDArray[Any]) -> Iterator[NDArray[Any]]:
    for start in range(0, len(indices), _ENTRIES):
        yield indices[start : start + _ENTRIES].astype("i8", copy=False)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {sparse.sparray: _sparse, sparse.spmatrix: _sparse}
