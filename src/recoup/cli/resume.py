"""`recoup resume`: go on with a run that was killed, failed or was cancelled."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from recoup.cli.run import given_parameters, kept_results
from recoup.cli.running import watch
from recoup.cli.runs import chosen_run
from recoup.cli.stopwatch import Stopwatch
from recoup.cli.stores import chosen_store
from recoup.clock import clock
from recoup.engine.run_arguments import kept_arguments
from recoup.engine.runs import await_silence, handle_of
from recoup.exceptions import FlowNotFound
from recoup.flows.resuming import fitting_arguments
from recoup.parameters import convert_parameters
from recoup.project import project_root

if TYPE_CHECKING:
    from argparse import Namespace

    from recoup.cli.running import WatchedRun
    from recoup.records import RunRecord

__all__ = ["main"]


def main(options: Namespace) -> int:
    """Resume the run that `options` name, else the latest."""
    stopwatch = Stopwatch(whole_process=options.whole_process)
    texts, data = given_parameters(options)
    store = chosen_store(options)
    record = await_silence(store, chosen_run(options.run, store, outermost=True), clock, _tell)
    target = options.target or _target(record)
    if not options.quiet:
        was = "did not end" if record.ended is None else f"is {record.state}"
        _tell(f"resuming {record.name}, which {was}, with {target}")

    def work(run: WatchedRun) -> None:
        try:
            flow = run.load(target)
        except FlowNotFound as exc:
            raise FlowNotFound(f"{str(exc).rstrip('.')}. If the flow has moved: {_moved(record)}") from exc
        if flow is None:
            return
        given = convert_parameters(flow.name, flow.fn, texts=texts, data=data, kept=record.arguments)
        inputs = kept_arguments(store, record, given)
        fitting_arguments(flow, record, inputs)
        run.call(flow, inputs, record, store)

    settings = kept_results(options) | ({"tasks_refresh_cache": True} if record.refresh else {})
    return watch(options, target, stopwatch, settings, work)


def _target(record: RunRecord) -> str:
    """Return where the flow of a run is here: in the project of the working directory, else where the run was started."""
    place, _, name = record.target.partition(":")
    if not place.endswith(".py"):
        if place:
            return record.target
        raise FlowNotFound(
            f"the flow {record.flow} of {record.name} was in no file, so it cannot be found again. Put it into one, and say so: {_moved(record)}"
        )
    folders = list(dict.fromkeys([project_root(Path.cwd()), Path.cwd(), Path(record.project)]))
    for folder in folders:
        if (folder / place).is_file():
            file = folder / place
            return f"{file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}:{name}"
    raise FlowNotFound(
        f"{record.name} was started from {place}, which is not in {' or '.join(map(str, folders))}. "
        f"Go to the folder of the project, or say where the flow is now: {_moved(record)}"
    )


def _moved(record: RunRecord) -> str:
    return f"`recoup resume {handle_of(record.run, record.name)} --target FILE.py:FLOW`"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
