"""Values of networkx."""

from __future__ import annotations

import pickle
from typing import Any, Final

import networkx as nx

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Roads(nx.Graph):  # type: ignore[misc]  # networkx has no types
    """A graph with something of its own."""

    def __init__(self, *given: Any, country: str = "", **attributes: Any) -> None:
        super().__init__(*given, **attributes)
        self.country = country


def _looked_at(graph: Any) -> Any:
    graph.adj, graph.edges, graph.degree  # noqa: B018 - what is remembered on the graph
    nx.shortest_path(graph)
    return graph


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "networkx.Graph": (
        Differ("directed and not", lambda: (nx.Graph([(1, 2)]), nx.DiGraph([(1, 2)])), "type"),
        Differ("directions", lambda: (nx.DiGraph([(1, 2)]), nx.DiGraph([(2, 1)])), "order"),
        Differ("one edge and two", lambda: (nx.MultiGraph([(1, 2)]), nx.MultiGraph([(1, 2), (1, 2)])), "length"),
        Differ("several edges allowed and not", lambda: (nx.Graph([(1, 2)]), nx.MultiGraph([(1, 2)])), "type"),
        Differ("an edge", lambda: (nx.path_graph(4), nx.cycle_graph(4)), "value"),
        Differ("a node without edges", lambda: (nx.empty_graph(2), nx.empty_graph(3)), "length"),
        Differ("nodes of two types", lambda: (nx.Graph([(1, 2)]), nx.Graph([("1", "2")])), "type"),
        Differ("attributes of an edge", lambda: (nx.Graph([(1, 2, {"w": 1})]), nx.Graph([(1, 2, {"w": 2})])), "value"),
        Differ("attributes of the graph", lambda: (nx.Graph(name="a"), nx.Graph(name="b")), "value"),
        Differ("a subclass and what it carries", lambda: (Roads([(1, 2)], country="at"), Roads([(1, 2)], country="ch")), "value"),
        Differ("a graph and its edges", lambda: (nx.Graph([(1, 2)]), [(1, 2)]), "type"),
        Agree("made twice", lambda: (nx.Graph([(1, 2)]), nx.Graph([(1, 2)]))),
        Agree("order of edges, as for `graphs_equal`", lambda: (nx.Graph([(1, 2), (2, 3)]), nx.Graph([(3, 2), (2, 1)]))),
        Agree("looked at and not", lambda: (nx.path_graph(5), _looked_at(nx.path_graph(5)))),
        Agree("a view of a part and a copy of it", lambda: (nx.path_graph(5).subgraph([0, 1, 2]), nx.path_graph(3))),
        Agree("frozen and not", lambda: (nx.path_graph(3), nx.freeze(nx.path_graph(3)))),
        Agree("a view from behind", lambda: (nx.DiGraph([(1, 2)]), nx.DiGraph([(2, 1)]).reverse(copy=False))),
        Agree("sent elsewhere", lambda: (nx.path_graph(5), pickle.loads(pickle.dumps(nx.path_graph(5))))),
        Stable("names as nodes", lambda: nx.Graph([("a", "b"), ("b", "c"), ("c", "a")], day="mon")),
    ),
}  # fmt: skip
