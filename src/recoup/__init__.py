"""Recoup: a Python task is never computed twice for the same reason.

from recoup import flow, task

@task(cache=True)
def load(day): ...

@flow
def pipeline(day):
    return load(day)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from recoup.version import __version__

if TYPE_CHECKING:
    from recoup.annotations import Digest, Dir, File, Ignore, Secret, allow_failure, opaque, quote, unmapped
    from recoup.context import tags
    from recoup.exceptions import RecoupError
    from recoup.flows import Flow, flow
    from recoup.logs import get_run_logger
    from recoup.states import State
    from recoup.tasks import Task, task, task_input_hash
    from recoup.transactions import Transaction, transaction

__all__ = [
    "Digest",
    "Dir",
    "File",
    "Flow",
    "Ignore",
    "RecoupError",
    "Secret",
    "State",
    "Task",
    "Transaction",
    "__version__",
    "allow_failure",
    "flow",
    "get_run_logger",
    "opaque",
    "quote",
    "tags",
    "task",
    "task_input_hash",
    "transaction",
    "unmapped",
]

_HOMES = {
    "Digest": "annotations",
    "Dir": "annotations",
    "File": "annotations",
    "Flow": "flows",
    "Ignore": "annotations",
    "RecoupError": "exceptions",
    "Secret": "annotations",
    "State": "states",
    "Task": "tasks",
    "Transaction": "transactions",
    "allow_failure": "annotations",
    "flow": "flows",
    "get_run_logger": "logs",
    "opaque": "annotations",
    "quote": "annotations",
    "tags": "context",
    "task": "tasks",
    "task_input_hash": "tasks",
    "transaction": "transactions",
    "unmapped": "annotations",
}


_MODULES = frozenset(
    {
        "cache_policies",
        "context",
        "exceptions",
        "filesystems",
        "flows",
        "futures",
        "locking",
        "logging",
        "results",
        "runtime",
        "serializers",
        "settings",
        "states",
        "task_runners",
        "tasks",
        "transactions",
        "utilities",
    }
)
"""Modules that are there after `import recoup` alone, as Prefect's are."""


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return importlib.import_module(f"recoup.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module 'recoup' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"recoup.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
