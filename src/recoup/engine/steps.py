"""What the life of a call is made of: the steps that a plan yields and the answers it gets.

A plan only says what is to happen; a driver performs each step and sends the answer back. Nothing here does
anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from recoup.engine.reference import Reference
    from recoup.events import Cause
    from recoup.records import Record

__all__ = [
    "Absent",
    "Begin",
    "Claim",
    "Compute",
    "Found",
    "Keep",
    "LoadFailed",
    "Lookup",
    "Outcome",
    "Raised",
    "Rejected",
    "Rekey",
    "Returned",
    "Serve",
    "Step",
    "Wait",
]

# --- steps ---------------------------------------------------------------------------------


class Lookup(NamedTuple):
    """Read the record under the call's key; answered by `Found`, `Absent` or `Rejected`.

    `slot` counts the records of one key that stand beside each other because environments cannot read each
    other's.
    """

    slot: int


class Serve(NamedTuple):
    """Make the found result ready for the caller; answered by `Outcome` or `Rejected`."""

    found: Found


class Claim(NamedTuple):
    """Wait until no other call with this key runs, where the task asks for that; what it left is looked up next."""


class Begin(NamedTuple):
    """Get ready to run the body: bring the arguments, say why it runs.

    Answered by true when an argument had to be recomputed and is no longer what the key was made of.
    """

    because: Rejected


class Rekey(NamedTuple):
    """Make the key anew from the arguments as they are now."""


class Compute(NamedTuple):
    """Run the body; answered by `Returned` or `Raised`."""

    attempt: int


class Wait(NamedTuple):
    """Let the pause before the next attempt pass; answered by false when there is no next attempt."""

    attempt: int
    error: Exception


class Keep(NamedTuple):
    """Capture what the body returned; answered by the `Outcome` for the caller, or by `Raised` where it has to be kept."""

    value: Any
    because: Rejected
    slot: int


Step = Lookup | Serve | Claim | Begin | Rekey | Compute | Wait | Keep

# --- answers -------------------------------------------------------------------------------


class Found(NamedTuple):
    """A record, the bytes that came with it, and the time of the storage's clock at the look-up."""

    record: Record
    payload: memoryview
    now: float


class Absent(NamedTuple):
    """There is no record under this key."""


class Rejected(NamedTuple):
    """There is nothing to serve: `cause` for machines, `detail` for a person."""

    cause: Cause
    detail: str = ""


class LoadFailed(Exception):
    """A recorded value cannot be served; `because` says why."""

    def __init__(self, because: Rejected) -> None:
        super().__init__(because.detail)
        self.because = because


class Returned(NamedTuple):
    """The body returned."""

    value: Any


class Raised(NamedTuple):
    """The body raised; as the end of a plan, it raised at its last attempt."""

    error: Exception


class Outcome(NamedTuple):
    """How a call ended well.

    `value` is `NotSet` when only the `reference` is there, which loads it when somebody looks; `reference` is
    `None` when the result is not kept. `unkept` says why one that was to be kept is not.
    """

    cached: bool
    value: Any
    reference: Reference | None
    unkept: str = ""
