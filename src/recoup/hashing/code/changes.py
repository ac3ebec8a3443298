"""What a program changes as it runs: memo tables, counters, registries. Such data is no part of the program."""

from __future__ import annotations

import inspect
from collections import defaultdict, deque
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from recoup.hashing.code.constants import is_frozen
from recoup.hashing.code.owners import Owner
from recoup.hashing.code.values import content_of, members_of, owner_of_type

if TYPE_CHECKING:
    from types import CellType

    from recoup.hashing.code.lookup import Lookup
    from recoup.hashing.code.names import Names
    from recoup.hashing.code.scopes import Chain

__all__ = ["Changes", "Variable"]

Variable = tuple[int, str]
"""A namespace, by identity, and a name in it; of a cell its identity and no name."""


class Changes:
    """The variables, values and attributes that the code read so far changes.

    A value counts whichever name it is changed under, so that `from state import seen` is `state.seen`.
    """

    def __init__(self, lookup: Lookup) -> None:
        self.variables: set[Variable] = set()
        self.values: set[int] = set()
        self.attributes: set[str] = set()
        self.members: dict[int, set[str]] = defaultdict(set)
        """Of instances of the project's classes, by identity, the attributes that are changed by code outside their methods."""
        self._lookup = lookup

    def note(self, names: Names, space: dict[str, Any], cells: dict[str, CellType]) -> None:
        """Add what a piece of code with these globals and cells changes."""
        self.attributes |= names.changed_attributes
        for chain in names.changes:
            self._note(chain, space, cells)
        for chain in names.calls:
            self._note(chain[:-1], space, cells, chain[-1])

    def include(self, variable: Variable, value: Any) -> bool:
        """Say whether a variable or what it holds is changed."""
        return variable in self.variables or id(value) in self.values

    def _note(self, chain: Chain, space: dict[str, Any], cells: dict[str, CellType], method: str = "") -> None:
        if chain[0] in cells:
            variable, value, rest = (id(cells[chain[0]]), ""), content_of(cells[chain[0]]), chain[1:]
        else:
            found = self._lookup.follow(space, chain)
            if found is None or isinstance(found.value, ModuleType | type | FunctionType):
                return
            variable, value, rest = found.variable, found.value, found.rest
        if rest and owner_of_type(value) is Owner.PROJECT:
            self._note_member(value, rest, method)
        elif (not rest or chain[0] in cells) and (not method or _changes(value, method)):
            self.add(variable, value)

    def _note_member(self, value: Any, rest: Chain, method: str) -> None:
        """Add the attribute of an instance that is changed itself, or inside."""
        member = dict(members_of(value)).get(rest[0])
        if len(rest) > 1 and owner_of_type(member) is Owner.PROJECT:
            self._note_member(member, rest[1:], method)
        elif not method or _changes(member, method):
            self.members[id(value)].add(rest[0])

    def add(self, variable: Variable, value: Any) -> None:
        """Add a variable and what it holds."""
        self.variables.add(variable)
        if not is_frozen(value):
            self.values.add(id(value))


def _changes(value: Any, method: str) -> bool:
    """Say whether a method called `add` or `update` changes its value in place; that of a data frame returns another one.

    What one that the project wrote changes, its own body says (`own_state`).
    """
    owner = owner_of_type(value)
    if owner is Owner.PROJECT:
        written = inspect.getattr_static(type(value), method, None)
        return isinstance(value, _CONTAINERS) and not isinstance(written, FunctionType)
    return owner is Owner.PYTHON


_CONTAINERS = (dict, list, set, deque, bytearray)
