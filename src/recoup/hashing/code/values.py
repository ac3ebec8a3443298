"""Looks at loaded things without running any of their code: what holds code, and what it is made of."""

from __future__ import annotations

import functools
import types
import typing
from collections import deque
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.unwrapping import is_wrapper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CellType

__all__ = [
    "BUILTIN",
    "UNBOUND",
    "cells_of",
    "defaults_of",
    "is_class",
    "is_code",
    "is_dunder",
    "members_of",
    "members_of_callable",
    "module_of",
]

BUILTIN = (
    types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType,
)  # fmt: skip
"""Functions written in C."""

_MOST_MEMBERS = 10_000  # containers are searched for code so far; tables of functions are small

_GENERIC = (types.GenericAlias, types.UnionType, type(typing.List[int]))  # noqa: UP006 - the type of the old kind is meant


def is_code(value: Any) -> bool:
    """Say whether a value is a function, class or module, or something made of them."""
    return (
        is_class(value)
        or isinstance(value, (FunctionType, ModuleType, *BUILTIN))
        or is_wrapper(value)
        or members_of_callable(value) is not None
    )


def is_class(value: Any) -> TypeGuard[type]:
    """Say whether a value is a class; `list[int]` only claims to be one."""
    return isinstance(value, type) and not isinstance(value, _GENERIC)


def members_of_callable(value: Any) -> list[tuple[str, Any]] | None:
    """Return what a partial, bound method, descriptor or generic alias is made of; `None` for anything else."""
    match value:
        case functools.partial() | functools.partialmethod():
            return [("func", value.func), *_numbered(value.args), *sorted(value.keywords.items())]
        case MethodType():
            return [("func", value.__func__), ("self", value.__self__)]
        case staticmethod() | classmethod():
            return [("func", value.__func__)]
        case functools.cached_property():
            return [("func", value.func)]
        case property():
            return [(name, part) for name in ("fget", "fset", "fdel") if (part := getattr(value, name)) is not None]
    return [("origin", typing.get_origin(value)), *_numbered(typing.get_args(value))] if isinstance(value, _GENERIC) else None


def holds_code(value: Any) -> bool:
    """Say whether a container holds functions, classes, modules or instances of the project's classes."""
    waiting: list[Any] = [value]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_MEMBERS:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if is_code(item) or owner_of_type(item) is Owner.PROJECT:
            return True
        waiting += _items_of(item)
    return False


def owner_of_type(value: Any) -> Owner:
    """Say whose the type of a value is."""
    return owner_of_module(str(type(value).__module__))


def _items_of(value: Any) -> list[Any]:
    """Return everything directly inside a plain container; nothing for anything else."""
    if isinstance(value, dict | types.MappingProxyType):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, list | tuple | set | frozenset | deque) else []


def members_of(value: Any) -> list[tuple[Any, Any]]:
    """Return the members of a container or instance: under their keys, numbers or names."""
    if isinstance(value, dict | types.MappingProxyType):
        return list(value.items())
    if isinstance(value, set | frozenset):
        return [("", item) for item in value]
    if isinstance(value, list | tuple | deque):
        return _numbered(value)
    slots = [name for base in type(value).__mro__ for name in getattr(base, "__slots__", ()) if isinstance(name, str)]
    state = {name: getattr(value, name) for name in slots if not name.startswith("__") and hasattr(value, name)}
    return sorted((state | getattr(value, "__dict__", {})).items())


def cells_of(function: FunctionType) -> dict[str, CellType]:
    """Return the cells of a closure under the names of its free variables."""
    return dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))


def defaults_of(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield the parameters that have defaults, with these."""
    defaults, code = function.__defaults__ or (), function.__code__
    yield from zip(code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount], defaults, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())


def module_of(value: Any) -> str:
    """Return the name of the module that a thing says it is from, else that of its type."""
    owner = getattr(value, "__self__", None)
    if isinstance(owner, ModuleType):
        return owner.__name__
    module = getattr(value, "__module__", None) or getattr(getattr(value, "__objclass__", None), "__module__", None)
    return module if isinstance(module, str) else str(type(value).__module__)


def is_dunder(name: str) -> bool:
    """Say whether a name is Python's: `__name__` and `__file__` depend on how a program was started."""
    return name.startswith("__") and name.endswith("__") and name != "__version__"


def content_of(cell: CellType) -> Any:
    """Return what a cell holds, `UNBOUND` if nothing yet."""
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


UNBOUND = object()
"""What a variable holds that has not been assigned."""


def _numbered(items: Any) -> list[tuple[str, Any]]:
    return [(str(number), item) for number, item in enumerate(items)]
