"""networkx: graphs by class, attributes, nodes and edges. As for `graphs_equal`, the order of nodes and edges does not matter.

Views, frozen graphs and what backends remember of a graph are no part of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from recoup.hashing._forms import Attributes, Form, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_GRAPH: Final = tag("networkx.graph")
_OWN: Final = frozenset({"_adj", "_node", "_pred", "_succ", "graph", "frozen", "_graph", "_NODE_OK", "_EDGE_OK"})


def _graph(graph: Any) -> Form:
    adjacency = {node: _plain(neighbours, graph.is_multigraph()) for node, neighbours in graph.adjacency()}
    members = (type(graph), graph.graph, dict(graph.nodes(data=True)), adjacency, Attributes(_others(graph)))
    return Form(_GRAPH, members, ("", ".graph", ".nodes", ".adj", "").__getitem__)


def _plain(neighbours: Any, several: bool) -> dict[Any, Any]:
    return {node: dict(edges) if several else edges for node, edges in neighbours.items()}


def _others(graph: Any) -> dict[str, Any]:
    """Return what a subclass hangs on its graphs: neither networkx' own, nor cached, nor the guards of a frozen graph."""
    kind: type = type(graph)
    return {
        name: member
        for name, member in vars(graph).items()
        if name not in _OWN
        and not name.startswith("__networkx")
        and not isinstance(getattr(kind, name, None), cached_property)
        and getattr(member, "__module__", None) != "networkx.classes.function"
    }


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {nx.Graph: _graph}
