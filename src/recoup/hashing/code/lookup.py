"""Follows a chain of names from a function's globals to what it means, and watches each step."""

from __future__ import annotations

import builtins
import functools
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.unwrapping import functions_in
from recoup.hashing.code.values import is_dunder
from recoup.project import file_module_path, is_project_file, project_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recoup.hashing.code.scopes import Chain, Import
    from recoup.hashing.code.watch import WatchList

__all__ = ["Found", "Lookup", "absolute_name", "globals_of_class", "root_of", "space_name"]

_MISSING = object()


@dataclass(slots=True)
class Found:
    """What a chain led to: `name` in `space` holds `value`; the attributes `rest` of it were not followed."""

    value: Any
    space: Mapping[str, Any]
    name: str
    rest: Chain = ()

    @property
    def variable(self) -> tuple[int, str]:
        """Return which variable this is."""
        return id(self.space), self.name

    @property
    def place(self) -> str:
        """Return what the variable is called as a part."""
        return f"code.{space_name(self.space)}.{self.name}"


class Lookup:
    """Looks names up as the running program would, importing project modules that it is about to import."""

    def __init__(self, watching: WatchList) -> None:
        self._watching = watching

    def follow(self, space: Mapping[str, Any], chain: Chain) -> Found | None:
        """Return what a chain means in a module's globals, `None` for built-in, unbound and Python's own names."""
        space = _module_space(space, chain[0])
        value = space.get(chain[0], _MISSING)
        if is_dunder(chain[0]):
            return None
        if value is _MISSING:
            self._watching.absence(space, chain[0])
            return None
        self._watching.name(space, chain[0], value)
        return self._descend(Found(value, space, chain[0], chain[1:]))

    def follow_import(self, module: str, chain: Chain) -> Found | None:
        """Return what an import inside a function leads to, `None` if it cannot be imported."""
        found = _import(module)
        return None if found is None else self._descend(Found(found, sys.modules, module, chain))

    def class_around(self, function: FunctionType) -> type | None:
        """Return the class that has a function as a method, since `self` leads to all of that class."""
        outer, _, name = function.__qualname__.rpartition(".")
        if not outer or "<locals>" in outer:
            return None
        chain = tuple(outer.split("."))
        found = self.follow(function.__globals__, chain)
        if found is None or len(found.rest) != len(chain) - 1:
            return None
        value = found.value
        for step in found.rest:
            value = vars(value).get(step) if isinstance(value, type) else None
        if isinstance(value, type) and function in functions_in(vars(value).get(name)):
            return value
        return None

    def _descend(self, found: Found) -> Found | None:
        """Follow attributes through modules of the project."""
        while found.rest and isinstance(found.value, ModuleType) and owner_of_module(found.value.__name__) is Owner.PROJECT:
            module, name = found.value, found.rest[0]
            value = vars(module).get(name, _MISSING)
            if value is _MISSING:
                value = _import(f"{module.__name__}.{name}") or getattr(module, name, _MISSING)
            else:
                self._watching.name(vars(module), name, value)
            if value is _MISSING or is_dunder(name):
                return None
            found = Found(value, vars(module), name, found.rest[1:])
        return self._replaced(found) or found

    def _replaced(self, found: Found) -> Found | None:
        """Return what the project has put in place of a function of a library."""
        while found.rest and isinstance(found.value, ModuleType):
            module, name = found.value, found.rest[0]
            found = Found(vars(module).get(name), vars(module), name, found.rest[1:])
        is_ours = isinstance(found.value, FunctionType | type) and owner_of_module(found.value.__module__) is Owner.PROJECT
        return found if is_ours else None


def _module_space(space: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the globals of the loaded module, where those of a function that was pickled by value mean the same by `name`."""
    module = sys.modules.get(str(space.get("__name__")))
    own = getattr(module, "__dict__", space)
    if own is space or own.get("__file__") != space.get("__file__", own.get("__file__")):
        return space
    return own if space.get(name, own.get(name, _MISSING)) is own.get(name, _MISSING) else space


def space_name(space: Mapping[str, Any]) -> str:
    """Return the dotted path of the module that has these globals."""
    file = space.get("__file__")
    return file_module_path(file) if isinstance(file, str) and is_project_file(file) else str(space.get("__name__", "__main__"))


def root_of(space: Mapping[str, Any]) -> str:
    """Return the folder of the project that has these globals, empty if there is none."""
    file = space.get("__file__")
    return _root_of_file(file) if isinstance(file, str) else ""


@functools.lru_cache(maxsize=4096)
def _root_of_file(file: str) -> str:
    return str(project_root(Path(file).absolute().parent)) if is_project_file(file) else ""


def globals_of_class(cls: type) -> dict[str, Any]:
    """Return the globals of the module that holds a class."""
    module = sys.modules.get(cls.__module__)
    return {"__name__": cls.__module__, "__builtins__": builtins} if module is None else vars(module)


def absolute_name(statement: Import, space: Mapping[str, Any]) -> str:
    """Return the module that an import statement names."""
    if not statement.level:
        return statement.module
    package = space.get("__package__") or str(space.get("__name__", "")).rpartition(".")[0]
    try:
        return importlib.util.resolve_name("." * statement.level + statement.module, package)
    except ImportError:
        return statement.module


def _import(name: str) -> ModuleType | None:
    try:
        return sys.modules.get(name) or importlib.import_module(name)
    except Exception:  # noqa: BLE001 - a module that cannot be imported is the task's to report, should it get there
        return None
