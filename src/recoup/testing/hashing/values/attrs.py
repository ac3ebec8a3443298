"""Values of attrs."""

from __future__ import annotations

import functools
import pickle
from typing import Any, Final

from attrs import define, field, frozen

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


@define
class Item:
    """A field."""

    a: int


@define
class Thing:
    """The same in another class."""

    a: int


@define
class Longer(Item):
    """Another field."""

    b: int = 0


@define(slots=False)
class Loose:
    """A class that takes more attributes."""

    a: int


@frozen(slots=False, cache_hash=True)
class Hashed:
    """A class that remembers its hash, which is another in each process."""

    a: str


@define
class Quiet:
    """A field that takes no part in comparisons."""

    a: int = field(eq=False)


@define
class Lazy:
    """Something that is computed once."""

    a: int

    @functools.cached_property
    def double(self) -> int:
        """Return twice the number."""
        return self.a * 2


def _with_more(**attributes: Any) -> Loose:
    made = Loose(1)
    vars(made).update(attributes)
    return made


def _hashed(made: Hashed) -> Hashed:
    hash(made)
    return made


def _asked(made: Lazy) -> Lazy:
    assert made.double == made.a * 2
    return made


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "attrs class": (
        Differ("a field", lambda: (Item(1), Item(2)), "value"),
        Differ("two classes", lambda: (Item(1), Thing(1)), "type"),
        Differ("a class and its base", lambda: (Item(1), Longer(1)), "type"),
        Differ("a field of a subclass", lambda: (Longer(1, 1), Longer(1, 2)), "value"),
        Differ("order of values", lambda: (Longer(1, 2), Longer(2, 1)), "order"),
        Differ("the type of a value", lambda: (Item(1), Item(1.0)), "type"),
        Differ("an attribute that is no field", lambda: (_with_more(b=1), _with_more(b=2)), "value"),
        Differ("a field that takes no part in comparisons", lambda: (Quiet(1), Quiet(2)), "value"),
        Differ("an instance and its fields", lambda: (Item(1), {"a": 1}), "type"),
        Agree("by position and by name", lambda: (Item(1), Item(a=1))),
        Agree("hashed and not", lambda: (Hashed("a"), _hashed(Hashed("a")))),
        Agree("something computed once, asked for and not", lambda: (Lazy(1), _asked(Lazy(1)))),
        Agree("sent elsewhere", lambda: (Longer(1, 2), pickle.loads(pickle.dumps(Longer(1, 2))))),
        Stable("fields", lambda: Longer(1, 2)),
        Stable("a class that remembers its hash", lambda: _hashed(Hashed("a"))),
    ),
}  # fmt: skip
