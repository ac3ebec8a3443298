"""What Recoup needs of `asyncio`, which is imported when it is first needed: a synchronous program never pays its 30 ms."""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

__all__ = ["run", "sleep", "to_thread", "to_thread_shielded"]

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
