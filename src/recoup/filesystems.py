"""Storages under Prefect's module name; they live in `recoup.storage`."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from recoup.storage import LocalFileSystem

__all__ = ["LocalFileSystem", "WritableFileSystem"]


@runtime_checkable
class WritableFileSystem(Protocol):
    """A storage that also keeps files under paths of the user's choice."""

    def read_path(self, path: str) -> bytes:
        """Return the content at `path`."""
        ...

    def write_path(self, path: str, content: bytes) -> str:
        """Write `content` at `path` in one step; return where it is."""
        ...
