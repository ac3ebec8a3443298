"""`recoup runs`: what ran, and why."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from recoup import clock as clocks
from recoup.cli.exits import Exit, Usage
from recoup.cli.stores import chosen_store
from recoup.cli.tables import clock, print_json, print_table
from recoup.engine.runs import Fate, attempt_name, fate, find_run, owner_of, read_runs, run_events
from recoup.events import DidCompute, DidFail, Event, WillCompute
from recoup.exceptions import StoreError
from recoup.wording import Line, Teller, duration

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator

    from recoup.abc import ObjectStore
    from recoup.records import RunRecord

__all__ = ["chosen_run", "main"]


def main(options: Namespace) -> int:
    """List the runs of a storage, or show one."""
    store = chosen_store(options)
    if options.action == "show":
        _show(chosen_run(options.run, store), store, as_json=options.json)
    else:
        _list(read_runs(store)[: options.limit or None], store, as_json=options.json)
    return Exit.DONE


def _list(runs: list[RunRecord], store: ObjectStore, *, as_json: bool) -> None:
    if as_json:
        print_json([_as_data(run, store) for run in runs])
    elif not runs:
        print(f"no runs in {store!r}; `recoup run FILE.py:FLOW` makes one")
    else:
        print_table(
            ("RUN", "STATE", "STARTED", "TOOK", "RAN", "CACHED", "FAILED", "SAVED", "PARAMETERS"),
            [
                (
                    run.name,
                    _state(run, store),
                    clock(run.started),
                    duration(_wall(run)) if run.ended else "",
                    str(run.ran),
                    str(run.cached),
                    str(run.failed),
                    duration(run.saved_seconds) if run.saved_seconds else "",
                    _parameters(run),
                )
                for run in runs
            ],
        )


def _show(run: RunRecord, store: ObjectStore, *, as_json: bool) -> None:
    events = run_events(store, run.run)
    if as_json:
        print_json({**_as_data(run, store), "events": list(events)})
        return
    print(f"{run.name} · {_state(run, store)}{f' · {run.message}' if run.message else ''}")
    print(f"flow {run.flow}({_parameters(run)}) · run {run.run}{f' · {run.target}' if run.target else ''}")
    ended = f", took {duration(_wall(run))}" if run.ended else ""
    print(f"started {clock(run.started)}{ended} · {run.ran} ran · {run.cached} cached · {run.failed} failed")
    if run.attempt > 1:
        print(f"attempt {run.attempt}, by {owner_of(run)}; the first began {clock(run.begun or run.started)}")
    elif run.ended is None:
        print(f"run by {owner_of(run)}")
    for line in _lines(events, run):
        print(f"  {line}")


def _lines(events: Iterable[dict[str, Any]], run: RunRecord) -> Iterator[str]:
    """Yield a line for each event that a person need hear of, and one for each body that is running, or was when it was killed."""
    teller, running = Teller(), dict[int, Line]()
    for data in events:
        event = _event(data)
        line = teller.tell(event) if event is not None else None
        if isinstance(event, DidCompute | DidFail):
            running.pop(event.call.number, None)
        if line is None:
            continue
        if not isinstance(event, WillCompute):
            key = str(data.get("key") or "")[:12]
            yield f"{line}{f' · key {key}' if key else ''}"
        elif event.at >= run.started:  # those of an attempt before it are over
            running[event.call.number] = line
    if run.ended is None:
        yield from map(str, running.values())


# --- finding -----------------------------------------------------------------------------------


def chosen_run(wanted: str | None, store: ObjectStore, *, outermost: bool = False) -> RunRecord:
    """Return the run of this name or id; without one, the latest (`outermost`: that no other run called)."""
    runs = read_runs(store)
    if wanted is not None:
        return find_run(runs, wanted, repr(store))
    for run in runs:
        if not (outermost and run.parent):
            return run
    raise Usage(f"there are no runs in {store!r}")


# --- wording -----------------------------------------------------------------------------------


def _as_data(run: RunRecord, store: ObjectStore) -> dict[str, Any]:
    """Return all that is known of a run, with its defaults written out."""
    known = {name: getattr(run, name) for name in run.__struct_fields__ if name not in ("recoup", "arguments")}
    return {**known, "state": _state(run, store), "wall_seconds": _wall(run) if run.ended else None}


def _state(run: RunRecord, store: ObjectStore) -> str:
    """Return the state of a run; where it never ended, what became of it: `Running`, `Killed`, or silent, thus `Lost`."""
    match fate(run):
        case Fate.DEAD:
            return "Killed"
        case Fate.UNKNOWN if _silent_seconds(run, store) > run.lease_seconds:
            return "Lost"
        case _:
            return run.state


def _silent_seconds(run: RunRecord, store: ObjectStore) -> float:
    """Return how long ago its owner wrote, by two clocks that may differ: good enough to be shown, not to take over."""
    try:
        return clocks.clock.time() - store.info(attempt_name(run.run, run.attempt)).modified
    except StoreError:
        return 0.0


def _wall(run: RunRecord) -> float:
    if run.wall_seconds is not None:
        return run.wall_seconds
    return (run.ended or run.started) - run.started


def _parameters(run: RunRecord) -> str:
    return ", ".join(f"{name}={text}" for name, text in run.parameters.items())


_KINDS = {kind.__name__: kind for kind in Event.__subclasses__()}


def _event(data: dict[str, Any]) -> Event | None:
    """Return stored data as the event it was; `None` for a kind that this Recoup does not know."""
    kind = _KINDS.get(str(data.get("type")))
    return None if kind is None else msgspec.convert(data, kind)
