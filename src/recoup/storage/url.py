"""From what a user writes (a path, a URL, a storage) to a storage."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from recoup.abc import ObjectStore
from recoup.exceptions import ConfigurationError
from recoup.storage.local import LocalFileSystem
from recoup.storage.memory import MemoryStorage

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["resolve"]

_PATH = re.compile(r"[/~]|\.{1,2}(?:/|$)|[A-Za-z]:[\\/]")


def resolve(spec: ObjectStore | os.PathLike[str] | str) -> ObjectStore:
    """Return the storage that `spec` means.

    A string is a path if it starts with `/`, `./`, `../` or `~` (or a Windows drive), a URL if it has a scheme, and
    the name of a saved block otherwise. So `results` is never taken for a folder by accident.

    >>> resolve("memory://scratch")
    MemoryStorage('scratch')
    """
    if isinstance(spec, ObjectStore):
        return spec
    if isinstance(spec, os.PathLike):
        return LocalFileSystem(spec)
    if not isinstance(spec, str):
        raise ConfigurationError(f"a storage cannot be made of {spec!r}, a {type(spec).__name__}; {_HOW}")
    if _PATH.match(spec):
        return LocalFileSystem(spec)
    scheme, separator, rest = spec.partition("://")
    if not separator:
        raise ConfigurationError(f"{spec!r} would be the name of a saved block, and there are no saved blocks yet; {_HOW}")
    if scheme not in _SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
        raise ConfigurationError(f"no storage is known for {spec!r}: its scheme is not one of {known}; {_HOW}")
    return _SCHEMES[scheme](rest)


_HOW = "write a path such as './results' or Path('results'), or a storage such as LocalFileSystem('results')"


def _local(rest: str) -> LocalFileSystem:
    from urllib.parse import unquote  # noqa: PLC0415 - 4 ms that a program without URLs never pays

    path = unquote(rest.removeprefix("localhost"))
    if not path.startswith("/"):
        raise ConfigurationError(
            f"'file://{rest}' names a host, not a folder; write three slashes and a full path, as in file:///data/results"
        )
    return LocalFileSystem(path)


def _memory(rest: str) -> MemoryStorage:
    if not rest:
        raise ConfigurationError("'memory://' has no name; write memory://name, or MemoryStorage() for one of its own")
    return MemoryStorage(rest)


_SCHEMES: dict[str, Callable[[str], ObjectStore]] = {"file": _local, "memory": _memory}
