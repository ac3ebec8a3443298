"""Functions, lambdas, partials, methods, modules."""

from __future__ import annotations

import functools
import json
import linecache
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


def put(_owner: Any, _value: Any) -> None:
    """Set."""


def set_twice(_owner: Any, _value: Any) -> None:
    """Set, and set again."""


class OwnProperty(property):
    """A property of one's own."""


def _named_partial(name: str) -> functools.partial[Any]:
    made = functools.partial(double, 1)
    vars(made)["name"] = name
    return made


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
        Differ("a function and the bytes of its name", lambda: (json.dumps, b"json:dumps"), "type"),
        Differ("a built-in function and the bytes of its name", lambda: (len, b"builtins:len"), "type"),
    ),
    "lambda": (
        Differ("a constant", lambda: (lambda x: x + 1, lambda x: x + 2), "value"),
        Differ("the type of a constant", lambda: (lambda x: x + 1, lambda x: x + 1.0), "type"),
        Differ("an attribute", lambda: (lambda x: x.a, lambda x: x.b), "name"),
        Differ("a function that is called", lambda: (lambda x: double(x) + 1, lambda x: triple(x) + 1), "name"),
        Agree("the name of a parameter that nobody names", lambda: [lambda x: x + 1 for _ in range(2)]),
        Stable("a lambda", lambda: lambda x: x + 1),
        Differ("two that were typed in a session", lambda: (_typed("lambda x: x + 1"), _typed("lambda x: x + 2")), "value"),
        Differ("a lambda and the name of its like", lambda: (_lambda(), "<lambda>"), "type"),
        Differ("an operator", lambda: (lambda x: x + 1, lambda x: x - 1), "value"),
    ),
    "partial": (
        Differ("the arguments", lambda: (functools.partial(double, 1), functools.partial(double, 2)), "value"),
        Differ("the function", lambda: (functools.partial(double, 1), functools.partial(triple, 1)), "name"),
        Differ("by name and by position", lambda: (functools.partial(double, 1), functools.partial(double, x=1)), "name"),
        Differ("a partial and its function", lambda: (functools.partial(double), double), "type"),
        Agree("nested", lambda: (functools.partial(functools.partial(max, 1), 2), functools.partial(max, 1, 2))),
        Agree("keywords in another order", lambda: (functools.partial(dict, a=1, b=2), functools.partial(dict, b=2, a=1))),
        Stable("a partial", lambda: functools.partial(double, x=1)),
        Differ("a keyword", lambda: (functools.partial(double, x=1), functools.partial(double, x=2)), "value"),
        Differ("an attribute", lambda: (_named_partial("a"), _named_partial("b")), "attribute"),
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
        Differ("a method and its parts", lambda: (Scaler(1).scale, (Scaler(1), Scaler.scale)), "type"),
    ),
    "module": (
        Differ("two modules", lambda: (math, json), "name"),
        Differ("a module and its name", lambda: (math, "math"), "type"),
        Stable("a module", lambda: json),
        Differ("a module and the bytes of its name", lambda: (math, b"math"), "type"),
        Differ("a module and a function of it", lambda: (math, math.sin), "type"),
        Differ("a package and a module of it", lambda: (json, json.decoder), "name"),
        Differ("a module and what it contains", lambda: (math, vars(math)["pi"]), "type"),
        Agree("imported twice", lambda: (math, __import__("math"))),
    ),
    "descriptor": (
        Differ("what is read", lambda: (property(double), property(triple)), "name"),
        Differ("read and set", lambda: (property(double), property(None, put)), "order"),
        Differ("how else it is set", lambda: (property(double, put), property(double, set_twice)), "name"),
        Differ("set and deleted", lambda: (property(None, put), property(None, None, double)), "order"),
        Differ("a property and its parts", lambda: (property(double), (property, double, None, None)), "type"),
        Differ("a property and a subclass", lambda: (property(double), OwnProperty(double)), "type"),
        Differ("static and class methods", lambda: (staticmethod(double), classmethod(double)), "type"),
        Differ("two static methods", lambda: (staticmethod(double), staticmethod(triple)), "name"),
        Differ("a static method and its parts", lambda: (staticmethod(double), (staticmethod, double)), "type"),
        Differ("attributes of built-in types", lambda: (vars(int)["real"], vars(int)["imag"]), "name"),
        Differ("one attribute of two types", lambda: (vars(int)["real"], vars(float)["real"]), "type"),
        Differ("an attribute and its parts", lambda: (vars(int)["real"], (int, "real")), "type"),
        Differ("cached functions", lambda: (functools.lru_cache(double), functools.lru_cache(triple)), "name"),
        Agree("two properties", lambda: (property(double), property(fget=double))),
        Stable("a property", lambda: property(double)),
        Differ("how it is set", lambda: (property(double), property(double, put)), "name"),
        Differ("how it is deleted", lambda: (property(double), property(double, None, triple)), "name"),
    ),
}  # fmt: skip


def _lambda() -> Callable[[int], int]:
    return lambda x: x + 1


def _typed(text: str) -> Any:
    """Return what a notebook makes of a text, of which it keeps the lines."""
    name = f"<typed {text}>"
    linecache.cache[name] = (len(text), None, [f"made = {text}\n"], name)
    session: dict[str, Any] = {"__name__": "typed"}
    exec(compile(f"made = {text}\n", name, "exec", dont_inherit=True), session)  # noqa: S102 - the texts are ours
    return session["made"]
