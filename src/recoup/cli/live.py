"""Live progress on a terminal: a row for each task, redrawn in place, below whatever the flow itself prints."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from recoup.cli.board import Board
from recoup.cli.progress import Restraint
from recoup.engine.tally import Tally
from recoup.events import Advised, FlowStarted, FlowWillRetry, MutatedInput, NotCached, NotPublished, WillRetry, WriteFailed
from recoup.wording import Teller, duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType

    from recoup.cli.board import Row, Status
    from recoup.cli.progress import Subscriber
    from recoup.events import Event

__all__ = ["live_rows"]

_SPINNER = "dots"
_AROUND = 4
"""Lines of the screen that rows leave free: the last line, the cursor's, and some of what was printed before."""

_MARKS: dict[Status, tuple[str, str]] = {
    "ran": ("●", "blue"),
    "cached": ("✓", "green"),
    "failed": ("✗", "bold red"),
    "running": ("…", "cyan"),
}


@contextlib.contextmanager
def live_rows(target: str) -> Iterator[Subscriber]:
    """Show rows on standard error while the block runs, and leave them there.

    Entered before the user's modules are imported: what they take for the standard streams, log handlers for
    instance, then writes above the rows and not into them.
    """
    screen = _Screen(Console(stderr=True, highlight=False), target)
    live = Live(
        console=screen.console,
        get_renderable=screen.draw,
        refresh_per_second=8,
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=True,
    )
    with live:
        yield screen
    for text in screen.restraint.rest():
        screen.console.print(Text(text, style="yellow"))
    if screen.board.rows()[0]:
        screen.console.print(screen.table(moving=False))


def _in_child() -> None:
    """Have a forked child print past the rows: the thread that draws them is not in it, but its locks may be held."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        setattr(sys, name, getattr(stream, "rich_proxied_file", stream))


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_in_child)


class _Screen:
    def __init__(self, console: Console, target: str) -> None:
        self.console = console
        self.board = Board()
        self._tally = Tally()
        self.restraint = Restraint()
        self._teller = Teller()
        self._doing = f"importing {target}"
        self._since = time.time()
        self._spinner = Spinner(_SPINNER)

    def __call__(self, event: Event) -> None:
        self.board(event)
        self._tally(event)
        if isinstance(event, FlowStarted) and event.parent is None:
            self._doing = event.name
        if isinstance(event, NotCached | NotPublished | WriteFailed | MutatedInput | WillRetry | FlowWillRetry | Advised):
            line = self._teller.tell(event)
            if line is not None and self.restraint.lets_pass(line, event):
                style = "yellow" if line.level >= logging.WARNING else ""
                self.console.print(Text(str(line), style=style))

    def draw(self) -> RenderableType:
        """Return the rows and, below them, the run as a whole."""
        counted = f" · {self._tally}" if self.board.rows()[0] else ""
        self._spinner.update(text=Text(f"{self._doing}{counted} · {duration(time.time() - self._since)}"))
        return Group(self.table(moving=True), self._spinner)

    def table(self, *, moving: bool) -> RenderableType:
        """Return the rows; while they are moving, no more than fit on the screen."""
        rows, left_out = self.board.rows(max(self.console.height - _AROUND, 1) if moving else None)
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column()  # the only one that gives way
        table.add_column(no_wrap=True)
        if left_out:
            table.add_row("", Text(f"{left_out} more tasks", style="dim"), "", "")
        now = time.time()
        for row in rows:
            story = Text(row.story, no_wrap=True, overflow="ellipsis")
            table.add_row(self._mark(row, moving=moving), Text(row.name), story, Text(row.spent(now), style="dim"))
        return table

    def _mark(self, row: Row, *, moving: bool) -> RenderableType:
        if row.running and moving:
            return self._spinner_of(row)
        mark, style = _MARKS[row.status]
        return Text(mark, style=style)

    def _spinner_of(self, row: Row) -> RenderableType:
        frames = self._spinner.frames
        elapsed = time.time() - min(row.running.values(), default=self._since)
        return Text(frames[int(elapsed * 1000 / self._spinner.interval) % len(frames)], style=_MARKS["running"][1])
