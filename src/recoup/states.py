"""What became of a run: Prefect's states and their constructors.

A state of a call that was kept holds a reference to the stored result instead of the value; `result()` gives each
caller an object of its own.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar, overload, runtime_checkable

from recoup.exceptions import CancelledRun, CrashedRun, FailedRun, PausedRun, UnfinishedRun

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "AwaitingRetry",
    "Cached",
    "Cancelled",
    "Cancelling",
    "Completed",
    "Crashed",
    "Failed",
    "NotReady",
    "Paused",
    "Pending",
    "Retrying",
    "Running",
    "Scheduled",
    "State",
    "StateType",
    "TimedOut",
    "return_value_to_state",
]

R_co = TypeVar("R_co", covariant=True)


class StateType(str, enum.Enum):  # noqa: UP042 - a text that prints as `StateType.FAILED`, as Prefect's does
    """The kinds of states; a state's name may be more specific."""

    SCHEDULED = "SCHEDULED"
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    CRASHED = "CRASHED"
    PAUSED = "PAUSED"
    CANCELLING = "CANCELLING"

    def __repr__(self) -> str:
        return str(self)


_FINAL = frozenset({StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED})
_ERRORS: dict[StateType, type[Exception]] = {
    StateType.FAILED: FailedRun,
    StateType.CRASHED: CrashedRun,
    StateType.CANCELLED: CancelledRun,
}


@runtime_checkable
class Loadable(Protocol):
    """Data that stands for a value kept elsewhere."""

    def load(self) -> Any:
        """Return the value, a fresh object."""
        ...


class State(Generic[R_co]):
    """A moment of a run: its type, its name, a message, and the data that came of it.

    `by_hand` says that no run stands behind it: the user's code made it, to say how its own run ends.
    """

    __slots__ = ("by_hand", "data", "message", "name", "timestamp", "type")

    def __init__(
        self,
        type: StateType | str,  # noqa: A002 - it is called so
        name: str | None = None,
        message: str | None = None,
        data: Any = None,
        timestamp: datetime | None = None,
        *,
        by_hand: bool = True,
    ) -> None:
        self.type = type if isinstance(type, StateType) else StateType(type)
        self.name = name or self.type.value.capitalize()
        self.message = message
        self.data = data
        self.timestamp = timestamp or datetime.now(UTC)
        self.by_hand = by_hand

    def is_scheduled(self) -> bool:
        """Say whether the run has yet to begin."""
        return self.type is StateType.SCHEDULED

    def is_pending(self) -> bool:
        """Say whether the run waits for something."""
        return self.type is StateType.PENDING

    def is_running(self) -> bool:
        """Say whether the run is going on."""
        return self.type is StateType.RUNNING

    def is_completed(self) -> bool:
        """Say whether the run ended well, be it computed or cached."""
        return self.type is StateType.COMPLETED

    def is_failed(self) -> bool:
        """Say whether the run ended with an error."""
        return self.type is StateType.FAILED

    def is_crashed(self) -> bool:
        """Say whether the run was ended from outside its code."""
        return self.type is StateType.CRASHED

    def is_cancelled(self) -> bool:
        """Say whether the run was cancelled."""
        return self.type is StateType.CANCELLED

    def is_cancelling(self) -> bool:
        """Say whether the run is about to be cancelled."""
        return self.type is StateType.CANCELLING

    def is_paused(self) -> bool:
        """Say whether the run waits for a person."""
        return self.type is StateType.PAUSED

    def is_final(self) -> bool:
        """Say whether nothing will follow."""
        return self.type in _FINAL

    @overload
    def result(self, raise_on_failure: Literal[True] = True) -> R_co: ...
    @overload
    def result(self, raise_on_failure: bool) -> R_co | BaseException: ...
    def result(self, raise_on_failure: bool = True) -> Any:
        """Return the value, or raise what the run raised.

        With `raise_on_failure=False` the exception is returned instead. Raises `UnfinishedRun` when there is no
        result yet, `PausedRun` while the run is paused, `MissingResult` when a stored one cannot be loaded any more.
        """
        if self.is_paused():
            raise PausedRun("the run is paused: its result is not available until it goes on")
        if not self.is_final() and self.name != "NotReady":
            raise UnfinishedRun(f"the run is {self.name}: its result is not available yet")
        if self.is_completed():
            return self.data.load() if isinstance(self.data, Loadable) else self.data
        if raise_on_failure:
            raise self._error()
        return self.data if _are_states(self.data) else self._error()

    def _error(self) -> BaseException:
        """Return what ended the run: the exception, that of the first of several states that did not complete, or one of ours."""
        if isinstance(self.data, BaseException):
            return self.data
        if _are_states(self.data):
            for state in _listed(self.data):
                if not state.is_completed():
                    return state._error()  # noqa: SLF001 - another one of its kind
        told = self.data if isinstance(self.data, str) else self.message
        return _ERRORS.get(self.type, FailedRun)(told or self.name)

    async def aresult(self, raise_on_failure: bool = True) -> Any:
        """Return the value as `result` does."""
        return self.result(raise_on_failure=raise_on_failure)

    def __str__(self) -> str:
        """Return what a log line says: the name, the message, and the type where the name does not tell it."""
        shown = [repr(self.message)] if self.message else []
        if self.name.upper() != self.type.value:
            shown.append(f"type={self.type.value}")
        return f"{self.name}({', '.join(shown)})"

    def __repr__(self) -> str:
        shown = [f"message={self.message!r}"] if self.message else []
        return f"{self.name}({', '.join([*shown, f'type={self.type.value}'])})"

    def __eq__(self, other: object) -> bool:
        """Compare type, name and message; data may be costly to compare and is left out."""
        if not isinstance(other, State):
            return NotImplemented
        return (self.type, self.name, self.message) == (other.type, other.name, other.message)

    def __hash__(self) -> int:
        return hash((self.type, self.name, self.message))


def _constructor(type_: StateType, name: str, says: str) -> Callable[..., State[Any]]:
    def construct(*, message: str | None = None, data: Any = None, name: str = name, by_hand: bool = True) -> State[Any]:
        return State(type_, name, message, data, by_hand=by_hand)

    construct.__name__ = construct.__qualname__ = name
    construct.__doc__ = f"Return a state that says: {says}."
    return construct


Scheduled = _constructor(StateType.SCHEDULED, "Scheduled", "the run will begin")
AwaitingRetry = _constructor(StateType.SCHEDULED, "AwaitingRetry", "the run failed and will begin again")
Pending = _constructor(StateType.PENDING, "Pending", "the run waits")
NotReady = _constructor(StateType.PENDING, "NotReady", "the run was not started, because something before it failed")
Running = _constructor(StateType.RUNNING, "Running", "the body runs")
Retrying = _constructor(StateType.RUNNING, "Retrying", "the body runs again")
Completed = _constructor(StateType.COMPLETED, "Completed", "the body ran and its result is safe")
Cached = _constructor(StateType.COMPLETED, "Cached", "a recorded result was served")
Failed = _constructor(StateType.FAILED, "Failed", "the run ended with an error")
TimedOut = _constructor(StateType.FAILED, "TimedOut", "the run took longer than its `timeout_seconds`")
Crashed = _constructor(StateType.CRASHED, "Crashed", "the run was ended from outside")
Cancelling = _constructor(StateType.CANCELLING, "Cancelling", "the run is about to be cancelled")
Cancelled = _constructor(StateType.CANCELLED, "Cancelled", "the run was cancelled")
Paused = _constructor(StateType.PAUSED, "Paused", "the run waits for a person")


# --- from what a function returned ---------------------------------------------------------------


def return_value_to_state(value: Any) -> State[Any]:
    """Return the state in which a run ends whose function returned `value`, with futures in it replaced by their states.

    - A state made by hand is that state.
    - One or more states of other runs, and nothing else, are summed up: completed if all are. They are its data.
    - Anything else is the data of `Completed`.
    """
    if isinstance(value, State) and value.by_hand:
        return value
    if not _are_states(value):
        return Completed(data=value, by_hand=False)
    type_, message = _sum_of(_listed(value))
    return State(type_, message=message, data=value, by_hand=False)


def _sum_of(states: list[State[Any]]) -> tuple[StateType, str]:
    total = len(states)
    cancelled, paused = sum(s.is_cancelled() for s in states), sum(s.is_paused() for s in states)
    failed = sum(s.is_failed() or s.is_crashed() for s in states)
    if all(state.is_completed() for state in states):
        return StateType.COMPLETED, "All states completed."
    if cancelled:
        return StateType.CANCELLED, f"{cancelled}/{total} states cancelled."
    if paused:
        return StateType.PAUSED, f"{paused}/{total} states paused."
    if failed:
        return StateType.FAILED, f"{failed}/{total} states failed."
    return StateType.FAILED, f"{sum(not s.is_final() for s in states)}/{total} states are not final."


def _are_states(value: Any) -> bool:
    """Say whether `value` is a state or a container of nothing but states."""
    if isinstance(value, State):
        return True
    return isinstance(value, list | tuple | set | frozenset) and bool(value) and all(isinstance(v, State) for v in value)


def _listed(states: Any) -> list[State[Any]]:
    return [states] if isinstance(states, State) else list(states)
