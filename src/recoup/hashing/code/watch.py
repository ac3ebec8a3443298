"""Notices, in a few microseconds, that the program is no longer the one that was fingerprinted.

What is compared is identity: of the objects behind names, of code objects, of the contents of cells. Data that
can be changed in place is compared by content, as far as it is small.
"""

from __future__ import annotations

import marshal
from operator import attrgetter, is_, itemgetter
from typing import TYPE_CHECKING, Any

from recoup.hashing.code.constants import PLAIN, is_frozen, is_small, token_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CellType, FunctionType

    from recoup.hashing.code.changes import Changes
    from recoup.types import Token

__all__ = ["Watch", "WatchList", "look_again"]

_code_of = attrgetter("__code__")
_defaults_of = attrgetter("__defaults__")
_content_of = attrgetter("cell_contents")

_SAME_BYTES_ALWAYS = 2  # the last version of marshal whose bytes do not depend on reference counts

_round = 0


def look_again() -> None:
    """Have large mutable data looked at again, once: a run begins.

    Small data is looked at on every call anyway; large data that a program changes in place while a run is going on
    is taken for unchanged.
    """
    global _round  # noqa: PLW0603 - one counter for the process, only ever compared
    _round += 1


class WatchList:
    """Collects what a fingerprint depends on."""

    def __init__(self) -> None:
        self._spaces: dict[int, tuple[Mapping[str, Any], dict[str, Any], set[str]]] = {}
        self._functions: list[FunctionType] = []
        self._cells: list[CellType] = []
        self._sizes: list[tuple[Mapping[str, Any], int]] = []
        self._containers: list[tuple[Any, tuple[Any, ...], frozenset[str]]] = []
        self._contents: dict[int, tuple[Any, Token, str]] = {}

    def name(self, space: Mapping[str, Any], name: str, value: Any, *, number: int = 0) -> None:
        """Depend on `space[name]` being this very object. `number` identifies a view of a namespace."""
        self._space(space, number)[1][name] = value

    def absence(self, space: Mapping[str, Any], name: str, *, number: int = 0) -> None:
        """Depend on `name` not being in `space`."""
        self._space(space, number)[2].add(name)

    def function(self, function: FunctionType) -> None:
        """Depend on the code and defaults of a function."""
        self._functions.append(function)

    def cell(self, cell: CellType) -> None:
        """Depend on the object in a closure's cell."""
        self._cells.append(cell)

    def size(self, space: Mapping[str, Any]) -> None:
        """Depend on nothing being added to a namespace."""
        self._sizes.append((space, len(space)))

    def container(self, value: Any, without: frozenset[str] = frozenset()) -> None:
        """Depend on a container having these very members, or an instance these attributes."""
        self._containers.append((value, _members(value, without), without))

    def forget(self, value: Any) -> None:
        """Depend on the content of `value` no longer."""
        self._contents.pop(id(value), None)
        self._containers = [entry for entry in self._containers if entry[0] is not value]

    def content(self, value: Any, token: Token, root: str) -> None:
        """Depend on what a mutable value contains."""
        if not is_frozen(value):
            self._contents[id(value)] = value, token, root

    def watch(self, changes: Changes) -> Watch:
        """Return the watch, leaving out what the program itself changes as it runs."""
        forgotten, changing = changes.variables, changes.values
        spaces = []
        for number, (space, present, absent) in self._spaces.items():
            kept = {name: value for name, value in present.items() if (number, name) not in forgotten}
            gone = frozenset(name for name in absent if (number, name) not in forgotten)
            names = list(kept) * 2 if len(kept) == 1 else list(kept)  # an itemgetter of one name gives no tuple
            if kept or gone:
                spaces.append((space, itemgetter(*names) if names else _nothing, tuple(map(kept.get, names)), gone))
        cells = [cell for cell in self._cells if (id(cell), "") not in forgotten]
        containers = [entry for entry in self._containers if id(entry[0]) not in changing]
        contents = [entry for number, entry in self._contents.items() if number not in changing]
        return Watch(spaces, self._functions, cells, self._sizes, containers, contents)

    def _space(self, space: Mapping[str, Any], number: int) -> tuple[Mapping[str, Any], dict[str, Any], set[str]]:
        return self._spaces.setdefault(number or id(space), (space, {}, set()))


class Watch:
    """What a fingerprint depends on, as it was.

    Mutable data that is too large to be looked at on every call is looked at once in a run (see `look_again`).
    """

    def __init__(
        self,
        spaces: list[Any],
        functions: list[FunctionType],
        cells: list[CellType],
        sizes: list[tuple[Mapping[str, Any], int]],
        containers: list[tuple[Any, tuple[Any, ...], frozenset[str]]],
        contents: list[tuple[Any, Token, str]],
    ) -> None:
        self._spaces = spaces
        self._functions = functions
        self._codes = tuple(map(_code_of, functions))
        self._defaults = tuple(map(_defaults_of, functions))
        self._cells = cells
        self._objects = tuple(map(_content_of, cells))
        self._sizes = sizes
        self._containers = containers
        self._marshalled: list[tuple[Any, bytes]] = []
        self._contents: list[tuple[Any, Token, str]] = []
        self._large: dict[int, tuple[Any, Token]] = {}
        self._round = _round
        for value, token, root in contents:
            if is_small(value, PLAIN) and self._marshal(value):
                continue
            if is_small(value):
                self._contents.append((value, token, root))
            else:
                self._large[id(value)] = value, token

    def holds(self) -> bool:
        """Say whether everything is as it was."""
        if self._large and self._round != _round:
            return False
        try:
            for space, values_in, values, absent in self._spaces:
                if not all(map(is_, values_in(space), values)) or not space.keys().isdisjoint(absent):
                    return False
            return (
                all(map(is_, map(_code_of, self._functions), self._codes))
                and all(map(is_, map(_defaults_of, self._functions), self._defaults))
                and all(map(is_, map(_content_of, self._cells), self._objects))
                and all(len(space) == size for space, size in self._sizes)
                and all(marshal.dumps(value, _SAME_BYTES_ALWAYS) == data for value, data in self._marshalled)
                and all(_same(_members(value, without), members) for value, members, without in self._containers)
                and all(token_of(value, root) == token for value, token, root in self._contents)
            )
        except (KeyError, ValueError, RuntimeError):
            return False  # a name or the content of a cell is gone, or a container changes while we look

    def large_of_this_run(self) -> dict[int, tuple[Any, Token]]:
        """Return the large data that was hashed in this run, by `id`, with its tokens."""
        return self._large if self._round == _round else {}

    def _marshal(self, value: Any) -> bool:
        """Remember plain data as bytes, which are compared much faster than hashed."""
        try:
            self._marshalled.append((value, marshal.dumps(value, _SAME_BYTES_ALWAYS)))
        except (ValueError, RuntimeError):
            return False
        return True


def _members(value: Any, without: frozenset[str]) -> tuple[Any, ...]:
    if without:
        return tuple(member for name, member in vars(value).items() if name not in without)
    if hasattr(value, "items"):
        return (*value.keys(), *value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(value)
    return tuple(vars(value).values()) if hasattr(value, "__dict__") else ()


def _same(now: tuple[Any, ...], then: tuple[Any, ...]) -> bool:
    return len(now) == len(then) and all(map(is_, now, then))


def _nothing(_space: Mapping[str, Any]) -> tuple[Any, ...]:
    return ()
