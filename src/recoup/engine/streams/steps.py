"""What serving a stream is made of, beyond the steps of every call (`recoup.engine.steps`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from recoup.engine.steps import Step

if TYPE_CHECKING:
    from recoup.engine.steps import Raised, Returned

__all__ = [
    "Ask",
    "Capture",
    "Compare",
    "Disown",
    "End",
    "Fail",
    "Give",
    "Leave",
    "Next",
    "Opened",
    "Start",
    "Stop",
    "Stopped",
    "StreamStep",
    "Yielded",
]

# --- steps ---------------------------------------------------------------------------------


class Next(NamedTuple):
    """Read the next stored item; answered by `Yielded`, `Returned` at the end, or `Rejected`."""


class Start(NamedTuple):
    """Get the body ready; `capture` says whether its items are to be kept."""

    attempt: int
    capture: bool


class Ask(NamedTuple):
    """Let the body go on to its next item; answered by `Yielded`, `Returned` or `Raised`.

    It gets what the consumer sent, or the error that the consumer threw in.
    """

    sent: Any = None
    thrown: BaseException | None = None

    @property
    def directs(self) -> bool:
        """Say whether the body may go on otherwise than without a consumer."""
        return self.sent is not None or self.thrown is not None


class Capture(NamedTuple):
    """Take down what the body yielded; answered by the object for the consumer."""

    value: Any


class Give(NamedTuple):
    """Hand an item to the consumer, and wait until it wants something; answered by `Ask` or `Stop`."""

    value: Any


class Compare(NamedTuple):
    """Say whether the items so far are equal to those that were given before, from another source."""


class Leave(NamedTuple):
    """Capture no more, and say once why."""

    cause: str
    reason: str


class Stop(NamedTuple):
    """Close the body, since nobody wants more; answered by `Returned` or `Raised`."""


class End(NamedTuple):
    """Tell how the body ended."""

    how: Returned | Raised


class Disown(NamedTuple):
    """Withdraw the record that began otherwise than the body; answered by the `Raised` that the consumer gets."""

    given: int
    after: Exception | None


class Fail(NamedTuple):
    """Tell that the call failed."""

    error: Exception


StreamStep = Step | Next | Start | Ask | Capture | Give | Compare | Leave | Stop | End | Disown | Fail

# --- answers -------------------------------------------------------------------------------


class Opened(NamedTuple):
    """A stored stream is ready to be replayed."""


class Yielded(NamedTuple):
    """An item."""

    value: Any


class Stopped(Exception):
    """The consumer wants no more items; `value` is what closing the body returned."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
