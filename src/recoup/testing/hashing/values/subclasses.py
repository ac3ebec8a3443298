"""Subclasses of built-in types: the class, the content and the attributes count."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from typing import Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Celsius(float):
    """A float with a meaning."""


class Kelvin(float):
    """A float with another one."""


class Text(str):
    """A text with room for attributes."""

    __slots__ = ("__dict__",)


class Rows(list[Any]):
    """A list with attributes."""


class Config(dict[str, Any]):
    """A dict with attributes."""


class Members(set[Any]):
    """A set with attributes."""


class Steps(OrderedDict[str, Any]):
    """A dict whose order counts."""


class Counts(Counter[str]):
    """A counter with attributes."""


class Groups(defaultdict[str, Any]):
    """A dict with a factory and attributes."""


class Window(deque[Any]):
    """A deque with attributes."""


class Triple(tuple[Any, ...]):  # noqa: SLOT001 - with attributes, as users' classes are
    """A tuple with attributes."""


class Number(int):
    """A whole number with attributes."""


class Blob(bytes):
    """Bytes with attributes."""


class Frame(bytearray):
    """Bytes that change, with attributes."""


class Slots(list[Any]):
    """A list with a slot."""

    __slots__ = ("unit",)


class SlottedSet(set[Any]):
    """A set with a slot."""

    __slots__ = ("unit",)


class Others(Members):
    """The same as another class."""


class Figures(Counts):
    """The same as another class."""


class Batches(Groups):
    """The same as another class."""


def _marked(value: Any, **attributes: Any) -> Any:
    for name, member in attributes.items():
        setattr(value, name, member)
    return value


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "subclass of float": (
        Differ("a subclass and its base", lambda: (Celsius(1.5), 1.5), "type"),
        Differ("two subclasses", lambda: (Celsius(1.5), Kelvin(1.5)), "type"),
        Differ("the number", lambda: (Celsius(1.5), Celsius(2.5)), "value"),
        Agree("two equal ones", lambda: (Celsius(1.5), Celsius("1.5"))),
    ),
    "subclass of int": (
        Differ("a subclass of int and its base", lambda: (Number(1), 1), "type"),
        Differ("a subclass of int and true", lambda: (Number(1), True), "type"),
        Differ("an attribute", lambda: (_marked(Number(1), unit="m"), _marked(Number(1), unit="s")), "attribute"),
        Stable("a number with an attribute", lambda: _marked(Number(1), unit="m")),
    ),
    "subclass of str": (
        Differ("a subclass and its base", lambda: (Text("a"), "a"), "type"),
        Differ("an attribute", lambda: (_marked(Text("a"), lang="en"), _marked(Text("a"), lang="de")), "attribute"),
        Differ("the text", lambda: (Text("a"), Text("b")), "value"),
        Agree("two equal ones", lambda: (Text("ab"), Text("a" + "b"))),
        Stable("a text with an attribute", lambda: _marked(Text("a"), lang="en")),
    ),
    "subclass of bytes": (
        Differ("a subclass of bytes and its base", lambda: (Blob(b"a"), b"a"), "type"),
        Differ("an attribute of bytes", lambda: (_marked(Blob(b"a"), kind="x"), _marked(Blob(b"a"), kind="y")), "attribute"),
        Differ("a subclass of bytearray and its base", lambda: (Frame(b"a"), bytearray(b"a")), "type"),
    ),
    "subclass of list": (
        Differ("a subclass and its base", lambda: (Rows([1]), [1]), "type"),
        Differ("an attribute", lambda: (_marked(Rows([1]), unit="m"), _marked(Rows([1]), unit="s")), "attribute"),
        Differ("the content", lambda: (Rows([1]), Rows([2])), "value"),
        Differ("the order", lambda: (Rows([1, 2]), Rows([2, 1])), "order"),
        Differ("a slot", lambda: (_marked(Slots([1]), unit="m"), _marked(Slots([1]), unit="s")), "attribute"),
        Agree("two equal ones", lambda: (Rows([1]), Rows((1,)))),
    ),
    "subclass of tuple": (
        Differ("a subclass of tuple and its base", lambda: (Triple((1, 2)), (1, 2)), "type"),
        Differ("the content of a tuple", lambda: (Triple((1, 2)), Triple((2, 1))), "order"),
    ),
    "subclass of deque": (
        Differ("the length of a deque", lambda: (Window([1]), Window([1], 5)), "length"),
        Differ("the content of a deque", lambda: (Window([1]), Window([2])), "value"),
    ),
    "subclass of dict": (
        Differ("a subclass and its base", lambda: (Config(a=1), {"a": 1}), "type"),
        Differ("an attribute", lambda: (_marked(Config(a=1), path="x"), _marked(Config(a=1), path="y")), "attribute"),
        Differ("a value", lambda: (Config(a=1), Config(a=2)), "value"),
        Agree("the order", lambda: (Config(a=1, b=2), Config(b=2, a=1))),
    ),
    "subclass of OrderedDict": (
        Differ("the order of an ordered one", lambda: (Steps(a=1, b=2), Steps(b=2, a=1)), "order"),
        Differ("an ordered one and its base", lambda: (Steps(a=1), OrderedDict(a=1)), "type"),
        Differ("an attribute of an ordered dict", lambda: (_marked(OrderedDict(a=1), unit="m"), OrderedDict(a=1)), "attribute"),
    ),
    "subclass of Counter": (
        Differ("an attribute of a counter", lambda: (_marked(Counts("a"), unit="m"), _marked(Counts("a"), unit="s")), "attribute"),
        Differ("the counts of a counter", lambda: (Counts("a"), Counts("aa")), "value"),
        Differ("two subclasses of a counter", lambda: (Counts("a"), Figures("a")), "type"),
        Differ("a counter and its subclass", lambda: (Counter("a"), Counts("a")), "type"),
        Stable("a counter with an attribute", lambda: _marked(Counts("ab"), unit="m")),
    ),
    "subclass of defaultdict": (
        Differ("an attribute beside a factory", lambda: (_marked(Groups(list), unit="m"), _marked(Groups(list), unit="s")), "attribute"),
        Differ("a defaultdict and its subclass", lambda: (defaultdict(list), Groups(list)), "type"),
        Differ("two subclasses with a factory", lambda: (Groups(list), Batches(list)), "type"),
    ),
    "subclass of set": (
        Differ("a subclass and its base", lambda: (Members({1}), {1}), "type"),
        Differ("two subclasses", lambda: (Members({1}), Others({1})), "type"),
        Differ("a member", lambda: (Members({1}), Members({2})), "value"),
        Differ("one member more", lambda: (Members({1}), Members({1, 2})), "length"),
        Differ("an attribute", lambda: (_marked(Members({1}), unit="m"), _marked(Members({1}), unit="s")), "attribute"),
        Differ("a slot", lambda: (_marked(SlottedSet({1}), unit="m"), _marked(SlottedSet({1}), unit="s")), "attribute"),
        Agree("the order", lambda: (Members([8, 0]), Members([0, 8]))),
        Stable("texts", lambda: Members({"a", "b", "c"})),
    ),
}  # fmt: skip
