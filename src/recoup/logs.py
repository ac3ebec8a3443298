"""What a program prints by itself: events as log lines on standard error, unless it configured logging.

The logger is `recoup`. Of a task that is called many times in one run, the first lines of each kind are logged and the
rest are counted: the summary at the end of the flow has them all.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from recoup.context import FlowRunContext, TaskRunContext
from recoup.events import DidCompute, DidStore, FlowEnded, Hit, WillCompute, subscribe
from recoup.exceptions import MissingContextError
from recoup.settings import get_current_settings
from recoup.wording import Teller

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from recoup.events import CallId, Event
    from recoup.wording import Line

__all__ = ["RunLogger", "get_run_logger", "log_to_stderr", "quiet"]

_LINES_EACH = 5

logger = logging.getLogger("recoup")


class LogSubscriber:
    """Logs events; a hit outside flows only at level DEBUG, since a memoised function should be silent."""

    def __init__(self) -> None:
        self._teller = Teller()
        self.told: Counter[tuple[str | None, str, str]] = Counter()
        self.muted = 0

    def __call__(self, event: Event) -> None:
        """Log `event`, if a person should hear of it."""
        call = getattr(event, "call", None)
        if self.muted or (call is not None and self.deaf(type(event), call)):
            return
        line = self._teller.tell(event)
        if line is None:
            return
        level = logging.DEBUG if isinstance(event, Hit) and event.call.run is None else line.level
        if isinstance(event, FlowEnded):
            for told in tuple(self.told):  # other flows go on and log
                if told[0] == event.run:
                    del self.told[told]
        if not _ready(level):
            return
        if call is not None and level <= logging.WARNING:
            self._log_some(line, level, (call.run, call.task, line.verb))
        else:
            logger.log(level, "%s", line)

    def deaf(self, kind: type[Event], call: CallId) -> bool:
        """Decide quickly about what there may be very much of, before it is told."""
        verb = _MANY.get(kind)
        if self.muted or verb is None:
            return bool(self.muted) or kind is DidStore
        if self.told.get((call.run, call.task, verb), 0) > _LINES_EACH:
            return not logger.isEnabledFor(logging.DEBUG)
        return not _ready(logging.DEBUG if verb == "cached" and call.run is None else logging.INFO)

    def _log_some(self, line: Line, level: int, kind: tuple[str | None, str, str]) -> None:
        self.told[kind] += 1
        if self.told[kind] <= _LINES_EACH:
            logger.log(level, "%s", line)
        elif self.told[kind] == _LINES_EACH + 1:
            logger.log(level, "%s %s · and more, not shown one by one", line.verb, kind[1])


_MANY = {Hit: "cached", WillCompute: "ran", DidCompute: "ran"}
"""Events of which there may be very many, and the word under which their lines are counted."""


def log_to_stderr() -> None:
    """Write to standard error what is logged here, where the program configured no logging itself."""
    if not logger.handlers and not logging.getLogger().handlers:
        handler = _StderrHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(get_current_settings().logging_level)


def _ready(level: int) -> bool:
    log_to_stderr()
    return logger.isEnabledFor(level)


class _StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]  # generic only in stubs
    """Writes to standard error as it is when a line is written, since tests and notebooks replace it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> object:
        return sys.stderr


_subscriber = LogSubscriber()
subscribe(_subscriber)


def _in_child() -> None:
    _subscriber.muted = 0  # what tells events in the parent does not do so in a forked child


if hasattr(os, "register_at_fork"):  # where there are forks
    os.register_at_fork(after_in_child=_in_child)


def forget() -> None:
    """Log the first lines of each kind again."""
    _subscriber.told.clear()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Log no events inside the `with` block, because something else tells them."""
    _subscriber.muted += 1
    try:
        yield
    finally:
        _subscriber.muted -= 1


class RunLogger(logging.LoggerAdapter[logging.Logger]):
    """Logs with the names and ids of the run as attributes of each record, for formatters: `%(flow_run_name)s`."""

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add what the run is to what the caller says."""
        kwargs["extra"] = {**(self.extra or {}), **(kwargs.get("extra") or {})}
        return msg, kwargs


def get_run_logger(**extra: Any) -> RunLogger:
    """Return a logger for the run that is going on, named after its task or flow.

    Its records have `flow_name`, `flow_run_name`, `flow_run_id`, in tasks also `task_name`, `task_run_name` and
    `task_run_id`, and what is given as `extra`. Raises `MissingContextError` outside runs.
    """
    task, flow = TaskRunContext.get(), FlowRunContext.get()
    about: dict[str, Any] = {}
    if flow is not None:
        run = flow.flow_run
        about |= {"flow_name": flow.flow.name, "flow_run_name": run.name, "flow_run_id": str(run.id)}
    if task is not None:
        about |= {"task_name": task.task.name, "task_run_name": task.task_run.name, "task_run_id": str(task.task_run.id)}
        return RunLogger(logger.getChild(f"task.{task.task.name}"), {**about, **extra})
    if flow is not None:
        return RunLogger(logger.getChild(f"flow.{flow.flow.name}"), {**about, **extra})
    raise MissingContextError("get_run_logger() was called outside a run: call it inside a flow or a task")
