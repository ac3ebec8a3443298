"""What a task runner is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from recoup.engine.call import Call
    from recoup.futures import PrefectFuture
    from recoup.states import State

__all__ = ["TaskRunner"]


class TaskRunner(ABC):
    """Runs submitted calls while it is entered; a flow enters its own copy for each run."""

    @abstractmethod
    def duplicate(self) -> TaskRunner:
        """Return a runner of the same kind and options that has not been entered."""

    @abstractmethod
    def start(self, future: PrefectFuture[Any], upstream: Sequence[PrefectFuture[Any]]) -> None:
        """Run `future` once all of `upstream` have ended; return at once."""

    def serve(self, call: Call, here: Callable[[Call], State[Any]]) -> State[Any]:
        """Return the final state of a call whose future runs; `here` serves it in this thread."""
        return here(call)

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for all that was submitted; after an error, only for what has begun, and give up the rest.

        When the process was told to end, wait for nothing.
        """
