"""Dataclasses, named tuples, namespaces, objects of plain classes."""

from __future__ import annotations

import copy
import pickle
from collections import namedtuple
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


@dataclass
class Point:
    """Two fields."""

    x: Any
    y: Any = 0.5


@dataclass
class Vector:
    """The same fields in another class."""

    x: Any
    y: Any = 0.5


@dataclass(frozen=True, slots=True)
class Frozen:
    """Fields in slots."""

    x: Any
    seen: Any = field(default=None, compare=False)


class Pair(NamedTuple):
    """Two named fields."""

    x: Any
    y: Any


class Couple(NamedTuple):
    """The same, by other names."""

    left: Any
    right: Any


Old = namedtuple("Old", ["x", "y"])  # noqa: PYI024 - made as old code does


class Plain:
    """Whatever is set on it."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Other(Plain):
    """The same in another class."""


class Slotted:
    """State in slots."""

    __slots__ = ("a", "b")

    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


class Measured:
    """Computes once what it is asked for."""

    def __init__(self, values: list[int]) -> None:
        self.values = values

    @cached_property
    def total(self) -> int:
        """Add them up."""
        return sum(self.values)


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "dataclass": (
        Differ("a field", lambda: (Point(1), Point(2)), "value"),
        Differ("the type of a field", lambda: (Point(1), Point(1.0)), "type"),
        Differ("fields exchanged", lambda: (Point(1, 2), Point(2, 1)), "order"),
        Differ("two classes", lambda: (Point(1), Vector(1)), "type"),
        Differ("a dataclass and its dict", lambda: (Point(1), {"x": 1, "y": 0.5}), "type"),
        Differ("a dataclass and its tuple", lambda: (Point(1), (1, 0.5)), "type"),
        Differ("a field that is not compared", lambda: (Frozen(1, "a"), Frozen(1, "b")), "value"),
        Agree("by position and by name", lambda: (Point(1, 2), Point(y=2, x=1))),
        Agree("a copy", lambda: (Point([1]), copy.deepcopy(Point([1])))),
        Stable("a dataclass with a set", lambda: Point({"a", "b"}, Frozen("c"))),
    ),
    "named tuple": (
        Differ("a named tuple and a tuple", lambda: (Pair(1, 2), (1, 2)), "type"),
        Differ("the names of the fields", lambda: (Pair(1, 2), Couple(1, 2)), "name"),
        Differ("two classes", lambda: (Pair(1, 2), Old(1, 2)), "type"),
        Differ("exchanged", lambda: (Pair(1, 2), Pair(2, 1)), "order"),
        Agree("by position and by name", lambda: (Pair(1, 2), Pair(y=2, x=1))),
        Stable("a named tuple", lambda: Pair("a", {"b", "c"})),
    ),
    "namespace": (
        Differ("a namespace and its dict", lambda: (SimpleNamespace(a=1), {"a": 1}), "type"),
        Differ("a name", lambda: (SimpleNamespace(a=1), SimpleNamespace(b=1)), "name"),
        Agree("the order", lambda: (SimpleNamespace(a=1, b=2), SimpleNamespace(b=2, a=1))),
    ),
    "object": (
        Differ("an attribute", lambda: (Plain(a=1), Plain(a=2)), "value"),
        Differ("the name of an attribute", lambda: (Plain(a=1), Plain(b=1)), "name"),
        Differ("two classes", lambda: (Plain(a=1), Other(a=1)), "type"),
        Differ("slots", lambda: (Slotted(1, 2), Slotted(2, 1)), "order"),
        Differ("an object and its dict", lambda: (Plain(a=1), {"a": 1}), "type"),
        Differ("deep inside", lambda: (Plain(a=Plain(b=[1])), Plain(a=Plain(b=[2]))), "value"),
        Agree("attributes set in another order", lambda: (Plain(a=1, b=2), Plain(b=2, a=1))),
        Agree("pickled", lambda: (Plain(a={"x", "y"}), pickle.loads(pickle.dumps(Plain(a={"x", "y"}))))),
        Agree("what it computed and would compute again", lambda: (Measured([1]), _asked(Measured([1])))),
        Stable("an object with a set", lambda: Plain(a={"x", "y", "z"})),
    ),
}


def _asked(value: Measured) -> Measured:
    assert value.total
    return value
