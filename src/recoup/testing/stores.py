"""Stores for tests, wrapped around real ones: they tell what was asked of a store, or fail on demand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from recoup.abc import Buffer, Locality, ObjectInfo, ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Failing", "Recording", "Watched"]


class Watched(ObjectStore):
    """A store that calls `before(operation, name)` and then does what `store` does; to be subclassed."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    @property
    def locality(self) -> Locality:  # type: ignore[override]  # a wrapper is as far away as what it wraps
        """Return the locality of the wrapped store."""
        return self.store.locality

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.store!r})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.store == other.store

    def __hash__(self) -> int:
        return hash((type(self), self.store))

    def before(self, operation: str, name: str) -> None:
        """Hear of an operation that is about to happen; an exception prevents it."""

    def get(self, name: str) -> bytes:
        """Get from the wrapped store."""
        self.before("get", name)
        return self.store.get(name)

    def find(self, name: str) -> bytes | None:
        """Find in the wrapped store."""
        self.before("get", name)
        return self.store.find(name)

    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        """Put into the wrapped store."""
        self.before("put", name)
        self.store.put(name, chunks, create=create)

    def delete(self, name: str) -> None:
        """Delete from the wrapped store."""
        self.before("delete", name)
        self.store.delete(name)

    def info(self, name: str) -> ObjectInfo:
        """Ask the wrapped store."""
        self.before("info", name)
        return self.store.info(name)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """List the wrapped store."""
        self.before("list", prefix)
        return self.store.list(prefix)

    def folders(self, prefix: str = "") -> Iterator[str]:
        """List the folders of the wrapped store."""
        self.before("folders", prefix)
        return self.store.folders(prefix)


class Recording(Watched):
    """Remembers in `asked` how often each operation was asked for, as in `{("get", "recoup.json"): 1}`."""

    def __init__(self, store: ObjectStore) -> None:
        super().__init__(store)
        self.asked: Counter[tuple[str, str]] = Counter()

    def before(self, operation: str, name: str) -> None:
        """Count the operation."""
        self.asked[operation, name] += 1


class Failing(Watched):
    """Raises `error` instead of the operations in `on`, as long as it is not `None`.

    `Failing(store, StoreFull("no room"), on={"put"})` is a full disk, `error=None` later frees it.
    """

    def __init__(self, store: ObjectStore, error: BaseException | None, on: frozenset[str] | set[str]) -> None:
        super().__init__(store)
        self.error = error
        self.on = frozenset(on)

    def before(self, operation: str, name: str) -> None:  # noqa: ARG002 - the signature is the base's
        """Raise the error if this operation is to fail."""
        if self.error is not None and operation in self.on:
            raise self.error
