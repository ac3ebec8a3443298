"""Objects in the memory of this process, for tests and for results that need not outlive it."""

from __future__ import annotations

import itertools
import os
import posixpath
import time
from typing import TYPE_CHECKING, NamedTuple

from recoup.abc import Buffer, Locality, ObjectInfo, ObjectStore, check_name
from recoup.exceptions import InvalidName, ObjectExists, ObjectNotFound
from recoup.storage._names import keeps_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MemoryStorage"]


class _Object(NamedTuple):
    data: bytes
    modified: float


_named: dict[str, dict[str, _Object]] = {}
_numbers = itertools.count(1)


class MemoryStorage(ObjectStore):
    """A dictionary that behaves as a storage.

    Storages of one name share their objects for the life of the process, and are equal. Without a name the storage is
    its own, and its objects go with it. A copy by pickle is the same storage within the process; in another
    process it is that process's storage of this name, empty at first.

    Every operation is one operation of a `dict`, which is atomic: there is no lock.
    """

    locality = Locality.MEMORY

    def __init__(self, name: str | None = None) -> None:
        self.name = name or f"unnamed-{os.getpid()}-{next(_numbers)}"
        self._objects: dict[str, _Object] = {} if name is None else _named.setdefault(name, {})

    def __repr__(self) -> str:
        return f"MemoryStorage({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._objects is other._objects

    def __hash__(self) -> int:
        return hash((MemoryStorage, self.name))

    def __reduce__(self) -> tuple[type[MemoryStorage], tuple[str]]:
        _named.setdefault(self.name, self._objects)  # from now on the name is known, so it must be kept
        return MemoryStorage, (self.name,)

    # --- objects ---------------------------------------------------------------------------

    def get(self, name: str) -> bytes:
        """Return the object's bytes."""
        return self._find(check_name(name)).data

    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        """Keep the joined chunks."""
        new = _Object(b"".join(chunks), time.time())
        if not create:
            self._objects[check_name(name)] = new
        elif self._objects.setdefault(check_name(name), new) is not new:
            raise ObjectExists(f"{name} exists already in {self!r}")

    def delete(self, name: str) -> None:
        """Forget the object."""
        self._objects.pop(check_name(name), None)

    def info(self, name: str) -> ObjectInfo:
        """Return the object's size and the time of its `put`."""
        found = self._find(check_name(name))
        return ObjectInfo(name, len(found.data), found.modified)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield what lay under `prefix` when the listing began."""
        under = self._under(prefix)
        return (ObjectInfo(name, len(found.data), found.modified) for name, found in under if keeps_name(name))

    def folders(self, prefix: str = "") -> Iterator[str]:
        """Yield the folders that have objects."""
        start = len(prefix) + 1 if prefix else 0
        return filter(keeps_name, {name[:end] for name, _ in self._under(prefix) if (end := name.find("/", start)) > 0})

    def _find(self, name: str) -> _Object:
        try:
            return self._objects[name]
        except KeyError as exc:
            raise ObjectNotFound(f"there is no object {name!r} in {self!r}") from exc

    def _under(self, prefix: str) -> Iterator[tuple[str, _Object]]:
        start = f"{check_name(prefix)}/" if prefix else ""
        return ((name, found) for name, found in self._objects.copy().items() if name.startswith(start))

    # --- objects under names that users choose (Prefect's methods) ----------------------------

    def read_path(self, path: str) -> bytes:
        """Return the content at `path`."""
        return self._find(self._inside(path)).data

    def write_path(self, path: str, content: bytes) -> str:
        """Keep `content` at `path`; return the path as it is kept."""
        inside = self._inside(path)
        self._objects[inside] = _Object(bytes(content), time.time())
        return inside

    def _inside(self, path: str) -> str:
        inside = posixpath.normpath(path)
        if "\0" in path or inside.startswith(("/", "..")) or inside == "." or path.endswith("/"):
            raise InvalidName(f"{path!r} is not a path inside {self!r}; give a relative one, such as 'reports/daily.json'")
        return inside
