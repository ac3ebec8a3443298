"""The language in which handlers say what a value is made of.

A handler takes a value apart by one level and returns a `Form` (a tag and the members whose tokens follow it), a
`Stream` (a tag and bytes), or finished encoding bytes. It never recurses and never hashes: the walk does.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from recoup.types import Token

__all__ = ["Attributes", "Encoder", "Form", "Instead", "Kind", "Label", "Reference", "Stream", "Unhashable", "nameless", "tag"]

Label = Callable[[Any], str]
"""How the member at a place (an index, or the key of a mapping) is reached from its container: `[3]`, `.lr`, or ""."""


class Kind(enum.Enum):
    """What the order of members means."""

    SEQUENCE = enum.auto()
    SET = enum.auto()
    MAPPING = enum.auto()


class Form(NamedTuple):
    """A value as its tag and its members.

    `members` are values, Forms or Streams; of a `MAPPING` they are a dict, of a `SET` any collection. Members that the
    handler made for the occasion must be held by the form, not by the value alone.
    """

    tag: bytes
    members: Any
    label: Label | None = None
    kind: Kind = Kind.SEQUENCE


class Stream(NamedTuple):
    """A value as its tag and its bytes, in pieces that are read once and never copied."""

    tag: bytes
    chunks: Iterable[Any]


Encoder = Callable[[Any], Form | Stream | bytes]
"""What handlers are made of; the bytes are a finished encoding, or a `Token` where that is remembered."""


class Unhashable(Exception):
    """A handler's refusal: `why` follows the type's name in the message, `instead` is a remedy that fits the type.

    The walk knows the path and turns it into the `HashError` that users see.
    """

    def __init__(self, why: str, instead: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.instead = instead


class Reference:
    """A value that is known by its token alone, such as a stored result: it has the digest of that value."""

    __slots__ = ("__recoup_token__", "text")

    def __init__(self, token: Token, text: str = "") -> None:
        self.__recoup_token__ = token
        self.text = text

    def __repr__(self) -> str:
        return f"Reference({self.__recoup_token__!r})"


class Instead:
    """What a function returned that says what stands for a value of a type; `by` is known by the token of that function."""

    __slots__ = ("by", "kind", "value")

    def __init__(self, by: Reference, kind: type, value: Any) -> None:
        self.by = by
        self.kind = kind
        self.value = value


class Attributes(dict[str, Any]):
    """The named state of an object: a mapping whose keys read as attributes."""


def tag(name: str, version: int = 1) -> bytes:
    """Return the first bytes of an encoding: what kind of thing follows, in which version of its scheme.

    The version ends the name, so no tag is the beginning of another. A handler that changes what it encodes raises
    its version; keys without such values stay as they are.
    """
    return name.encode("ascii") + bytes([version])


def nameless(_place: Any) -> str:
    """Label members that a person has no name for."""
    return ""
