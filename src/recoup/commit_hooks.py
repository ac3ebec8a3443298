"""Hooks of transactions, and running what a transaction does: once for synchronous, once for asynchronous code.

What happens at the end of a transaction is one generator that yields the hooks to call and the locks to free; only doing
that differs.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from recoup import loops
from recoup.logs import log_to_stderr

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Generator, Iterator

    from recoup.commits import Committed

    Ending = Generator["Act", Any, bool]

__all__ = ["Act", "HookRun", "adrive_hooks", "drive_hooks"]


class Act(Protocol):
    """What the end of a transaction, or its beginning, asks to be done: calling a hook, taking a lock, freeing one."""

    def run(self) -> Any:
        """Do it in this thread."""
        ...

    async def arun(self) -> Any:
        """Do it in this coroutine."""
        ...


class HookRun(NamedTuple):
    """A hook to be called with its transaction; `when` is `commit` or `rollback`."""

    hook: Callable[[Any], Any]
    transaction: Committed
    when: str
    logger: logging.Logger | logging.LoggerAdapter[Any]

    def run(self) -> None:
        """Call the hook, a coroutine on a loop of its own. What it raises is logged."""
        with self._told():
            called = self.hook(self.transaction)
            if inspect.iscoroutine(called):
                loops.run(called)

    async def arun(self) -> None:
        """Call the hook: a coroutine on this loop, a function on another thread. What it raises is logged."""
        with self._told():
            if inspect.iscoroutinefunction(self.hook):
                await self.hook(self.transaction)
            else:
                called = await loops.to_thread(self.hook, self.transaction)
                if inspect.isawaitable(called):
                    await called

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        log_to_stderr()
        name = getattr(self.hook, "__name__", type(self.hook).__name__)
        if getattr(self.hook, "log_on_run", True):
            self.logger.info("Running %s hook %r", self.when, name)
        try:
            yield
        except Exception:
            self.logger.exception("the %s hook %r raised; the other hooks run all the same", self.when, name)


def drive_hooks(ending: Ending) -> bool:
    """Do what `ending` yields; return what it returns."""
    answer: Any = None
    go_on: Callable[[Any], Act] = ending.send
    while True:
        try:
            act = go_on(answer)
        except StopIteration as end:
            return bool(end.value)
        try:
            go_on, answer = ending.send, act.run()
        except Exception as exc:  # noqa: BLE001 - `ending` gets it
            go_on, answer = ending.throw, exc


async def adrive_hooks(ending: Ending) -> bool:
    """Do as `drive_hooks` in this coroutine."""
    answer: Any = None
    go_on: Callable[[Any], Act] = ending.send
    while True:
        try:
            act = go_on(answer)
        except StopIteration as end:
            return bool(end.value)
        try:
            go_on, answer = ending.send, await act.arun()
        except Exception as exc:  # noqa: BLE001 - `ending` gets it
            go_on, answer = ending.throw, exc
