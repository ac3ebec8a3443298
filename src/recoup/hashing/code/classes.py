"""What a loaded class consists of: the class statement, and what was added to it since."""

from __future__ import annotations

import enum
import inspect
from dataclasses import dataclass
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

from recoup.hashing.code.lookup import globals_of_class
from recoup.hashing.code.pieces import Piece, file_of_class, is_written_in, piece_of_class
from recoup.hashing.code.unwrapping import functions_in
from recoup.hashing.code.values import cells_of, is_dunder

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ClassView", "view_of_class"]


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class, taken apart.

    `piece` is the class statement, when it is found, and `written` the methods that are part of it; `added` are all
    others by name: put there later, made by a decorator of the class, or all of them when the statement is not known.
    `attributes` are data; of an Enum the values of its members. `names` are all that may be replaced.
    """

    piece: Piece | None
    space: dict[str, Any]
    cells: dict[str, CellType]
    written: list[FunctionType]
    added: list[tuple[str, FunctionType]]
    attributes: list[tuple[str, Any]]
    names: list[tuple[str, Any]]


def view_of_class(cls: type) -> ClassView:
    """Take a class apart."""
    space = globals_of_class(cls)
    piece = piece_of_class(cls, space)
    members = list(vars(cls).items())
    methods = [
        (name, function) for name, value in members for function in functions_in(value) if isinstance(function, FunctionType)
    ]
    with_methods = {name for name, _ in methods}
    file = file_of_class(cls)
    written = [function for _, function in methods if piece is not None and is_written_in(function, cls, file)]
    return ClassView(
        piece=piece,
        space=space,
        cells={name: cell for _, function in methods for name, cell in cells_of(function).items()},
        written=written,
        added=[(n, f) for n, f in methods if f not in written and not (piece is not None and _is_generated(f))],
        attributes=sorted(_attributes(cls, members)),
        names=[(name, value) for name, value in members if name in with_methods or not is_dunder(name)],
    )


def _is_generated(function: FunctionType) -> bool:
    """Say whether code was generated, as by `dataclass`: it follows from the class statement."""
    return function.__code__.co_filename.startswith("<")


def _attributes(cls: type, members: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    if issubclass(cls, enum.Enum):
        yield from ((name, member._value_) for name, member in cls.__members__.items())
        return
    for name, value in members:
        is_data = not inspect.isdatadescriptor(value) and not list(functions_in(value))
        if is_data and not is_dunder(name) and not name.startswith("_abc_"):
            yield name, value
