"""What files were found to hold, so that one that did not change is not read again.

A table in the home (`memo/files-1`) of buckets with four places each, found by what a file is: its path, device and inode. A
place holds the stamp that the file had when it was read (size, times of modification and of change) and its digest, and is
believed only for that very stamp. A stamp that was young when the file was read is not kept: another change
in the same tick of the clock would not show.

The table has no locks. A place is written in one piece and checked when it is read, so a writer that is killed, or two at
once, leave a place that is empty. It has at most 11 MB, and may be deleted at any time; without a home that can be
written, this process remembers alone.
"""

# ruff: noqa: PTH100, PTH118, PTH123 - paths are texts here, and there may be a hundred thousand of them

from __future__ import annotations

import contextlib
import os
import struct
from typing import TYPE_CHECKING, Final

from blake3 import blake3

from recoup.settings import get_current_settings
from recoup.whole_files import write_file

if TYPE_CHECKING:
    from io import FileIO

__all__ = ["find_known", "is_settled", "keep_known"]

_HEADER: Final = b"recoup files 1\n".ljust(64, b"\0")
_PLACE: Final = struct.Struct("<16sQqq32s8s")
_CHECKED: Final = _PLACE.size - 8
_PLACES: Final = 4
_BUCKETS: Final = 1 << 15
_BUCKET: Final = _PLACE.size * _PLACES
_WORTHWHILE: Final = 1 << 16
"""Files smaller than this are read as fast as the table is."""

_SETTLED_NS: Final = 2_000_000_000
"""How long ago a file must have changed for its times to be believed: file systems count in up to two seconds."""

_MOST_REMEMBERED: Final = 20_000

_remembered: dict[bytes, tuple[tuple[int, int, int], bytes]] = {}


def find_known(path: str, found: os.stat_result) -> bytes | None:
    """Return the digest of the file at `path` if it is known for what the file system says of it now."""
    key, stamp = _key(path, found), _stamp(found)
    known = _remembered.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    if found.st_size < _WORTHWHILE:
        return None
    digest = None
    with contextlib.suppress(OSError), open(_table(), "rb", buffering=0) as table:
        digest = _found_in(table, key, stamp)
    if digest is not None:
        _remember(key, stamp, digest)
    return digest


def keep_known(path: str, found: os.stat_result, digest: bytes, began_ns: int) -> None:
    """Remember the digest of a file that was read from `began_ns` on (as `time.time_ns` has it), if its times can be believed."""
    if not is_settled(found, began_ns):
        return
    key, stamp = _key(path, found), _stamp(found)
    _remember(key, stamp, digest)
    if found.st_size >= _WORTHWHILE:
        with contextlib.suppress(OSError), _opened() as table:
            _put(table, key, stamp, digest)


def is_settled(found: os.stat_result, now_ns: int) -> bool:
    """Say whether a further change of a file would show in its times, because they are not of this moment, or of the future."""
    return max(found.st_mtime_ns, found.st_ctime_ns) + _SETTLED_NS < now_ns


def _remember(key: bytes, stamp: tuple[int, int, int], digest: bytes) -> None:
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[key] = (stamp, digest)


def _key(path: str, found: os.stat_result) -> bytes:
    what = f"{found.st_dev}:{found.st_ino}:{os.path.abspath(path)}"
    return blake3(what.encode("utf-8", "surrogateescape")).digest(16)


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


# --- the table ---------------------------------------------------------------------------------


def _table() -> str:
    return os.path.join(get_current_settings().home, "memo", "files-1")


def _opened() -> FileIO:
    """Return the table, open for writing; one that is not there, or is something else, is begun anew."""
    path = _table()
    with contextlib.suppress(FileNotFoundError):
        table = open(path, "r+b", buffering=0)  # noqa: SIM115 - the caller closes it
        if table.read(len(_HEADER)) == _HEADER:
            return table
        table.close()
    write_file(path, (_HEADER,))  # another process may do the same: what is lost is read again
    return open(path, "r+b", buffering=0)


def _found_in(table: FileIO, key: bytes, stamp: tuple[int, int, int]) -> bytes | None:
    if table.read(len(_HEADER)) != _HEADER:
        return None
    for place in _bucket(table, key):
        if place[:16] == key and _is_whole(place):
            _, *found, digest, _ = _PLACE.unpack(place)
            return digest if tuple(found) == stamp else None
    return None


def _put(table: FileIO, key: bytes, stamp: tuple[int, int, int], digest: bytes) -> None:
    places = _bucket(table, key)
    same = [index for index, place in enumerate(places) if place[:16] == key]
    empty = [index for index, place in enumerate(places) if not _is_whole(place)]
    index = (same or empty or [key[-1] % _PLACES])[0]
    filled = _PLACE.pack(key, *stamp, digest, b"")[:_CHECKED]
    table.seek(_offset(key) + index * _PLACE.size)
    table.write(filled + _check(filled))


def _bucket(table: FileIO, key: bytes) -> list[bytes]:
    table.seek(_offset(key))
    data = table.read(_BUCKET).ljust(_BUCKET, b"\0")
    return [data[start : start + _PLACE.size] for start in range(0, _BUCKET, _PLACE.size)]


def _offset(key: bytes) -> int:
    return len(_HEADER) + int.from_bytes(key[:4], "little") % _BUCKETS * _BUCKET


def _is_whole(place: bytes) -> bool:
    return place[_CHECKED:] == _check(place[:_CHECKED])


def _check(filled: bytes) -> bytes:
    return blake3(filled).digest(8)
