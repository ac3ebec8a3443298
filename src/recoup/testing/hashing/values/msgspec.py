"""Values of msgspec."""

from __future__ import annotations

import pickle
from typing import Any, Final

import msgspec
from msgspec import Struct

from recoup.testing.hashing.case import Agree, Case, Differ, Refuse, Stable

__all__ = ["CASES"]


class Item(Struct):
    """A field."""

    a: int


class Thing(Struct):
    """The same in another class."""

    a: int


class Longer(Item):
    """Another field."""

    b: int = 0


class Tagged(Struct, tag="item", array_like=True):
    """A struct that is written in another way."""

    a: int


class Hashed(Struct, frozen=True, cache_hash=True):
    """A struct that remembers its hash."""

    a: str


class Loose(Struct, dict=True):
    """A struct that takes more attributes."""

    a: int


class Partial(Struct):
    """A field that may be left out."""

    a: int | msgspec.UnsetType | None = msgspec.UNSET


def _with_more(**attributes: Any) -> Loose:
    made = Loose(1)
    vars(made).update(attributes)
    return made


def _hashed(made: Hashed) -> Hashed:
    hash(made)
    return made


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "msgspec.Struct": (
        Differ("a field", lambda: (Item(1), Item(2)), "value"),
        Differ("two classes", lambda: (Item(1), Thing(1)), "type"),
        Differ("written in another way", lambda: (Item(1), Tagged(1)), "type"),
        Differ("a class and its base", lambda: (Item(1), Longer(1)), "type"),
        Differ("order of values", lambda: (Longer(1, 2), Longer(2, 1)), "order"),
        Differ("the type of a value", lambda: (Item(1), Item(1.0)), "type"),
        Differ("left out and None", lambda: (Partial(), Partial(None)), "value"),
        Differ("an attribute that is no field", lambda: (_with_more(b=1), _with_more(b=2)), "value"),
        Differ("a struct and what it is written as", lambda: (Item(1), msgspec.json.encode(Item(1))), "type"),
        Agree("by position and by name", lambda: (Item(1), Item(a=1))),
        Agree("read and made", lambda: (Longer(1, 2), msgspec.json.decode(b'{"b": 2, "a": 1}', type=Longer))),
        Agree("hashed and not", lambda: (Hashed("a"), _hashed(Hashed("a")))),
        Agree("sent elsewhere", lambda: (Tagged(1), pickle.loads(pickle.dumps(Tagged(1))))),
        Refuse("a decoder", lambda: msgspec.json.Decoder(Item)),
        Stable("fields", lambda: Longer(1, 2)),
        Stable("left out", Partial),
    ),
}  # fmt: skip
