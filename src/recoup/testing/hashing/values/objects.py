"""Dataclasses, named tuples, namespaces, objects of plain classes."""

from __future__ import annotations

import copy
import pickle
import typing
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


@dataclass
class Late:
    """Fields that need not be set."""

    x: Any
    y: Any


class _Slot:
    __slots__ = ("unit",)


@dataclass
class Over(_Slot):
    """A field over a slot."""

    x: Any


def _marked(value: Any, **attributes: Any) -> Any:
    for name, member in attributes.items():
        setattr(value, name, member)
    return value


class ByState:
    """Says what its state is."""

    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def __getstate__(self) -> Any:
        return (self.kept, 0)


def made(*_arguments: Any) -> None:
    """Make something again."""


def remade(*_arguments: Any) -> None:
    """Make something again in another way."""


class ByMaker:
    """Says how it is made."""

    def __init__(self, *parts: Any, items: Any = None, pairs: Any = None) -> None:
        maker, argument, *setter = parts
        pairs = iter(pairs.items()) if pairs is not None else None
        self._reduced = (maker, (argument,), None, iter(items) if items is not None else None, pairs, *setter)

    def __reduce__(self) -> Any:
        return self._reduced


class Twin(ByMaker):
    """Is made as the other."""


class Client:
    """Says what stands for it."""

    def __init__(self, url: Any) -> None:
        self.url = url

    def __recoup_digest__(self) -> Any:
        return self.url


class Server(Client):
    """Has the same stand for it."""


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
        Differ("an attribute that is no field", lambda: (_marked(Point(1), unit="m"), _marked(Point(1), unit="s")), "attribute"),
        Differ(
            "which field is not set", lambda: (_marked(object.__new__(Late), x=1), _marked(object.__new__(Late), y=1)), "name"
        ),
        Differ("a slot of a base", lambda: (_marked(Over(1), unit="m"), _marked(Over(1), unit="s")), "attribute"),
    ),
    "named tuple": (
        Differ("a named tuple and a tuple", lambda: (Pair(1, 2), (1, 2)), "type"),
        Differ("the names of the fields", lambda: (Pair(1, 2), Couple(1, 2)), "name"),
        Differ("two classes", lambda: (Pair(1, 2), Old(1, 2)), "type"),
        Differ("exchanged", lambda: (Pair(1, 2), Pair(2, 1)), "order"),
        Agree("by position and by name", lambda: (Pair(1, 2), Pair(y=2, x=1))),
        Stable("a named tuple", lambda: Pair("a", {"b", "c"})),
        Differ("the first", lambda: (Pair(1, 2), Pair(3, 2)), "value"),
        Differ("a type", lambda: (Pair(1, 2), Pair(1, 2.0)), "type"),
    ),
    "namespace": (
        Differ("a namespace and its dict", lambda: (SimpleNamespace(a=1), {"a": 1}), "type"),
        Differ("a name", lambda: (SimpleNamespace(a=1), SimpleNamespace(b=1)), "name"),
        Agree("the order", lambda: (SimpleNamespace(a=1, b=2), SimpleNamespace(b=2, a=1))),
        Differ("a value", lambda: (SimpleNamespace(a=1), SimpleNamespace(a=2)), "value"),
        Differ("an empty one and None", lambda: (SimpleNamespace(), None), "type"),
        Differ("one name more", lambda: (SimpleNamespace(a=1), SimpleNamespace(a=1, b=None)), "length"),
        Differ("nested", lambda: (SimpleNamespace(a=SimpleNamespace(b=1)), SimpleNamespace(a={"b": 1})), "type"),
        Stable("a namespace", lambda: SimpleNamespace(a={"x", "y"})),
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
    "object that says its state": (
        Differ("the state", lambda: (ByState(1), ByState(2)), "value"),
        Differ("an object and its parts", lambda: (ByState(1), (ByState, (1, 0))), "type"),
        Differ("two classes that are made alike", lambda: (ByMaker(made, 1), Twin(made, 1)), "type"),
        Differ("by whom it is made", lambda: (ByMaker(made, 1), ByMaker(remade, 1)), "name"),
        Differ("of what it is made", lambda: (ByMaker(made, 1), ByMaker(made, 2)), "value"),
        Differ("who sets its state", lambda: (ByMaker(made, 1, made), ByMaker(made, 1, remade)), "name"),
        Differ("members", lambda: (ByMaker(made, 1, items=[1]), ByMaker(made, 1, items=[2])), "value"),
        Differ("pairs", lambda: (ByMaker(made, 1, pairs={"a": 1}), ByMaker(made, 1, pairs={"a": 2})), "value"),
        Differ("a made object and its parts", lambda: (ByMaker(made, 1), (ByMaker, made, (1,), None, None, None, None)), "type"),
        Differ("a name of a module, and its bytes", lambda: (typing.List, b"typing:List"), "type"),  # noqa: UP006 - it pickles by its name
        Differ("what stands for it", lambda: (Client("a"), Client("b")), "value"),
        Differ("two classes for which one thing stands", lambda: (Client("a"), Server("a")), "type"),
        Differ("an object and what stands for it", lambda: (Client("a"), (Client, "a")), "type"),
        Agree("what it leaves out", lambda: (_marked(ByState(1), left=1), _marked(ByState(1), left=2))),
        Agree("what it computed of the same", lambda: (Client("a"), Client("a"))),
        Stable("a made object", lambda: ByMaker(made, 1, items=[{"a", "b"}])),
        Stable("what stands for it is a set", lambda: Client({"a", "b"})),
    ),
}


def _asked(value: Measured) -> Measured:
    assert value.total
    return value
