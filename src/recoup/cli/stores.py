"""The storage that a command looks into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from recoup.project import adopt_program, project_root
from recoup.results import get_default_result_storage, resolve_result_storage
from recoup.storage.marker import open_storage

if TYPE_CHECKING:
    from argparse import Namespace

    from recoup.abc import ObjectStore

__all__ = ["chosen_store"]


def chosen_store(options: Namespace) -> ObjectStore:
    """Return the storage of `--storage`, else of the settings. Raises `NewerFormat` where we would not understand it."""
    adopt_program(project_root(Path.cwd()))
    store = resolve_result_storage(options.storage) if options.storage else get_default_result_storage()
    open_storage(store)
    return store
