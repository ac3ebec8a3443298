"""The contracts: the map of the system for whoever implements a part of it."""

from __future__ import annotations

import enum
import re
from abc import ABC, ABCMeta, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from recoup.exceptions import ConfigurationError, InvalidName, ObjectNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "Buffer",
    "Clock",
    "Encoded",
    "Locality",
    "ObjectInfo",
    "ObjectStore",
    "Serializer",
    "check_name",
]

Buffer = bytes | bytearray | memoryview


class Clock(Protocol):
    """Where time comes from."""

    def time(self) -> float:
        """Return seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go backwards, from an arbitrary origin."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass in this thread."""
        ...

    async def async_sleep(self, seconds: float) -> None:
        """Let `seconds` pass in this coroutine."""
        ...


# --- storage ---------------------------------------------------------------------------------


class Locality(enum.Enum):
    """How far away a storage is: what a driver may call on the caller's own thread."""

    MEMORY = "memory"
    DISK = "disk"
    REMOTE = "remote"


class ObjectInfo(NamedTuple):
    """What a listing says of an object; `modified` is seconds since the epoch by the storage's clock."""

    name: str
    size: int
    modified: float


_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.+=@-]{0,149}"
_is_name = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*", re.ASCII).fullmatch
_LONGEST_NAME = 512


def check_name(name: str) -> str:
    """Return `name` if every storage can keep it, else raise `InvalidName`.

    Names are ASCII segments joined by `/`; a segment starts with a letter, digit or underscore and has at most
    150 characters; the whole has at most 512. So no name escapes its root or is a hidden or temporary file.
    Two names must not differ by letter case alone, nor may one be a folder of the other (Recoup's own are made of
    digests).
    """
    if len(name) > _LONGEST_NAME or not _is_name(name):
        raise InvalidName(f"{name!r} cannot be the name of a stored object; see recoup.abc.check_name")
    return name


class ObjectStore(ABC):
    """Bytes under names. Knows nothing of records, keys or codecs.

    Methods are synchronous and may be called from any thread, at the same time. Foreign exceptions are
    translated at this edge: `ObjectNotFound` only when absence is certain; `StorePermissionError`, `StoreFull`
    and any other `StoreError` otherwise, always chained. Constructing, pickling, comparing (by value) and
    printing a store do no I/O.
    """

    locality: ClassVar[Locality]

    @abstractmethod
    def get(self, name: str) -> bytes:
        """Return the whole object. Raise `ObjectNotFound` if there is none."""

    def find(self, name: str) -> bytes | None:
        """Return the whole object, or `None` if there is none: for names that are often absent."""
        try:
            return self.get(name)
        except ObjectNotFound:
            return None

    @abstractmethod
    def put(self, name: str, chunks: Sequence[Buffer], *, create: bool = False) -> None:
        """Store the concatenation of `chunks` under `name`.

        Readers see all of it or none, also when the writer is killed. Writing the same name twice is allowed
        and keeps either. With `create`, raise `ObjectExists` if the name is taken: of any number of
        concurrent creators exactly one succeeds.
        """

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove the object; silence if there is none."""

    @abstractmethod
    def info(self, name: str) -> ObjectInfo:
        """Return size and time of modification without reading. Raise `ObjectNotFound` if there is none."""

    @abstractmethod
    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield what lies under the folder `prefix` ("" for all), at any depth, in no particular order.

        Objects written or deleted meanwhile may or may not appear; temporary files never do. A folder that does
        not exist is empty.
        """

    @abstractmethod
    def folders(self, prefix: str = "") -> Iterator[str]:
        """Yield the full names of the folders directly under `prefix`, in no particular order.

        A folder whose objects are all gone may still appear.
        """

    def exists(self, name: str) -> bool:
        """Say whether there is an object under `name`."""
        try:
            self.info(name)
        except ObjectNotFound:
            return False
        return True


# --- serializers -----------------------------------------------------------------------------


class Encoded(NamedTuple):
    """A value as bytes: the name of the format that reads it back, the pieces, and whether that is exact.

    `chunks` may be views of the value's own memory: they are valid as long as the value lives unchanged.
    `exact` says that decoding gives an equal value of equal types.
    """

    serializer: str
    chunks: Sequence[Buffer]
    exact: bool


class _Named(ABCMeta):
    """Lets `Serializer(type="json")` be the serializer of that name, as in Prefect."""

    def __call__(cls, *args: Any, **options: Any) -> Any:
        if cls is Serializer:
            return Serializer.of_type(*args, **options)
        if (args or options) and cls.__init__ is object.__init__:  # type: ignore[misc]  # whose it is, is asked
            raise ConfigurationError(
                f"{cls.__name__} takes no options: records say nothing but its type. "
                f"Derive a class with another `type` for each choice."
            )
        try:
            return super().__call__(*args, **options)
        except TypeError as exc:
            _check_call(cls, args, options, exc)
            raise


def _check_call(cls: type, args: tuple[Any, ...], options: dict[str, Any], cause: TypeError) -> None:
    """Raise `ConfigurationError` where a class does not take what it was called with."""
    import inspect  # noqa: PLC0415 - only for a mistake

    signature = inspect.signature(cls.__init__)  # type: ignore[misc]  # whose it is, is asked
    try:
        signature.bind(None, *args, **options)
    except TypeError as exc:
        takes = ", ".join(list(signature.parameters)[1:]) or "no options"
        raise ConfigurationError(f"{cls.__name__}: {exc}; it takes {takes}") from cause


class Serializer(ABC, metaclass=_Named):
    """Values to bytes and back.

    `type` is the name that records say (`pickle`, `json`, `compressed/pickle` …): a class that has one is known by it
    once it is defined, and makes its instances without arguments. `encode` raises `SerializationError`
    for what it does not take; `decode` raises `SerializationError` for bytes that it did not write and
    `NotLoadableHere` when the environment lacks what the value needs. `decode` returns a fresh object each time.
    A class may define `dumps` and `loads` instead, as for Prefect.
    """

    type: str
    classes: ClassVar[dict[str, _Named]] = {}
    of_type: ClassVar[Callable[..., Serializer]]
    """Find a serializer by its type; `recoup.serializers` knows how."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = vars(cls)
        if "dumps" in own and "encode" not in own:
            cls.encode = _encode_by_dumps  # type: ignore[method-assign]
        if "loads" in own and "decode" not in own:
            cls.decode = _decode_by_loads  # type: ignore[method-assign]
        if isinstance(own.get("type"), str):
            _claim(cls)

    @abstractmethod
    def encode(self, value: Any) -> Encoded:
        """Return the bytes of `value`, without copying large buffers where the format allows it."""

    @abstractmethod
    def decode(self, data: Buffer) -> Any:
        """Return the value that `encode` was given; `data` is not kept."""

    def dumps(self, obj: Any) -> bytes:
        """Return `obj` as one `bytes` (Prefect's name for `encode`)."""
        return b"".join(self.encode(obj).chunks)

    def loads(self, blob: bytes) -> Any:
        """Return the value in `blob` (Prefect's name for `decode`)."""
        return self.decode(blob)


def _encode_by_dumps(self: Serializer, value: Any) -> Encoded:
    return Encoded(self.type, [self.dumps(value)], exact=False)


def _decode_by_loads(self: Serializer, data: Buffer) -> Any:
    return self.loads(bytes(data))


def _claim(cls: type[Serializer]) -> None:
    known = Serializer.classes.get(cls.type, cls)
    if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise ConfigurationError(
            f"{cls.__module__}.{cls.__qualname__} cannot be {cls.type!r}: that is {known.__module__}.{known.__qualname__}, "
            f"and records rely on it. Give it another `type`."
        )
    Serializer.classes[cls.type] = cls
