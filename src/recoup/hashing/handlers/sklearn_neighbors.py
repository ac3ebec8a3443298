"""sklearn.neighbors: trees without the counters that every query moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sklearn.neighbors import BallTree, KDTree

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_TREE: Final = tag("sklearn.tree")
_COUNTERS: Final = slice(7, 11)
"""Where a tree's state tells how many nodes were trimmed, visited and split, and how many distances computed."""


def _tree(tree: Any) -> Form:
    state = list(tree.__getstate__())
    del state[_COUNTERS]
    return Form(_TREE, (type(tree), *state), nameless)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {BallTree: _tree, KDTree: _tree}
