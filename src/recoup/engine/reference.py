"""A result that is known by its record, and loaded when somebody looks."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from recoup.engine.carried import code_named
from recoup.engine.steps import LoadFailed
from recoup.exceptions import MissingResult
from recoup.types import NotSet, Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.engine.ledger import Ledger
    from recoup.engine.steps import Outcome
    from recoup.records import Record

__all__ = ["Reference"]


_mending: dict[int, threading.Lock] = {}
"""A lock for each reference whose value is being computed again, by `id`; a forked child begins without."""

if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_mending.clear)


class Reference:
    """Stands for a stored result wherever a value may stand: in arguments, futures and states.

    It is hashed by the token that its record tells, without being loaded. `recompute` runs the call again when
    the value turns out to be gone or damaged; what it then returns and cannot be kept is held here.
    """

    __slots__ = ("__recoup_token__", "_held", "_ledger", "_recompute", "payload", "record")

    def __init__(
        self, ledger: Ledger, record: Record, payload: memoryview | None, recompute: Callable[[], Outcome | None] | None
    ) -> None:
        self._ledger = ledger
        self.payload = payload
        self._recompute = recompute
        self._held: Any = NotSet
        self._speak_of(record)

    def _speak_of(self, record: Record) -> None:
        self.record = record
        self.__recoup_token__ = Token.fromhex(record.input)

    @property
    def ledger(self) -> Ledger:
        """Return the records among which it is."""
        return self._ledger

    def recompute_by(self, recompute: Callable[[], Outcome | None] | None) -> None:
        """Have the value computed by `recompute` where it turns out to be gone."""
        self._recompute = recompute

    @property
    def __recoup_code__(self) -> dict[int, Any]:
        """Return the classes, functions and modules inside the value, by `id`."""
        return code_named(self.record.holds) if self.record.holds else {}

    @property
    def tells_its_value(self) -> bool:
        """Say whether its token is that of the value, so that it may stand for it in a key."""
        return bool(self.record.input) and self._held is NotSet

    def load(self) -> Any:
        """Return the value, a fresh object; compute it again when it is gone.

        A value that was computed again and could not be kept is one object, as results are that nobody keeps. Raises `MissingResult` when it is gone and cannot be computed from here.
        """
        if self._held is not NotSet:
            return self._held
        record = self.record
        try:
            return self._ledger.load(record, self.payload)
        except LoadFailed as exc:
            with _mending.setdefault(id(self), threading.Lock()):
                if self.record is record and self._held is NotSet:  # otherwise somebody else has computed it again meanwhile
                    self._compute_again(exc)
            _mending.pop(id(self), None)
        return self.load()

    def _compute_again(self, failed: LoadFailed) -> None:
        again = self._recompute() if self._recompute is not None else None
        if again is None:
            message = (
                f"the result of {self.record.task} is not available: {failed.because.detail}. Run the flow again to recreate it."
            )
            raise MissingResult(message) from failed
        self._recompute = None  # what was computed a moment ago and is gone again will not come back
        if again.reference is None:
            self._held = again.value
            self.__recoup_token__ = Token(b"\xff" + os.urandom(32))  # of no other value: who keyed by the old one keys anew
            return
        self.payload = again.reference.payload
        self._speak_of(again.reference.record)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the value: whoever loads it may not reach the storage."""
        return _same, (self.load(),)

    def __repr__(self) -> str:
        return f"Reference({self.record.task}, {self.record.key[:12]})"


def _same(value: Any) -> Any:
    return value
