"""Classes and generic aliases."""

from __future__ import annotations

import typing
from decimal import Decimal
from typing import Any, Final

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Base:
    """A class."""


class Derived(Base):
    """A class below it."""


def _local(factor: int) -> type:
    class Local:
        """A class of a function."""

        rate = factor

        def go(self) -> int:
            """Go."""
            return self.rate

    return Local


class Alike(type):
    """A metaclass whose classes claim to be equal."""

    def __eq__(cls, other: object) -> bool:
        return isinstance(other, Alike)

    def __hash__(cls) -> int:
        return 1


class One(metaclass=Alike):
    """A class that claims to be the other."""


class Another(metaclass=Alike):
    """The other."""


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "type": (
        Differ("classes that claim to be equal", lambda: (One, Another), "name"),
        Differ("objects of classes that claim to be equal", lambda: (One(), Another()), "type"),
        Differ("two classes", lambda: (int, float), "name"),
        Differ("a class and its name", lambda: (int, "int"), "type"),
        Differ("a class and an object of it", lambda: (dict, {}), "type"),
        Differ("a class and its base", lambda: (Derived, Base), "name"),
        Differ("constants of local classes", lambda: (_local(1), _local(2)), "value"),
        Differ("objects of local classes", lambda: (_local(1)(), _local(2)()), "type"),
        Differ("None and its type", lambda: (None, type(None)), "type"),
        Agree("local classes of one content", lambda: (_local(1), _local(1))),
        Stable("a class", lambda: Decimal),
        Stable("a class of a program", lambda: Derived),
        Differ("a class and the bytes of its name", lambda: (int, b"builtins:int"), "type"),
        Differ("the names of local classes", lambda: (_empty(), _void()), "name"),
        Differ("the bases of local classes", lambda: (_below(Base), _below(Derived)), "type"),
        Differ("classes that are made under one name", lambda: (_made("Made", rate=1), _made("Made", rate=2)), "value"),
    ),
    "generic alias": (
        Differ("the argument", lambda: (list[int], list[str]), "value"),
        Differ("the origin", lambda: (list[int], set[int]), "type"),
        Differ("an alias and its origin", lambda: (list[int], list), "type"),
        Differ("the order of arguments", lambda: (dict[str, int], dict[int, str]), "order"),
        Differ("optional and not", lambda: (int | None, int), "type"),
        Differ("literals of two types", lambda: (typing.Literal[1], typing.Literal[True]), "type"),
        Differ("annotations", lambda: (typing.Annotated[int, "a"], typing.Annotated[int, "b"]), "value"),
        Agree("the order of a union", lambda: (int | str, str | int)),
        Agree("two spellings of a union", lambda: (typing.Optional[int], int | None)),  # noqa: UP045 - the older spelling is the case
        Stable("an alias", lambda: dict[str, list[Any]]),
        Differ("of built-in types and of typing", lambda: (list[int], typing.List[int]), "type"),  # noqa: UP006 - the older spelling is the case
        Differ("an alias and its parts", lambda: (list[int], (True, list, (int,), ())), "type"),
        Differ("an alias and what it unpacks to", lambda: (list[int], _unpacked(list)), "type"),
        Differ("what is unpacked", lambda: (_unpacked(list), _unpacked(list, str)), "value"),
        Differ("what it unpacks to, and its parts", lambda: (_unpacked(list), (list, (int,))), "type"),
        Differ("a union and the set of its members", lambda: (int | str, frozenset({int, str})), "type"),
        Differ("the arguments of callables", lambda: (typing.Callable[[int], str], typing.Callable[..., str]), "value"),
        Differ("of what it unpacks", lambda: (_unpacked(tuple), _unpacked(list)), "type"),
    ),
    "type variable": (
        Differ("the name", lambda: (typing.TypeVar("T"), typing.TypeVar("S")), "name"),
        Differ("a bound", lambda: (typing.TypeVar("T", bound=int), typing.TypeVar("T", bound=str)), "value"),
        Differ("constraints", lambda: (typing.TypeVar("T", int, str), typing.TypeVar("T", int, bytes)), "value"),
        Differ("covariant", lambda: (typing.TypeVar("T", covariant=True), typing.TypeVar("T")), "value"),
        Differ("contravariant", lambda: (typing.TypeVar("T", contravariant=True), typing.TypeVar("T")), "value"),
        Differ("a type and parameters", lambda: (typing.TypeVar("T"), typing.ParamSpec("T")), "type"),
        Differ("a new type of another", lambda: (typing.NewType("N", int), typing.NewType("N", str)), "value"),
        Differ("new types of two names", lambda: (typing.NewType("N", int), typing.NewType("M", int)), "name"),
        Differ("texts for classes", lambda: (typing.ForwardRef("A"), typing.ForwardRef("B")), "name"),
        Differ(
            "a text of an attribute of a class", lambda: (typing.ForwardRef("A"), typing.ForwardRef("A", is_class=True)), "value"
        ),
        Differ("texts of two modules", lambda: (typing.ForwardRef("A"), typing.ForwardRef("A", module="b")), "name"),
        Differ("a text for a class and its parts", lambda: (typing.ForwardRef("A"), ("A", False, None)), "type"),
        Agree("made twice", lambda: (typing.TypeVar("T", bound=int), typing.TypeVar("T", bound=int))),
        Stable("a type variable", lambda: typing.TypeVar("T", bound=Base)),
    ),
}


def _unpacked(origin: Any, member: Any = int) -> Any:
    """Return what stands for `*origin[member]` among the parameters of a type."""
    return next(iter(origin[member]))


def _empty() -> type:
    class Empty:
        pass

    return Empty


def _void() -> type:
    class Void:
        pass

    return Void


def _below(base: Any) -> type:
    class Below(base):  # type: ignore[misc]  # of any class
        pass

    return Below


def _made(name: str, **content: Any) -> type:
    def method(self: Any) -> Any:
        return self.rate

    return type(name, (), content | {"method": method, "__qualname__": f"_made.<locals>.{name}"})
