"""Exceptions as pickles: made again as they were, without running their constructors.

Pickle calls the class with `args`, which are what `Exception.__init__` was given. A class whose own `__init__` takes
other arguments, or makes a text of them, would not come back, or come back with another text.
"""

from __future__ import annotations

import copyreg
from typing import Any

__all__ = ["reduced", "remade"]


def reduced(error: BaseException) -> Any:
    """Return how `error` is made again; `NotImplemented` where pickle's way is right, or its class has a way of its own."""
    kind = type(error)
    if kind in copyreg.dispatch_table or not all(_is_built_in(kind, name) for name in ("__reduce__", "__reduce_ex__")):
        return NotImplemented
    if _is_built_in(kind, "__init__"):  # then it was given `args` itself
        return NotImplemented
    reduction = error.__reduce__()
    assert isinstance(reduction, tuple)
    _, args, *state = reduction
    if isinstance(error, BaseExceptionGroup):
        args = error.message, error.exceptions
    return remade, (kind, args), *state


def remade(kind: type[BaseException], args: tuple[Any, ...]) -> BaseException:
    """Return an exception of this class with these `args`, made by the built-in class that it comes from.

    Stored pickles call this function by its name: it stays where it is, for ever.
    """
    built_in: Any = next(base for base in kind.__mro__ if base.__module__ == "builtins")
    error: BaseException = built_in.__new__(kind, *args)
    built_in.__init__(error, *args)
    return error


def _is_built_in(kind: type, name: str) -> bool:
    return next(base for base in kind.__mro__ if name in base.__dict__).__module__ == "builtins"
