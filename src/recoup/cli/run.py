"""`recoup run`: run a flow, show what happens, and say what it came to."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from typing import TYPE_CHECKING, Any, TextIO

from recoup.cli.exits import Exit, Usage
from recoup.cli.failures import show_failure
from recoup.cli.progress import json_lines, nothing, plain_lines, stdout_of_our_own
from recoup.cli.stopwatch import Stopwatch
from recoup.cli.target import ImportFailed, load_flow
from recoup.engine.journal import amend_run
from recoup.engine.tally import Tally
from recoup.events import FlowEnded, FlowStarted, subscribed
from recoup.exceptions import StoreError
from recoup.hashing import describe
from recoup.logs import log_to_stderr, quiet
from recoup.parameters import convert_parameters
from recoup.results import ResultStore
from recoup.settings import sourced_settings, temporary_settings
from recoup.storage import resolve
from recoup.storage.marker import ensure_marker
from recoup.wording import duration

if TYPE_CHECKING:
    from argparse import Namespace
    from contextlib import AbstractContextManager

    from recoup.abc import ObjectStore
    from recoup.cli.progress import Subscriber
    from recoup.cli.stopwatch import Split
    from recoup.events import Event
    from recoup.flows import Flow

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
        try:
            with stopwatch.importing():
                flow = load_flow(options.target)
        except ImportFailed as exc:
            show_failure(exc.error, f"{exc} cannot be imported")
            return Exit.FAILED
        inputs = convert_parameters(flow.name, flow.fn, texts=texts, data=data)
        store = ResultStore.of_options(flow.result_storage, None, None).result_storage
        ensure_marker(store)  # before the work: a storage that takes nothing is no surprise for its end
        return _Run(options, flow, store, stopwatch, out).do(inputs)


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
        resolve(options.storage)  # a wrong one is refused before anything is imported
        changes["results_default_storage_block"] = options.storage
    return changes


# --- running -----------------------------------------------------------------------------------


class _Run:
    """One run of a flow, watched from outside (a subscriber)."""

    def __init__(self, options: Namespace, flow: Flow[..., Any], store: ObjectStore, stopwatch: Stopwatch, out: TextIO) -> None:
        self.tally = Tally()
        self.started: FlowStarted | None = None
        self.ended: FlowEnded | None = None
        self._options = options
        self._flow = flow
        self._store = store
        self._stopwatch = stopwatch
        self._out = out

    def __call__(self, event: Event) -> None:
        """Count `event`, and remember the ends of the run."""
        self.tally(event)
        if isinstance(event, FlowStarted) and self.started is None:
            self.started = event
        if isinstance(event, FlowEnded) and event.parent is None:
            self.ended = event

    def do(self, inputs: dict[str, Any]) -> int:
        """Run the flow with `inputs` and report; return the exit code."""
        value, error = None, None
        try:
            with self._shown() as show, subscribed(self), subscribed(show):
                value = self._call(inputs)
        except BaseException as exc:
            if self.started is None:  # nothing of the user's has run yet
                raise
            error = exc
        split = self._stopwatch.split(self.tally.body_seconds)
        self._amend(split)
        if error is not None:
            self._report_failure(error)
        if self._options.json:
            print(json.dumps(self._summary(value, split, failed=error is not None)), file=self._out)
        elif not self._options.quiet:
            self._print_summary(value, split, failed=error is not None)
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise error
        return Exit.DONE if error is None else Exit.FAILED

    def _shown(self) -> AbstractContextManager[Subscriber]:
        if self._options.quiet:
            return nothing()
        if self._options.json:
            return json_lines(self._out)
        return plain_lines()

    def _call(self, inputs: dict[str, Any]) -> Any:
        args, kwargs = self._flow.binder.unbind(inputs)
        returned = self._flow(*args, **kwargs)
        return asyncio.run(returned) if self._flow.isasync else returned

    def _amend(self, split: Split) -> None:
        if self.started is not None:
            with contextlib.suppress(StoreError):  # a journal that cannot be written was told of already
                amend_run(
                    self._store,
                    self.started.run,
                    target=self._options.target,
                    wall_seconds=split.wall,
                    import_seconds=split.imports,
                    own_seconds=split.own,
                )

    # --- reporting -------------------------------------------------------------------------

    def _report_failure(self, error: BaseException) -> None:
        assert self.started is not None
        if isinstance(error, KeyboardInterrupt | SystemExit):
            return
        show_failure(error, f"flow {self.started.flow} failed")
        kept = f"{self.tally.ran} result{'' if self.tally.ran == 1 else 's'}"
        print(f"`recoup runs show {self.started.name}` shows its calls; {kept}", file=sys.stderr)

    def _summary(self, value: Any, split: Split, *, failed: bool) -> dict[str, Any]:
        assert self.started is not None
        return {
            "type": "Summary",
            "run": self.started.run,
            "name": self.started.name,
            "flow": self.started.flow,
            "state": self.ended.state if self.ended else "Running",
            "ran": self.tally.ran,
            "cached": self.tally.cached,
            "failed": self.tally.failed,
            "saved_seconds": self.tally.saved_seconds,
            "wall_seconds": split.wall,
            "import_seconds": split.imports,
            "body_seconds": split.bodies,
            "own_seconds": split.own,
            "result": None if failed else describe(value),
        }

    def _print_summary(self, value: Any, split: Split, *, failed: bool) -> None:
        if not failed and value is not None:
            print(f"result {describe(value)}", file=self._out)
        print(self.tally, file=self._out)
        times = {"imports": split.imports, "tasks": split.bodies, "Recoup and the flow itself": split.own}
        told = ", ".join(f"{what} {duration(seconds)}" for what, seconds in times.items())
        print(f"{duration(split.wall)} in all: {told}", file=self._out, flush=True)
