"""Folders for one run, beside the results, so that they are on a disk: a temporary folder of the system may be memory."""

from __future__ import annotations

import array
import contextlib
import os
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# From linux/fs.h: the flags of a file (`lsattr`), and the one for a folder whose subfolders have nothing to do with each other.
_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
_TOP_OF_HIERARCHIES = 0x00020000


@contextlib.contextmanager
def scratch(parent: Path) -> Iterator[str]:
    """Give a fresh folder in `parent`, and remove it."""
    with contextlib.suppress(ImportError, OSError):  # another system, or another file system
        _spread(parent)
    with TemporaryDirectory(dir=parent, prefix="scratch-", ignore_cleanup_errors=True) as folder:
        yield folder


def _spread(parent: Path) -> None:
    """Have ext4 put each subfolder of `parent` elsewhere on the disk (`chattr +T`).

    Beside thousands of files that were deleted in the last minutes, such as those of the previous run, ext4 takes five
    times as long to make a file: it looks at each of their inodes, and passes it over.
    """
    import fcntl

    flags = array.array("L", [0])
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, _GET_FLAGS, flags, True)
        flags[0] |= _TOP_OF_HIERARCHIES
        fcntl.ioctl(descriptor, _SET_FLAGS, flags)
    finally:
        os.close(descriptor)
