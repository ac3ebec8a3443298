"""Names for the small things everything else is made of."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CommitMode", "Digest", "IsolationLevel", "Key", "NotSet", "NotSetType", "Token"]


class NotSetType(enum.Enum):
    """The type of `NotSet`, for annotations."""

    NOT_SET = enum.auto()

    def __repr__(self) -> str:
        return "NotSet"

    def __bool__(self) -> bool:
        return False


NotSet: Final = NotSetType.NOT_SET
"""An option that was not given, where `None` is a value of its own."""


class Digest(bytes):
    """A BLAKE3 digest: 32 bytes, whose `str` is their hex text."""

    __slots__ = ()

    def __str__(self) -> str:
        return self.hex()

    def __repr__(self) -> str:
        return f"Digest.fromhex({self.hex()!r})"


class Token(bytes):
    """What a value contributes to whatever contains it: at most 33 bytes.

    One length byte and the canonical encoding itself when that has at most 32 bytes, else `0xff` and the
    `Digest` of the encoding. Since a container is hashed from the tokens of its members, a container of
    references (values known only by token) has the digest of the container of the values.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return self.hex()

    def __repr__(self) -> str:
        return f"Token.fromhex({self.hex()!r})"


class Key(str):
    """The text under which a result is kept, with the named parts it was made of.

    A `Key` is its text: it compares, hashes and prints as `str`. `parts` is empty for texts that a key
    function chose itself.
    """

    __slots__ = ("parts",)
    parts: Sequence[Any]

    def __new__(cls, text: str, parts: Sequence[Any] = ()) -> Self:
        """Make a key of `text`, remembering the `parts` that explain it."""
        key = super().__new__(cls, text)
        key.parts = parts
        return key

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the text: the parts speak of live arguments and code."""
        return Key, (str(self),)


class IsolationLevel(str, enum.Enum):  # noqa: UP042 - a text that prints as `IsolationLevel.SERIALIZABLE`, as Prefect's does
    """How a transaction treats others on the same key (Prefect's names)."""

    READ_COMMITTED = "READ_COMMITTED"
    SERIALIZABLE = "SERIALIZABLE"


class CommitMode(str, enum.Enum):  # noqa: UP042 - as above
    """When a transaction commits (Prefect's names)."""

    EAGER = "EAGER"
    LAZY = "LAZY"
    OFF = "OFF"
