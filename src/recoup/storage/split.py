"""Records in one storage, and what they speak of in another."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from recoup.abc import Buffer, Locality, ObjectInfo, ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["SplitStorage"]

_KEPT_WITH_KEYS = frozenset({"recoup.json", "records", "parts"})


class SplitStorage(ObjectStore):
    """A storage of which `keys` holds the records and `values` all the rest: what `policy.configure(key_storage=…)` makes.

    Small values lie in their records, so they are with the keys, too.
    """

    def __init__(self, keys: ObjectStore, values: ObjectStore) -> None:
        self.keys = keys
        self.values = values

    @property
    def locality(self) -> Locality:  # type: ignore[override]  # as far away as the farther of the two
        """Return the locality of the farther one."""
        return max(self.keys.locality, self.values.locality, key=list(Locality).index)

    def __repr__(self) -> str:
        return f"SplitStorage(keys={self.keys!r}, values={self.values!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SplitStorage) and (self.keys, self.values) == (other.keys, other.values)

    def __hash__(self) -> int:
        return hash((SplitStorage, self.keys, self.values))

    def _of(self, name: str) -> ObjectStore:
        return self.keys if name.partition("/")[0] in _KEPT_WITH_KEYS else self.values

    def get(self, name: str) -> bytes:
        """Get from the storage that holds the name."""
        return self._of(name).get(name)

    def find(self, name: str) -> bytes | None:
        """Find in the storage that holds the name."""
        return self._of(name).find(name)

    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        """Put into the storage that holds the name."""
        self._of(name).put(name, chunks, create=create)

    def delete(self, name: str) -> None:
        """Delete from the storage that holds the name."""
        self._of(name).delete(name)

    def info(self, name: str) -> ObjectInfo:
        """Ask the storage that holds the name."""
        return self._of(name).info(name)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """List the storage that holds the folder, or what each of the two holds of its own."""
        if prefix:
            return self._of(prefix).list(prefix)
        both = ((store, info) for store in self._both() for info in store.list())
        return (info for store, info in both if self._of(info.name) is store)

    def folders(self, prefix: str = "") -> Iterator[str]:
        """List the folders of the storage that holds the folder, or those that each of the two holds."""
        if prefix:
            return self._of(prefix).folders(prefix)
        both = ((store, name) for store in self._both() for name in store.folders())
        return (name for store, name in both if self._of(name) is store)

    def _both(self) -> Iterator[ObjectStore]:
        return itertools.chain([self.keys], [] if self.values is self.keys else [self.values])
