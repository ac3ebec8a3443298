"""Functions, lambdas, partials, methods, modules."""

from __future__ import annotations

import functools
import json
import math
import operator
from typing import TYPE_CHECKING, Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CASES"]


def double(x: Any) -> Any:
    """Double."""
    return x * 2


def triple(x: Any) -> Any:
    """Triple."""
    return x * 3


def adder(amount: int) -> Callable[[int], int]:
    """Return a function that encloses `amount`."""

    def add(x: int) -> int:
        return x + amount

    return add


def with_default(amount: int) -> Callable[..., int]:
    """Return a function with a default."""

    def add(x: int, by: int = amount) -> int:
        return x + by

    return add


class Scaler:
    """An object with methods."""

    def __init__(self, by: int) -> None:
        self.by = by

    def scale(self, x: int) -> int:
        """Scale."""
        return x * self.by

    def shift(self, x: int) -> int:
        """Shift."""
        return x + self.by

    @classmethod
    def named(cls) -> str:
        """Return a name."""
        return cls.__name__


class Shrinker(Scaler):
    """Inherits them."""


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "function": (
        Differ("two functions", lambda: (double, triple), "name"),
        Differ("what they enclose", lambda: (adder(1), adder(2)), "value"),
        Differ("a default", lambda: (with_default(1), with_default(2)), "value"),
        Differ("a function and its name", lambda: (double, "double"), "type"),
        Differ("built-in functions", lambda: (math.sin, math.cos), "name"),
        Differ("built-in functions of one name", lambda: (operator.add, operator.concat), "name"),
        Agree("what they enclose is equal", lambda: (adder(1), adder(1))),
        Stable("a function", lambda: double),
        Stable("a closure", lambda: adder(3)),
    ),
    "lambda": (
        Differ("a constant", lambda: (lambda x: x + 1, lambda x: x + 2), "value"),
        Differ("the type of a constant", lambda: (lambda x: x + 1, lambda x: x + 1.0), "type"),
        Differ("an attribute", lambda: (lambda x: x.a, lambda x: x.b), "name"),
        Differ("a function that is called", lambda: (lambda x: double(x) + 1, lambda x: triple(x) + 1), "name"),
        Agree("the name of a parameter that nobody names", lambda: [lambda x: x + 1 for _ in range(2)]),
        Stable("a lambda", lambda: lambda x: x + 1),
    ),
    "partial": (
        Differ("the arguments", lambda: (functools.partial(double, 1), functools.partial(double, 2)), "value"),
        Differ("the function", lambda: (functools.partial(double, 1), functools.partial(triple, 1)), "name"),
        Differ("by name and by position", lambda: (functools.partial(double, 1), functools.partial(double, x=1)), "name"),
        Differ("a partial and its function", lambda: (functools.partial(double), double), "type"),
        Agree("nested", lambda: (functools.partial(functools.partial(max, 1), 2), functools.partial(max, 1, 2))),
        Agree("keywords in another order", lambda: (functools.partial(dict, a=1, b=2), functools.partial(dict, b=2, a=1))),
        Stable("a partial", lambda: functools.partial(double, x=1)),
    ),
    "bound method": (
        Differ("the object", lambda: (Scaler(1).scale, Scaler(2).scale), "value"),
        Differ("the method", lambda: (Scaler(1).scale, Scaler(1).shift), "name"),
        Differ("the class of the object", lambda: (Scaler(1).scale, Shrinker(1).scale), "type"),
        Differ("a method and its function", lambda: (Scaler(1).scale, Scaler.scale), "type"),
        Differ("of two classes", lambda: (Scaler.named, Shrinker.named), "type"),
        Differ("of built-in objects", lambda: ([1].append, [2].append), "value"),
        Agree("two objects", lambda: (Scaler(1).scale, Scaler(1).scale)),
        Stable("a method", lambda: Scaler(1).scale),
    ),
    "module": (
        Differ("two modules", lambda: (math, json), "name"),
        Differ("a module and its name", lambda: (math, "math"), "type"),
        Stable("a module", lambda: json),
    ),
}  # fmt: skip
