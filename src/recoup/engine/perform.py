"""Doing what a plan says: everything but running the body and waiting, which differ between sync and async."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.engine.carried import token_and_code
from recoup.engine.explain import Why, explain
from recoup.engine.key_parts import IMMUTABLE, described, described_code
from recoup.engine.ledger import refer
from recoup.engine.reference import Reference
from recoup.engine.staging import Staged, tell_kept
from recoup.engine.steps import Begin, Found, Keep, LoadFailed, Lookup, Outcome, Raised, Rejected, Rekey, Serve, Wait
from recoup.environment import producer
from recoup.events import (
    DidCompute,
    DidFail,
    Hit,
    MutatedInput,
    WillCompute,
    WillRetry,
    WriteFailed,
    emit,
    heard,
)
from recoup.exceptions import HashError, RecoupError
from recoup.hashing import Hasher
from recoup.hashing.files import size_of
from recoup.hashing.hidden import remember_arguments
from recoup.records import FORMAT, Record
from recoup.serializers import decoder
from recoup.types import NotSet
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from recoup.abc import Encoded
    from recoup.engine.call import Call
    from recoup.engine.ledger import Ledger
    from recoup.engine.steps import Absent, Step
    from recoup.records import CodeParts, KeyPart

__all__ = ["Performer"]

_SMALL_BYTES = 1 << 20


class Performer:
    """Performs the steps of one call, and tells what happens as events."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.terms = call.terms
        self._parts: tuple[KeyPart, ...] = ()
        self._code: CodeParts | None = None
        self._seconds = 0.0

    def perform(self, step: Step) -> Any:
        """Perform a step of any kind but `Compute` and `Wait`."""
        return _PERFORM[type(step)](self, step)

    # --- serving ---------------------------------------------------------------------------

    def lookup(self, step: Lookup) -> Found | Absent | Rejected:
        """Read the record."""
        call, ledger, identity = self.call, self.terms.ledger, self.terms.identity
        assert ledger is not None
        assert call.key is not None
        joined = call.context.transaction
        captured = None if joined is None else joined.find(ledger, identity, call.key, step.slot)
        return ledger.find(identity, call.key, step.slot) if captured is None else captured

    def serve(self, step: Serve) -> Outcome | Rejected:
        """Load the value, or make a reference to it where the caller may never look."""
        call, ledger, record = self.call, self.terms.ledger, step.found.record
        assert ledger is not None
        reference = None
        value: Any = NotSet
        if call.run_again is not None:  # a future or state speaks of it, and loads an object for each who looks
            reference = Reference(ledger, record, step.found.payload if record.value.inline else None, call.run_again)
        if call.lazy and record.input:
            if not ledger.present(record):
                return Rejected("missing", "its stored value is gone")
        else:
            try:
                value = ledger.load(record, step.found.payload)
            except LoadFailed as exc:
                return exc.because
        if heard(Hit, call.id):
            self._tell_hit(step.found)
        return Outcome(True, value, reference)

    def _tell_hit(self, found: Found) -> None:
        record = found.record
        emit(
            Hit(
                at=found.now,
                call=self.call.id,
                key=record.key,
                created=record.created,
                saved=record.compute_seconds,
                seconds=self.terms.clock.monotonic() - self.call.started,
                from_run=record.run,
                from_run_name=record.run_name,
            )
        )

    # --- computing -------------------------------------------------------------------------

    def begin(self, step: Begin) -> bool:
        """Bring the arguments and say why the body runs; true when an argument is no longer what was keyed."""
        call = self.call
        if call.bring_arguments():
            return True
        if call.key is not None:
            self._code = described_code(call)
            self._parts = described(call)
        if heard(WillCompute, call.id):
            why, now = self._why(step.because), self.terms.clock.time()
            emit(WillCompute(at=now, call=call.id, key=self._key_text(), cause=why.cause, why=why.text, changed=why.changed))
        return False

    def rekey(self, _step: Rekey) -> None:
        """Make the key anew from the arguments that were recomputed."""
        self.call.rekey()

    def _why(self, because: Rejected) -> Why:
        call, ledger = self.call, self.terms.ledger
        if because.cause != "first":
            return Why(because.cause, because.detail or _SPOKEN.get(because.cause, because.cause))
        assert ledger is not None
        history = ledger.history(self.terms.identity)
        before = history.nearest(self._parts, call.run)
        if before is not None:
            return explain(
                self._parts, self._code, before, ledger.code_parts(before.code) if before.code else None, self.terms.identity
            )
        if history.any_of_run(call.run) and call.inputs and not call.id.label:
            shown = ", ".join(
                f"{part.name.removeprefix('inputs.')}={part.text}" for part in self._parts if part.name.startswith("inputs.")
            )
            if shown:
                return Why("first", f"first time with {shown if len(shown) <= _LONGEST_SHOWN else 'these arguments'}")
        return Why("first", "first time")

    def _key_text(self) -> str | None:
        return None if self.call.key is None else str(self.call.key)

    def body(self, attempt: int) -> _Body:
        """Surround the body: its context, its time, and what is told of its end."""
        return _Body(self, attempt)

    def ended(self, error: BaseException | None, seconds: float) -> None:
        """Tell how a run of the body ended; errors that a retry may mend are told when it is known that none will."""
        self._seconds = seconds
        if error is not None:
            self._hide_secrets()
        if error is None and heard(DidCompute, self.call.id):
            emit(DidCompute(at=self.terms.clock.time(), call=self.call.id, key=self._key_text(), seconds=seconds))
        elif error is not None and not isinstance(error, Exception):
            self.tell_failed(error, "Crashed", seconds)

    def _hide_secrets(self) -> None:
        """Leave the secrets among the arguments out of what is told of errors: a body's error may spell them."""
        marks = self.call.context.task.marks
        remember_arguments(self.call.inputs, marks.secret if marks is not None else ())

    def next_delay(self, step: Wait) -> float | None:
        """Return the pause before the next attempt in seconds, or `None` when there is none."""
        context = self.call.context
        if step.attempt > self.terms.retries or not context.may_retry(step.error):
            self.tell_failed(step.error, context.name_after(step.error), self._seconds)
            return None
        delay = self.terms.delay(step.attempt)
        emit(
            WillRetry(
                at=self.terms.clock.time(),
                call=self.call.id,
                attempt=step.attempt,
                of=self.terms.retries,
                delay=delay,
                error=said(step.error),
            )
        )
        return delay

    def tell_failed(self, error: BaseException, state: str, seconds: float) -> None:
        """Tell that the call ended without a result."""
        emit(DidFail(at=self.terms.clock.time(), call=self.call.id, error=said(error), seconds=seconds, state=state))

    # --- keeping ---------------------------------------------------------------------------

    def keep(self, step: Keep) -> Outcome | Raised:
        """Capture the result. One that cannot be kept still reaches the caller, and a line says so; or the settings make it fail."""
        call, ledger, joined = self.call, self.terms.ledger, self.call.context.transaction
        if call.key is None or ledger is None:
            return Outcome(False, step.value, None)
        try:
            changed = tuple(self._mutated())
            if changed:
                emit(MutatedInput(at=self.terms.clock.time(), call=call.id, key=str(call.key), arguments=changed))
                return Outcome(False, step.value, None)
            encoded = self._encode(step.value)
            record = self._record(encoded, step.value)
            repair = step.because.cause in ("damaged", "missing")
            before = self._replaced(ledger, step.slot)
            if joined is None:
                ledger.keep(record, encoded.chunks, self._code, slot=step.slot, repair=repair)
            else:
                joined.hold(
                    Staged.captured(
                        ledger, call.id, record, encoded.chunks, self._code, slot=step.slot, repair=repair, before=before
                    )
                )
            value = step.value
            if not encoded.exact:  # the first run gets what every later one will get
                value = decoder(encoded.serializer).decode(b"".join(encoded.chunks))
        except Exception as exc:  # noqa: BLE001 - serializers and storages of users' own raise anything; the result is there
            error = str(exc) if isinstance(exc, RecoupError) else said(exc)
            emit(WriteFailed(at=self.terms.clock.time(), call=call.id, key=str(call.key), error=error))
            if joined is not None:
                joined.lose(error)
            if self.terms.settings.results_on_persist_failure == "fail":
                self.tell_failed(exc, "Failed", self._seconds)
                return Raised(exc)
            return Outcome(False, step.value, None, error)
        if joined is None:
            tell_kept(ledger, call.id, record, encoded.chunks, before, step.slot)
        payload = memoryview(b"".join(encoded.chunks)) if record.value.inline else None
        return Outcome(False, value, Reference(ledger, record, payload, call.run_again))

    def _encode(self, value: object) -> Encoded:
        return self.terms.serializer.encode(value)

    def _replaced(self, ledger: Ledger, slot: int) -> Record | None:
        """Return the record that is about to be overwritten, where its published copy matters."""
        if not self.terms.publishes or self.call.key is None:
            return None
        found = ledger.find(self.terms.identity, self.call.key, slot)
        return found.record if isinstance(found, Found) else None

    def _record(self, encoded: Encoded, value: object) -> Record:
        call, terms = self.call, self.terms
        now = terms.clock.time()
        token, holds = token_and_code(value) if encoded.exact else ("", ())
        return Record(
            recoup=FORMAT,
            key=str(call.key),
            task=terms.identity,
            parts=self._parts,
            code=self._code.digest if self._code else "",
            serializer=encoded.serializer,
            exact=encoded.exact,
            value=refer(encoded.chunks),
            input=token,
            holds=holds,
            created=now,
            expires=None if terms.expiration is None else now + terms.expiration,
            compute_seconds=self._seconds,
            run=call.run,
            run_name=call.run_name,
            producer=producer(),
            not_covered=self._code.not_covered if self._code else (),
            published=terms.publishes,
        )

    def _mutated(self) -> Iterator[str]:
        """Yield the names of arguments that are no longer what was hashed."""
        call, mode = self.call, self.terms.settings.tasks_check_mutation
        if mode == "off" or call.key is None:
            return
        fresh, marks = Hasher(), call.context.task.marks
        for name, token, subject in call.key.parts:
            argument = name.removeprefix("inputs.")
            if argument is name or type(subject) in IMMUTABLE:
                continue
            if mode == "small" and (call.hasher.weight(subject) or size_of(subject)) > _SMALL_BYTES:
                continue
            try:
                again = subject
                if marks is not None and argument in marks.stand_ins:
                    again = marks.stand_in(argument, call.inputs[argument], fresh, call.context.task.salt)
                same = fresh.token(again) == token
            except HashError:
                same = False
            if not same:
                yield argument


class _Body:
    """The context manager around a body."""

    __slots__ = ("_attempt", "_performer", "_started", "_token")

    def __init__(self, performer: Performer, attempt: int) -> None:
        self._performer = performer
        self._attempt = attempt

    def __enter__(self) -> None:
        self._token = self._performer.call.context.enter(self._attempt)
        self._started = self._performer.terms.clock.monotonic()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        seconds = self._performer.terms.clock.monotonic() - self._started
        self._performer.call.context.leave(self._token)
        self._performer.ended(error, seconds)


_LONGEST_SHOWN = 80
_SPOKEN = {"refresh": "refresh asked for", "no-key": "not cached"}
_PERFORM: dict[type, Callable[[Performer, Any], Any]] = {
    Lookup: Performer.lookup,
    Serve: Performer.serve,
    Begin: Performer.begin,
    Rekey: Performer.rekey,
    Keep: Performer.keep,
}
