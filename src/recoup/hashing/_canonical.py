"""Canonical bytes, and the one place where values meet BLAKE3.

Every value has an *encoding*: a tag (what it is, and the version of its scheme), then its payload. Its digest is
`blake3(PREFIX + encoding)`. Its *token* is what it contributes to a container: the encoding itself behind its length
when it has at most 32 bytes, else `0xff` and the digest. A container's payload is the count and the tokens of its
members. So every encoding is framed by its end, no two values share one, and a member known by its token alone
is as good as the member.

All of this is a format: `tests/golden/digests.json` holds it still, and a change needs a design note.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from blake3 import blake3

from recoup.hashing._forms import Attributes, Form, Kind, Reference, tag
from recoup.types import Digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from recoup.hashing._forms import Stream

__all__ = [
    "ATOMS",
    "BACK",
    "BYTES",
    "COLLECTIONS",
    "FEW",
    "FLAT",
    "LARGE",
    "STR",
    "atom_tokens",
    "container",
    "digest_of",
    "framed",
    "size",
    "stream_token",
]

PREFIX: Final = b"recoup/1\n"
"""The version of the scheme as a whole; tags carry those of its parts."""

INLINE: Final = 32
LARGE: Final = 1 << 16
"""From this many characters or bytes on, a text or buffer is hashed once per call and remembered."""

FEW: Final = 64
"""Below this many members, a container of atoms is encoded on the spot, each time it is met."""

ATTRIBUTES, DICT, FROZENSET, LIST, SET, TUPLE = map(tag, ("attributes", "dict", "frozenset", "list", "set", "tuple"))
BACK, BYTES, STR = tag("back"), tag("bytes"), tag("s")
_INT, _FLOAT, _COMPLEX, _NAN = tag("i"), tag("f"), tag("c"), struct.pack("<d", float("nan"))
_DIGESTED = b"\xff"
_SIZES: Final = tuple(bytes([n]) for n in range(256))

_pack_float = struct.Struct("<d").pack


# --- frames ---------------------------------------------------------------------------------


def framed(encoding: bytes) -> bytes:
    """Return the token of `encoding`."""
    if len(encoding) <= INLINE:
        return _SIZES[len(encoding)] + encoding
    return _DIGESTED + blake3(PREFIX + encoding).digest()


def digest_of(token: bytes) -> Digest:
    """Return the digest of the value that has this token."""
    if token[:1] == _DIGESTED:
        return Digest(token[1:])
    return Digest(blake3(PREFIX + token[1:]).digest())


def size(count: int) -> bytes:
    """Return `count` in as few self-delimiting bytes as it usually needs."""
    return _SIZES[count] if count < 0xFF else b"\xff" + count.to_bytes(8, "little")  # noqa: PLR2004 - 0xff announces 8 bytes


def container(mark: bytes, count: int, tokens: Iterable[bytes]) -> bytes:
    """Return the encoding of a container with `count` members."""
    return mark + size(count) + b"".join(tokens)


def stream_token(stream: Stream) -> tuple[bytes, int]:
    """Return the token of a tag and bytes that come in pieces, and how many bytes there were.

    One thread only: BLAKE3's thread pool does not survive a fork, and its threads belong to the user's work.
    """
    head, hasher, length = stream.tag, None, 0
    for chunk in stream.chunks:
        length += memoryview(chunk).nbytes
        if hasher is None:
            if len(stream.tag) + length <= INLINE:
                head += bytes(chunk)
                continue
            hasher = blake3(PREFIX + head)
        hasher.update(chunk)
    return (framed(head) if hasher is None else _DIGESTED + hasher.digest()), length


# --- atoms: values without members, encoded on the spot ---------------------------------------


def _int(value: int) -> bytes:
    return framed(_INT + value.to_bytes((value.bit_length() >> 3) + 1, "little", signed=True))


def _float(value: float) -> bytes:
    return _FLOAT_HEAD + (_pack_float(value) if value == value else _NAN)  # noqa: PLR0124 - only NaN differs from itself


def _complex(value: complex) -> bytes:
    return framed(_COMPLEX + _float(value.real) + _float(value.imag))


def _str(value: str) -> bytes | None:
    return framed(STR + value.encode("utf-8", "surrogatepass")) if len(value) < LARGE else None


def _bytes(value: bytes) -> bytes | None:
    return framed(BYTES + value) if len(value) < LARGE else None


def _constant(name: str) -> Callable[[Any], bytes]:
    token = framed(tag(name))
    return lambda _: token


_FLOAT_HEAD = _SIZES[len(_FLOAT) + 8] + _FLOAT
_TRUE, _FALSE = framed(tag("true")), framed(tag("false"))

ATOMS: Final[dict[type, Callable[[Any], bytes | None]]] = {
    int: _int,
    str: _str,
    float: _float,
    bool: lambda value: _TRUE if value else _FALSE,
    type(None): _constant("none"),
    bytes: _bytes,
    complex: _complex,
    type(...): _constant("ellipsis"),
    type(NotImplemented): _constant("notimplemented"),
    Reference: lambda reference: reference.__recoup_token__,
}
"""Tokens of exact built-in types; `None` from one of them asks for the long way, since the value is large."""


# --- flat containers: few atoms, a few levels deep, which need no walk ---------------------------

Flat = Callable[..., bytes | None]

_atom = ATOMS.get
_FLAT_DEPTH = 3


def atom_tokens(members: Iterable[Any], depth: int = 0) -> list[bytes] | None:
    """Return the tokens of `members` if all of them are atoms, or flat containers up to `depth` levels deep."""
    tokens = []
    for member in members:
        kind = type(member)
        atom = _atom(kind)
        if atom is not None:
            token = atom(member)
        else:
            flat = FLAT.get(kind) if depth else None
            token = flat(member, depth - 1) if flat is not None else None
        if token is None:
            return None
        tokens.append(token)
    return tokens


def _flat_sequence(mark: bytes) -> Flat:
    def flat(value: Sequence[Any], depth: int = _FLAT_DEPTH) -> bytes | None:
        tokens = atom_tokens(value, depth) if len(value) < FEW else None
        return None if tokens is None else framed(container(mark, len(tokens), tokens))

    return flat


def _flat_set(mark: bytes) -> Flat:
    def flat(value: Collection[Any], depth: int = _FLAT_DEPTH) -> bytes | None:
        tokens = atom_tokens(value, depth) if len(value) < FEW else None
        return None if tokens is None else framed(container(mark, len(tokens), sorted(tokens)))

    return flat


def _flat_mapping(mark: bytes) -> Flat:
    def flat(value: Mapping[Any, Any], depth: int = _FLAT_DEPTH) -> bytes | None:
        tokens = atom_tokens(value.values(), depth) if len(value) < FEW else None
        keys = atom_tokens(value) if tokens is not None else None
        if tokens is None or keys is None:
            return None
        return framed(container(mark, len(keys), chain.from_iterable(sorted(zip(keys, tokens)))))  # noqa: B905 - one dict

    return flat


FLAT: Final[dict[type, Flat]] = {
    list: _flat_sequence(LIST),
    tuple: _flat_sequence(TUPLE),
    dict: _flat_mapping(DICT),
    Attributes: _flat_mapping(ATTRIBUTES),
    set: _flat_set(SET),
    frozenset: _flat_set(FROZENSET),
}
"""Tokens of exact built-in containers of few small atoms; `None` when something else is inside, more of it, or deeper."""

COLLECTIONS: Final[dict[type, Callable[[Any], Form]]] = {
    list: lambda value: Form(LIST, value),
    tuple: lambda value: Form(TUPLE, value),
    dict: lambda value: Form(DICT, value, None, Kind.MAPPING),
    Attributes: lambda value: Form(ATTRIBUTES, value, ".{}".format, Kind.MAPPING),
    set: lambda value: Form(SET, value, None, Kind.SET),
    frozenset: lambda value: Form(FROZENSET, value, None, Kind.SET),
}
"""How the same types are taken apart when something else is inside."""
