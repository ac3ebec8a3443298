"""What Recoup needs of `asyncio`, which is imported when it is first needed: a synchronous program never pays its 30 ms."""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import contextlib
import contextvars
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterator

__all__ = ["Alarm", "run", "runs_here", "sleep", "to_thread", "to_thread_finished", "to_thread_shielded", "unwatched", "within"]

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a loop of its own: in this thread, or on another where a loop runs here already."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, asyncio.run, coroutine).result()


def runs_here() -> bool:
    """Say whether a loop runs in this thread, which can do nothing else while it waits."""
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def sleep(seconds: float) -> None:
    """Let `seconds` pass in this coroutine."""
    import asyncio

    await asyncio.sleep(seconds)


async def to_thread(function: Callable[..., T], *args: object) -> T:
    """Call a function that waits on another thread, and let the loop go on."""
    import asyncio

    return await asyncio.to_thread(function, *args)


async def to_thread_shielded(function: Callable[..., T], *args: object) -> T:
    """Do as `to_thread`, and let the function finish even if this coroutine is cancelled."""
    import asyncio

    return await asyncio.shield(asyncio.to_thread(function, *args))


async def to_thread_finished(function: Callable[..., T], *args: object) -> T:
    """Do as `to_thread`, and be cancelled only when the function has ended: what it did is known then."""
    import asyncio

    running = asyncio.ensure_future(asyncio.to_thread(function, *args))
    cancelled: asyncio.CancelledError | None = None
    while not running.done():
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError as exc:
            cancelled = exc
        except Exception:  # noqa: BLE001, S110 - raised below, by its result
            pass
    if cancelled is not None:
        raise cancelled
    return running.result()


class Alarm:
    """An event that any thread may set, for one coroutine that waits for it on the loop on which it was made."""

    def __init__(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._future = self._loop.create_future()

    def set(self) -> None:
        """Wake the coroutine."""
        with contextlib.suppress(RuntimeError):  # its loop has ended
            self._loop.call_soon_threadsafe(self._set)

    def _set(self) -> None:
        if not self._future.done():
            self._future.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Wait until it is set, at most so many seconds."""
        timer = self._loop.call_later(seconds, self._set)
        try:
            await self._future
        finally:
            timer.cancel()


@contextlib.contextmanager
def unwatched() -> Iterator[None]:
    """Begin asynchronous generators inside the `with` block without the loop, which else closes them when it ends."""
    hooks = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(None, None)
    try:
        yield
    finally:
        sys.set_asyncgen_hooks(*hooks)


class within(Generic[T]):  # noqa: N801 - read as a preposition: await within(context, coroutine)
    """Awaits a coroutine that runs in a context of its own; whoever awaits stays in theirs, and stays the current task."""

    def __init__(self, context: contextvars.Context, coroutine: Coroutine[Any, Any, T]) -> None:
        self._context = context
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, T]:
        go_on: Callable[[Any], Any] = self._coroutine.send
        given: Any = None
        while True:
            try:
                awaited = self._context.run(go_on, given)
            except StopIteration as end:
                result: T = end.value
                return result
            try:
                go_on, given = self._coroutine.send, (yield awaited)
            except BaseException as exc:  # noqa: BLE001 - the coroutine gets it
                go_on, given = self._coroutine.throw, exc
