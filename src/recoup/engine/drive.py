"""Running plans: the synchronous and the asynchronous driver. The logic is in `plan`, the work in `perform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recoup.engine.perform import Performer
from recoup.engine.plan import plan
from recoup.engine.steps import Claim, Compute, Found, Raised, Returned, Wait
from recoup.engine.validity import judge

if TYPE_CHECKING:
    from recoup.engine.call import Call
    from recoup.engine.staging import Joined
    from recoup.engine.steps import Outcome

__all__ = ["PAUSES", "aabandon", "abandon", "adrive", "apause", "drive", "is_recorded", "pause"]

PAUSES = (Wait, Claim)
"""The steps in which time passes outside a body."""


def is_recorded(call: Call) -> bool:
    """Say whether `call` can end with a reference to a record that is there, so that no body runs."""
    terms = call.terms
    if call.key is None or terms.ledger is None or terms.refresh or terms.streams:
        return False
    found = judge(terms.ledger.find(terms.identity, call.key), terms)
    return isinstance(found, Found) and bool(found.record.input) and terms.ledger.present(found.record)


def drive(call: Call) -> Outcome:
    """Serve `call` in this thread; raise what its body raised at the last attempt."""
    performer, life = Performer(call), plan(call)
    step = next(life)
    answer: object
    try:
        while True:
            if isinstance(step, Compute):
                answer = _compute(performer, step)
            elif isinstance(step, PAUSES):
                answer = pause(performer, step)
            else:
                answer = performer.perform(step)
            try:
                step = life.send(answer)
            except StopIteration as end:
                ended: Outcome | Raised = end.value
                break
    except BaseException:
        abandon(call)
        raise
    if call.context.transaction is not None:
        call.context.transaction.settle(ended)
    return _ended(ended)  # here, so that what a body raised does not carry our StopIteration as its context


async def adrive(call: Call) -> Outcome:
    """Serve `call` in this coroutine; memory and local disk are read inline."""
    performer, life = Performer(call), plan(call)
    step = next(life)
    answer: object
    try:
        while True:
            if isinstance(step, Compute):
                answer = await _acompute(performer, step)
            elif isinstance(step, PAUSES):
                answer = await apause(performer, step)
            else:
                answer = performer.perform(step)
            try:
                step = life.send(answer)
            except StopIteration as end:
                ended: Outcome | Raised = end.value
                break
    except BaseException:
        await aabandon(call)
        raise
    if call.context.transaction is not None:
        await call.context.transaction.asettle(ended)
    return _ended(ended)  # here, so that what a body raised does not carry our StopIteration as its context


def _ended(end: Outcome | Raised) -> Outcome:
    if isinstance(end, Raised):
        raise end.error
    return end


def _compute(performer: Performer, step: Compute) -> Returned | Raised:
    call = performer.call
    try:
        with performer.body(step.attempt):
            return Returned(call.context.accept(call.terms.fn(*call.args, **call.kwargs)))
    except Exception as exc:  # noqa: BLE001 - whatever it raises, the program goes on
        return Raised(exc)


async def _acompute(performer: Performer, step: Compute) -> Returned | Raised:
    call = performer.call
    try:
        with performer.body(step.attempt):
            return Returned(call.context.accept(await call.terms.fn(*call.args, **call.kwargs)))
    except Exception as exc:  # noqa: BLE001 - whatever it raises, the program goes on
        return Raised(exc)


def pause(performer: Performer, step: Wait | Claim) -> bool:
    """Let the pause before the next attempt pass in this thread, or wait for the call's turn; say whether it is to go on."""
    if isinstance(step, Claim):
        _joined(performer.call).claim(performer.call)
        return True
    delay = performer.next_delay(step)
    if delay:
        performer.terms.clock.sleep(delay)
    return delay is not None


async def apause(performer: Performer, step: Wait | Claim) -> bool:
    """Let the pause pass in this coroutine, or wait for the call's turn; say whether it is to go on."""
    if isinstance(step, Claim):
        await _joined(performer.call).aclaim(performer.call)
        return True
    delay = performer.next_delay(step)
    if delay:
        await performer.terms.clock.async_sleep(delay)
    return delay is not None


def abandon(call: Call) -> None:
    """Free what an interrupted call holds."""
    if call.context.transaction is not None:
        call.context.transaction.abandon()


async def aabandon(call: Call) -> None:
    """Free it in a coroutine."""
    if call.context.transaction is not None:
        await call.context.transaction.aabandon()


def _joined(call: Call) -> Joined:
    assert call.context.transaction is not None  # only such calls take turns
    return call.context.transaction
