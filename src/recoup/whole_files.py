"""Whole files: read in one go, written in one step.

Both are counted in microseconds, so they speak to the system directly.
"""

# ruff: noqa: PTH103, PTH105, PTH108, PTH116, PTH120 - one Path costs as much as a system call

from __future__ import annotations

import contextlib
import io
import itertools
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recoup.abc import Buffer

__all__ = ["read_file", "write_file"]

_BINARY = getattr(os, "O_BINARY", 0)
_AT_ONCE = 64 * 1024
_MOST_CHUNKS = 1024  # IOV_MAX: the most that one writev takes

_numbers = itertools.count()


def read_file(path: str) -> bytes:
    """Return the content of the file at `path`."""
    fd = os.open(path, os.O_RDONLY | _BINARY)
    try:
        data = os.read(fd, _AT_ONCE)
        if len(data) < _AT_ONCE:  # a regular file gives less than it is asked for only at its end
            return data
        os.lseek(fd, 0, os.SEEK_SET)
        with io.FileIO(fd, closefd=False) as file:
            return file.readall()
    finally:
        os.close(fd)


def write_file(path: str, chunks: Sequence[Buffer], *, create: bool = False) -> bool:
    """Write the concatenation of `chunks` to `path`, making its folder if need be; say whether it has been done.

    It is not done only if the file has to be created and the name is taken. The file appears whole, with its name,
    or not at all; after an error nothing of it is left.
    """
    temporary = _write_temporary(path, chunks)
    try:
        if create:
            return _move_unless_taken(temporary, path)
        os.replace(temporary, path)
    except BaseException:
        _discard(temporary)
        raise
    return True


def _write_temporary(path: str, chunks: Sequence[Buffer]) -> str:
    folder = os.path.dirname(path)
    try:
        fd, temporary = _open_temporary(folder)
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        fd, temporary = _open_temporary(folder)
    try:
        try:
            _write_chunks(fd, chunks)
        finally:
            os.close(fd)  # where network file systems report that the disk is full
    except BaseException:
        _discard(temporary)
        raise
    return temporary


def _open_temporary(folder: str) -> tuple[int, str]:
    while True:
        temporary = f"{folder}/.tmp-{os.getpid()}-{next(_numbers)}"
        try:
            return os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666), temporary
        except FileExistsError:  # somebody on another machine, or long dead, has our numbers
            continue


def _write_chunks(fd: int, chunks: Sequence[Buffer]) -> None:
    while chunks:
        chunks = _after(os.writev(fd, chunks[:_MOST_CHUNKS]), chunks)


def _after(written: int, chunks: Sequence[Buffer]) -> Sequence[Buffer]:
    """Return what is left of `chunks`: the system takes a part of them beyond 2 GiB, or of very many."""
    for index, chunk in enumerate(chunks):
        size = chunk.nbytes if type(chunk) is memoryview else len(chunk)
        if written < size:
            return [memoryview(chunk).cast("B")[written:], *chunks[index + 1 :]]
        written -= size
    return ()


def _move_unless_taken(temporary: str, path: str) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        # A network file system may repeat a request whose answer was lost: two links prove that it was ours.
        return os.stat(temporary).st_nlink > 1
    finally:
        _discard(temporary)
    return True


def _discard(temporary: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(temporary)
