"""Values of networkx."""

from __future__ import annotations

from typing import Final

import networkx as nx

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "networkx.Graph": (
        Differ("directed and not", lambda: (nx.Graph([(1, 2)]), nx.DiGraph([(1, 2)])), "type"),
        Agree("made twice", lambda: (nx.Graph([(1, 2)]), nx.Graph([(1, 2)]))),
    ),
}  # fmt: skip
