"""The life of a cached call, decided step by step. Performs no I/O."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from recoup.engine.steps import Begin, Claim, Compute, Found, Keep, Lookup, Outcome, Raised, Rejected, Rekey, Serve, Wait
from recoup.engine.validity import judge

if TYPE_CHECKING:
    from collections.abc import Generator

    from recoup.engine.call import Call
    from recoup.engine.steps import Returned, Step

__all__ = ["LAST_SLOT", "plan"]

LAST_SLOT = 7
"""Results of one key are kept beside each other for eight environments; the next one overwrites the last."""


def plan(call: Call) -> Generator[Step, Any, Outcome | Raised]:  # noqa: C901 - the story of a call is told once, in its order
    """Decide how `call` is served: from its record, or by running the body and keeping what it returns.

    The answers that each step gets are told in `recoup.engine.steps`.
    """
    claimed = None
    while True:
        slot = 0
        because = _unasked(call)
        while call.key is not None and (not call.terms.refresh or call.terms.refreshed_in is not None):
            verdict = judge((yield Lookup(slot)), call.terms)
            if isinstance(verdict, Found):
                served: Outcome | Rejected = yield Serve(verdict)
                if isinstance(served, Outcome):
                    return served
                verdict = served
            because = because if slot and verdict.cause == "first" else verdict
            if verdict.cause != "unreadable" or slot == LAST_SLOT:
                break
            slot += 1  # what this environment cannot decode stays; ours is kept beside it
        if call.is_serial and claimed != call.key:
            claimed = call.key
            yield Claim()
            continue
        arguments_changed: bool = yield Begin(because)
        if not arguments_changed:
            break
        yield Rekey()

    for attempt in itertools.count(1):
        ended: Returned | Raised = yield Compute(attempt)
        if not isinstance(ended, Raised):
            kept: Outcome | Raised = yield Keep(ended.value, because, slot)
            return kept
        try_again: bool = yield Wait(attempt, ended.error)
        if not try_again:
            return ended
    raise AssertionError  # the loop above only ends by returning


def _unasked(call: Call) -> Rejected:
    """Return why a body runs for which no record is looked up."""
    if call.key is not None:
        return Rejected("refresh", call.terms.uncached)
    return Rejected("no-cache" if call.terms.ledger is None else "no-key", call.uncached)
