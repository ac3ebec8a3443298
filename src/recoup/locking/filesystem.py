"""Locks in a folder, for processes of one machine or of several that share it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from recoup.exceptions import ObjectExists, StoreError, StorePermissionError
from recoup.locking.lease import LEASE_SECONDS, TicketLockManager
from recoup.whole_files import read_file, write_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer

__all__ = ["FileSystemLockManager"]


class FileSystemLockManager(TicketLockManager):
    """Locks in `lock_files_directory`, which is made when it is needed.

    Keys are any texts: names of files are digests. A holder whose process ended is noticed at once by others on
    its machine; on other machines when it was silent for `ttl` seconds.
    """

    def __init__(self, lock_files_directory: Path | str, ttl: float = LEASE_SECONDS) -> None:
        self.lock_files_directory = Path(lock_files_directory).expanduser().resolve()
        super().__init__(_Folder(str(self.lock_files_directory)), ttl, is_remote=False)

    def __repr__(self) -> str:
        return f"FileSystemLockManager({str(self.lock_files_directory)!r})"

    def __reduce__(self) -> tuple[type[FileSystemLockManager], tuple[Path, float]]:
        return FileSystemLockManager, (self.lock_files_directory, self.ttl)


class _Name(NamedTuple):
    name: str


class _Folder(NamedTuple):
    """Small files in a folder, each written in one step."""

    root: str

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def find(self, name: str) -> bytes | None:
        try:
            return read_file(self._path(name))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as exc:
            raise _failed(exc, "read", self._path(name)) from exc

    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        try:
            done = write_file(self._path(name), chunks, create=create)
        except OSError as exc:
            raise _failed(exc, "write", self._path(name)) from exc
        if not done:
            raise ObjectExists(f"{self._path(name)} exists already")

    def delete(self, name: str) -> None:
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._path(name))  # noqa: PTH108 - a Path costs more than the call
        except OSError as exc:
            raise _failed(exc, "remove", self._path(name)) from exc

    def list(self, prefix: str = "") -> list[_Name]:
        try:
            found = os.listdir(self._path(prefix))  # noqa: PTH208 - as above
        except FileNotFoundError:
            return []
        except OSError as exc:
            raise _failed(exc, "list", self._path(prefix)) from exc
        return [_Name(f"{prefix}/{name}") for name in found if not name.startswith(".")]


def _failed(exc: OSError, verb: str, path: str) -> StoreError:
    kind = StorePermissionError if isinstance(exc, PermissionError) else StoreError
    return kind(f"cannot {verb} the lock file {path}: {exc.strerror}. Give this user a folder to write to for locks.")
