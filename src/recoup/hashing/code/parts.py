"""The parts of a program while they are collected: their names, and what each is made of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from blake3 import blake3

from recoup.types import Digest, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Kind", "Part", "Parts", "digest_of_texts", "token_of_digest"]

Kind = Literal["function", "class", "constant", "package", "code"]


@dataclass(slots=True)
class Part:
    """One reached piece of the program.

    `content` says what it is in itself: a digest of syntax, a version, the token of data. `meanings` say what the names
    in it mean, in terms of other parts.
    """

    name: str
    kind: Kind
    content: bytes = b""
    meanings: list[tuple[str, str]] = field(default_factory=list)
    text: str = ""
    source: Callable[[], str] = str

    def token(self) -> Token:
        """Return what this part contributes; that of data is the value's own."""
        if self.kind == "constant":
            return Token(self.content)
        meanings = (text for meaning in sorted(set(self.meanings)) for text in meaning)
        return token_of_digest(digest_of_texts(self.kind, self.content.hex(), *meanings))


class Parts(dict[str, Part]):
    """Parts by name. What has been met is remembered by identity, so that everything has one part."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[Hashable, str] = {}
        self._taken: Counter[str] = Counter()

    def name_of(self, key: Hashable) -> str | None:
        """Return the name of the part that was made for `key`."""
        return self._names.get(key)

    def begin(self, key: Hashable, name: str, kind: Kind) -> Part:
        """Make the part for `key`. A name that is taken gets a number, by order of appearance."""
        self._taken[name] += 1
        if self._taken[name] > 1:
            name = f"{name}~{self._taken[name]}"
        self._names[key] = name
        part = self[name] = Part(name, kind)
        return part


def digest_of_texts(*texts: str) -> Digest:
    """Return the digest of a sequence of texts."""
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts)
    return Digest(blake3(b"".join(b"%d:%b" % (len(data), data) for data in encoded)).digest())


def token_of_digest(digest: Digest) -> Token:
    """Return the token of what has this digest."""
    return Token(b"\xff" + digest)
