"""Lambdas and local functions as values: what tells two of them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recoup.hashing.code.fingerprint import function_token
from recoup.hashing.code.owners import Owner, owner_of_file, owner_of_module
from recoup.hashing.code.pieces import piece_of_function
from recoup.hashing.code.values import UNBOUND, cells_of, content_of, defaults_of

if TYPE_CHECKING:
    from types import FunctionType

__all__ = ["carried_by", "function_token"]


def carried_by(function: FunctionType) -> tuple[bytes, dict[str, Any], dict[str, Any]] | None:
    """Return the content, defaults and enclosed variables of a library's function; `None` of the project's.

    The fingerprint of the project's holds all of that. A library is known by its version, which says nothing about
    the amount that one of its closures adds.
    """
    ours = owner_of_module(str(function.__globals__.get("__name__", ""))) is Owner.RECOUP
    if not ours and owner_of_file(function.__code__.co_filename) is Owner.PROJECT:
        return None
    contents = {name: content_of(cell) for name, cell in cells_of(function).items()}
    enclosed = {name: content for name, content in contents.items() if content is not UNBOUND}
    return bytes(piece_of_function(function).digest), dict(defaults_of(function)), enclosed
