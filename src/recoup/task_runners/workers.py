"""Worker processes as the parent sees them: started, asked, and ended."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
from dataclasses import fields, replace
from itertools import pairwise
from multiprocessing import connection, util
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.arguments import replace_members
from recoup.clock import clock
from recoup.context import FlowRunContext, TaskRunContext, current_tags, next_number
from recoup.engine.keying import code_tokens
from recoup.engine.reference import Reference
from recoup.events import DidFail, emit
from recoup.exceptions import SerializationError, WorkerEnded
from recoup.logs import log_to_stderr
from recoup.logs import logger as own_logger
from recoup.project import program_root
from recoup.settings import get_current_settings
from recoup.states import Crashed, Failed, State
from recoup.task_runners.parcels import AROUND, CALL, Asked, MadeKey, Surroundings, pack, pack_each, unpack
from recoup.task_runners.worker import FlowElsewhere, work
from recoup.wording import name_of, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from multiprocessing.context import SpawnProcess

    from recoup.engine.call import Call
    from recoup.events import Event

__all__ = ["Worker"]

_spawning = multiprocessing.get_context("spawn")
_PATIENCE = 5.0
_OF_ONE_PROCESS = ("flow", "flow_run", "parameters", "task_runner")
_UNGUARDED = 'It imports the script that runs, so call the flow there under: if __name__ == "__main__":'


class Worker:
    """A process that runs one body after the other. Only one thread asks it; any thread may end it."""

    def __init__(self, initializer: Callable[..., object] | None, initargs: tuple[Any, ...], *, may_begin: bool = True) -> None:
        self.lives = may_begin
        self._began = False
        self._known: tuple[object, ...] = ()
        self._numbers: dict[int, int] = {}
        if not may_begin:
            return
        self._pipe, theirs = _spawning.Pipe()
        beginning = pack((initializer, initargs), "the initializer of the task runner")
        self._process = _spawning.Process(target=work, args=(theirs, beginning), name="recoup-worker")
        self._process.start()
        theirs.close()
        self._at_exit = util.Finalize(self, _end, args=(self._process,), exitpriority=10)

    # --- asking ----------------------------------------------------------------------------

    def serve(self, call: Call) -> State[Any]:
        """Have the worker serve `call`, and return its final state."""
        try:
            state = self._ask(call, last=False)
        except (EOFError, OSError):
            return self._died(call)
        except Exception as exc:  # noqa: BLE001 - what cannot travel, whatever it raises: the program goes on
            return _failed(call, exc)
        if isinstance(state.data, Reference):
            state.data.recompute_by(call.run_again)
        return state

    def _ask(self, call: Call, *, last: bool) -> State[Any]:
        if not self.lives:
            raise EOFError
        self._numbers.clear()
        self._surround()
        self._pipe.send_bytes(CALL + pack(_asked(call), "the call"))
        while True:
            connection.wait([self._pipe, self._process.sentinel])
            kind, told = unpack(self._pipe.recv_bytes())
            if kind == "ended":
                state, causes = told
                for error, cause in pairwise([state.data, *causes]):
                    error.__cause__ = cause
                return state  # type: ignore[no-any-return]  # the worker says so
            if kind == "failed":
                raise told
            if kind == "vanished":
                return self._ask_again(call, last=last)
            if kind == "ready":
                self._began = True
            else:
                self._retell(kind, told)

    def _ask_again(self, call: Call, *, last: bool) -> State[Any]:
        """Compute what the arguments refer to and is gone, and ask once more."""
        replace_members(list(call.inputs.values()), Reference, lambda reference: (reference.load(), reference)[1])
        if last:
            call.bring_arguments()  # what vanishes again and again travels as it is
        return self._ask(call, last=True)

    def _surround(self) -> None:
        """Tell the worker about the run that calls belong to, unless it knows."""
        context, settings, tags = FlowRunContext.get(), get_current_settings(), current_tags.get()
        assert context is not None
        if self._known and self._known[0] is context.flow_run and self._known[1] is settings and self._known[2] == tags:
            return
        log_to_stderr()
        surroundings = Surroundings(
            flow=FlowElsewhere(context.flow.name, context.flow.log_prints, context.flow.description),
            flow_run=replace(context.flow_run, parameters=_travelling(context.flow_run.parameters)),
            inherited={
                field.name: getattr(context, field.name) for field in fields(context) if field.name not in _OF_ONE_PROCESS
            },
            settings=settings,
            tags=tags,
            program=program_root(),
            logging_level=own_logger.getEffectiveLevel(),
        )
        self._pipe.send_bytes(AROUND + pack(surroundings, "the flow run"))
        self._known = (context.flow_run, settings, tags)

    def _retell(self, kind: str, told: Any) -> None:
        """Tell here what happened in the worker."""
        if kind == "log":
            logger = logging.getLogger(told["name"])
            if logger.isEnabledFor(told["levelno"]):
                logger.handle(logging.makeLogRecord(told))
        else:
            emit(self._renumbered(told))

    def _renumbered(self, event: Event) -> Event:
        """Give calls inside the one that was asked a number of this process; the worker counts them down from zero."""
        call = getattr(event, "call", None)
        if call is None or call.number > 0:
            return event
        number = self._numbers.get(call.number) or self._numbers.setdefault(call.number, next_number())
        return msgspec.structs.replace(event, call=msgspec.structs.replace(call, number=number))

    # --- ending ----------------------------------------------------------------------------

    def _died(self, call: Call) -> State[Any]:
        self.lives = False
        name = name_of(call.id)
        if not hasattr(self, "_process"):
            message = f"{name} was not started, because the run ends"
        else:
            self._process.join(_PATIENCE)
            how = _how(self._process.exitcode) if self._began else f"could not begin. {_UNGUARDED}"
            message = f"{name} ended with its worker process {self._process.pid}, which {how}"
            self.join()
        error = WorkerEnded(message)
        emit(DidFail(at=clock.time(), call=call.id, error=message, seconds=clock.monotonic() - call.started, state="Crashed"))
        return Crashed(message=message, data=error, by_hand=False)

    def dismiss(self) -> None:
        """Have the process end when it has nothing more to do."""
        if self.lives:
            with contextlib.suppress(OSError):
                self._pipe.send_bytes(b"")

    def kill(self) -> None:
        """End the process now."""
        if self.lives:
            self._process.terminate()

    def join(self) -> None:
        """Wait for the end of the process, and leave nothing of it."""
        if not hasattr(self, "_process") or not self._at_exit.still_active():
            return
        self._process.join(_PATIENCE)
        self._at_exit()
        self._pipe.close()
        self._process.close()
        self.lives = False


def _end(process: SpawnProcess) -> None:
    if process.is_alive():
        process.kill()
        process.join()


def _how(exitcode: int | None) -> str:
    if exitcode is None:
        return "does not answer"
    if exitcode < 0:
        name = signal.Signals(-exitcode).name if -exitcode in set(signal.Signals) else f"signal {-exitcode}"
        killed = ". The system kills processes when memory runs out" if name == "SIGKILL" else ""
        return f"was ended by {name}{killed}"
    return f"exited with code {exitcode}"


def _failed(call: Call, error: Exception) -> State[Any]:
    emit(DidFail(at=clock.time(), call=call.id, error=said(error), seconds=clock.monotonic() - call.started))
    return Failed(message=f"Task run encountered an exception {said(error)}", data=error, by_hand=False)


def _asked(call: Call) -> Asked:
    context = call.context
    assert isinstance(context, TaskRunContext)
    task, run = context.task, context.task_run
    _ = run.id  # made here, so that it is the same there
    arguments = {name: value for name, value in call.inputs.items() if name not in task.bound_names}
    return Asked(
        identity=call.terms.identity,
        call=call.id,
        run=run,
        key=None if call.key is None else MadeKey(str(call.key), code_tokens(call.key)),
        task=pack(task, f"the task {task.name}"),
        arguments=pack_each(arguments, lambda name: f"the argument {name} of {task.name}"),
    )


def _travelling(parameters: Mapping[str, Any]) -> dict[str, Any]:
    able = {}
    for name, value in parameters.items():
        with contextlib.suppress(SerializationError):
            pack(value, name)
            able[name] = value
    return able
