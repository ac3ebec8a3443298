"""Values of msgspec."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


class Item(Struct):
    """A field."""

    a: int


class Thing(Struct):
    """The same in another class."""

    a: int


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "msgspec.Struct": (
        Differ("a field", lambda: (Item(1), Item(2)), "value"),
        Differ("two classes", lambda: (Item(1), Thing(1)), "type"),
        Agree("by position and by name", lambda: (Item(1), Item(a=1))),
    ),
}  # fmt: skip
