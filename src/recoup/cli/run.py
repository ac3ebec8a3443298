"""`recoup run`: run a flow, show what happens, and say what it came to."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sys
from typing import TYPE_CHECKING, Any, TextIO

from recoup import loops
from recoup.cli.exits import Exit, Usage
from recoup.cli.failures import show_failure
from recoup.cli.progress import json_lines, nothing, plain_lines, stdout_of_our_own
from recoup.cli.stopwatch import Split, Stopwatch
from recoup.cli.target import ImportFailed, load_flow
from recoup.engine.journal import amend_run
from recoup.engine.tally import Tally
from recoup.events import DidStore, FlowEnded, FlowStarted, MutatedInput, WriteFailed, subscribed
from recoup.exceptions import StoreError
from recoup.hashing import describe
from recoup.logs import log_to_stderr, quiet
from recoup.parameters import convert_parameters
from recoup.results import ResultStore, resolve_result_storage
from recoup.settings import sourced_settings, temporary_settings
from recoup.storage.marker import ensure_marker
from recoup.wording import duration

if TYPE_CHECKING:
    from argparse import Namespace
    from contextlib import AbstractContextManager

    from recoup.abc import ObjectStore
    from recoup.cli.progress import Subscriber
    from recoup.events import Event

__all__ = ["main"]


def main(options: Namespace) -> int:
    """Run the flow that `options` name."""
    stopwatch = Stopwatch(whole_process=options.whole_process)
    _refuse_contradictions(options)
    texts, data = _given_parameters(options)
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(stdout_of_our_own()) if options.json else sys.stdout
        stack.enter_context(temporary_settings(**_settings(options)))
        stack.enter_context(quiet())
        log_to_stderr()
        run = _Run(options, stopwatch, out)
        with _shown(options, out) as show, subscribed(run), subscribed(show):
            run.do(texts, data)
        return run.report()


def _shown(options: Namespace, out: TextIO) -> AbstractContextManager[Subscriber]:
    """Return what shows the run while it goes on."""
    if options.quiet:
        return nothing()
    if options.json:
        return json_lines(out)
    if sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        from recoup.cli.live import live_rows  # noqa: PLC0415 - rich is imported only where it is seen

        return live_rows(options.target)
    return plain_lines()


# --- options -----------------------------------------------------------------------------------

_CONTRADICTIONS = (
    ("--refresh", "--no-cache", "the first overwrites stored results, the second touches none"),
    ("--no-cache", "--no-persist", "the first keeps no results at all, the second those of tasks that ask for it"),
)


def _refuse_contradictions(options: Namespace) -> None:
    given = {name for name in ("refresh", "no_cache", "no_persist") if getattr(options, name)}
    for one, other, why in _CONTRADICTIONS:
        if {one[2:].replace("-", "_"), other[2:].replace("-", "_")} <= given:
            raise Usage(f"{one} and {other} contradict each other: {why}. Give one of them.")


def _given_parameters(options: Namespace) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the parameters given as texts by `-p`, and those given as JSON."""
    texts: dict[str, str] = {}
    for given in options.parameters:
        name, separator, value = given.partition("=")
        if not separator or not name:
            raise Usage(f"-p {given} has no value; write -p NAME=VALUE")
        if name in texts:
            raise Usage(f"parameter {name} is given twice, as {texts[name]!r} and as {value!r}; give it once")
        texts[name] = value
    if options.params is None:
        return texts, {}
    try:
        data = json.loads(options.params)
    except ValueError as exc:
        raise Usage(f'--params is not JSON: {exc}. Write, for example, --params \'{{"day": "2026-01-31"}}\'') from exc
    if not isinstance(data, dict):
        raise Usage(f'--params is {options.params}, not an object; write, for example, --params \'{{"day": "2026-01-31"}}\'')
    return texts, data


def _settings(options: Namespace) -> dict[str, Any]:
    """Return the settings that the options stand for. Results are kept unless the user said otherwise anywhere."""
    changes: dict[str, Any] = {}
    if options.no_persist or sourced_settings()["results_persist_by_default"].source == "built-in":
        changes["results_persist_by_default"] = not options.no_persist
    if options.refresh:
        changes["tasks_refresh_cache"] = True
    if options.no_cache:
        changes["tasks_disable_caching"] = True
    if options.storage:
        resolve_result_storage(options.storage)  # a wrong one is refused before anything is imported
        changes["results_default_storage_block"] = options.storage
    return changes


# --- running -----------------------------------------------------------------------------------


class _Run:
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

    def do(self, texts: dict[str, str], data: dict[str, Any]) -> None:
        """Import the flow and run it with these parameters. Raises what stands between the user and the run."""
        try:
            with self._stopwatch.importing():
                flow = load_flow(self._options.target)
        except ImportFailed as exc:
            self._error = exc
            return
        self._count_from_here()
        inputs = convert_parameters(flow.name, flow.fn, texts=texts, data=data)
        store = ResultStore.of_options(flow.result_storage, None, None).result_storage
        if self._options.storage and flow.result_storage is not None:
            print(f"warning: flow {flow.name} names a storage itself, {store!r}; --storage is not used for it", file=sys.stderr)
        ensure_marker(store)  # before the work: a storage that takes nothing is no surprise for its end
        args, kwargs = flow.binder.unbind(inputs)
        try:
            returned = flow(*args, **kwargs)
            self._value = loops.run(returned) if flow.isasync else returned
        except BaseException as exc:
            if self._started is None:  # nothing of the user's has run
                raise
            self._error = exc
        self._split = self._stopwatch.split(self._tally.body_seconds)
        self._amend(store)

    def _amend(self, store: ObjectStore) -> None:
        assert self._started is not None
        with contextlib.suppress(StoreError):  # a journal that cannot be written was told of already
            amend_run(
                store,
                self._started.run,
                target=self._options.target,
                wall_seconds=self._split.wall,
                import_seconds=self._split.imports,
                own_seconds=self._split.own,
            )

    def report(self) -> int:
        """Say how it ended; return the exit code. Raises interrupts and exits of the flow again."""
        error = self._error
        if isinstance(error, ImportFailed):
            show_failure(error.error, f"{error} cannot be imported")
            return Exit.FAILED
        if isinstance(error, Exception):
            self._report_failure(error)
        if self._options.json:
            print(json.dumps(self._summary()), file=self._out, flush=True)
        elif not self._options.quiet:
            self._print_summary()
        if error is not None and not isinstance(error, Exception):
            raise error
        return Exit.DONE if error is None else Exit.FAILED

    # --- reporting -------------------------------------------------------------------------

    def _report_failure(self, error: Exception) -> None:
        assert self._started is not None
        show_failure(error, f"flow {self._started.flow} failed")
        kept = f"{self._kept} result{' was' if self._kept == 1 else 's were'} kept; " if self._kept else ""
        where = f" --storage {shlex.quote(self._options.storage)}" if self._options.storage else ""
        print(f"{kept}`recoup runs show {self._started.name}{where}` shows each call", file=sys.stderr)

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
