"""How a call is served item by item, decided step by step. Performs no I/O."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from recoup.engine.plan import plan
from recoup.engine.steps import Compute, Outcome, Raised, Rejected, Returned, Serve, Wait
from recoup.engine.streams.steps import (
    Ask,
    Capture,
    Compare,
    Disown,
    End,
    Fail,
    Give,
    Leave,
    Next,
    Opened,
    Start,
    Stop,
    Stopped,
    Yielded,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from recoup.engine.call import Call
    from recoup.engine.steps import Step
    from recoup.engine.streams.steps import StreamStep

__all__ = ["plan_stream"]


@dataclass
class _SoFar:
    """What the consumer has: how many items, the request that it waits for, and whether another attempt may follow."""

    given: int = 0
    wants: Ask = field(default_factory=Ask)
    directed: bool = False
    last_chance: bool = False
    error: Exception | None = None


def plan_stream(call: Call) -> Generator[StreamStep, Any, Outcome | Raised]:
    """Decide how `call` is served: as `plan` does, with each item given as it comes.

    A stream may have several sources: a record of which an item turns out to be damaged, then the body; or the attempts
    of a body. What the consumer has been given already is skipped, if it is equal; else the stream fails.
    """
    life, so_far = plan(call), _SoFar()
    step = next(life)
    while True:
        answer = yield from _answer(step, so_far)
        try:
            step = life.send(answer)
        except StopIteration as end:
            ended: Outcome | Raised = end.value
            return ended


def _answer(step: Step, so_far: _SoFar) -> Generator[StreamStep, Any, Any]:
    if isinstance(step, Serve):
        opened: Opened | Outcome | Rejected = yield step
        return (yield from _replay(so_far)) if isinstance(opened, Opened) else opened
    if isinstance(step, Compute):
        return (yield from _run(step, so_far))
    if isinstance(step, Wait):
        so_far.error = step.error
        if so_far.last_chance:
            if not isinstance(step.error, Stopped):
                yield Fail(step.error)
            return False
    return (yield step)


def _replay(so_far: _SoFar) -> Generator[StreamStep, Any, Outcome | Rejected]:
    for number in itertools.count(1):
        came: Yielded | Returned | Rejected = yield Next()
        if isinstance(came, Rejected):
            return came
        if isinstance(came, Returned):
            return Outcome(True, came.value, None) if number > so_far.given else _OTHER
        if number <= so_far.given:
            if number == so_far.given and not (yield Compare()):
                return _OTHER
            continue
        wants: Ask | Stop = yield Give(came.value)
        so_far.given = number
        if isinstance(wants, Stop):
            return Outcome(True, None, None)
        if wants.directs:
            so_far.wants, so_far.directed = wants, True
            return Rejected("no-cache", "its consumer sends into it, which a stored stream cannot answer")
    raise AssertionError  # the loop above only ends by returning


def _run(step: Compute, so_far: _SoFar) -> Generator[StreamStep, Any, Returned | Raised]:
    yield Start(step.attempt, capture=not so_far.directed)
    came = yield from _items(so_far)
    yield End(came)
    if isinstance(came, Returned) and isinstance(so_far.error, Stopped):
        return Raised(so_far.error)
    return came


def _items(so_far: _SoFar) -> Generator[StreamStep, Any, Returned | Raised]:
    """Give what the body yields, except what was given already; end as the body ends."""
    wants: Ask | Stop = Ask()
    for number in itertools.count(1):
        came: Yielded | Returned | Raised = yield wants
        if not isinstance(came, Yielded):
            short = isinstance(came, Returned) and number <= so_far.given
            return (yield from _disown(so_far)) if short else came
        item = yield Capture(came.value)
        if number < so_far.given:
            continue
        if number == so_far.given:
            if not (yield Compare()):
                yield Stop()
                return (yield from _disown(so_far))
            wants = so_far.wants
        else:
            wants = yield Give(item)
            so_far.given = number
            if isinstance(wants, Stop):
                return (yield from _stop(wants, so_far))
        if wants.directs:
            so_far.directed = so_far.last_chance = True
            yield Leave("sent", _SENT)
    raise AssertionError  # the loop above only ends by returning


def _stop(stop: Stop, so_far: _SoFar) -> Generator[StreamStep, Any, Returned | Raised]:
    so_far.last_chance = True
    if not so_far.directed:
        yield Leave("stopped", _STOPPED.format(so_far.given, "" if so_far.given == 1 else "s"))
    closed: Returned | Raised = yield stop
    if isinstance(closed, Returned):
        so_far.error = Stopped(closed.value)
    return closed


def _disown(so_far: _SoFar) -> Generator[StreamStep, Any, Raised]:
    so_far.last_chance = True
    raised: Raised = yield Disown(so_far.given, so_far.error)
    return raised


_OTHER = Rejected("damaged", "its stored stream does not begin with the items that were given already")
_SENT = "its consumer sends into it, so that its items depend on more than its arguments. Pass what it needs as arguments."
_STOPPED = "its consumer stopped after {} item{}, and only a stream that was read to its end is kept. Read all of it once."
