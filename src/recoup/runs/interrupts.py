"""Ctrl-C and SIGTERM while flows run: the run ends in order, and says how it ended.

The handlers that are found are called as before: of Python, which raises `KeyboardInterrupt`, or of a loop, which
cancels what it runs. They are wrapped while a flow runs on the main thread, which alone hears of signals.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Terminated", "die", "exiting_at_once", "interrupted", "interrupts_heard", "terminated", "unwatch", "watch"]

_INTERRUPTED = 130


class Terminated(SystemExit):
    """The process was told to end while a flow ran. Loops let a `SystemExit` through."""


class _Watch:
    """What was heard since the first of the runs that go on now began."""

    def __init__(self) -> None:
        self.runs = 0
        self.interrupts = 0
        self.heard = 0
        self.terminated = False
        self.exits_at_once = False
        self._pid = 0
        self._before: dict[signal.Signals, Any] = {}

    def begin(self) -> None:
        self.interrupts, self.terminated, self._pid = 0, False, os.getpid()
        for number, handler, ours in (
            (signal.SIGINT, signal.getsignal(signal.SIGINT), self._on_interrupt),
            (signal.SIGTERM, signal.getsignal(signal.SIGTERM), self._on_termination),
        ):
            # Who ignores a signal, or handles a termination, goes on doing so.
            if callable(handler) if number == signal.SIGINT else handler is signal.SIG_DFL:
                self._before[number] = handler
                signal.signal(number, ours)

    def end(self) -> None:
        for number, handler in self._before.items():
            if signal.getsignal(number) in (self._on_interrupt, self._on_termination):
                signal.signal(number, handler)
        self._before.clear()

    def _on_interrupt(self, number: int, frame: object) -> None:
        if os.getpid() == self._pid:
            self.interrupts += 1
            self.heard += 1
            if self.exits_at_once and self.interrupts > 1:
                os.write(2, b"ended at once\n")
                os._exit(_INTERRUPTED)
        self._before[signal.SIGINT](number, frame)

    def _on_termination(self, number: int, _frame: object) -> None:
        if os.getpid() != self._pid:  # a forked child is told: the run is its parent's
            die()
        if not self.terminated:
            self.terminated = True
            raise Terminated(128 + number)


_watch = _Watch()


def watch() -> bool:
    """Hear of signals from now on, because a run begins; say whether `unwatch` is to be called when it has ended."""
    if threading.current_thread() is not threading.main_thread():
        return False
    _watch.runs += 1
    if _watch.runs == 1:
        _watch.begin()
    return True


def unwatch() -> None:
    """Leave signals alone when the last run has ended; end as the process was told to, if it was."""
    _watch.runs -= 1
    if not _watch.runs:
        _watch.end()
        if _watch.terminated and not _watch.exits_at_once:
            die()


def interrupted() -> bool:
    """Say whether Ctrl-C was heard in the runs that go on now."""
    return bool(_watch.runs and _watch.interrupts)


def interrupts_heard() -> int:
    """Return how often Ctrl-C was heard since the process began: who waits can tell whether it came again."""
    return _watch.heard


def terminated() -> bool:
    """Say whether the process was told to end in the runs that go on now."""
    return bool(_watch.runs and _watch.terminated)


@contextlib.contextmanager
def exiting_at_once() -> Iterator[None]:
    """Let a second Ctrl-C end the process inside the `with` block, and `Terminated` out of it: it is a command's own."""
    _watch.exits_at_once = True
    try:
        yield
    finally:
        _watch.exits_at_once = False


def die() -> NoReturn:
    """End this process as SIGTERM ends one, without waiting for its threads."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGTERM)
    raise Terminated(128 + signal.SIGTERM)  # not reached where the signal is at once
