"""What happens to calls and runs, as frozen values in tense, and who hears of it.

The engine emits; the terminal, logs, the run's journal, the page and tests subscribe. Subscribers are called
in the emitting thread, in the order of subscription, and must be quick; what they raise is logged, never
passed on to the task. A subscriber may have a method `deaf(kind, call)` that says beforehand which events of calls
it ignores: what no one hears is not made.
"""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "Advised",
    "CallId",
    "DidCompute",
    "DidFail",
    "DidRollBack",
    "DidStore",
    "Event",
    "FlowEnded",
    "FlowStarted",
    "FlowWillRetry",
    "Hit",
    "MutatedInput",
    "NotCached",
    "NotLocked",
    "NotPublished",
    "OtherCodeOnWorker",
    "RunLost",
    "WillCompute",
    "WillRetry",
    "WriteFailed",
    "emit",
    "heard",
    "subscribe",
    "subscribed",
]


class CallId(msgspec.Struct, frozen=True, gc=False):
    """Which call an event speaks of.

    `task` is the task's name, `number` counts the calls of the process, `run` is the flow run (if any).
    `label` tells calls of one task apart for a person (a mapped argument, a run name).
    """

    task: str
    number: int
    run: str | None = None
    label: str = ""


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Something that happened; `at` is seconds since the epoch."""

    at: float


class FlowStarted(Event, frozen=True, tag=True, kw_only=True):
    """A flow run began."""

    run: str
    name: str
    flow: str
    parameters: dict[str, str]
    parent: str | None = None


class FlowEnded(Event, frozen=True, tag=True, kw_only=True):
    """A flow run ended in `state`; its results are safe. `summary` counts its calls for a person."""

    run: str
    name: str
    flow: str
    state: str
    seconds: float
    summary: str = ""
    message: str = ""
    parent: str | None = None


class RunLost(Event, frozen=True, tag=True, kw_only=True):
    """This process was silent for so long that its run was resumed by another, `by`; it goes on, and nobody waits for it."""

    run: str
    name: str
    by: str


class FlowWillRetry(Event, frozen=True, tag=True, kw_only=True):
    """The function of a flow failed and will run again after `delay` seconds, in the same run; `attempt` counts from 1."""

    run: str
    name: str
    flow: str
    attempt: int
    of: int
    delay: float
    error: str


class Hit(Event, frozen=True, tag=True, kw_only=True):
    """A call is served by a recorded result; no body runs.

    `from_run` and `from_run_name` say which run computed it, `created` when, `saved` how many seconds that
    took, `seconds` how long the look-up took.
    """

    call: CallId
    key: str
    created: float
    saved: float
    seconds: float
    from_run: str | None = None
    from_run_name: str | None = None


Cause = Literal[
    "first", "argument", "code", "constant", "package", "identity", "run", "custom",
    "expired", "refresh", "damaged", "missing", "unreadable", "unknown", "no-key", "no-cache",
]  # fmt: skip
"""Why a body runs, for machines; `WillCompute.why` says it to a person."""


class WillCompute(Event, frozen=True, tag=True, kw_only=True):
    """A body is about to run.

    `why` is one line for a person ("helper clean() changed"); `cause` its kind; `changed` the names of the key
    parts that differ from the nearest earlier record. `key` is `None` when the call is not looked up.
    """

    call: CallId
    key: str | None
    cause: Cause
    why: str
    changed: tuple[str, ...] = ()


class DidCompute(Event, frozen=True, tag=True, kw_only=True):
    """A body returned after `seconds`."""

    call: CallId
    key: str | None
    seconds: float


class WillRetry(Event, frozen=True, tag=True, kw_only=True):
    """A body raised and will run again after `delay` seconds; `attempt` counts from 1."""

    call: CallId
    attempt: int
    of: int
    delay: float
    error: str


class DidFail(Event, frozen=True, tag=True, kw_only=True):
    """A call ended as failed (or, with `state` `NotReady`, was never started)."""

    call: CallId
    error: str
    seconds: float
    state: str = "Failed"


class DidStore(Event, frozen=True, tag=True, kw_only=True):
    """A result was captured under its key; `size` counts the serialized bytes."""

    call: CallId
    key: str
    size: int


class DidRollBack(Event, frozen=True, tag=True, kw_only=True):
    """The transaction of a call that had ended well was rolled back: its result is not kept (`key`, if it had one)."""

    call: CallId
    key: str | None


class WriteFailed(Event, frozen=True, tag=True, kw_only=True):
    """A result could not be kept; the caller got it, the next run will compute it again."""

    call: CallId
    key: str
    error: str


class NotLocked(Event, frozen=True, tag=True, kw_only=True):
    """A call runs without the lock that its isolation level asks for, beside others with its key perhaps: `reason` says why."""

    call: CallId
    key: str
    reason: str


class NotPublished(Event, frozen=True, tag=True, kw_only=True):
    """A result is recorded, and no plain copy of it lies under `name`, its `result_storage_key`: `reason` says why."""

    call: CallId
    name: str
    reason: str


class NotCached(Event, frozen=True, tag=True, kw_only=True):
    """Reuse was asked for and cannot happen: `reason` says which argument or option, and what to write."""

    call: CallId
    reason: str


class Advised(Event, frozen=True, tag=True, kw_only=True):
    """The options of a task do less than they may have been meant to; `text` says what, and what to write."""

    task: str
    text: str


class OtherCodeOnWorker(Event, frozen=True, tag=True, kw_only=True):
    """A worker process has other code than the process that submitted the call: the result is used, and not kept."""

    call: CallId
    key: str


class MutatedInput(Event, frozen=True, tag=True, kw_only=True):
    """The body changed its arguments in place: the result is returned, and not stored."""

    call: CallId
    key: str
    arguments: tuple[str, ...]


_subscribers: tuple[Callable[[Event], None], ...] = ()
_at_home: tuple[Callable[[Event], None], ...] = ()
"""Those of the subscribers that a forked child does not take over."""
_log = logging.getLogger(__name__)


def emit(event: Event) -> None:
    """Tell every subscriber of `event`."""
    for subscriber in _subscribers:
        try:
            subscriber(event)
        except Exception:  # noqa: BLE001 - whatever it raises, the program goes on
            _log.exception("a subscriber failed on %s", type(event).__name__)


def heard(kind: type[Event], call: CallId) -> bool:
    """Say whether anybody listens to events of this kind and call: to make one can cost more than a small body."""
    for subscriber in reversed(_subscribers):  # the last is a run's journal, which hears all
        deaf = getattr(subscriber, "deaf", None)
        if deaf is None or not deaf(kind, call):
            return True
    return False


def subscribe(subscriber: Callable[[Event], None], *, in_children: bool = True) -> Callable[[], None]:
    """Call `subscriber` with each event of this process from now on; return what ends that.

    With `in_children=False` forked children do not call their copy of it: what writes a file or a screen of its own
    speaks for one process.
    """
    global _subscribers, _at_home  # noqa: PLW0603 - replaced whole, so that readers need no lock
    _subscribers = (*_subscribers, subscriber)
    if not in_children:
        _at_home = (*_at_home, subscriber)

    def unsubscribe() -> None:
        global _subscribers, _at_home  # noqa: PLW0603 - as above
        _subscribers = _without(_subscribers, subscriber)
        _at_home = _without(_at_home, subscriber)

    return unsubscribe


def _without(subscribers: tuple[Callable[[Event], None], ...], left_out: object) -> tuple[Callable[[Event], None], ...]:
    remaining = list(subscribers)
    with contextlib.suppress(ValueError):
        remaining.remove(left_out)  # type: ignore[arg-type]  # it is one of them, or none
    return tuple(remaining)


def _in_child() -> None:
    global _subscribers, _at_home
    _subscribers, _at_home = tuple(found for found in _subscribers if found not in _at_home), ()


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_in_child)


@contextlib.contextmanager
def subscribed(subscriber: Callable[[Event], None], *, in_children: bool = True) -> Iterator[None]:
    """Call `subscriber` with each event of this process inside the `with` block."""
    unsubscribe = subscribe(subscriber, in_children=in_children)
    try:
        yield
    finally:
        unsubscribe()
