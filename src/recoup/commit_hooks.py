"""Hooks of transactions, and running what a transaction does: once for synchronous, once for asynchronous code.

What happens at the end of a transaction is one generator that yields the hooks to call; only calling them differs.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Any, NamedTuple

from recoup import loops
from recoup.logs import log_to_stderr

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Generator, Iterator

    from recoup.commits import Committed

    Ending = Generator["HookRun", None, bool]

__all__ = ["HookRun", "adrive_hooks", "drive_hooks"]


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
    """Call the hooks that `ending` yields; return what it returns."""
    while True:
        try:
            step = next(ending)
        except StopIteration as end:
            return bool(end.value)
        step.run()


async def adrive_hooks(ending: Ending) -> bool:
    """Do as `drive_hooks` in this coroutine."""
    while True:
        try:
            step = next(ending)
        except StopIteration as end:
            return bool(end.value)
        await step.arun()
