"""Events as lines for a person: one wording for the terminal, the logs and the page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from recoup.events import (
    Advised,
    DidCompute,
    DidFail,
    DidRollBack,
    FlowEnded,
    FlowStarted,
    FlowWillRetry,
    Hit,
    MutatedInput,
    NotCached,
    NotLocked,
    NotPublished,
    OtherCodeOnWorker,
    RunLost,
    WillCompute,
    WillRetry,
    WriteFailed,
)
from recoup.secrecy import redacted

if TYPE_CHECKING:
    from recoup.events import CallId, Event

__all__ = ["Line", "Teller", "duration", "first_line", "name_of", "said"]

_MINUTE, _HOUR = 60, 3600


class Line(NamedTuple):
    """A line for a person: its logging level, a word for what happened, the task or flow, and the rest."""

    level: int
    verb: str
    subject: str
    text: str

    def __str__(self) -> str:
        """Return the line as it is printed: `ran features · helper clean() changed · 3.2 s`."""
        return f"{self.verb} {self.subject} · {self.text}" if self.text else f"{self.verb} {self.subject}"


class Teller:
    """Turns events into lines; it remembers why each body runs until it has ended."""

    def __init__(self) -> None:
        self._why: dict[int, str] = {}

    def tell(self, event: Event) -> Line | None:
        """Return the line for `event`, or `None` when a person need not hear of it."""
        match event:
            case WillCompute():
                self._why[event.call.number] = event.why
                return Line(logging.DEBUG, "running", name_of(event.call), event.why)
            case DidCompute():
                why = self._why.pop(event.call.number, "")
                return Line(logging.INFO, "ran", name_of(event.call), f"{why} · {duration(event.seconds)}")
            case Hit():
                source = f"from run {event.from_run_name}, " if event.from_run_name else ""
                return Line(logging.INFO, "cached", name_of(event.call), f"{source}saved {duration(event.saved)}")
            case DidFail():
                self._why.pop(event.call.number, None)
                verb = "failed" if event.state == "Failed" else event.state
                return Line(logging.ERROR, verb, name_of(event.call), first_line(event.error))
            case RunLost():
                text = (
                    f"this process was silent, so {event.by} resumed the run; what runs here from now on is done twice: stop it"
                )
                return Line(logging.WARNING, "lost", event.name, text)
            case _:
                return _tell_other(event)


def _tell_other(event: Event) -> Line | None:
    match event:
        case WillRetry() | FlowWillRetry():
            subject = f"flow {event.flow}" if isinstance(event, FlowWillRetry) else name_of(event.call)
            pause = f" in {duration(event.delay)}" if event.delay else ""
            failed = f"attempt {event.attempt} of {event.of + 1} failed: {first_line(event.error)}"
            return Line(logging.WARNING, "retrying", subject, f"{failed}; again{pause}")
        case NotCached() | NotLocked() | NotPublished() | WriteFailed() | MutatedInput():
            return _tell_unkept(event)
        case DidRollBack():
            return Line(logging.INFO, "rolled back", name_of(event.call), "")
        case Advised():
            return Line(logging.INFO, "note on", event.task, event.text)
        case FlowStarted():
            return Line(logging.INFO, "flow", event.flow, f"run {event.name} began")
        case FlowEnded():
            return Line(
                logging.INFO if event.state == "Completed" else logging.ERROR,
                "flow",
                event.flow,
                " · ".join(
                    filter(
                        None,
                        [f"run {event.name} {event.state}", first_line(event.message), event.summary, duration(event.seconds)],
                    )
                ),
            )
        case _:
            return None


def _tell_unkept(event: NotCached | NotLocked | NotPublished | WriteFailed | MutatedInput) -> Line:
    match event:
        case NotCached():
            verb, text = "not cached", event.reason
        case NotLocked():
            verb, text = "not locked", first_line(event.reason)
        case NotPublished():
            verb, text = "not published", f"{event.name}: {first_line(event.reason)}"
        case OtherCodeOnWorker():
            text = (
                "its code in the worker process is another than where the flow runs: a file was edited since, or the program "
                "changed itself after its imports. Start the flow again."
            )
            return Line(logging.WARNING, "not kept", name_of(event.call), text)
        case WriteFailed():
            verb, text = "not kept", first_line(event.error)
        case MutatedInput():
            names = ", ".join(event.arguments)
            verb = "not kept"
            text = f"its body changed its argument {names} in place, which a hit would not do. Change a copy, and return it."
    return Line(logging.WARNING, verb, name_of(event.call), text)


def name_of(call: CallId) -> str:
    """Return what a person calls a call: `train`, or `train[UA]` for one of a map."""
    return f"{call.task}[{call.label}]" if call.label else call.task


def said(error: BaseException) -> str:
    """Return what an error says, after its type, without known secrets: `ValueError: no such day`.

    Never raises, whatever its own `__str__` does.
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - what went wrong must not be lost because it cannot say so
        text = ""
    return f"{type(error).__name__}: {redacted(text)}" if text else type(error).__name__


def first_line(text: str) -> str:
    r"""Return the first line of what an error says, marked where there are more.

    >>> first_line("ValueError: no\nsuch day")
    'ValueError: no …'
    """
    first, _, rest = text.partition("\n")
    return f"{first} …" if rest else first


def duration(seconds: float) -> str:
    """Return a length of time as a person says it: `38.2 s`, `12 ms`, `1 h 04 min`."""
    if seconds < 1:
        return f"{seconds * 1e3:.0f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f} µs"  # noqa: PLR2004 - a millisecond
    if seconds < _MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE):02} s"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE):02} min"
