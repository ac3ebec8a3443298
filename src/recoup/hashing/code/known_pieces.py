"""What functions say on their own, kept so that no source file is parsed again by any process of a user.

A file in the home for each source file and version of Python (`memo/code-1/…`): a digest of the text, and for each function
that was asked for its digest and names. It is believed for a function only if the text is the same and the function was
compiled to the very code that is loaded. It may be deleted at any time; without a home that can be written, this process
remembers alone.
"""

# ruff: noqa: PTH118, PTH116 - paths are texts here: all of this is counted in microseconds

from __future__ import annotations

import contextlib
import importlib.util
import marshal
import os
from typing import TYPE_CHECKING, Final

import msgspec
from blake3 import blake3

from recoup.hashing.code.names import Names  # noqa: TC001 - msgspec reads it
from recoup.hashing.code.syntax import SCHEME
from recoup.settings import get_current_settings
from recoup.version import __version__
from recoup.whole_files import read_file, write_file

if TYPE_CHECKING:
    from types import CodeType

__all__ = ["KnownPiece", "find_known", "keep_known", "save_known"]

_MAGIC: Final = b"recoup code 1\n"
_CHECK: Final = 8
_SCHEME: Final = SCHEME + __version__.encode() + importlib.util.MAGIC_NUMBER
_SAME_BYTES_ALWAYS: Final = 2  # the last version of marshal whose bytes do not depend on reference counts


class KnownPiece(msgspec.Struct, frozen=True, array_like=True):
    """A function's digest, its names, and how its decorators were judged."""

    digest: bytes
    names: Names
    judged: tuple[tuple[tuple[str, ...], str], ...]
    code: bytes = b""


class _Kept(msgspec.Struct, array_like=True):
    """What is known of the functions of one text, by qualified name and line."""

    text: bytes
    pieces: dict[str, KnownPiece]


class _Text:
    """A source file as it is, and what is known of it."""

    __slots__ = ("kept", "new", "place", "stamp")

    def __init__(self, filename: str, stamp: tuple[int, int, int]) -> None:
        self.stamp = stamp
        self.new = False
        digest = blake3(read_file(filename)).digest()
        self.place = _place_of(filename)
        kept = _read(self.place)
        self.kept = kept if kept is not None and kept.text == digest else _Kept(digest, {})


_texts: dict[str, _Text] = {}


def find_known(code: CodeType) -> KnownPiece | None:
    """Return what is known of the function that was compiled to `code`."""
    text = _text_of(code.co_filename)
    found = text.kept.pieces.get(_name_of(code)) if text is not None else None
    return found if found is not None and found.code == _digest_of(code) else None


def keep_known(code: CodeType, piece: KnownPiece) -> None:
    """Remember what the function that was compiled to `code` says, until `save_known` keeps it."""
    text = _text_of(code.co_filename)
    if text is not None:
        text.kept.pieces[_name_of(code)] = msgspec.structs.replace(piece, code=_digest_of(code))
        text.new = True


def save_known() -> None:
    """Keep what was found since the last time, where the home can be written."""
    for text in tuple(_texts.values()):
        if text.new:
            text.new = False
            with contextlib.suppress(OSError):
                data = _encode(text.kept)
                write_file(text.place, (_MAGIC, data, _check(data)))


def _text_of(filename: str) -> _Text | None:
    try:
        found = os.stat(filename)
        stamp = found.st_size, found.st_mtime_ns, found.st_ino
        text = _texts.get(filename)
        if text is None or text.stamp != stamp:
            text = _texts[filename] = _Text(filename, stamp)
    except (OSError, ValueError):  # it was typed or executed, or it is gone
        return None
    return text


def _name_of(code: CodeType) -> str:
    return f"{code.co_qualname}:{code.co_firstlineno}"


def _digest_of(code: CodeType) -> bytes:
    return blake3(marshal.dumps(code, _SAME_BYTES_ALWAYS)).digest(16)


# --- files -------------------------------------------------------------------------------------

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode


def _place_of(filename: str) -> str:
    what = _SCHEME + os.fsencode(os.path.abspath(filename))  # noqa: PTH100 - as above
    return os.path.join(get_current_settings().home, "memo", "code-1", blake3(what).hexdigest(16))


def _read(place: str) -> _Kept | None:
    try:
        data = read_file(place)
        body = data[len(_MAGIC) : -_CHECK]
        if data.startswith(_MAGIC) and data[-_CHECK:] == _check(body):
            return _decode(body)
    except (OSError, msgspec.DecodeError):
        pass
    return None


def _check(data: bytes) -> bytes:
    return blake3(data).digest(_CHECK)
