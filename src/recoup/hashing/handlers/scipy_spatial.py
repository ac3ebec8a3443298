"""scipy.spatial: trees by what they were made of; their nodes hold addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scipy import spatial

from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_TREE: Final = tag("scipy.tree")


def _tree(tree: Any) -> Form:
    return Form(_TREE, (type(tree), tree.leafsize, tree.boxsize, tree.data, tree.indices), nameless)


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {spatial.cKDTree: _tree}
