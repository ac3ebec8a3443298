"""What the exit codes of `recoup` mean, and which error is which."""

from __future__ import annotations

from enum import IntEnum

from recoup.exceptions import (
    ConfigurationError,
    FlowNotFound,
    ParameterBindError,
    ParameterTypeError,
    RecoupError,
    RunIsAlive,
    RunNotFound,
    RunNotResumable,
    StoreError,
)

__all__ = ["Exit", "Usage", "code_of"]


class Exit(IntEnum):
    """The exit codes; a flow that calls `sys.exit` keeps its own."""

    DONE = 0
    """What was asked for was done; the flow completed."""
    FAILED = 1
    """The flow raised, or its file cannot be imported."""
    USAGE = 2
    """The command line names what is not there, or what cannot be: an option, a file, a flow, a parameter, a key."""
    STORAGE = 3
    """A storage or a setting does not work: not writable, a newer format, a value that is none."""
    ALIVE = 4
    """The run is going on in another process, and is not resumed twice."""
    INTERRUPTED = 130
    """Ctrl-C."""
    BROKEN_PIPE = 141
    """Whoever read the output closed it, as `head` does."""


class Usage(RecoupError, ValueError):
    """The command line asks for something that cannot be; the message says what can."""


def code_of(error: RecoupError) -> Exit:
    """Return the exit code for an error that stands between the user and a run."""
    match error:
        case Usage() | FlowNotFound() | ParameterBindError() | ParameterTypeError() | RunNotFound() | RunNotResumable():
            return Exit.USAGE
        case RunIsAlive():
            return Exit.ALIVE
        case StoreError() | ConfigurationError():
            return Exit.STORAGE
        case _:
            return Exit.FAILED
