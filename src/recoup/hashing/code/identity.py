"""What a task is called, the same wherever and however its program is started."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from recoup.hashing.code.owners import Owner, module_name_of_code, owner_of_file
from recoup.hashing.code.pieces import piece_of_function
from recoup.hashing.code.unwrapping import innermost
from recoup.project import module_path

__all__ = ["identity"]


def identity(target: Any) -> str:
    """Return `package.module:Qual.name`, counted from the project root.

    Names that do not tell one function from another get `~` and eight digits of the code's digest: local
    functions, lambdas, and what was typed or executed without a file.
    """
    function = innermost(target)
    if not isinstance(function, FunctionType):
        named = function if hasattr(function, "__qualname__") else type(function)
        return f"{module_path(named.__module__)}:{named.__qualname__}"
    code = function.__code__
    name = f"{module_name_of_code(code.co_filename, function.__module__)}:{function.__qualname__}"
    if _names_one(function):
        return name
    return f"{name}~{piece_of_function(function).digest.hex()[:8]}"


def _names_one(function: FunctionType) -> bool:
    """Say whether module and qualified name lead to this function alone."""
    if "<" in function.__qualname__:
        return False
    file = function.__globals__.get("__file__")
    return owner_of_file(function.__code__.co_filename) is not Owner.PROJECT or file == function.__code__.co_filename
