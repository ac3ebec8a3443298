"""What a record tells of a value so that it can stand for it in a key: its token, and the code inside it by name."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from recoup.exceptions import HashError, NotLoadableHere
from recoup.hashing import Hasher
from recoup.hashing.code import carried
from recoup.hashing.code.owners import Owner, owner_of_module
from recoup.hashing.code.values import module_of
from recoup.project import module_path
from recoup.serializers.references import find, reference_to

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["code_named", "token_and_code"]


def token_and_code(value: object) -> tuple[str, tuple[str, ...]]:
    """Return the token that `value` has as an argument, empty when it has none, and the names of the code inside it."""
    hasher = Hasher()
    try:
        token = str(hasher.token(value))
    except HashError:
        return "", ()
    return token, tuple(sorted({_name_of(thing) for thing in carried(hasher.code.values())}))


def code_named(names: Iterable[str]) -> dict[int, Any]:
    """Return the classes, functions and modules with these names, by `id`; what cannot be found here stays a name."""
    return {id(thing): thing for thing in map(_thing_of, names)}


def _name_of(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    if isinstance(thing, ModuleType):
        return f"{module_path(thing)}:"
    reference = reference_to(thing)
    if reference is not None:
        return ":".join(reference)
    return f"{module_of(thing)}:{getattr(thing, '__qualname__', type(thing).__qualname__)}"


def _thing_of(name: str) -> Any:
    module, _, qualname = name.partition(":")
    if module not in sys.modules and owner_of_module(module) is Owner.LIBRARY:
        return name  # its version counts, and that is known without importing it
    try:
        return find(module, qualname) if qualname else sys.modules[find(module, "__name__")]
    except NotLoadableHere:
        return name
