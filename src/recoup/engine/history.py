"""The latest records of a task: what a new call is compared with to say why it runs."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from typing import TYPE_CHECKING

from msgspec.structs import replace

from recoup.exceptions import StoreError
from recoup.forking import renew_in_children

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recoup.engine.ledger import Ledger
    from recoup.records import KeyPart, Record

__all__ = ["History"]

_READ = 512
_LISTED = 4096
_COMPARED = 16
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
        self._by_inputs: dict[_Pairs, Record] | None = None
        self._runs: set[str] = set()
        self._last: tuple[Sequence[KeyPart], _Pairs, _Pairs] = ((), frozenset(), frozenset())
        self._recent: deque[tuple[_Pairs, Record]] = deque(maxlen=_COMPARED)
        renew_in_children(self)

    def after_fork(self) -> None:
        """Take no lock over that another thread holds in the parent, and read again what it was just reading."""
        if self._lock.locked():
            self._by_inputs = None
        self._lock = threading.Lock()

    def add(self, record: Record) -> None:
        """Remember a record that was just written."""
        with self._lock:
            if self._by_inputs is not None:
                self._remember(self._by_inputs, record)

    def nearest(self, parts: Sequence[KeyPart], run: str | None) -> Record | None:
        """Return the earlier record whose parts differ least from `parts`, the newest of equals.

        Records of the run that asks are left out, since that another item of the same map differs explains nothing;
        but one of the very same parts was withdrawn.
        """
        with self._lock:
            known = self._known()
            inputs, wanted = self._compared(parts)
            same_inputs = known.get(inputs)
            if same_inputs is not None and (not _same_run(same_inputs, run) or _pairs(same_inputs.parts) == wanted):
                return same_inputs
            best, shared = None, -1
            for pairs, record in reversed(self._recent):
                if not _same_run(record, run) and len(wanted & pairs) > shared:
                    best, shared = record, len(wanted & pairs)
                    if shared >= len(wanted) - 1:  # one part differs: no other is nearer
                        break
        return best

    def any_of_run(self, run: str | None) -> bool:
        """Say whether this run has kept a record of the task."""
        with self._lock:
            self._known()
            return run in self._runs

    def _known(self) -> dict[_Pairs, Record]:
        if self._by_inputs is None:
            self._by_inputs = {}
            with contextlib.suppress(StoreError):  # what cannot be listed explains nothing, and fails nobody
                for record in self._latest():
                    self._remember(self._by_inputs, record)
        return self._by_inputs

    def _remember(self, known: dict[_Pairs, Record], record: Record) -> None:
        inputs, pairs = self._compared(record.parts)
        known.pop(inputs, None)
        known[inputs] = _without_leaves(record)  # it is only ever compared with calls of the same inputs
        self._recent.append((pairs, record))
        if record.run is not None:
            if len(self._runs) >= _REMEMBERED:
                self._runs.clear()
            self._runs.add(record.run)
        if len(known) > _REMEMBERED:
            del known[next(iter(known))]

    def _compared(self, parts: Sequence[KeyPart]) -> tuple[_Pairs, _Pairs]:
        """Return what parts are compared by; a call that is explained is mostly the next that is remembered."""
        if self._last[0] is not parts:
            self._last = (parts, _inputs(parts), _pairs(parts))
        return self._last[1:]

    def _latest(self) -> Iterable[Record]:
        infos = [info for info, _ in zip(self._ledger.store.list(self._folder), range(_LISTED), strict=False)]
        infos.sort(key=lambda info: info.modified)
        found = (self._ledger.read_record(info.name) for info in infos[-_READ:])
        return [record for record in found if record is not None and record.task == self._task]


_Pairs = frozenset[tuple[str, str]]


def _pairs(parts: Iterable[KeyPart]) -> _Pairs:
    return frozenset([(part.name, part.digest) for part in parts])


def _inputs(parts: Iterable[KeyPart]) -> _Pairs:
    return frozenset(
        [(part.name, part.digest) for part in parts if part.name.startswith(("inputs", "flow_parameters", "custom"))]
    )


def _without_leaves(record: Record) -> Record:
    if not any(part.leaves for part in record.parts):
        return record
    return replace(record, parts=tuple(replace(part, leaves={}) for part in record.parts))


def _same_run(record: Record, run: str | None) -> bool:
    return run is not None and record.run == run
