"""What stands behind wrapped callables."""

from __future__ import annotations

import functools
import inspect
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["behind", "functions_in", "innermost", "is_wrapper"]


def is_wrapper(value: Any) -> bool:
    """Say whether `value` is an object, not a function or class, that names what it wraps (`__wrapped__`)."""
    return not isinstance(value, FunctionType | type) and callable(value) and _wrapped(value) is not None


def behind(target: Any) -> Any:
    """Return what a task, bound method or static method runs; anything else is returned as it is."""
    for _ in range(_DEEPEST):
        if isinstance(target, MethodType | staticmethod | classmethod):
            target = target.__func__
        elif is_wrapper(target):
            target = _wrapped(target)
        else:
            break
    return target


def innermost(target: Any) -> Any:
    """Return what the user wrote: below every decorator that keeps `__wrapped__`."""
    for _ in range(_DEEPEST):
        target = behind(target)
        inner = _wrapped(target) if isinstance(target, FunctionType) else None
        if inner is None:
            break
        target = inner
    return target


def functions_in(attribute: Any) -> Iterator[Any]:
    """Yield the callables inside a class attribute: of methods, properties and what decorators made of them."""
    match attribute:
        case staticmethod() | classmethod():
            yield from functions_in(attribute.__func__)
        case property():
            for accessor in (attribute.fget, attribute.fset, attribute.fdel):
                if accessor is not None:
                    yield from functions_in(accessor)
        case functools.cached_property() | functools.partialmethod():
            yield from functions_in(attribute.func)
        case _:
            inner = innermost(attribute)
            if callable(inner):
                yield inner


def _wrapped(value: Any) -> Any:
    # Looked up without `__getattr__`: proxies and mocks claim to have every attribute.
    try:
        if "__wrapped__" in vars(value):
            return value.__wrapped__
    except TypeError:
        pass
    if inspect.getattr_static(type(value), "__wrapped__", None) is not None:
        return getattr(value, "__wrapped__", None)
    return None


_DEEPEST = 64  # a ring of wrappers would otherwise never end
