"""How a run is shown while it goes on: live rows on a terminal, lines where output is piped, JSON for machines."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, TextIO

from recoup.engine.runs import encode_line
from recoup.events import FlowEnded, FlowStarted
from recoup.wording import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recoup.events import Event
    from recoup.wording import Line

    Subscriber = Callable[[Event], None]

__all__ = ["Restraint", "json_lines", "nothing", "plain_lines", "stdout_of_our_own"]

_LINES_EACH = 5


@contextlib.contextmanager
def plain_lines() -> Iterator[Subscriber]:
    """Write a line for each event to standard error; of a task with many calls the first few, and a count."""
    teller, restraint = Teller(), Restraint()

    def tell(event: Event) -> None:
        line = teller.tell(event)
        if line is None or line.level < logging.INFO or isinstance(event, FlowStarted | FlowEnded):
            return
        if restraint.lets_pass(line, event):
            _write(sys.stderr, str(line))

    yield tell
    for text in restraint.rest():
        _write(sys.stderr, text)


@contextlib.contextmanager
def json_lines(out: TextIO) -> Iterator[Subscriber]:
    """Write each event to `out` as one line of JSON, as it happens."""

    def write(event: Event) -> None:
        _write(out, encode_line(event).decode())

    yield write


@contextlib.contextmanager
def nothing() -> Iterator[Subscriber]:
    """Show nothing."""
    yield lambda _: None


class Restraint:
    """Of lines of one kind about one task, lets the first few pass and counts the rest."""

    def __init__(self) -> None:
        self._told: Counter[tuple[str, str]] = Counter()

    def lets_pass(self, line: Line, event: Event) -> bool:
        """Say whether `line`, which tells `event`, is among the first."""
        call = getattr(event, "call", None)
        if call is None:
            return True
        self._told[line.verb, call.task] += 1
        return self._told[line.verb, call.task] <= _LINES_EACH

    def rest(self) -> Iterator[str]:
        """Yield how many lines of each kind were held back."""
        for (verb, task), told in self._told.items():
            if told > _LINES_EACH:
                yield f"{verb} {task} · {told - _LINES_EACH} more"


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
