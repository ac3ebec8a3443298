"""What a task is called, the same wherever and however its program is started."""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

from recoup.hashing.code.constants import token_of
from recoup.hashing.code.owners import Owner, module_name_of_code, owner_of_file
from recoup.hashing.code.parts import digest_of_texts
from recoup.hashing.code.pieces import ByIdentity, piece_of_function
from recoup.hashing.code.unwrapping import innermost
from recoup.hashing.code.values import cells_of, content_of, defaults_of
from recoup.project import module_path

__all__ = ["identity"]

_known: ByIdentity[FunctionType, str] = ByIdentity()


def identity(target: Any) -> str:
    """Return `package.module:Qual.name`, counted from the project root.

    Where a name does not tell one function from another, `~` and eight digits of a digest follow: of the code, and of
    what it closes over, for local functions, lambdas and what was typed or executed; of the arguments for partials.
    """
    function = innermost(target)
    if isinstance(function, FunctionType):
        return _known.get(function) or _known.put(function, _identity(function))
    if isinstance(function, functools.partial):
        arguments = digest_of_texts(*map(_said, (*function.args, *sorted(function.keywords.items()))))
        return f"{identity(function.func)}~{arguments.hex()[:8]}"
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{module_path(str(named.__module__))}:{named.__qualname__}"


def _identity(function: FunctionType) -> str:
    name = f"{module_name_of_code(function.__code__.co_filename, function.__module__)}:{function.__qualname__}"
    return name if _names_one(function) else f"{name}~{_digest(function).hex()[:8]}"


def _names_one(function: FunctionType) -> bool:
    """Say whether module and qualified name lead to this function alone."""
    file = function.__code__.co_filename
    in_module = owner_of_file(file) is not Owner.PROJECT or file == function.__globals__.get("__file__")
    return "<" not in function.__qualname__ and in_module


def _digest(function: FunctionType) -> bytes:
    """Return the digest of a function with what makes it differ from others of the same code."""
    piece = piece_of_function(function)
    changed = {chain[0] for chain in piece.names.changes}
    held = [(name, _said(value)) for name, value in defaults_of(function)]
    for name, cell in cells_of(function).items():
        if name not in changed:
            held.append((name, _said(content_of(cell))))
    return digest_of_texts(piece.digest.hex(), *(text for pair in held for text in pair))


def _said(value: Any) -> str:
    """Return what tells a value from others; functions by their own code, so that rings of them end."""
    value = innermost(value)
    if isinstance(value, FunctionType):
        return piece_of_function(value).digest.hex()
    token = token_of(value, "")
    return "" if token is None else token.hex()
