"""One call's view of its arguments: their tokens, and the named places inside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.hashing._canonical import ATOMS, FLAT, digest_of
from recoup.hashing._walk import walk
from recoup.types import Digest, Token

if TYPE_CHECKING:
    from recoup.hashing._walk import Known
    from recoup.records import Leaf

__all__ = ["Hasher", "digest", "token"]


class Hasher:
    """Hash the arguments of one call, each large buffer once.

    Remembers by identity, so it is for one moment: keep the values alive and unchanged as long as the hasher, then
    make a new one.
    """

    __slots__ = ("_known", "code")

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}
        self.code: dict[int, Any] = {}
        """The classes, functions and modules inside the values that were hashed, by `id`."""

    def token(self, value: Any, path: str = "") -> Token:
        """Return what `value` contributes to a key.

        Raises `HashError` for values without stable content; its `path` begins with `path`, the argument's name.
        """
        kind = type(value)
        try:
            quick = ATOMS.get(kind) or FLAT.get(kind)
            found = quick(value) if quick is not None else None
        except TypeError:  # a class that cannot be looked up, for its metaclass compares and does not hash: the walk refuses it
            found = None
        return Token(walk(value, self._known, path, self.code) if found is None else found)

    def weight(self, value: Any) -> int:
        """Return about how many bytes were hashed for `value`, 0 if it was too little to remember."""
        known = self._known.get(id(value))
        return known.weight if known is not None else 0

    def leaves(self, value: Any, name: str = "") -> dict[str, Leaf]:
        """Return the named places inside `value`, by path: fields, keys, positions, columns.

        At most 1,000 of them: what would go beyond stays one place. A value without names inside has none.
        """
        from recoup.hashing._leaves import leaves_of  # noqa: PLC0415 - texts are for misses; a hit never loads them

        return leaves_of(value, self._known, name)


def token(value: Any) -> Token:
    """Return what `value` contributes to a container or a key."""
    return Hasher().token(value)


def digest(value: Any) -> Digest:
    """Return the digest of `value`: the same for equal values of the same type, in every process and on every machine.

    It is 32 bytes, and its `str` is their hex text. Raises `HashError` for a value without stable content, with the
    path to it.

    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    >>> digest((1, 2)) == digest([1, 2])
    False
    >>> str(digest("text"))
    '81bf007f2014752131001f4f9e2bc55920f5660befce1c1b237f9acba6ad1f17'
    """
    return digest_of(token(value))
