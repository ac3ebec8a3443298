"""Files and folders by content: what lies at a path, never how it is called or when it was written."""

# ruff: noqa: PTH115, PTH116, PTH123 - paths are texts here, and there may be a hundred thousand of them

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, Any, Final

from blake3 import blake3

from recoup.annotations import File
from recoup.hashing._forms import Unhashable
from recoup.hashing.known_files import find_known, keep_known

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["digest_of_file", "entries_of_folder", "size_of"]

_CHUNK: Final = 1 << 20
_ATTEMPTS: Final = 3


def digest_of_file(path: str) -> bytes:
    """Return the BLAKE3 digest of the bytes of the file at `path`. Raises `Unhashable` where there is none that can be read."""
    try:
        found = os.stat(path)
        if stat.S_ISDIR(found.st_mode):
            raise Unhashable(f"{path!r} is a folder", "annotate the parameter Dir instead of File")
        if not stat.S_ISREG(found.st_mode):
            raise Unhashable(f"{path!r} is no regular file", "write what comes from it to a file first")
        known = find_known(path, found)
        if known is not None:
            return known
        for _ in range(_ATTEMPTS):
            began = time.time_ns()
            before, digest, after = _read(path)
            if _stamp(before) == _stamp(after):
                keep_known(path, before, digest, began)
                return digest
    except OSError as exc:
        raise _refused(path, exc) from exc
    raise Unhashable(f"{path!r} changes while it is read", "call the task when it has been written")


def size_of(value: object) -> int:
    """Return how many bytes are read to hash a file as it is now, 0 for anything else."""
    try:
        return os.stat(value).st_size if type(value) is File else 0
    except OSError:
        return 0


def _read(path: str) -> tuple[os.stat_result, bytes, os.stat_result]:
    """Return the digest of a file, and what the file system says of it before and after."""
    hasher, buffer = blake3(), bytearray(_CHUNK)
    view = memoryview(buffer)
    with open(path, "rb", buffering=0) as file:
        before = os.fstat(file.fileno())
        while count := file.readinto(view):
            hasher.update(view[:count])
        return before, hasher.digest(), os.fstat(file.fileno())


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _refused(path: str, exc: OSError) -> Unhashable:
    if isinstance(exc, FileNotFoundError):
        return Unhashable(f"{path!r} does not exist", "make it before the task is called")
    return Unhashable(f"{path!r} cannot be read ({exc.strerror or exc})", "make it readable for this user")


# --- folders -----------------------------------------------------------------------------------


def entries_of_folder(path: str) -> dict[str, Any]:
    """Return what lies in a folder at any depth, by its path from there with `/` between names.

    A link counts as what it leads to; one that leads nowhere, or back to a folder around it, as its text. A folder
    that is empty is an entry of its own.
    """
    try:
        if not stat.S_ISDIR(os.stat(path).st_mode):
            raise Unhashable(f"{path!r} is no folder", "annotate the parameter File instead of Dir")
        return dict(_entries(path, "", ()))
    except OSError as exc:
        raise _refused(exc.filename or path, exc) from exc


def _entries(folder: str, prefix: str, around: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, Any]]:
    found = os.stat(folder)
    around = (*around, (found.st_dev, found.st_ino))
    empty = True
    with os.scandir(folder) as entries:
        for entry in entries:
            empty = False
            yield from _entry(entry, prefix + entry.name, around)
    if empty and prefix:
        yield prefix, ("empty folder",)


def _entry(entry: os.DirEntry[str], name: str, around: tuple[tuple[int, int], ...]) -> Iterator[tuple[str, Any]]:
    try:
        found = entry.stat()
    except OSError:
        if not entry.is_symlink():
            raise
        yield name, ("link", os.readlink(entry.path))
        return
    if not stat.S_ISDIR(found.st_mode):
        yield name, File(entry.path)
    elif entry.is_symlink() and (found.st_dev, found.st_ino) in around:
        yield name, ("link", os.readlink(entry.path))
    else:
        yield from _entries(entry.path, f"{name}/", around)
