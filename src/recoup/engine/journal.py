"""The journal of a run in its storage: who runs it, and what happened.

    runs/<run>                    one line about the run; when it has ended, a line for each event follows
    runs/<run>.<attempt>          the same of a later attempt, after the run was resumed
    events/<run>/<writer>-<n>     segments of events while it is going on; of long runs they stay

Each object has one writer. The first write tells whether the storage takes anything at all, before any work is done.
`engine.runs` reads all this.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import msgspec

from recoup.abc import Locality
from recoup.engine.beat import begin_in_child, follow, hurry, unfollow
from recoup.engine.runs import attempt_name, encode_line, owner_of, read_attempt, segment_name
from recoup.engine.tally import Tally
from recoup.events import FlowEnded, FlowStarted, RunLost, emit
from recoup.exceptions import InvalidName, NewerFormat, NotAStorage, ObjectExists, RunIsAlive, StoreError, StorePermissionError
from recoup.forking import renew_in_children
from recoup.storage.marker import ensure_marker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recoup.abc import Clock, ObjectStore
    from recoup.events import Event
    from recoup.records import RunRecord

__all__ = ["Journal"]

_SEGMENT_EVENTS = 10_000
_MOST_WAITING = 5 * _SEGMENT_EVENTS
_MOST_JOINED = 1 << 20
_BEATS_PER_LEASE = 3


class Journal:
    """Follows one attempt at a flow run (a subscriber), and writes what happens to its storage."""

    def __init__(self, store: ObjectStore, clock: Clock, record: RunRecord) -> None:
        self.tally = Tally()
        self.record = record
        self.lost = False
        self._store = store
        self._clock = clock
        self._writer = record.owner
        self._family = frozenset({record.run})
        self._child = False
        self._ended = False
        self._broken: StoreError | None = None
        self.pause = record.lease_seconds / _BEATS_PER_LEASE
        self._next_beat = clock.monotonic() + self.pause
        self._start_writing()

    def _start_writing(self) -> None:
        self._events: list[Event] = []
        self._segments = 0
        self._written = 0
        self._lock = threading.Lock()  # of what waits to be written
        self._writing = threading.RLock()  # of the storage's objects; what is told meanwhile may come back here

    @property
    def broken(self) -> StoreError | None:
        """Return why the journal could not be written, if it could not."""
        return self._broken

    # --- events ----------------------------------------------------------------------------

    def __call__(self, event: Event) -> None:
        """Note `event` if it is of this run, and count those of the flows that it calls."""
        call = getattr(event, "call", None)
        run = call.run if call is not None else getattr(event, "run", None)
        if isinstance(event, FlowStarted) and event.parent in self._family:
            self._family = self._family | {event.run}
        if run not in self._family:
            return
        self.tally(event)
        if run != self.record.run or isinstance(event, FlowStarted | FlowEnded):
            return
        with self._lock:
            self._events.append(event)
            waiting = len(self._events)
        if waiting >= _SEGMENT_EVENTS:
            self._write_soon(waiting)
        elif self._child and waiting == 1:
            begin_in_child()

    def _write_soon(self, waiting: int) -> None:
        if self._store.locality is Locality.MEMORY or waiting >= _MOST_WAITING:
            self.tick()
        elif waiting == _SEGMENT_EVENTS:
            hurry()

    # --- beginning -------------------------------------------------------------------------

    def begin(self) -> None:
        """Write that this attempt began, and own the run from here on.

        Raises `RunIsAlive` where somebody else was faster, and what will not mend itself: a storage that refuses this user,
        is of a newer format, or is none. While a storage is full or does not answer the run goes on, and is told of; but
        nobody takes over a run without being sure of it.
        """
        try:
            ensure_marker(self._store)
            self._create()
        except (StorePermissionError, NewerFormat, NotAStorage, InvalidName):
            raise
        except StoreError as exc:
            if self.record.attempt > 1 and not self.record.parent:
                raise
            self._broken = exc
        if self._store.locality is not Locality.MEMORY:
            follow(self)
        else:
            renew_in_children(self)

    def _create(self) -> None:
        first = self.record.attempt == 1 and not self.record.parent  # its id is new: nobody else can have it
        while True:
            try:
                self._put(attempt_name(self.record.run, self.record.attempt), [encode_line(self.record)], create=not first)
            except ObjectExists as exc:
                self._step_back(exc)
            else:
                return

    def _step_back(self, exc: ObjectExists) -> None:
        """Take the next number for a flow inside a run that is ours; else say whose the run is."""
        if self.record.parent:
            self.record = msgspec.structs.replace(self.record, attempt=self.record.attempt + 1)
            return
        found = self._owner_of(self.record.attempt)
        raise RunIsAlive(f"{self.record.name} is being resumed by {found}. A live run is not resumed twice.") from exc

    # --- going on --------------------------------------------------------------------------

    def tick(self) -> None:
        """Write the events since the last tick, and show that the owner lives when that is due."""
        with self._writing:
            if self._ended:
                return
            self._write_segment()
            if self._clock.monotonic() >= self._next_beat and not self._child and not self.lost:
                self._beat()

    def _write_segment(self) -> None:
        with self._lock:
            events, self._events = self._events, []
        if not events:
            return
        lines = [encode_line(event) for event in events]
        try:
            self._put(segment_name(self.record.run, self._writer, self._segments + 1), lines)
        except StoreError as exc:
            self._broken = exc
            if len(events) < _SEGMENT_EVENTS:  # more are dropped: memory is bounded also where nothing can be written
                with self._lock:
                    self._events = [*events, *self._events]
            return
        self._broken = None
        self._segments += 1
        self._written += sum(map(len, lines)) + len(lines)

    def _beat(self) -> None:
        self._next_beat = self._clock.monotonic() + self.pause
        self.record = msgspec.structs.replace(self.record, beat=self.record.beat + 1, **self._counts())
        try:
            self.lost = self._is_lost()
            if not self.lost:
                self._put(attempt_name(self.record.run, self.record.attempt), [encode_line(self.record)])
        except StoreError as exc:
            self._broken = exc

    def _is_lost(self) -> bool:
        """Look whether another process took the run over, and say so."""
        later = self.record.attempt + 1
        if self.record.parent or not self._store.exists(attempt_name(self.record.run, later)):
            return False
        emit(RunLost(at=self._clock.time(), run=self.record.run, name=self.record.name, by=self._owner_of(later)))
        return True

    def _owner_of(self, attempt: int) -> str:
        try:
            return owner_of(read_attempt(self._store, self.record.run, attempt))
        except (StoreError, msgspec.DecodeError):
            return "another process"

    def _counts(self) -> dict[str, object]:
        return {name: getattr(self.tally, name) for name in ("ran", "cached", "failed", "saved_seconds", "body_seconds")}

    def after_fork(self) -> None:
        """Begin anew where no pulse says so."""
        self.forked()

    def forked(self) -> None:
        """Begin anew in a child process: its events are its own, and the run is its parent's."""
        import uuid  # noqa: PLC0415 - children of forks alone need a name

        self._start_writing()
        self._child, self._writer = True, uuid.uuid4().hex[:12]

    # --- ending ----------------------------------------------------------------------------

    def end(self, state: str, message: str = "", *, completed: bool = False, **measured: float) -> RunRecord:
        """Write how the attempt ended, with all its events in one object if they are not too many."""
        unfollow(self)
        with self._writing:
            self._ended = True
            if self._child:
                self._write_segment()
                return self.record
            if not self.lost:
                with contextlib.suppress(StoreError):
                    self.lost = self._clock.monotonic() >= self._next_beat and self._is_lost()
            self.record = msgspec.structs.replace(
                self.record,
                state=state,
                completed=completed,
                message=message,
                ended=self._clock.time(),
                **self._counts(),
                **measured,
            )
            self._write_end()
        return self.record

    def _write_end(self) -> None:
        earlier = self._joinable()
        if earlier is None:
            self._write_segment()
        with self._lock:
            rest, self._events = [encode_line(event) for event in self._events], []
        segments, joined = (self._segments, []) if earlier is None else (0, earlier)
        self.record = msgspec.structs.replace(self.record, segments=segments)
        try:
            self._put(attempt_name(self.record.run, self.record.attempt), [encode_line(self.record), *joined, *rest])
        except StoreError as exc:
            self._broken = exc
            return
        if earlier:
            with contextlib.suppress(StoreError):  # what is left of them says nothing that the run's own object does not
                for number in range(self._segments):
                    self._store.delete(segment_name(self.record.run, self._writer, number + 1))

    def _joinable(self) -> list[bytes] | None:
        """Return the segments for the run's own object; `None` where they are too large, and stay."""
        if self._written > _MOST_JOINED or len(self._events) > _SEGMENT_EVENTS:
            return None
        numbers = range(1, self._segments + 1)
        try:
            return [self._store.get(segment_name(self.record.run, self._writer, number)).rstrip(b"\n") for number in numbers]
        except StoreError:
            return None

    def _put(self, name: str, lines: Iterable[bytes], *, create: bool = False) -> None:
        self._store.put(name, (b"\n".join(lines), b"\n"), create=create)
