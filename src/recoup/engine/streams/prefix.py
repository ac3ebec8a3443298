"""The items that a stream has given so far, as one digest: to see whether another source begins alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blake3 import blake3

from recoup.exceptions import HashError
from recoup.hashing import Hasher

if TYPE_CHECKING:
    from recoup.abc import Serializer

__all__ = ["Prefix"]

_BY_BYTES = b"\xfe"


class Prefix:
    """A running digest of items: equal items in equal order have equal ones, whichever process made them.

    Of items without stable content the serialized bytes are compared; `comparable` is false when there are none either.
    """

    def __init__(self, serializer: Serializer) -> None:
        self._serializer = serializer
        self._hasher = blake3()
        self.count = 0
        self.comparable = True

    def add(self, item: Any) -> None:
        """Add the next item, as it is now."""
        self.count += 1
        try:
            self._hasher.update(self._mark(item))
        except Exception:  # noqa: BLE001 - serializers and items of users' own raise anything
            self.comparable = False

    def _mark(self, item: Any) -> bytes:
        try:
            return Hasher().token(item)
        except HashError:
            return _BY_BYTES + blake3(b"".join(self._serializer.encode(item).chunks)).digest()

    def begins_as(self, other: Prefix) -> bool:
        """Say whether both are of equal items."""
        return self.comparable and other.comparable and self.count == other.count and self._digest == other._digest

    @property
    def _digest(self) -> bytes:
        return self._hasher.digest()
