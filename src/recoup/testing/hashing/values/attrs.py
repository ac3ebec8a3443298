"""Values of attrs."""

from __future__ import annotations

from typing import Final

from attrs import define

from recoup.testing.hashing.case import Agree, Case, Differ

__all__ = ["CASES"]


@define
class Item:
    """A field."""

    a: int


@define
class Thing:
    """The same in another class."""

    a: int


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "attrs class": (
        Differ("a field", lambda: (Item(1), Item(2)), "value"),
        Differ("two classes", lambda: (Item(1), Thing(1)), "type"),
        Agree("by position and by name", lambda: (Item(1), Item(a=1))),
    ),
}  # fmt: skip
