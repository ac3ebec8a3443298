"""Values of scipy."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from scipy import sparse, spatial, stats

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]

DENSE: Final = np.where(np.arange(40_000).reshape(200, 200) % 3 == 0, 0.0, np.arange(40_000.0).reshape(200, 200))
POINTS: Final = np.random.default_rng(5).random((60, 3))


def _unsorted() -> Any:
    return sparse.csr_matrix(([2.0, 1.0, 3.0], [1, 0, 2], [0, 2, 3]), shape=(2, 3))


def _wide(matrix: Any) -> Any:
    """Return the same with longer indices."""
    made = matrix.copy()
    made.indices, made.indptr = made.indices.astype("i8"), made.indptr.astype("i8")
    return made


def _shuffled(matrix: Any) -> Any:
    made = matrix.tocoo()
    order = np.random.default_rng(1).permutation(made.nnz)
    return type(made)((made.data[order], tuple(axis[order] for axis in made.coords)), shape=made.shape)


def _queried(tree: Any) -> Any:
    tree.query(POINTS[:5])
    return tree


def _stored_zero() -> Any:
    return sparse.csr_array(([0.0, 1.0], ([0, 1], [0, 1])), shape=(2, 2))


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "scipy.sparse": (
        Differ("another format", lambda: (sparse.csr_array(np.eye(2)), sparse.csc_array(np.eye(2))), "type"),
        Differ("arrays and matrices", lambda: (sparse.csr_array(np.eye(2)), sparse.csr_matrix(np.eye(2))), "type"),
        Differ("sparse and dense", lambda: (sparse.csr_array(np.eye(2)), np.eye(2)), "type"),
        Differ("dtype", lambda: (sparse.csr_array(np.eye(2)), sparse.csr_array(np.eye(2, dtype="f4"))), "dtype"),
        Differ("shape", lambda: (sparse.csr_array((2, 3)), sparse.csr_array((3, 2))), "shape"),
        Differ("an entry", lambda: (sparse.csr_array(np.eye(2)), sparse.csr_array(np.eye(2) * 2)), "value"),
        Differ("where an entry is", lambda: (sparse.coo_array(([1.0], ([0], [1])), shape=(2, 2)), sparse.coo_array(([1.0], ([1], [0])), shape=(2, 2))), "order"),
        Differ("a matrix and its transpose", lambda: (sparse.csr_array(DENSE), sparse.csr_array(DENSE.T)), "order"),
        Differ("a zero that is stored, which is an edge of a graph", lambda: (_stored_zero(), sparse.csr_array(np.diag([0.0, 1.0]))), "value"),
        Differ("the last of many entries", lambda: (sparse.csr_array(DENSE), sparse.csr_array(np.where(DENSE.max() == DENSE, -1.0, DENSE))), "value"),
        Agree("made twice", lambda: (sparse.csr_array(np.eye(2)), sparse.csr_array(np.eye(2)))),
        Agree("the order of entries in a row", lambda: (_unsorted(), sparse.csr_matrix([[1.0, 2, 0], [0, 0, 3]]))),
        Agree("the order of entries by columns", lambda: (_unsorted().T.tocsc(), sparse.csc_matrix([[1.0, 0], [2, 0], [0, 3]]))),
        Agree("the order of coordinates", lambda: (sparse.coo_array(DENSE), _shuffled(sparse.coo_array(DENSE)))),
        Agree("entries of one place", lambda: (sparse.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2)), sparse.coo_array(([3.0], ([0], [1])), shape=(2, 2)))),
        Agree("width of indices", lambda: (sparse.csr_array(DENSE), _wide(sparse.csr_array(DENSE)))),
        Agree("dictionaries in another order", lambda: (sparse.dok_array(DENSE[:9, :9]), sparse.dok_array(DENSE[:9, :9][::-1])[::-1])),
        Stable("rows", lambda: sparse.csr_array(DENSE)),
        Stable("diagonals", lambda: sparse.dia_array(np.eye(3))),
        Stable("three axes", lambda: sparse.coo_array(DENSE.reshape(2, 100, 200))),
    ),
    "scipy object": (
        Differ("parameters of a distribution", lambda: (stats.norm(0, 1), stats.norm(0, 2)), "value"),
        Differ("distributions", lambda: (stats.norm(1), stats.expon(1)), "type"),
        Differ("a distribution, frozen and not", lambda: (stats.norm, stats.norm()), "type"),
        Differ("points of a tree", lambda: (spatial.cKDTree(POINTS), spatial.cKDTree(POINTS[:50])), "value"),
        Differ("trees of two kinds", lambda: (spatial.cKDTree(POINTS), spatial.KDTree(POINTS)), "type"),
        Differ("how many points a leaf has", lambda: (spatial.cKDTree(POINTS), spatial.cKDTree(POINTS, leafsize=3)), "value"),
        Differ("rotations", lambda: (spatial.transform.Rotation.from_euler("x", 1), spatial.transform.Rotation.from_euler("x", 2)), "value"),
        Differ("fitted to other data", lambda: (stats.gaussian_kde([1.0, 2, 3]), stats.gaussian_kde([1.0, 2, 4])), "value"),
        Agree("one distribution", lambda: (stats.norm(1, 2), stats.norm(1, 2))),
        Agree("a tree that was asked", lambda: (spatial.cKDTree(POINTS), _queried(spatial.cKDTree(POINTS)))),
        Stable("a tree", lambda: spatial.KDTree(POINTS)),
        Stable("a rotation", lambda: spatial.transform.Rotation.from_euler("x", 1)),
    ),
}  # fmt: skip
