"""The journal of a run in its storage.

    runs/<run>                    one line about the run; when it has ended, a line for each event follows
    events/<run>/<number>         segments of events while it is going on

The first write tells whether the storage takes anything at all, before any work is done.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

import msgspec

from recoup.engine.tally import Tally
from recoup.environment import host
from recoup.events import FlowEnded, FlowStarted
from recoup.exceptions import StoreError, StoreFull
from recoup.records import FORMAT, RunRecord
from recoup.storage.marker import ensure_marker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from recoup.abc import Clock, ObjectStore
    from recoup.events import Event

__all__ = ["Journal", "amend_run", "encode_line", "read_runs", "run_events"]

_SEGMENT_EVENTS = 1000
_encode_text = msgspec.json.Encoder().encode
_decode_run = msgspec.json.Decoder(RunRecord).decode


class Journal:
    """Follows one flow run (a subscriber) and writes what happened to its storage."""

    def __init__(
        self, store: ObjectStore, clock: Clock, *, run: str, name: str, flow: str, parameters: Mapping[str, str]
    ) -> None:
        self.tally = Tally()
        self._store = store
        self._clock = clock
        self._events: list[Event] = []
        self._segments = 0
        self._lock = threading.Lock()
        self._broken: StoreError | None = None
        self.record = RunRecord(
            recoup=FORMAT,
            run=run,
            name=name,
            flow=flow,
            parameters=dict(parameters),
            state="Running",
            started=clock.time(),
            host=host(),
            pid=os.getpid(),
        )

    def begin(self) -> None:
        """Write that the run began.

        Raises `StoreError` where nothing could ever be kept; on a full medium the run goes on, and is told of.
        """
        try:
            ensure_marker(self._store)
            self._store.put(f"runs/{self.record.run}", (encode_line(self.record), b"\n"))
        except StoreFull as exc:
            self._broken = exc

    def __call__(self, event: Event) -> None:
        """Note `event` if it is of this run."""
        call = getattr(event, "call", None)
        run = call.run if call is not None else getattr(event, "run", None)
        if run != self.record.run:
            return
        self.tally(event)
        if isinstance(event, FlowStarted | FlowEnded):
            return
        with self._lock:
            self._events.append(event)
            full = self._events if len(self._events) >= _SEGMENT_EVENTS else None
            if full is not None:
                self._events, self._segments = [], self._segments + 1
            number = self._segments
        if full is not None:
            self._write(f"events/{self.record.run}/{number:06}", map(encode_line, full))

    def end(self, state: str, message: str = "") -> RunRecord:
        """Write how the run ended, with all its events in one object."""
        tally = self.tally
        self.record = msgspec.structs.replace(
            self.record,
            state=state,
            message=message,
            ended=self._clock.time(),
            ran=tally.ran,
            cached=tally.cached,
            failed=tally.failed,
            saved_seconds=tally.saved_seconds,
            body_seconds=tally.body_seconds,
        )
        segments = [f"events/{self.record.run}/{number + 1:06}" for number in range(self._segments)]
        try:
            earlier = [self._store.get(name).rstrip(b"\n") for name in segments]
        except StoreError:
            earlier, segments = [], []  # what could not be read stays where it is
        self._write(f"runs/{self.record.run}", [encode_line(self.record), *earlier, *map(encode_line, self._events)])
        if self._broken is None:
            with contextlib.suppress(StoreError):  # what is left of them says nothing that the run's own object does not
                for name in segments:
                    self._store.delete(name)
        return self.record

    def _write(self, name: str, lines: Iterable[bytes]) -> None:
        try:
            self._store.put(name, (b"\n".join(lines), b"\n"))
        except StoreError as exc:
            self._broken = exc

    @property
    def broken(self) -> StoreError | None:
        """Return why the journal could not be written, if it could not."""
        return self._broken


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


def amend_run(store: ObjectStore, run: str, **fields: object) -> RunRecord:
    """Write what is known of an ended run only after it: replace `fields` of its record and leave its events."""
    name = f"runs/{run}"
    first, _, events = store.get(name).partition(b"\n")
    record: RunRecord = msgspec.structs.replace(_decode_run(first), **fields)
    store.put(name, (encode_line(record), b"\n", events))
    return record


def read_runs(store: ObjectStore) -> Iterator[RunRecord]:
    """Yield what is known of each run in a storage, in no particular order; unreadable ones are left out."""
    for info in store.list("runs"):
        try:
            data = store.get(info.name)
            yield _decode_run(data[: data.find(b"\n")])
        except (StoreError, msgspec.DecodeError):
            continue


def run_events(store: ObjectStore, run: str) -> Iterator[dict[str, object]]:
    """Yield the events of an ended run, oldest first, as plain data. Raises `ObjectNotFound` for an unknown run."""
    for line in store.get(f"runs/{run}").splitlines()[1:]:
        event: dict[str, object] = msgspec.json.decode(line)
        yield event
