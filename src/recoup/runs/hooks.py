"""Hooks: functions of the user's that are called when a run enters a state.

A hook gets the task or flow, its run and the state, and may be a coroutine function. What it raises is logged and does
the run no harm.
"""

from __future__ import annotations

import contextlib
import inspect
from typing import TYPE_CHECKING, Any

from recoup import loops
from recoup.exceptions import ConfigurationError
from recoup.logs import log_to_stderr, logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from recoup.states import State

__all__ = ["acall_hooks", "call_hooks", "check_hooks"]


def check_hooks(hooks: object, option: str, of: str) -> None:
    """Raise `ConfigurationError` unless `hooks` is a list of functions; `of` says whose (`flow pipeline`)."""
    if hooks is None or (isinstance(hooks, list | tuple) and all(map(callable, hooks))):
        return
    wrong = next((hook for hook in hooks if not callable(hook)), hooks) if isinstance(hooks, list | tuple) else hooks
    kind = of.partition(" ")[0]
    raise ConfigurationError(
        f"{of}: {option} is {wrong!r}; give a list of functions that take ({kind}, {kind}_run, state), "
        f"as in {option}=[notify], or decorate one with @{of.rpartition(' ')[2]}.{option}"
    )


def call_hooks(hooks: Iterable[Callable[..., Any]], subject: object, run: object, state: State[Any]) -> None:
    """Call `hooks` one after the other, each coroutine on a loop of its own."""
    for hook in hooks:
        with _harmless(hook, state):
            called = hook(subject, run, state)
            if inspect.iscoroutine(called):
                loops.run(called)


async def acall_hooks(hooks: Iterable[Callable[..., Any]], subject: object, run: object, state: State[Any]) -> None:
    """Call `hooks` one after the other: coroutines on this loop, functions on another thread."""
    for hook in hooks:
        with _harmless(hook, state):
            if inspect.iscoroutinefunction(hook):
                await hook(subject, run, state)
            else:
                called = await loops.to_thread(hook, subject, run, state)
                if inspect.isawaitable(called):
                    await called


@contextlib.contextmanager
def _harmless(hook: Callable[..., Any], state: State[Any]) -> Iterator[None]:
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it raises, the run goes on
        log_to_stderr()
        name = getattr(hook, "__name__", type(hook).__name__)
        logger.exception("the hook %s raised when the run became %s; the run is not affected", name, state.name)
