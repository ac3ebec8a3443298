"""Doing what the plan of a stream says: everything but running the body and handing items over."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from recoup.abc import Encoded
from recoup.engine.keying import tell_not_cached
from recoup.engine.perform import Performer
from recoup.engine.reference import Reference
from recoup.engine.steps import Begin, Keep, LoadFailed, Lookup, Outcome, Raised, Rejected, Rekey, Returned, Serve
from recoup.engine.streams.prefix import Prefix
from recoup.engine.streams.reading import stored_items
from recoup.engine.streams.steps import Capture, Compare, Disown, End, Fail, Leave, Next, Opened, Start, Yielded
from recoup.engine.streams.writing import Recorder
from recoup.events import Hit, NotPublished, WriteFailed, emit, heard
from recoup.exceptions import RecoupError, StoreError, StreamDiverged
from recoup.types import NotSet
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from contextvars import Context
    from types import TracebackType

    from recoup.engine.call import Call
    from recoup.engine.steps import Found
    from recoup.engine.streams.steps import StreamStep
    from recoup.records import Record

__all__ = ["StreamPerformer"]


class StreamPerformer(Performer):
    """Performs the steps of a call that is served item by item.

    All of it, and the body, runs in `context`: what the body sets there is not seen by the consumer between two items.
    Give `collected` the list to which the items go, where nobody reads them one by one.
    """

    def __init__(self, call: Call, context: Context, collected: list[Any] | None = None) -> None:
        super().__init__(call)
        self.context = context
        self.body: Any = None
        self.outcome = Outcome(False, None, None)
        self.on_end: Callable[[Outcome | Raised], None] | None = None
        self._collected = collected
        self._reference: Reference | None = None
        self._recorder: Recorder | None = None
        self._repair = False
        self._stored: Generator[Any, None, Any] | None = None
        self._first: Yielded | Returned | None = None
        self._found: Found | None = None
        self._produced = 0
        self._given = 0
        self._replayed: Found | None = None
        self._before: Prefix | None = None
        self._prefix: Prefix | None = None
        self._spent = 0.0
        self._token: object = None

    def perform(self, step: StreamStep) -> Any:
        """Perform a step that is not the driver's."""
        return self.context.run(_PERFORM[type(step)], self, step)

    def whole(self) -> Outcome:
        """Return how a call ended whose items were collected: its value is their list."""
        cached, value, reference, _ = self.outcome
        return self.outcome if value is NotSet else Outcome(cached, self._collected, reference or self._reference)

    # --- replaying -------------------------------------------------------------------------

    def open(self, step: Serve) -> Opened | Outcome | Rejected:
        """Read the first item; for a caller who may never look only make a reference."""
        call, ledger, (record, payload, _) = self.call, self.terms.ledger, step.found
        assert ledger is not None
        if call.lazy and record.input:
            return self.serve(step)
        prefix = self._begin_source()
        self._found = step.found
        self._stored = stored_items(ledger, record, payload, prefix.add_stored)
        first = self._read()
        if isinstance(first, Rejected):
            return first
        self._first = first
        if call.run_again is not None:
            self._reference = Reference(ledger, record, payload if record.value.inline else None, call.run_again)
        if heard(Hit, call.id):
            self._tell_hit(step.found)
        return Opened()

    def next(self, _step: Next) -> Yielded | Returned | Rejected:
        """Read the next stored item."""
        came, self._first = self._first or self._read(), None
        self._produced += isinstance(came, Yielded)
        return came

    def _read(self) -> Yielded | Returned | Rejected:
        assert self._stored is not None
        try:
            return Yielded(next(self._stored))
        except StopIteration as end:
            return Returned(end.value)
        except LoadFailed as exc:
            return exc.because

    # --- comparing sources -----------------------------------------------------------------

    def _begin_source(self) -> Prefix:
        """Get ready for items of another source; those that were given already can be compared with its first ones."""
        self._given, self._produced = max(self._given, self._produced), 0
        if self._prefix is not None and self._prefix.count == self._given:
            self._before, self._replayed = self._prefix, self._found if self._prefix.stored else None
        self._prefix = Prefix(self.terms.serializer, by_bytes=self._given > 0)
        return self._prefix

    def compare(self, _step: Compare) -> bool:
        """Say whether this source began as the one before."""
        before, now = self._before, self._prefix
        if before is None or now is None:
            return False
        return now.begins_as(before) or (not now.stored and now.begins_as(self._given_again()))

    def _given_again(self) -> Prefix:
        """Read once more what was given from a record, since equal items may have other bytes."""
        prefix, ledger = Prefix(self.terms.serializer), self.terms.ledger
        if self._replayed is not None and ledger is not None:
            items = stored_items(ledger, self._replayed.record, self._replayed.payload)
            with contextlib.suppress(LoadFailed, StopIteration):
                for _ in range(self._given):
                    prefix.add(next(items))
        return prefix

    def disown(self, step: Disown) -> Raised:
        """Withdraw the record that was replayed: the next call begins anew."""
        call, ledger = self.call, self.terms.ledger
        self._recorder = None
        if self._found is not None and ledger is not None and call.key is not None:
            with contextlib.suppress(StoreError):
                ledger.withdraw(self.terms.identity, call.key)
        why = said(step.after) if step.after is not None else "its stored stream was damaged"
        error = StreamDiverged(
            f"{self.terms.name} cannot go on after {step.given} item{'' if step.given == 1 else 's'} ({why}): it ran again, and did "
            "not begin with the items that were given. Call it again to read all of it, or let it yield the same for the same arguments."
        )
        error.__cause__ = step.after
        return Raised(error)

    # --- running the body ------------------------------------------------------------------

    def begin(self, step: Begin) -> bool:
        """Bring the arguments and say why the body runs."""
        self._repair = step.because.cause in ("damaged", "missing")
        return super().begin(step)

    def start(self, step: Start) -> None:
        """Make the body, without running anything of it."""
        call, terms = self.call, self.terms
        self._begin_source()
        if not self._given and not terms.retries:
            self._prefix = None  # no other source can follow
        self._reference, self._recorder = None, None
        if step.capture and call.key is not None and terms.ledger is not None:
            self._recorder = Recorder(terms.ledger, terms.serializer, repair=self._repair)
        self._spent = 0.0
        self._token = call.context.enter(step.attempt)
        self.body = terms.fn(*call.args, **call.kwargs)

    def running(self) -> _Running:
        """Surround each part of the body: what it takes is the body's time."""
        return _Running(self)

    def ran(self, seconds: float, error: BaseException | None) -> None:
        """Count the body's time; tell when it was ended from outside."""
        self._spent += seconds
        if error is not None and not isinstance(error, Exception):
            self.context.run(self._leave_body, error)

    def end(self, step: End) -> None:
        """Tell how the body ended."""
        self._leave_body(step.how.error if isinstance(step.how, Raised) else None)

    def _leave_body(self, error: BaseException | None) -> None:
        self.call.context.leave(self._token)
        self.ended(error, self._spent)

    def fail(self, step: Fail) -> None:
        """Tell that the call failed."""
        self.tell_failed(step.error, "Failed", self._spent)

    # --- keeping ---------------------------------------------------------------------------

    def capture(self, step: Capture) -> Any:
        """Take down an item; where that fails, go on without, and say so."""
        value = step.value
        if self._recorder is not None:
            try:
                value = self._recorder.add(value)
            except Exception as exc:  # noqa: BLE001 - serializers and storages of users' own raise anything; the item is there
                self._recorder = None
                error = f"item {self._produced + 1} of its stream: {exc if isinstance(exc, RecoupError) else said(exc)}"
                emit(WriteFailed(at=self.terms.clock.time(), call=self.call.id, key=str(self.call.key), error=error))
        self._produced += 1
        if self._prefix is not None:
            self._prefix.add(value)
        return value

    def leave(self, step: Leave) -> None:
        """Capture no more."""
        if self._recorder is not None:
            self._recorder = None
            tell_not_cached(self.call, step.cause, step.reason)

    def keep(self, step: Keep) -> Outcome | Raised:
        """Write the record of a stream that was captured to its end."""
        if self._recorder is None:
            return Outcome(False, step.value, None)
        kept = super().keep(step)
        if isinstance(kept, Outcome) and kept.reference is not None and self.terms.publishes:
            record = kept.reference.record
            emit(NotPublished(at=record.created, call=self.call.id, name=record.key, reason=_NO_COPY))
        return kept

    def _encode(self, value: object) -> Encoded:
        assert self._recorder is not None
        return Encoded("stream", self._recorder.finish(value), exact=True)  # what was given is what was kept

    def _record(self, encoded: Encoded, value: object) -> Record:  # noqa: ARG002 - what was returned stands for no argument
        recorder, collected = self._recorder, self._collected
        assert recorder is not None
        record = super()._record(encoded._replace(exact=recorder.exact and collected is not None), collected)
        return replace(record, exact=recorder.exact, stream=recorder.stream, published=False)


class _Running:
    """The context manager around each part of a body."""

    __slots__ = ("_performer", "_started")

    def __init__(self, performer: StreamPerformer) -> None:
        self._performer = performer

    def __enter__(self) -> None:
        self._started = self._performer.terms.clock.monotonic()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._performer.ran(self._performer.terms.clock.monotonic() - self._started, error)


_NO_COPY = "a stream has no plain copy. Return a list to have one, or iterate over the task again, which replays it."
_PERFORM: dict[type, Callable[[StreamPerformer, Any], Any]] = {
    Lookup: Performer.lookup,
    Serve: StreamPerformer.open,
    Begin: StreamPerformer.begin,
    Rekey: Performer.rekey,
    Keep: StreamPerformer.keep,
    Next: StreamPerformer.next,
    Start: StreamPerformer.start,
    Capture: StreamPerformer.capture,
    Compare: StreamPerformer.compare,
    Leave: StreamPerformer.leave,
    End: StreamPerformer.end,
    Disown: StreamPerformer.disown,
    Fail: StreamPerformer.fail,
}
