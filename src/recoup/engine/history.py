"""The latest records of a task: what a new call is compared with to say why it runs."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recoup.engine.ledger import Ledger
    from recoup.records import KeyPart, Record

__all__ = ["History"]

_READ = 512
_LISTED = 4096
_COMPARED = 32
_REMEMBERED = 2048


class History:
    """Up to 2,048 records of one task, newest last, with the 512 latest of the storage read when first needed.

    Of a folder with more than 4,096 records any 4,096 are looked at: finding the newest of a million would cost
    a second, and a near one explains a miss as well.
    """

    def __init__(self, ledger: Ledger, folder: str, task: str) -> None:
        self._ledger = ledger
        self._folder = folder
        self._task = task
        self._lock = threading.Lock()
        self._records: dict[tuple[tuple[str, str], ...], Record] | None = None

    def add(self, record: Record) -> None:
        """Remember a record that was just written."""
        with self._lock:
            if self._records is not None:
                self._remember(record)

    def nearest(self, parts: Sequence[KeyPart], run: str | None) -> Record | None:
        """Return the earlier record whose parts differ least from `parts`, the newest of equals.

        Records of the run that asks are left out: that another item of the same map differs explains nothing.
        """
        with self._lock:
            if self._records is None:
                self._records = {}
                for record in self._latest():
                    self._remember(record)
            same_inputs = self._records.get(_inputs(parts))
            if same_inputs is not None and not _same_run(same_inputs, run):
                return same_inputs
            candidates = [r for r in list(self._records.values())[-_COMPARED:] if not _same_run(r, run)]
        if not candidates:
            return None
        wanted = {part.name: part.token for part in parts}
        return max(reversed(candidates), key=lambda record: sum(wanted.get(p.name) == p.token for p in record.parts))

    def any_of_run(self, run: str | None) -> bool:
        """Say whether this run has kept a record of the task."""
        with self._lock:
            return run is not None and any(record.run == run for record in (self._records or {}).values())

    def _remember(self, record: Record) -> None:
        assert self._records is not None
        inputs = _inputs(record.parts)
        self._records.pop(inputs, None)
        self._records[inputs] = record
        if len(self._records) > _REMEMBERED:
            del self._records[next(iter(self._records))]

    def _latest(self) -> Iterable[Record]:
        infos = [info for info, _ in zip(self._ledger.store.list(self._folder), range(_LISTED), strict=False)]
        infos.sort(key=lambda info: info.modified)
        found = (self._ledger.read_record(info.name) for info in infos[-_READ:])
        return [record for record in found if record is not None and record.task == self._task]


def _inputs(parts: Iterable[KeyPart]) -> tuple[tuple[str, str], ...]:
    return tuple((part.name, part.token) for part in parts if part.name.startswith(("inputs", "flow_parameters", "custom")))


def _same_run(record: Record, run: str | None) -> bool:
    return run is not None and record.run == run
