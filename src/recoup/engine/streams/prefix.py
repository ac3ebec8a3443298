"""The items that a stream has given so far, as digests: to see whether another source begins alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blake3 import blake3

from recoup.engine.streams.segments import LARGE_BYTES, StoredItem
from recoup.exceptions import HashError
from recoup.hashing import Hasher

if TYPE_CHECKING:
    from recoup.abc import Buffer, Serializer

__all__ = ["Prefix"]


class Prefix:
    """A running digest of items: of their tokens, which equal items share, whichever process made them.

    Of stored items that are given only the bytes are noted, which costs less, and is enough where a body makes the same
    bytes again; who is to be compared with them notes bytes as well (`by_bytes`).
    """

    def __init__(self, serializer: Serializer, *, by_bytes: bool = False) -> None:
        self._serializer = serializer
        self._tokens = blake3()
        self._bytes = blake3()
        self._by_bytes = by_bytes
        self._comparable = True
        self.stored = False
        self.count = 0

    def add(self, item: Any) -> None:
        """Add the next item, as it is now."""
        self.count += 1
        try:
            self._add(item)
        except Exception:  # noqa: BLE001 - serializers and items of users' own raise anything
            self._comparable = False

    def _add(self, item: Any) -> None:
        if self._by_bytes:
            encoded = self._serializer.encode(item)
            data = b"".join(encoded.chunks)
            digest = blake3(data).hexdigest() if len(data) > LARGE_BYTES else ""
            self._add_bytes(StoredItem(encoded.serializer, len(data), digest), data)
        try:
            self._tokens.update(Hasher().token(item))
        except HashError:  # it has no stable content, but perhaps stable bytes
            self._tokens.update(blake3(b"".join(self._serializer.encode(item).chunks)).digest())

    def add_stored(self, item: StoredItem, data: Buffer) -> None:
        """Add the next item by its stored bytes alone."""
        self.count += 1
        self.stored = True
        self._add_bytes(item, data)

    def _add_bytes(self, item: StoredItem, data: Buffer) -> None:
        self._bytes.update(f"{item.serializer} {item.size} {item.digest}".encode())
        if not item.digest:
            self._bytes.update(data)

    def begins_as(self, other: Prefix) -> bool:
        """Say whether both are of equal items; `False` also where that cannot be told."""
        if not (self._comparable and other._comparable and self.count == other.count):
            return False
        if self.stored or other.stored:
            return self._bytes.digest() == other._bytes.digest()
        return self._tokens.digest() == other._tokens.digest()
