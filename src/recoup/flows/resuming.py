"""Resuming: calling a flow again as the run that it was, with the parameters that it had."""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recoup.clock import clock
from recoup.engine.run_arguments import kept_arguments
from recoup.engine.runs import await_silence, find_run, read_runs
from recoup.exceptions import RunNotFound, RunNotResumable
from recoup.logs import logger
from recoup.results import ResultStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from recoup.abc import ObjectStore
    from recoup.flows import Flow
    from recoup.records import RunRecord

__all__ = ["Origin", "begin_resuming", "fitting_arguments", "starting", "take_origin"]


@dataclass(frozen=True)
class Origin:
    """Where a run comes from that was not simply called: the run that it resumes and its storage, and who measures it."""

    resumed: RunRecord | None = None
    store: ObjectStore | None = None
    measured: Callable[[], Mapping[str, float]] = dict


_CALLED = Origin()
_origin: ContextVar[Origin | None] = ContextVar("recoup_origin", default=None)


@contextlib.contextmanager
def starting(origin: Origin) -> Iterator[None]:
    """Have the first flow that is called inside the `with` block begin as `origin` says."""
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def take_origin() -> Origin:
    """Return where the run comes from that begins here; it says nothing about the flows that are called after it."""
    found = _origin.get()
    if found is None:
        return _CALLED
    _origin.set(None)
    return found


def begin_resuming(
    flow: Flow[..., Any], wanted: str | None, storage: ObjectStore | str | Path | None, given: Mapping[str, Any]
) -> tuple[Origin, tuple[tuple[Any, ...], dict[str, Any]]]:
    """Return what it takes to call `flow` as the run that is `wanted`: where it comes from, and its arguments."""
    store = ResultStore.of_options(flow.result_storage if storage is None else storage, None, None).result_storage
    runs = read_runs(store)
    if wanted is None:
        wanted = next((run.run for run in runs if run.flow == flow.name and not run.parent), None)
        if wanted is None:
            raise RunNotFound(f"there are no runs of the flow {flow.name} in {store!r}; give storage= if they are elsewhere")
    record = await_silence(store, find_run(runs, wanted, repr(store)), clock, logger.info)
    if record.flow != flow.name:
        raise RunNotResumable(f"{record.name} is a run of the flow {record.flow}, not of {flow.name}")
    return Origin(record, store), fitting_arguments(flow, record, kept_arguments(store, record, given))


def fitting_arguments(
    flow: Flow[..., Any], record: RunRecord, inputs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return `inputs` as arguments of `flow`. Raises `RunNotResumable` where its parameters are others than the run's."""
    gone = [name for name in inputs if name not in flow.binder.names]
    if gone:
        raise RunNotResumable(
            f"{record.name} cannot be resumed: it began with a parameter {gone[0]}, which the flow {flow.name} has no longer"
        )
    args, kwargs = flow.binder.unbind(dict(inputs))
    flow.binder.bind(args, kwargs)
    return args, kwargs
