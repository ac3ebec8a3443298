"""What travels between a flow and its workers, as pickles.

Code of the project travels by name, results that are kept by their records. A call is packed apart from what surrounds
it, which is the same for very many calls.
"""

from __future__ import annotations

import io
import pickle
from collections import ChainMap
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from recoup.engine.reference import Reference
from recoup.exceptions import SerializationError
from recoup.results import ledger_of
from recoup.serializers.pickle import ProjectPickler
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from recoup.abc import ObjectStore
    from recoup.context import FlowRun
    from recoup.events import CallId
    from recoup.records import Record
    from recoup.settings import Settings
    from recoup.task_runs import TaskRun

__all__ = ["AROUND", "CALL", "Asked", "MadeKey", "Surroundings", "Vanished", "pack", "pack_each", "unpack"]


AROUND, CALL = b"a", b"c"
"""What a parcel for a worker begins with."""


class MadeKey(NamedTuple):
    """A key as it was made where the call was submitted; `code` are the tokens of its parts that stand for code."""

    text: str
    code: tuple[tuple[str, bytes], ...]


class Asked(NamedTuple):
    """A call for a worker; its task and arguments are packed by themselves."""

    identity: str
    call: CallId
    run: TaskRun
    key: MadeKey | None
    task: bytes
    arguments: bytes


class Surroundings(NamedTuple):
    """What a worker has to know of the run that a call belongs to."""

    flow: Any
    flow_run: FlowRun
    inherited: dict[str, Any]
    settings: Settings
    tags: frozenset[str]
    program: Path
    logging_level: int


class Vanished(BaseException):
    """A value that an argument refers to is gone; where the call was submitted it can be computed again."""


class _Pickler(ProjectPickler):
    dispatch_table: ClassVar[ChainMap[type, Any]] = ChainMap({}, ProjectPickler.dispatch_table)


def _by_record(reference: Reference) -> tuple[Any, ...]:
    if not reference.tells_its_value:
        return reference.__reduce__()
    ledger, payload = reference.ledger, reference.payload
    return _refer, (ledger.store, ledger.remembers, reference.record, None if payload is None else bytes(payload))


_Pickler.dispatch_table[Reference] = _by_record


def _refer(store: ObjectStore, remembers: bool, record: Record, payload: bytes | None) -> Reference:
    held = None if payload is None else memoryview(payload)
    return Reference(ledger_of(store, remembers=remembers), record, held, _vanished)


def _vanished() -> Any:
    raise Vanished


def pack(value: Any, what: str) -> bytes:
    """Return the pickle of `value`. Raises `SerializationError` where it cannot travel."""
    buffer = io.BytesIO()
    try:
        _Pickler(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(value)
    except Exception as exc:
        raise SerializationError(
            f"{what} cannot travel between processes: {said(exc)}. Pass or return what can be pickled, have the result kept "
            "by a serializer that takes it, or run the flow on a ThreadPoolTaskRunner."
        ) from exc
    return buffer.getvalue()


def pack_each(values: dict[str, Any], what: Callable[[str], str]) -> bytes:
    """Return the pickle of named values; the error tells the first that cannot travel."""
    try:
        return pack(values, "")
    except SerializationError:
        for name, value in values.items():
            pack(value, what(name))
        raise


unpack = pickle.loads
