"""The error tree.

Every error is a `RecoupError` and, where there is one, also the built-in exception that a caller
would catch without knowing Recoup. Names that Prefect 3 has are Prefect's.
"""

from __future__ import annotations

__all__ = [
    "CancelledRun",
    "ConfigurationError",
    "CrashedRun",
    "FailedRun",
    "FlowNotFound",
    "FlowRunTimeoutError",
    "HashError",
    "InvalidName",
    "KeyFunctionError",
    "LockError",
    "LockNotHeld",
    "MappingLengthMismatch",
    "MappingMissingIterable",
    "MissingContextError",
    "MissingResult",
    "NewerFormat",
    "NotAStorage",
    "NotLoadableHere",
    "NotSupported",
    "ObjectExists",
    "ObjectNotFound",
    "ParameterBindError",
    "ParameterTypeError",
    "PausedRun",
    "RecoupError",
    "ReservedArgumentError",
    "RunIsAlive",
    "RunNotFound",
    "RunNotResumable",
    "SerializationError",
    "StoreError",
    "StoreFull",
    "StorePermissionError",
    "StreamDiverged",
    "TaskRunTimeoutError",
    "UnfinishedRun",
    "UpstreamTaskError",
    "WorkerEnded",
]


class RecoupError(Exception):
    """Whatever Recoup raises on its own account."""


# --- what the user wrote -------------------------------------------------------------------


class ConfigurationError(RecoupError, ValueError):
    """An option, a setting or a combination of them cannot work; the message says what does."""


class NotSupported(RecoupError, NotImplementedError):
    """Prefect does this with a server, and Recoup does not; the message says what to write instead."""


class FlowNotFound(RecoupError, LookupError):
    """The file, module or attribute that should hold a flow is not there."""


class ParameterBindError(RecoupError, TypeError):
    """The arguments of a call do not fit the signature."""


class ParameterTypeError(RecoupError, TypeError):
    """A flow parameter has a value that its annotation does not admit."""


class ReservedArgumentError(RecoupError, TypeError):
    """A function uses a parameter name that calls reserve (`return_state`, `wait_for`)."""


class MappingLengthMismatch(RecoupError, ValueError):
    """`map` was called with iterables of different lengths."""


class MappingMissingIterable(RecoupError, ValueError):
    """`map` was called without any iterable argument."""


class MissingContextError(RecoupError, RuntimeError):
    """Something that only exists during a run was asked for outside one."""


# --- keys and values -----------------------------------------------------------------------


class HashError(RecoupError, TypeError):
    """A value has no stable content; `path` says where inside the argument it was found."""

    def __init__(self, message: str, *, path: str = "", kind: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.kind = kind


class KeyFunctionError(HashError):
    """A key function of the user's raised, or returned something that is no text."""


class SerializationError(RecoupError, TypeError):
    """No serializer took the value, or the recorded bytes are not what the serializer writes."""


class NotLoadableHere(SerializationError):
    """The bytes are intact, but this environment lacks what is needed to decode them."""


class MissingResult(RecoupError, LookupError):
    """A result was asked for that is not stored (any more)."""


# --- runs ----------------------------------------------------------------------------------


class FailedRun(RecoupError, RuntimeError):
    """A run ended as `Failed` without an exception to raise."""


class FlowRunTimeoutError(RecoupError, TimeoutError):
    """A flow ran longer than its `timeout_seconds`."""


class TaskRunTimeoutError(RecoupError, TimeoutError):
    """A task ran longer than its `timeout_seconds`."""


class CrashedRun(RecoupError, RuntimeError):
    """A run was ended from outside its own code."""


class WorkerEnded(CrashedRun):
    """A worker process ended while it ran a call; the message says how."""


class CancelledRun(RecoupError, RuntimeError):
    """A run was cancelled."""


class PausedRun(RecoupError, RuntimeError):
    """A result was asked for while the run is paused."""


class UnfinishedRun(RecoupError, RuntimeError):
    """A result was asked for before the run ended."""


class StreamDiverged(RecoupError, RuntimeError):
    """A generator task had to run again while its items were read, and began with other items than those that were given."""


class UpstreamTaskError(UnfinishedRun):
    """A call was not started because something it depends on did not complete."""


class RunNotFound(RecoupError, LookupError):
    """The storage has no run of this name or id, or more than one."""


class RunNotResumable(RecoupError, ValueError):
    """The run cannot go on: it completed, another run has to be resumed for it, or something it needs was not kept."""


class RunIsAlive(RecoupError, RuntimeError):
    """The run is going on in another process, which the message names."""


# --- storage -------------------------------------------------------------------------------


class StoreError(RecoupError, OSError):
    """A storage did not do what was asked; the cause is chained."""


class ObjectNotFound(StoreError, KeyError):
    """There is no object under this name. Only an answer of the storage proves absence."""

    __str__ = Exception.__str__


class ObjectExists(StoreError, FileExistsError):
    """An object could not be created because the name is taken."""


class StorePermissionError(StoreError, PermissionError):
    """The storage refused access."""


class StoreFull(StoreError):
    """The medium has no room left."""


class InvalidName(StoreError, ValueError):
    """A name that storages do not take (see `recoup.abc.check_name`)."""


class NotAStorage(StoreError, NotADirectoryError):
    """Something else stands where the storage should be, such as a file in place of a folder."""


class NewerFormat(StoreError):
    """The storage was written by a newer Recoup; it is left untouched."""


# --- locks ---------------------------------------------------------------------------------


class LockError(RecoupError, RuntimeError):
    """A lock does not stand as the program takes it to."""


class LockNotHeld(LockError, ValueError):
    """A lock was to be released, or its result written, by somebody who does not hold it (any more)."""
