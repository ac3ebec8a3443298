"""`log_prints`: what bodies print goes to the log of their run."""

from __future__ import annotations

import builtins
import contextlib
import io
import sys
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from recoup.settings import get_current_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recoup.context import FlowRunContext
    from recoup.logs import RunLogger

__all__ = ["logged_prints", "should_log_prints"]

_logger: ContextVar[RunLogger | None] = ContextVar("recoup_print_logger", default=None)
_lock = threading.Lock()
_bodies = 0
_print = builtins.print


def should_log_prints(own: bool | None, flow: FlowRunContext | None) -> bool:
    """Say whether prints are logged here: by the task's or flow's own option, else that of the flow around it, else the setting."""
    for said in (own, flow.log_prints if flow is not None else None):
        if said is not None:
            return said
    return get_current_settings().logging_log_prints


@contextlib.contextmanager
def logged_prints(logger: RunLogger | None) -> Iterator[None]:
    """Log what is printed inside the `with` block, in this context; with `None`, print it as ever.

    `print` is replaced only while such blocks run. What is printed to a file of the program's own is printed there.
    """
    global _bodies  # noqa: PLW0603 - counted under the lock
    token = _logger.set(logger)
    with _lock:
        _bodies += 1
        builtins.print = _print_or_log
    try:
        yield
    finally:
        with _lock:
            _bodies -= 1
            if not _bodies and builtins.print is _print_or_log:
                builtins.print = _print
        _logger.reset(token)


def _print_or_log(*values: object, **options: Any) -> None:
    logger = _logger.get()
    if logger is None or options.get("file") not in (None, sys.stdout, sys.stderr):
        _print(*values, **options)
        return
    text = io.StringIO()
    _print(*values, **{**options, "file": text, "flush": False})
    logger.info("%s", text.getvalue().removesuffix("\n"))
