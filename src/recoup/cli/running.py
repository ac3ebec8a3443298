"""One run of a flow under the eyes of the command line: shown while it goes on, and summed up when it has ended."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from typing import TYPE_CHECKING, Any, TextIO

from recoup import loops
from recoup.cli.exits import Exit
from recoup.cli.failures import show_failure
from recoup.cli.progress import json_lines, nothing, plain_lines, stdout_of_our_own
from recoup.cli.stopwatch import Split
from recoup.cli.target import ImportFailed, load_flow
from recoup.engine.runs import handle_of
from recoup.engine.tally import Tally
from recoup.events import DidStore, FlowEnded, FlowStarted, MutatedInput, WriteFailed, subscribed
from recoup.flows.resuming import Origin, starting
from recoup.hashing import describe
from recoup.logs import log_to_stderr, quiet
from recoup.runs.interrupts import exiting_at_once
from recoup.settings import temporary_settings
from recoup.wording import duration

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from recoup.abc import ObjectStore
    from recoup.cli.progress import Subscriber
    from recoup.cli.stopwatch import Stopwatch
    from recoup.events import Event
    from recoup.flows import Flow
    from recoup.records import RunRecord

__all__ = ["WatchedRun", "watch"]


def watch(
    options: Namespace, target: str, stopwatch: Stopwatch, settings: dict[str, Any], work: Callable[[WatchedRun], None]
) -> int:
    """Let `work` load a flow and call it, show what happens as `options` say, and return the exit code."""
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(stdout_of_our_own()) if options.json else sys.stdout
        stack.enter_context(temporary_settings(**settings))
        stack.enter_context(quiet())
        log_to_stderr()
        run = WatchedRun(options, stopwatch, out)
        stack.enter_context(exiting_at_once())
        with _shown(options, target, out) as show, subscribed(run, in_children=False), subscribed(show, in_children=False):
            work(run)
        return run.report()


def _shown(options: Namespace, target: str, out: TextIO) -> AbstractContextManager[Subscriber]:
    """Return what shows the run while it goes on."""
    if options.quiet:
        return nothing()
    if options.json:
        return json_lines(out)
    if sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        from recoup.cli.live import live_rows  # noqa: PLC0415 - rich is imported only where it is seen

        return live_rows(target)
    return plain_lines()


class WatchedRun:
    """One run of a flow, watched from outside (a subscriber)."""

    def __init__(self, options: Namespace, stopwatch: Stopwatch, out: TextIO) -> None:
        self._options = options
        self._stopwatch = stopwatch
        self._out = out
        self._split = Split(0, 0, 0, 0)
        self._value: Any = None
        self._error: BaseException | None = None
        self._count_from_here()

    def _count_from_here(self) -> None:
        """Begin anew: a module may have run something when it was imported."""
        self._tally = Tally()
        self._started: FlowStarted | None = None
        self._ended: FlowEnded | None = None
        self._kept = 0
        self._lost = 0

    def __call__(self, event: Event) -> None:
        """Count `event`, and remember the ends of the run."""
        self._tally(event)
        match event:
            case FlowStarted() if self._started is None:
                self._started = event
            case FlowEnded() if self._started is not None and event.run == self._started.run:
                self._ended = event
            case DidStore():
                self._kept += 1
            case WriteFailed() | MutatedInput():
                self._lost += 1
            case _:
                pass

    def load(self, target: str) -> Flow[..., Any] | None:
        """Import the flow; `None` where its module raised, which is then reported. Raises what else is in the way."""
        try:
            with self._stopwatch.importing():
                flow = load_flow(target)
        except ImportFailed as exc:
            self._error = exc
            return None
        self._count_from_here()
        return flow

    def call(
        self, flow: Flow[..., Any], inputs: dict[str, Any], resumed: RunRecord | None = None, store: ObjectStore | None = None
    ) -> None:
        """Run the flow with these parameters. Raises what stands between the user and the run."""
        args, kwargs = flow.binder.unbind(inputs)
        try:
            with starting(Origin(resumed, store, self._measured)):
                returned = flow(*args, **kwargs)
                self._value = loops.run(returned) if flow.isasync else returned
        except BaseException as exc:
            if self._started is None:  # nothing of the user's has run
                raise
            self._error = exc
        self._split = self._stopwatch.split(self._tally.body_seconds)

    def _measured(self) -> dict[str, float]:
        split = self._stopwatch.split(self._tally.body_seconds)
        return {"wall_seconds": split.wall, "import_seconds": split.imports, "own_seconds": split.own}

    def report(self) -> int:
        """Say how it ended; return the exit code. Raises interrupts and exits of the flow again."""
        error = self._error
        if isinstance(error, ImportFailed):
            show_failure(error.error, f"{error} cannot be imported")
            return Exit.FAILED
        if isinstance(error, Exception) or (error is None and not self._completed):
            self._report_failure(error)
        if self._options.json:
            print(json.dumps(self._summary()), file=self._out, flush=True)
        elif not self._options.quiet:
            self._print_summary()
        if error is not None and not isinstance(error, Exception):
            if self._started is not None and not self._options.quiet:
                print(f"`recoup resume {self._handle()}` goes on", file=sys.stderr)
            raise error
        return Exit.DONE if error is None and self._completed else Exit.FAILED

    # --- reporting -------------------------------------------------------------------------

    @property
    def _completed(self) -> bool:
        return self._ended is not None and self._ended.state == "Completed"

    def _report_failure(self, error: Exception | None) -> None:
        assert self._started is not None
        if error is not None:
            show_failure(error, f"flow {self._started.flow} failed")
        elif self._ended is not None:  # by what it returned
            print(f"error: flow {self._started.flow} ended as {self._ended.state}: {self._ended.message}", file=sys.stderr)
        kept = f"{self._kept} result{' was' if self._kept == 1 else 's were'} kept; " if self._kept else ""
        run = self._handle()
        print(f"{kept}`recoup runs show {run}` shows each call, `recoup resume {run}` goes on", file=sys.stderr)

    def _handle(self) -> str:
        """Return what names the run on another command line."""
        assert self._started is not None
        where = f" --storage {shlex.quote(self._options.storage)}" if self._options.storage else ""
        return f"{handle_of(self._started.run, self._started.name)}{where}"

    def _summary(self) -> dict[str, Any]:
        assert self._started is not None
        return {
            "type": "Summary",
            "run": self._started.run,
            "name": self._started.name,
            "flow": self._started.flow,
            "state": self._ended.state if self._ended else "Running",
            "ran": self._tally.ran,
            "cached": self._tally.cached,
            "failed": self._tally.failed,
            "not_kept": self._lost,
            "saved_seconds": self._tally.saved_seconds,
            "wall_seconds": self._split.wall,
            "import_seconds": self._split.imports,
            "body_seconds": self._split.bodies,
            "own_seconds": self._split.own,
            "result": None if self._error else describe(self._value),
        }

    def _print_summary(self) -> None:
        if self._error is None and self._value is not None:
            print(f"result: {describe(self._value)}", file=self._out)
        lost = f" · {self._lost} not kept" if self._lost else ""
        print(f"{self._tally}{lost}", file=self._out)
        split = self._split
        times = {"imports": split.imports, "tasks": split.bodies, "Recoup and the flow itself": split.own}
        told = ", ".join(f"{what} {duration(seconds)}" for what, seconds in times.items())
        print(f"{duration(split.wall)} in all: {told}", file=self._out, flush=True)
