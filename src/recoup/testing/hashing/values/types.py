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


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "type": (
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
    ),
}
