"""The runs of a storage, as their journals tell: what is known of each, who runs it, and what happened."""

from __future__ import annotations

import enum
import heapq
import itertools
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.environment import machine, process_start
from recoup.exceptions import ObjectNotFound, RunIsAlive, RunNotFound, RunNotResumable, StoreError
from recoup.records import RunRecord
from recoup.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from recoup.abc import Clock, ObjectStore
    from recoup.events import Event

__all__ = [
    "Fate",
    "attempt_name",
    "await_silence",
    "encode_line",
    "fate",
    "find_run",
    "handle_of",
    "owner_of",
    "read_attempt",
    "read_runs",
    "run_events",
    "segment_name",
]

_NAMED = 5
_IN_NAME = 6
_LOOKS_PER_LEASE = 60
_encode_text = msgspec.json.Encoder().encode
_decode_run = msgspec.json.Decoder(RunRecord).decode
_decode_event = msgspec.json.Decoder(dict[str, Any]).decode


# --- names and lines ---------------------------------------------------------------------------


def attempt_name(run: str, attempt: int) -> str:
    """Return the name of the object about an attempt at a run."""
    return f"runs/{run}" if attempt == 1 else f"runs/{run}.{attempt}"


def segment_name(run: str, writer: str, number: int) -> str:
    """Return the name of a segment of events; the first has the number 1."""
    return f"events/{run}/{writer}-{number:06}"


def encode_line(value: Event | RunRecord) -> bytes:
    """Return a line of JSON, without its end."""
    try:
        return _encode_text(value)
    except UnicodeEncodeError:  # a message names a file whose name is no UTF-8
        return _encode_text(_escaped(msgspec.to_builtins(value)))


def _escaped(value: object) -> object:
    if isinstance(value, str):
        return value.encode(errors="backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(key): _escaped(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(member) for member in value]
    return value


# --- what is known of runs ---------------------------------------------------------------------


def read_runs(store: ObjectStore) -> list[RunRecord]:
    """Return the last attempt at each run of a storage, newest first; unreadable ones are left out."""
    last: dict[str, RunRecord] = {}
    for info in store.list("runs"):
        try:
            record = _read(store, info.name)
        except (StoreError, msgspec.DecodeError):
            continue
        if record.run not in last or last[record.run].attempt < record.attempt:
            last[record.run] = record
    return sorted(last.values(), key=lambda record: record.started, reverse=True)


def find_run(runs: list[RunRecord], wanted: str, where: str) -> RunRecord:
    """Return the run with this name or id, or the only one whose name or id begins so. Raises `RunNotFound`."""
    exact = [run for run in runs if wanted in (run.name, run.run)]
    found = exact or [run for run in runs if run.name.startswith(wanted) or run.run.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"{run.name} ({run.run[:8]})" for run in found[:_NAMED])
        more = " …" if len(found) > _NAMED else ""
        raise RunNotFound(f"{wanted!r} may mean {len(found)} runs: {names}{more}. Give more of the name, or the id in brackets.")
    raise RunNotFound(
        f"no run {wanted!r} in {where}{nearest(wanted, [run.name for run in runs])}; `recoup runs` lists them, --storage looks elsewhere"
    )


def read_attempt(store: ObjectStore, run: str, attempt: int) -> RunRecord:
    """Return what is known of one attempt at a run."""
    return _read(store, attempt_name(run, attempt))


def handle_of(run: str, name: str) -> str:
    """Return what names a run on a command line: its name where that holds a part of its id, else the beginning of the id."""
    return name if name.endswith(run[:_IN_NAME]) else run[:8]


def _read(store: ObjectStore, name: str) -> RunRecord:
    data = store.get(name)
    end = data.find(b"\n")
    return _decode_run(data if end < 0 else memoryview(data)[:end])


# --- who runs it -------------------------------------------------------------------------------


class Fate(enum.Enum):
    """What is known of the owner of a run."""

    ENDED = "ended"
    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"
    """It is on another machine: only its silence tells."""


def fate(record: RunRecord) -> Fate:
    """Return what this process knows of the owner of an attempt, without waiting."""
    if record.ended is not None:
        return Fate.ENDED
    if record.machine != machine():
        return Fate.UNKNOWN
    start = process_start(record.pid)
    if start is None:
        return Fate.DEAD
    if start and record.process_start:
        return Fate.ALIVE if start == record.process_start else Fate.DEAD
    return Fate.UNKNOWN


def owner_of(record: RunRecord) -> str:
    """Return who makes an attempt at a run, for a person."""
    return f"process {record.pid} on {record.host}"


def await_silence(store: ObjectStore, record: RunRecord, clock: Clock, tell: Callable[[str], None]) -> RunRecord:
    """Return the last attempt at the run of `record` once it is certain that nobody is making it.

    Raises `RunIsAlive` where somebody is, and `RunNotResumable` where there is nothing to resume. An owner on another
    machine is watched until its object changes, or has not changed for its lease by our own clock.
    """
    record = _last_attempt(store, record)
    known = fate(record)
    if known is Fate.UNKNOWN:
        tell(f"{record.name} was begun by {owner_of(record)}: watching for {record.lease_seconds:g} s whether it is alive")
        record, known = _watch(store, record, clock)
    if known is Fate.ALIVE:
        raise RunIsAlive(f"{record.name} is being run by {owner_of(record)}. A live run is not resumed twice.")
    _refuse_complete(record)
    return record


def _refuse_complete(record: RunRecord) -> None:
    if record.parent:
        raise RunNotResumable(
            f"{record.name} is a flow that the run {record.parent} called: resume that, `recoup resume {record.parent[:8]}`"
        )
    if record.completed:
        again = f" To run its flow again: `recoup run {record.target}`." if record.target else ""
        raise RunNotResumable(f"{record.name} completed; there is nothing to resume.{again}")


def _watch(store: ObjectStore, record: RunRecord, clock: Clock) -> tuple[RunRecord, Fate]:
    pause = record.lease_seconds / _LOOKS_PER_LEASE
    last = clock.monotonic()
    while clock.monotonic() - last < record.lease_seconds:
        clock.sleep(pause)
        seen = _last_attempt(store, record)
        if seen.ended is not None:
            return seen, Fate.ENDED
        if (seen.attempt, seen.owner, seen.beat) != (record.attempt, record.owner, record.beat):
            return seen, Fate.ALIVE
    return record, Fate.DEAD


def _last_attempt(store: ObjectStore, record: RunRecord) -> RunRecord:
    found = record
    for attempt in itertools.count(record.attempt):
        try:
            found = read_attempt(store, record.run, attempt)
        except ObjectNotFound:
            return found
    raise AssertionError


# --- what happened -----------------------------------------------------------------------------


def run_events(store: ObjectStore, run: str) -> Iterator[dict[str, Any]]:
    """Yield the events of all attempts at a run, oldest first, as plain data. Raises `ObjectNotFound` for an unknown run."""
    sources: list[Iterator[dict[str, Any]]] = []
    kept: dict[str, int] = {}
    for attempt in itertools.count(1):
        try:
            first, _, lines = store.get(attempt_name(run, attempt)).partition(b"\n")
        except ObjectNotFound:
            if attempt == 1:
                raise
            break
        record = _decode_run(first)
        sources.append(_events_in(lines))
        if record.ended is not None:
            kept[record.owner] = record.segments
    sources += _segmented(store, run, kept)
    return heapq.merge(*sources, key=_moment)


def _segmented(store: ObjectStore, run: str, kept: dict[str, int]) -> Iterator[Iterator[dict[str, Any]]]:
    """Yield the events of each writer; of one that has ended, only from the segments that it left on purpose."""
    names = sorted(info.name for info in store.list(f"events/{run}"))
    for writer, group in itertools.groupby(names, key=lambda name: name.rpartition("-")[0]):
        most = kept.get(writer.rpartition("/")[2])
        yield _events_of(store, [name for number, name in enumerate(group) if most is None or number < most])


def _events_of(store: ObjectStore, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    for name in names:
        try:
            data = store.get(name)
        except ObjectNotFound:  # its run has ended since they were listed
            continue
        yield from _events_in(data)


def _events_in(lines: bytes) -> Iterator[dict[str, Any]]:
    return map(_decode_event, lines.splitlines())


def _moment(event: dict[str, Any]) -> float:
    at: float = event["at"]
    return at
