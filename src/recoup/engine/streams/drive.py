"""Running the plans of streams: generators, synchronous and asynchronous, that are the stream for their consumer."""

from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from recoup import loops
from recoup.engine.drive import PAUSES, aabandon, abandon, apause, pause
from recoup.engine.steps import Outcome, Raised, Returned
from recoup.engine.streams.perform import StreamPerformer
from recoup.engine.streams.plan import plan_stream
from recoup.engine.streams.steps import Ask, Give, Stop, Stopped, Yielded

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Generator

    from recoup.engine.call import Call
    from recoup.engine.staging import Joined

__all__ = ["acollect", "astream", "collect", "stream"]


def stream(begin: Callable[[], StreamPerformer]) -> Generator[Any, Any, Any]:
    """Serve a call item by item, and return what its body returned. Nothing begins before the first item is asked for."""
    performer = begin()
    life = plan_stream(performer.call)
    step = next(life)
    answer: object
    try:
        while True:
            if isinstance(step, Give):
                try:
                    answer = Ask((yield step.value))
                except GeneratorExit:
                    answer = Stop()
                except BaseException as exc:  # noqa: BLE001 - the body gets it
                    answer = Ask(thrown=exc)
            elif isinstance(step, Ask | Stop):
                answer = _ask(performer, step)
            elif isinstance(step, PAUSES):
                answer = pause(performer, step)
            else:
                answer = performer.perform(step)
            try:
                step = life.send(answer)
            except StopIteration as end:
                ended: Outcome | Raised = _without_stop(end.value)
                break
    except BaseException:
        abandon(performer.call)
        raise
    transaction = performer.call.context.transaction
    if transaction is not None:
        performer.context.run(transaction.settle, ended)
    return _ended(performer, ended)


async def astream(begin: Callable[[], Awaitable[StreamPerformer]]) -> AsyncGenerator[Any, Any]:
    """Do as `stream`, asynchronously."""
    performer = await begin()
    life = plan_stream(performer.call)
    step = next(life)
    answer: object
    try:
        while True:
            if isinstance(step, Give):
                try:
                    answer = Ask((yield step.value))
                except GeneratorExit:
                    answer = Stop()
                except BaseException as exc:  # noqa: BLE001 - the body gets it
                    answer = Ask(thrown=exc)
            elif isinstance(step, Ask | Stop):
                answer = await _aask(performer, step)
            elif isinstance(step, PAUSES):
                answer = await apause(performer, step)
            else:
                answer = performer.perform(step)
            try:
                step = life.send(answer)
            except StopIteration as end:
                ended: Outcome | Raised = _without_stop(end.value)
                break
    except BaseException:
        await aabandon(performer.call)
        raise
    transaction = performer.call.context.transaction
    if transaction is not None:
        await loops.within(performer.context, _settle(transaction, ended))
    _ended(performer, ended)


def collect(call: Call) -> Outcome:
    """Serve a call whose items nobody reads one by one: its value is their list."""
    items: list[Any] = []
    performer = StreamPerformer(call, copy_context(), items)
    items.extend(stream(lambda: performer))
    return performer.whole()


async def acollect(call: Call) -> Outcome:
    """Do as `collect`, asynchronously."""
    items: list[Any] = []
    performer = StreamPerformer(call, copy_context(), items)

    async def begin() -> StreamPerformer:
        return performer

    async for item in astream(begin):
        items.append(item)  # noqa: PERF401 - they have to be there while the last one is kept
    return performer.whole()


def _without_stop(end: Outcome | Raised) -> Outcome | Raised:
    """Return how a call ended; one whose consumer wanted no more ended well."""
    return Outcome(False, end.error.value, None) if isinstance(end, Raised) and isinstance(end.error, Stopped) else end


async def _settle(transaction: Joined, ended: Outcome | Raised) -> None:
    await transaction.asettle(ended)


def _ended(performer: StreamPerformer, end: Outcome | Raised) -> Any:
    if performer.on_end is not None:
        performer.on_end(end)
    if isinstance(end, Raised):
        raise end.error
    performer.outcome = end
    return end.value


def _ask(performer: StreamPerformer, step: Ask | Stop) -> Yielded | Returned | Raised:
    try:
        with performer.running():
            return performer.context.run(_go_on, performer.body, step)
    except StopIteration as end:
        return Returned(end.value)
    except Exception as exc:  # noqa: BLE001 - whatever it raises, the program goes on
        return Raised(exc)


def _go_on(body: Generator[Any, Any, Any], step: Ask | Stop) -> Yielded | Returned:
    if isinstance(step, Stop):
        closed: Any = body.close()  # type: ignore[func-returns-value]  # it does since Python 3.13
        return Returned(closed)
    return Yielded(body.send(step.sent) if step.thrown is None else body.throw(step.thrown))


async def _aask(performer: StreamPerformer, step: Ask | Stop) -> Yielded | Returned | Raised:
    try:
        with performer.running():
            return await loops.within(performer.context, _ago_on(performer.body, step))
    except StopAsyncIteration:
        return Returned(None)
    except Exception as exc:  # noqa: BLE001 - whatever it raises, the program goes on
        return Raised(exc)


async def _ago_on(body: AsyncGenerator[Any, Any], step: Ask | Stop) -> Yielded | Returned:
    if isinstance(step, Stop):
        return Returned(await body.aclose())  # type: ignore[func-returns-value]  # it returns nothing, which is the answer
    with loops.unwatched():  # closing it is ours: a loop that ends would close it beside us
        item = body.asend(step.sent) if step.thrown is None else body.athrow(step.thrown)
    return Yielded(await item)
