"""`recoup run`: run a flow, show what happens, and say what it came to."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from recoup.cli.exits import Usage
from recoup.cli.running import watch
from recoup.cli.stopwatch import Stopwatch
from recoup.parameters import convert_parameters
from recoup.results import ResultStore, resolve_result_storage
from recoup.settings import sourced_settings

if TYPE_CHECKING:
    from argparse import Namespace

    from recoup.cli.running import WatchedRun

__all__ = ["given_parameters", "kept_results", "main"]


def main(options: Namespace) -> int:
    """Run the flow that `options` name."""
    stopwatch = Stopwatch(whole_process=options.whole_process)
    _refuse_contradictions(options)
    texts, data = given_parameters(options)

    def work(run: WatchedRun) -> None:
        flow = run.load(options.target)
        if flow is None:
            return
        inputs = convert_parameters(flow.name, flow.fn, texts=texts, data=data)
        store = ResultStore.of_options(flow.result_storage, None, None).result_storage
        if options.storage and flow.result_storage is not None:
            print(f"warning: flow {flow.name} names a storage itself, {store!r}; --storage is not used for it", file=sys.stderr)
        run.call(flow, inputs)

    return watch(options, options.target, stopwatch, _settings(options), work)


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


def given_parameters(options: Namespace) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the parameters given as texts by `-p`, and those given as JSON."""
    texts: dict[str, str] = {}
    for given in options.parameters:
        name, separator, value = given.partition("=")
        if not separator:
            raise Usage(f"-p {given} has no value; write -p {given}=VALUE")
        if not name:
            raise Usage(f"-p {given} has no name; write -p NAME{given}")
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


def kept_results(options: Namespace) -> dict[str, Any]:
    """Return the settings for keeping results, which happens unless the user said otherwise anywhere."""
    changes: dict[str, Any] = {}
    if options.no_persist or sourced_settings()["results_persist_by_default"].source == "built-in":
        changes["results_persist_by_default"] = not options.no_persist
    if options.storage:
        resolve_result_storage(options.storage)  # a wrong one is refused before anything is imported
        changes["results_default_storage_block"] = options.storage
    return changes


def _settings(options: Namespace) -> dict[str, Any]:
    """Return the settings that the options stand for."""
    changes = kept_results(options)
    if options.refresh:
        changes["tasks_refresh_cache"] = True
    if options.no_cache:
        changes["tasks_disable_caching"] = True
    return changes
