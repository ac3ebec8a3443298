"""Marks around arguments and on parameters.

Around an argument, with Prefect's names and meanings: what is not mapped, may have failed, or is not looked into. The
body of the task gets what stands inside the mark.

On a parameter, as its annotation: what an argument is for the key, whatever the body gets.

    def report(data: Annotated[Path, File], client: Annotated[Client, Digest(version_of)], debug: Annotated[bool, Ignore]): ...
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from recoup.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Annotation", "Digest", "Dir", "File", "Ignore", "Secret", "allow_failure", "opaque", "quote", "unmapped"]

T = TypeVar("T")


class Annotation(Generic[T]):
    """A mark around an argument."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def unwrap(self) -> T:
        """Return what stands inside."""
        return self.value

    def rewrap(self, value: Any) -> Self:
        """Return the same mark around another value."""
        return type(self)(value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]  # it may hold anything

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class unmapped(Annotation[T]):  # noqa: N801 - Prefect's name
    """An argument of `map` that is passed whole to each call."""

    __slots__ = ()


class allow_failure(Annotation[T]):  # noqa: N801 - Prefect's name
    """An argument that may have failed: the body gets the exception where the result would be."""

    __slots__ = ()


class quote(Annotation[T]):  # noqa: N801 - Prefect's name
    """An argument that is passed on as it is: futures and states inside it are neither waited for nor resolved."""

    __slots__ = ()


class opaque(Annotation[T]):  # noqa: N801 - Prefect's name
    """An argument of which only the outermost future is resolved: what it contains is not searched."""

    __slots__ = ()


# --- on parameters ------------------------------------------------------------------------------


class Ignore:
    """Leave a parameter out of the key: `debug: Annotated[bool, Ignore]`."""


class Secret:
    """Show nothing of an argument, and hash it with a salt: `password: Annotated[str, Secret]`."""


class Digest:
    """Key an argument by what `fn` returns for it: `client: Annotated[Client, Digest(lambda client: client.url)]`."""

    __slots__ = ("fn",)

    def __init__(self, fn: Callable[[Any], Any]) -> None:
        if not callable(fn):
            raise ConfigurationError(
                f"Digest takes a function, not {type(fn).__name__}; write Digest(lambda client: client.url), with what stands for the value"
            )
        self.fn = fn

    def __repr__(self) -> str:
        return f"Digest({getattr(self.fn, '__qualname__', self.fn)})"


class Place:
    """Something in a file system that is known by what it holds."""

    __slots__ = ("path",)

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)

    def __fspath__(self) -> str:
        return self.path

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.path!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and type(self) is type(other) and self.path == other.path

    def __hash__(self) -> int:
        return hash((type(self), self.path))


class File(Place):
    """A file that is hashed by its content, wherever it lies.

    As an annotation (`path: File`, or `path: Annotated[str, File]` for type checkers) it leaves the body its path; as a
    value, `File("model.bin")`, it can be passed wherever a path can.
    """

    __slots__ = ()


class Dir(Place):
    """A folder that is hashed by the names and contents of all that lies in it. Used as `File` is."""

    __slots__ = ()
