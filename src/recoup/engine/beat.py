"""The pulse of runs: one thread of a process that lets every journal write from time to time.

It begins with the first run, ends when it finds that none is going on, and keeps no process alive: a program of many short
runs starts it once. It is stopped before a fork and started again after it: no child inherits a lock that it held.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
import threading
from typing import Protocol

__all__ = ["PULSE_SECONDS", "begin_in_child", "follow", "hurry", "unfollow"]

PULSE_SECONDS = 2.0
"""How often a journal may write. A run that is shorter is written at its beginning and its end only."""

_LONGEST_PAUSE = 1.0


class Journaled(Protocol):
    """What has something to write from time to time, at least every `pause` seconds."""

    pause: float

    def tick(self) -> None:
        """Write what is due. Raises nothing."""
        ...

    def forked(self) -> None:
        """Begin anew, in the child of a fork: what waits to be written is the parent's."""
        ...


class _Pulse:
    """The thread, and whom it ticks; replaced whole in the child of a fork."""

    def __init__(self, journals: tuple[Journaled, ...] = ()) -> None:
        self.journals = journals  # replaced whole, so that the thread needs no lock
        self.lock = threading.RLock()
        self.wake = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread where there is none and it has something to do."""
        if self.thread is not None or not self.journals:
            return
        self.wake = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(self.wake,), name="recoup-pulse", daemon=True)
        try:
            self.thread.start()
        except RuntimeError:  # the interpreter is ending, and the run with it
            self.thread = None

    def stop(self) -> threading.Thread | None:
        """Have the thread end as soon as it has written what it is writing; return it."""
        thread, self.thread = self.thread, None
        self.wake.set()
        return thread

    def run(self, wake: threading.Event) -> None:
        while not self.is_over(wake):
            wake.wait(min([PULSE_SECONDS, *(journal.pause for journal in self.journals)]))
            wake.clear()
            for journal in self.journals:
                if self.wake is not wake or self.thread is None:
                    return
                journal.tick()

    def is_over(self, wake: threading.Event) -> bool:
        """Say whether this thread was stopped, or ends because there is nothing to do."""
        if self.journals or not self.lock.acquire(blocking=False):  # whoever holds it starts or stops this thread
            return self.wake is not wake or self.thread is None
        try:
            if not self.journals and self.wake is wake:
                self.thread = None
            return self.thread is None or self.wake is not wake
        finally:
            self.lock.release()


_pulse = _Pulse()


def follow(journal: Journaled) -> None:
    """Tick `journal` every two seconds until `unfollow`."""
    with _pulse.lock:
        _pulse.journals = (*_pulse.journals, journal)
        _pulse.start()
        if journal.pause < PULSE_SECONDS:
            _pulse.wake.set()  # it may have begun a longer pause


def unfollow(journal: Journaled) -> None:
    """Tick `journal` no more."""
    with _pulse.lock:
        _pulse.journals = tuple(other for other in _pulse.journals if other is not journal)


def hurry() -> None:
    """Tick every journal as soon as possible, because one has much to write."""
    _pulse.wake.set()


def begin_in_child() -> None:
    """Start ticking in the child of a fork, which has something to write, and write the rest when it exits."""
    with _pulse.lock:
        if _pulse.thread is not None:
            return
        _pulse.start()
    atexit.register(_tick)
    util = sys.modules.get("multiprocessing.util")
    if util is not None:  # its processes end without Python's own exit
        util.Finalize(None, _tick, exitpriority=0)


def _tick() -> None:
    for journal in _pulse.journals:
        journal.tick()


# --- forks -------------------------------------------------------------------------------------


def _before_fork() -> None:
    _pulse.lock.acquire()
    thread = _pulse.stop()
    if thread is not None and thread is not threading.current_thread():
        thread.join(_LONGEST_PAUSE)  # no longer: it may be waiting for a storage that does not answer


def _after_fork_in_parent() -> None:
    _pulse.start()
    _pulse.lock.release()


def _after_fork_in_child() -> None:
    global _pulse  # noqa: PLW0603 - the parent's lock stays locked here for ever
    _pulse = _Pulse(_pulse.journals)
    for journal in _pulse.journals:
        journal.forked()


with contextlib.suppress(AttributeError):  # where nothing forks
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
