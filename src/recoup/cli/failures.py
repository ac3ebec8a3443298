"""What the user's own code raised, shown without the frames that are not the user's."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import sys
import traceback
from pathlib import Path

from recoup.secrecy import redacted
from recoup.wording import said

__all__ = ["show_failure"]

_OURS = str(Path(__file__).parents[1])
_MACHINERY = ("concurrent/futures/", "asyncio/runners.py", "asyncio/base_events.py", "importlib/__init__.py", "<frozen importlib")


def show_failure(error: BaseException, what: str) -> None:
    """Write the traceback of `error` to standard error, then one line that says what failed, and where."""
    told = traceback.TracebackException.from_exception(error)
    _leave_out_machinery(told)
    print(redacted("".join(told.format())), end="", file=sys.stderr)
    place = f" ({Path(told.stack[-1].filename).name}, line {told.stack[-1].lineno})" if told.stack else ""
    print(f"error: {what}: {said(error)}{place}", file=sys.stderr)


def _leave_out_machinery(told: traceback.TracebackException) -> None:
    """Drop the frames that are not the user's, also of what led to the error."""
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if not _is_machinery(frame.filename)])
    for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
        if other is not None:
            _leave_out_machinery(other)


def _is_machinery(file: str) -> bool:
    return file.startswith(_OURS) or any(part in file for part in _MACHINERY)
