"""Where results go and how they are written: Prefect's names for the storage and serializer of a run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from recoup.clock import clock
from recoup.context import FlowRunContext
from recoup.engine.ledger import Ledger
from recoup.serializers import resolve_serializer
from recoup.settings import get_current_settings
from recoup.storage import resolve
from recoup.storage.redirection import redirected

if TYPE_CHECKING:
    from pathlib import Path

    from recoup.abc import ObjectStore, Serializer
    from recoup.settings import Settings

__all__ = [
    "ResultStore",
    "get_default_result_storage",
    "get_result_store",
    "resolve_result_storage",
    "resolve_serializer",
    "should_persist_result",
]

_ledgers: dict[tuple[ObjectStore, bool], Ledger] = {}


def resolve_result_storage(result_storage: ObjectStore | str | Path) -> ObjectStore:
    """Return the storage that a storage object, path, URL or block name means, without I/O."""
    return redirected(resolve(result_storage))


def get_default_result_storage() -> ObjectStore:
    """Return the storage that the settings name."""
    return _default_storage(get_current_settings())


def _default_storage(settings: Settings) -> ObjectStore:
    return resolve_result_storage(settings.results_default_storage_block or settings.results_local_storage_path)


def ledger_of(store: ObjectStore, *, remembers: bool = True) -> Ledger:
    """Return the ledger of a storage, one for each process, and one for those whose bytes are not to be remembered."""
    found = _ledgers.get((store, remembers))
    return found if found is not None else _ledgers.setdefault((store, remembers), Ledger(store, clock, remembers=remembers))


def forget() -> None:
    """Drop the ledgers, with what they remember of their storages."""
    _ledgers.clear()


@dataclass(frozen=True)
class ResultStore:
    """A storage and the serializer that results are written with."""

    result_storage: ObjectStore
    serializer: Serializer
    cache_result_in_memory: bool = True

    @cached_property
    def ledger(self) -> Ledger:
        """Return the records of this storage."""
        return ledger_of(self.result_storage, remembers=self.cache_result_in_memory)

    @classmethod
    def of_options(
        cls,
        result_storage: ObjectStore | str | Path | None,
        result_serializer: Serializer | str | None,
        parent: ResultStore | None,
        cache_result_in_memory: bool = True,
    ) -> ResultStore:
        """Return the store that options come to: their own, else the parent's, else what the settings say."""
        if parent is None:
            settings = get_current_settings()
            parent = cls(_default_storage(settings), resolve_serializer(settings.results_default_serializer))
        return cls(
            parent.result_storage if result_storage is None else resolve_result_storage(result_storage),
            parent.serializer if result_serializer is None else resolve_serializer(result_serializer),
            cache_result_in_memory,
        )


def get_result_store() -> ResultStore:
    """Return the store of the flow run that is going on, else what the settings say."""
    context = FlowRunContext.get()
    return context.result_store if context is not None else ResultStore.of_options(None, None, None)


def should_persist_result(own: bool | None = None) -> bool:
    """Say whether a result is kept here: by its task's option, else the settings, else the flow's, else the default."""
    settings, context = get_current_settings(), FlowRunContext.get()
    for said in (own, settings.tasks_default_persist_result, context.persist_result if context is not None else None):
        if said is not None:
            return said
    return settings.results_persist_by_default or (context is None and settings.results_default_storage_block is not None)
