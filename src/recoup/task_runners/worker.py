"""A worker process from inside: it is handed one call after the other, and tells what happens to each.

Nothing is told by the worker itself: events and log records travel to the parent, whose subscribers and handlers are
those that the user set up.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from recoup import context
from recoup.context import FlowRunContext, current_flow_run, current_tags
from recoup.events import subscribe
from recoup.exceptions import SerializationError
from recoup.logs import logger, quiet
from recoup.project import adopt_program
from recoup.serializers.raised import remade
from recoup.settings import use_settings
from recoup.task_runners.parcels import AROUND, Vanished, pack, unpack
from recoup.task_runners.threads import ThreadPoolTaskRunner
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from recoup.events import Event
    from recoup.states import State
    from recoup.task_runners.parcels import Asked, Surroundings

__all__ = ["FlowElsewhere", "work"]


@dataclass(frozen=True)
class FlowElsewhere:
    """What a worker knows of the flow: its function may not be there, and nothing in a worker calls it."""

    name: str
    log_prints: bool | None
    description: str | None


def work(pipe: Connection, beginning: bytes) -> None:
    """Serve the calls that come through `pipe` until there are no more."""
    signal.signal(signal.SIGINT, _ignore)  # the parent hears it too, and decides
    threading.Thread(target=_watch_parent, name="recoup-parent", daemon=True).start()
    context._numbers = itertools.count(-1, -1)  # noqa: SLF001 - the parent gives calls inside those that it asks a number of its own
    desk = _Desk(pipe)
    initializer, initargs = unpack(beginning)
    if initializer is not None:
        initializer(*initargs)
    desk.send("ready", None)
    with quiet(), contextlib.suppress(EOFError, OSError):
        while data := pipe.recv_bytes():
            desk.take(data)
    desk.close()


def _ignore(_number: int, _frame: object) -> None:
    pass


def _watch_parent() -> None:
    """End with the parent, however it ends: nobody would hear of this process any more."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    connection.wait([parent.sentinel])
    os._exit(1)


class _Desk:
    """Takes calls in, and sends out what happens."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._around = contextlib.ExitStack()
        self._astray: Exception | None = None
        subscribe(self._tell, in_children=False)
        logger.handlers[:] = [_Relay(self)]
        logger.propagate = False

    def close(self) -> None:
        """Wait for what the calls left running."""
        self._around.close()

    def send(self, kind: str, told: Any) -> None:
        """Send something to the parent. Raises `SerializationError` for what cannot travel."""
        data = pack((kind, told), "what was told")
        with self._sending:
            self._pipe.send_bytes(data)

    def _tell(self, event: Event) -> None:
        self.send("event", event)

    def take(self, data: bytes) -> None:
        """Serve a call, or note what surrounds the next ones."""
        kind, parcel = data[:1], data[1:]
        if kind == AROUND:
            self._surround(parcel)
            return
        try:
            asked = self._opened(parcel)
            task, arguments = unpack(asked.task), unpack(asked.arguments)
        except Exception as exc:  # noqa: BLE001 - modules of the user's are imported here
            self._send_failure(exc)
            return
        try:
            self._answer(task.serve_asked(asked, arguments), asked)
        except Vanished:
            self.send("vanished", None)
        except Exception as exc:  # noqa: BLE001 - whatever it raises, the worker goes on
            self._send_failure(exc)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()

    def _opened(self, parcel: bytes) -> Asked:
        if self._astray is not None:
            raise self._astray
        asked: Asked = unpack(parcel)
        return asked

    def _surround(self, parcel: bytes) -> None:
        self._around.close()
        try:
            self._enter(unpack(parcel))
            self._astray = None
        except Exception as exc:  # noqa: BLE001 - modules of the user's are imported here
            self._astray = exc

    def _enter(self, known: Surroundings) -> None:
        adopt_program(known.program)
        logger.setLevel(known.logging_level)
        runner = ThreadPoolTaskRunner()
        self._around.enter_context(use_settings(known.settings))
        self._around.enter_context(runner)
        current_tags.set(known.tags)
        current_flow_run.set(
            FlowRunContext(
                flow=known.flow,
                flow_run=known.flow_run,
                parameters=known.flow_run.parameters,
                task_runner=runner,
                **known.inherited,
            )
        )

    def _answer(self, state: State[Any], asked: Asked) -> None:
        error = state.data if isinstance(state.data, BaseException) else None
        causes = []
        if error is not None:
            causes, state.data = list(_causes(error)), _whole(error)
        try:
            self.send("ended", (state, causes))
        except SerializationError as exc:
            because = exc.__cause__
            text = f"the result of {asked.call.task} cannot travel from its worker: {said(because) if because else exc}."
            remedy = "Return what can be pickled, have it kept by a serializer that takes it, or use a ThreadPoolTaskRunner."
            self._send_failure(SerializationError(f"{text} {remedy}"))

    def _send_failure(self, error: Exception) -> None:
        self.send("failed", _whole(error))


class _Relay(logging.Handler):
    """Sends log records to the parent."""

    def __init__(self, desk: _Desk) -> None:
        super().__init__()
        self._desk = desk
        self._formatter = logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        """Send the record, with its message and its traceback as texts."""
        known = {**record.__dict__, "msg": record.getMessage(), "args": None}
        if record.exc_info:
            known |= {"exc_text": self._formatter.formatException(record.exc_info), "exc_info": None}
        try:
            self._desk.send("log", known)
        except SerializationError:  # something in `extra`
            self._desk.send("log", {name: value for name, value in known.items() if isinstance(value, str | int | float)})


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what `error` was raised from, what that was raised from, and so on, as each can travel."""
    seen = {id(error)}
    while (cause := error.__cause__) is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield _able(cause)
        error = cause


def _whole(error: BaseException) -> BaseException:
    """Return `error` as it can travel, with the traceback that it has here as a note."""
    trace = "".join(traceback.format_exception(error)).rstrip()
    able = _able(error)
    if error.__traceback__ is not None:
        able.add_note(f"In worker process {os.getpid()}:\n{trace}")
    return able


def _able(error: BaseException) -> BaseException:
    """Return `error` if it comes back from its pickle, else one like it without the attributes that do not."""
    why = _why_not(error)
    if why is None:
        return error
    known = {name: value for name, value in vars(error).items() if _travels(value)}
    left = sorted(vars(error).keys() - known.keys())
    able = remade(type(error), error.args)
    able.__dict__.update(known)
    if not left or _why_not(able) is not None:
        return SerializationError(f"{said(error)} was raised in a worker process, and cannot travel from there whole: {why}")
    able.add_note(f"Left in worker process {os.getpid()}, because it cannot travel: {', '.join(left)}")
    return able


def _travels(value: Any) -> bool:
    try:
        pickle.loads(pack(value, ""))
    except Exception:  # noqa: BLE001 - code of the user's runs here
        return False
    return True


def _why_not(error: BaseException) -> str | None:
    """Return why an error does not come back from its pickle, if it does not."""
    try:
        back = pickle.loads(pack(error, "the error"))
    except Exception as exc:  # noqa: BLE001 - constructors of the user's run here
        return said(exc.__cause__ or exc)
    return None if type(back) is type(error) else f"it comes back as {type(back).__name__}"
