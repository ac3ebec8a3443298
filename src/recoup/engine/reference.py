"""A result that is known by its record, and loaded when somebody looks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from recoup.engine.ledger import LoadFailed
from recoup.exceptions import MissingResult
from recoup.types import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from recoup.engine.ledger import Ledger
    from recoup.records import Record

__all__ = ["Reference"]


class Reference:
    """Stands for a stored result wherever a value may stand: in arguments, futures and states.

    It is hashed by the token that its record tells, without being loaded. `recompute` runs the call again when
    the value turns out to be gone or damaged, and returns the new reference.
    """

    __slots__ = ("__recoup_token__", "_ledger", "_mending", "_recompute", "payload", "record")

    def __init__(
        self, ledger: Ledger, record: Record, payload: memoryview | None, recompute: Callable[[], Reference | None] | None
    ) -> None:
        self._ledger = ledger
        self.payload = payload
        self._recompute = recompute
        self._mending = threading.Lock()
        self._speak_of(record)

    def _speak_of(self, record: Record) -> None:
        self.record = record
        self.__recoup_token__ = Token.fromhex(record.input)

    def load(self) -> Any:
        """Return the value, a fresh object; compute it again when it is gone.

        Raises `MissingResult` when it is gone and cannot be computed from here.
        """
        record = self.record
        try:
            return self._ledger.load(record, self.payload)
        except LoadFailed as exc:
            with self._mending:
                if self.record is record:  # otherwise somebody else has computed it again meanwhile
                    self._compute_again(exc)
        return self.load()

    def _compute_again(self, failed: LoadFailed) -> None:
        again = self._recompute() if self._recompute is not None else None
        if again is None:
            message = (
                f"the result of {self.record.task} is not available: {failed.because.detail}. Run the flow again to recreate it."
            )
            raise MissingResult(message) from failed
        self._recompute = None  # what was computed a moment ago and is gone again will not come back
        self.payload = again.payload
        self._speak_of(again.record)

    def __repr__(self) -> str:
        return f"Reference({self.record.task}, {self.record.key[:12]})"
