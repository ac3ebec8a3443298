"""Subclasses of built-in types: the class, the content and the attributes count."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ

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


def _marked(value: Any, **attributes: Any) -> Any:
    for name, member in attributes.items():
        setattr(value, name, member)
    return value


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "subclass of float": (
        Differ("a subclass and its base", lambda: (Celsius(1.5), 1.5), "type"),
        Differ("two subclasses", lambda: (Celsius(1.5), Kelvin(1.5)), "type"),
        Agree("two equal ones", lambda: (Celsius(1.5), Celsius("1.5"))),
    ),
    "subclass of str": (
        Differ("a subclass and its base", lambda: (Text("a"), "a"), "type"),
        Differ("an attribute", lambda: (_marked(Text("a"), lang="en"), _marked(Text("a"), lang="de")), "attribute"),
    ),
    "subclass of list": (
        Differ("a subclass and its base", lambda: (Rows([1]), [1]), "type"),
        Differ("an attribute", lambda: (_marked(Rows([1]), unit="m"), _marked(Rows([1]), unit="s")), "attribute"),
        Differ("the content", lambda: (Rows([1]), Rows([2])), "value"),
    ),
    "subclass of dict": (
        Differ("a subclass and its base", lambda: (Config(a=1), {"a": 1}), "type"),
        Differ("an attribute", lambda: (_marked(Config(a=1), path="x"), _marked(Config(a=1), path="y")), "attribute"),
        Agree("the order", lambda: (Config(a=1, b=2), Config(b=2, a=1))),
    ),
    "subclass of set": (
        Differ("a subclass and its base", lambda: (Members({1}), {1}), "type"),
        Agree("the order", lambda: (Members([8, 0]), Members([0, 8]))),
    ),
    "subclass of OrderedDict": (
        Differ("the order", lambda: (Steps(a=1, b=2), Steps(b=2, a=1)), "order"),
        Differ("a subclass and its base", lambda: (Steps(a=1), OrderedDict(a=1)), "type"),
    ),
}
