"""Marks around arguments of tasks: what is not mapped, may have failed, or is not looked into.

Prefect's names and meanings. The body of the task gets what stands inside the mark.
"""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

__all__ = ["Annotation", "allow_failure", "opaque", "quote", "unmapped"]

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
