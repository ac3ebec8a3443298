"""`recoup runs`: what ran, and why."""

# ruff: noqa: T201 - a command prints

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.cli.exits import Exit, Usage
from recoup.cli.stores import chosen_store
from recoup.cli.tables import clock, print_json, print_table
from recoup.engine.journal import read_runs, run_events
from recoup.events import Event
from recoup.spelling import nearest
from recoup.wording import Teller, duration

if TYPE_CHECKING:
    from argparse import Namespace

    from recoup.abc import ObjectStore
    from recoup.records import RunRecord

__all__ = ["main"]


def main(options: Namespace) -> int:
    """List the runs of a storage, or show one."""
    store = chosen_store(options)
    runs = sorted(read_runs(store), key=lambda run: run.started, reverse=True)
    if options.action == "show":
        _show(_find(runs, options.run, store), store, as_json=options.json)
    else:
        _list(runs[: options.limit or None], store, as_json=options.json)
    return Exit.DONE


def _list(runs: list[RunRecord], store: ObjectStore, *, as_json: bool) -> None:
    if as_json:
        print_json([_as_data(run) for run in runs])
    elif not runs:
        print(f"no runs in {store!r}; `recoup run FILE.py:FLOW` makes one")
    else:
        print_table(
            ("RUN", "STATE", "STARTED", "TOOK", "RAN", "CACHED", "FAILED", "SAVED", "PARAMETERS"),
            [
                (
                    run.name,
                    _state(run),
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
    events = list(run_events(store, run.run))
    if as_json:
        print_json({**_as_data(run), "events": events})
        return
    print(f"{run.name} · {_state(run)}{f' · {run.message}' if run.message else ''}")
    print(f"flow {run.flow}({_parameters(run)}) · run {run.run}{f' · {run.target}' if run.target else ''}")
    ended = f", took {duration(_wall(run))}" if run.ended else ""
    print(f"started {clock(run.started)}{ended} · {run.ran} ran · {run.cached} cached · {run.failed} failed")
    teller = Teller()
    for data in events:
        event = _event(data)
        line = teller.tell(event) if event is not None else None
        if line is not None and line.verb != "running":
            key = str(data.get("key") or "")[:12]
            print(f"  {line}{f' · key {key}' if key else ''}")


# --- finding -----------------------------------------------------------------------------------


def _find(runs: list[RunRecord], wanted: str | None, store: ObjectStore) -> RunRecord:
    """Return the run with this name or id, or the only one whose name or id begins so."""
    if wanted is None:
        if not runs:
            raise Usage(f"there are no runs in {store!r}")
        return runs[0]
    exact = [run for run in runs if wanted in (run.name, run.run)]
    found = exact or [run for run in runs if run.name.startswith(wanted) or run.run.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(run.name for run in found[:_NAMED])
        raise Usage(f"{wanted!r} is the beginning of {len(found)} runs: {names}{' …' if len(found) > _NAMED else ''}")
    raise Usage(f"no run {wanted!r} in {store!r}{nearest(wanted, [run.name for run in runs])}; `recoup runs` lists them")


_NAMED = 5


# --- wording -----------------------------------------------------------------------------------


def _as_data(run: RunRecord) -> dict[str, Any]:
    """Return all that is known of a run, with its defaults written out."""
    known = {name: getattr(run, name) for name in run.__struct_fields__ if name != "recoup"}
    return {**known, "wall_seconds": _wall(run) if run.ended else None}


def _state(run: RunRecord) -> str:
    """Return the state of a run; one that never ended and whose process is gone was killed."""
    if run.state != "Running" or run.host != socket.gethostname():
        return run.state
    try:
        os.kill(run.pid, 0)  # asks only whether the process is there
    except ProcessLookupError:
        return "Killed"
    except PermissionError:
        pass
    return run.state


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
