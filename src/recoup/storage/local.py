"""Objects as files under a folder.

An object is a plain file under its own name. A write goes to a hidden temporary file in the same folder and takes
its name in one step, so readers see all of an object or none of it, also when the writer is killed.

Nothing is forced to the medium: after a power loss a young file can be torn. Whoever stores something that matters
keeps a checksum with it (records and values do) and takes a torn file for a missing one.
"""

# ruff: noqa: PTH100, PTH108, PTH111, PTH116, PTH118 - a look-up is counted in microseconds, and one Path costs two

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from recoup.abc import Buffer, Locality, ObjectInfo, ObjectStore, check_name
from recoup.exceptions import InvalidName, NotAStorage, ObjectExists, ObjectNotFound, StoreError, StoreFull, StorePermissionError
from recoup.storage._names import keeps_name
from recoup.whole_files import read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["LocalFileSystem"]

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP})  # a link in a circle leads to no file
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class LocalFileSystem(ObjectStore):
    """A folder on this machine, or on a network file system that shows it as one.

    A relative `basepath` counts from the working directory at construction; `~` is the user's home. The folder is
    made by the first write.
    """

    locality = Locality.DISK

    def __init__(self, basepath: str | os.PathLike[str]) -> None:
        self.basepath = os.path.abspath(os.path.expanduser(basepath))
        self._root = os.path.join(self.basepath, "")

    def __repr__(self) -> str:
        return f"LocalFileSystem({self.basepath!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.basepath == other.basepath

    def __hash__(self) -> int:
        return hash((LocalFileSystem, self.basepath))

    def __reduce__(self) -> tuple[type[LocalFileSystem], tuple[str]]:
        return LocalFileSystem, (self.basepath,)

    # --- objects ---------------------------------------------------------------------------

    def get(self, name: str) -> bytes:
        """Return the file's bytes."""
        return _read(self._root + check_name(name))

    def find(self, name: str) -> bytes | None:
        """Return the file's bytes, or `None`; absence is answered by the one error that the system raises."""
        path = self._root + check_name(name)
        try:
            return read_file(path)
        except FileNotFoundError:
            return None
        except OSError as exc:
            if exc.errno in _ABSENT:
                return None
            raise _not_read(exc, path) from exc

    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        """Write a temporary file next to `name`, then rename it, or link it if it has to be new."""
        path = self._root + check_name(name)
        if not _write(path, chunks, create=create):
            raise ObjectExists(f"{path} exists already")

    def delete(self, name: str) -> None:
        """Remove the file; its folder stays."""
        path = self._root + check_name(name)
        try:
            os.unlink(path)
        except OSError as exc:
            if exc.errno not in _ABSENT:
                raise _failed(exc, "remove", path) from exc

    def info(self, name: str) -> ObjectInfo:
        """Return the file's size and time of modification."""
        path = self._root + check_name(name)
        try:
            status = os.stat(path)
        except OSError as exc:
            raise _not_read(exc, path) from exc
        if stat.S_ISDIR(status.st_mode):
            raise ObjectNotFound(f"there is no object at {path}, but a folder")
        return ObjectInfo(name, status.st_size, status.st_mtime)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the files under `prefix`, except those that no store could have written (hidden or oddly named)."""
        return self._walk(prefix and check_name(prefix))

    def folders(self, prefix: str = "") -> Iterator[str]:
        """Yield the folders directly under `prefix`, also those that have become empty."""
        return (name for name, entry in self._entries(prefix and check_name(prefix)) if entry.is_dir())

    def _walk(self, prefix: str) -> Iterator[ObjectInfo]:
        pending = [prefix]
        while pending:
            for name, entry in self._entries(pending.pop()):
                try:
                    status = entry.stat()
                except OSError as exc:
                    if exc.errno in _ABSENT:  # removed since the folder was read
                        continue
                    raise _failed(exc, "list", entry.path) from exc
                if stat.S_ISDIR(status.st_mode):
                    pending.append(name)
                else:
                    yield ObjectInfo(name, status.st_size, status.st_mtime)

    def _entries(self, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
        path = self._root + prefix
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    name = f"{prefix}/{entry.name}" if prefix else entry.name
                    if keeps_name(name):
                        yield name, entry
        except OSError as exc:
            if exc.errno not in _ABSENT:
                raise _failed(exc, "list", path) from exc

    # --- files under paths of the user's choice (Prefect's methods) --------------------------

    def read_path(self, path: str) -> bytes:
        """Return the content of the file at `path`, which counts from the folder and stays inside it."""
        return _read(self._inside(path))

    def write_path(self, path: str, content: bytes) -> str:
        """Write `content` at `path` in one step; return the absolute path."""
        inside = self._inside(path)
        _write(inside, [content])
        return inside

    def _inside(self, path: str) -> str:
        # Links are followed before the check, else a link inside the folder could lead out of it.
        base = os.path.realpath(self.basepath)
        if "\0" not in path and not path.endswith("/"):
            inside = os.path.realpath(os.path.join(base, path))
            if inside.startswith(os.path.join(base, "")):
                return inside
        raise InvalidName(
            f"{path!r} is not the path of a file inside {base}; give one relative to it, such as 'reports/daily.json'"
        )


# --- errors ----------------------------------------------------------------------------------


def _read(path: str) -> bytes:
    try:
        return read_file(path)
    except OSError as exc:
        raise _not_read(exc, path) from exc


def _write(path: str, chunks: Sequence[Buffer], *, create: bool = False) -> bool:
    try:
        return write_file(path, chunks, create=create)
    except OSError as exc:
        raise _not_written(exc, path) from exc


def _not_read(exc: OSError, path: str) -> StoreError:
    if exc.errno in _ABSENT:
        return ObjectNotFound(f"there is no object at {path}")
    return _failed(exc, "read", path)


def _not_written(exc: OSError, path: str) -> StoreError:
    if exc.errno in _FULL:
        return StoreFull(f"cannot write {path}: {exc.strerror}. Free some space there, or keep results in another storage.")
    if exc.errno in _ABSENT or isinstance(exc, FileExistsError):
        return NotAStorage(
            f"cannot write {path}: {exc.strerror}. Look for a file where a folder should be, or a folder in place of the file."
        )
    return _failed(exc, "write", path)


def _failed(exc: OSError, verb: str, path: str) -> StoreError:
    if exc.errno in _REFUSED:
        return StorePermissionError(
            f"cannot {verb} {path}: {exc.strerror}. Give this user access to the folder, or keep results in another storage."
        )
    return StoreError(f"cannot {verb} {path}: {exc.strerror}. Check the disk or the network mount that holds it.")
