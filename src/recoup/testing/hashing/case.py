"""What one case of the corpus says about two values, or about one."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Agree", "Case", "Differ", "Refuse", "Stable"]


@dataclass(frozen=True, slots=True)
class Case:
    """Values that are made anew each time, and what a hasher owes them.

    `of` is the type that is spoken about; the corpus fills it in. `shows` is what tells two values apart, in a word:
    `type`, `dtype`, `shape`, `name`, `order`, `length`. `needs` are libraries besides that of the module.
    """

    name: str
    make: Callable[[], Any]
    shows: str = ""
    needs: tuple[str, ...] = ()
    of: str = ""

    def __str__(self) -> str:
        return f"{self.of}: {self.name}"

    def values(self) -> tuple[Any, ...]:
        """Make the values of this case."""
        return (self.make(),)

    def close(self, values: Iterable[Any]) -> None:
        """Let go of what the values hold, once they were looked at."""


class _Pair(Case):
    __slots__ = ()

    def values(self) -> tuple[Any, ...]:
        """Make both values."""
        one, other = self.make()
        return one, other


class Differ(_Pair):
    """Two values that a task can tell apart: one digest for both would serve one the result of the other."""

    __slots__ = ()


class Agree(_Pair):
    """Two values that are equal in type and content: two digests would compute one thing twice."""

    __slots__ = ()


class Stable(Case):
    """A value that has the same digest in every process, whatever its hash seed, folder and start method."""

    __slots__ = ()


class Refuse(Case):
    """A value without stable content, or one that is used up by looking at it: it has no digest, and must not get one."""

    __slots__ = ()

    def close(self, values: Iterable[Any]) -> None:
        """Close files and connections that were opened for this."""
        for value in values:
            if hasattr(value, "close") and value is not sys.__stdout__:
                value.close()
