"""What a run of a task is: its name, its attempts and its state, as bodies, hooks and `recoup.runtime` see them."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from recoup.states import Failed, Pending, Retrying, Running, State, TimedOut, return_value_to_state
from recoup.wording import said

if TYPE_CHECKING:
    from uuid import UUID

    from recoup.exceptions import TaskRunTimeoutError

__all__ = ["TaskRun", "new_id"]


def new_id() -> UUID:
    """Return the id of a new run."""
    from uuid import uuid4  # noqa: PLC0415 - 2 ms that a program without a run never pays

    return uuid4()


class TaskRun:
    """A run of a task; `run_count` counts its attempts.

    `returned` is the state that its body returned, if it returned one; `late` is the error of an attempt that took too
    long.
    """

    __slots__ = ("_began", "_id", "_state", "flow_run_id", "late", "name", "returned", "run_count", "tags")

    def __init__(self, name: str, tags: list[str], flow_run_id: str | None = None) -> None:
        self.name = name
        self.tags = tags
        self.flow_run_id = flow_run_id
        self.run_count = 0
        self.returned: State[Any] | None = None
        self.late: TaskRunTimeoutError | None = None
        self._began = 0.0
        self._id: UUID | None = None
        self._state: State[Any] | None = None

    @property
    def id(self) -> UUID:
        """Return the id, made when first asked for: few runs ever are."""
        if self._id is None:
            self._id = new_id()
        return self._id

    @property
    def state(self) -> State[Any]:
        """Return the state as it is now."""
        if self._state is None:  # few bodies ever ask
            kind = Pending if self.run_count == 0 else Running if self.run_count == 1 else Retrying
            self._state = kind(by_hand=False)
        return self._state

    @state.setter
    def state(self, state: State[Any]) -> None:
        self._state = state

    @property
    def start_time(self) -> datetime | None:
        """Return when the first attempt began."""
        return datetime.fromtimestamp(self._began, UTC) if self._began else None

    @property
    def end_time(self) -> datetime | None:
        """Return when the run ended."""
        return self.state.timestamp if self.state.is_final() else None

    def begin(self, attempt: int) -> None:
        """Enter the state of an attempt: the first is `Running`, later ones are `Retrying`."""
        self.run_count = attempt
        self.returned = self._state = None
        if attempt == 1:
            self._began = time.time()

    def accept(self, returned: Any) -> Any:
        """Return the value that the body's value stands for, or raise what the states in it say.

        A state of the body's own is how the run ends; states of other runs are summed up, as for flows.
        """
        if not _holds_states(returned):
            return returned
        state = return_value_to_state(returned)
        if state.by_hand and not state.is_final():
            state = Failed(message="1/1 states are not final.", data=state, by_hand=False)
        self.returned = state
        return state.data if state.is_completed() else state.result()  # which raises

    def after(self, error: Exception) -> State[Any]:
        """Return the state in which the run ends, or would end, that `error` ended."""
        if self.returned is not None:
            return self.returned
        if error is self.late:
            return TimedOut(message=str(error), data=error, by_hand=False)
        if isinstance(error, TimeoutError):
            return TimedOut(message=f"Task run failed due to timeout: {error!r}", data=error, by_hand=False)
        return Failed(message=f"Task run encountered an exception {said(error)}", data=error, by_hand=False)

    def __repr__(self) -> str:
        return f"TaskRun({self.name!r}, {self.state.name})"


def _holds_states(returned: Any) -> bool:
    if isinstance(returned, list | tuple | set | frozenset):
        return isinstance(next(iter(returned), None), State)
    return isinstance(returned, State)
