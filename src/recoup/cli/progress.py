"""How a run is shown while it goes on: live rows on a terminal, lines where output is piped, JSON for machines."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, TextIO

import msgspec

from recoup.events import Advised, FlowEnded, FlowStarted, MutatedInput, NotCached, WillRetry, WriteFailed
from recoup.wording import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recoup.events import Event

    Subscriber = Callable[[Event], None]

__all__ = ["json_lines", "nothing", "plain_lines", "stdout_of_our_own"]

_LINES_EACH = 5
_encode = msgspec.json.Encoder().encode


@contextlib.contextmanager
def plain_lines() -> Iterator[Subscriber]:
    """Write a line for each event to standard error; of a task with many calls the first few, and a count."""
    lines = _PlainLines(sys.stderr)
    yield lines
    lines.count_the_rest()


@contextlib.contextmanager
def json_lines(out: TextIO) -> Iterator[Subscriber]:
    """Write each event to `out` as one line of JSON, as it happens."""

    def write(event: Event) -> None:
        _write(out, _encode(event).decode())

    yield write


@contextlib.contextmanager
def nothing() -> Iterator[Subscriber]:
    """Show nothing."""
    yield lambda _: None


class _PlainLines:
    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._teller = Teller()
        self._told: Counter[tuple[str, str]] = Counter()

    def __call__(self, event: Event) -> None:
        line = self._teller.tell(event)
        if line is None or line.level < logging.INFO or isinstance(event, FlowStarted | FlowEnded):
            return
        if not isinstance(event, NotCached | Advised | WriteFailed | MutatedInput | WillRetry):
            kind = (line.verb, getattr(event, "call").task)  # noqa: B009 - what is left are events of calls
            self._told[kind] += 1
            if self._told[kind] > _LINES_EACH:
                return
        _write(self._out, str(line))

    def count_the_rest(self) -> None:
        """Say how many lines were left out."""
        for (verb, task), told in self._told.items():
            if told > _LINES_EACH:
                _write(self._out, f"{verb} {task} · {told - _LINES_EACH} more")


def _write(out: TextIO, line: str) -> None:
    """Write a line in one piece: tasks on other threads write theirs."""
    out.write(f"{line}\n")
    out.flush()


@contextlib.contextmanager
def stdout_of_our_own() -> Iterator[TextIO]:
    """Yield standard output for machines; whatever else this process and its children print goes to standard error."""
    sys.stdout.flush()
    try:
        number = sys.stdout.fileno()
    except (OSError, io.UnsupportedOperation):  # replaced, as in tests and notebooks
        out = sys.stdout
        with contextlib.redirect_stdout(sys.stderr):
            yield out
        return
    with open(os.dup(number), "w", encoding="utf-8") as out:  # noqa: PTH123 - a descriptor has no path
        os.dup2(2, number)
        try:
            yield out
        finally:
            sys.stdout.flush()
            os.dup2(out.fileno(), number)
