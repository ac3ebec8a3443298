"""Which handler speaks for a type: exact type, then its ancestors, then predicates; found once and remembered.

Handlers live in `handlers/`, one file per library, and are imported when a type first appears that has an ancestor
in one of their modules. A handler file is three tables:

    HANDLERS    exact type -> encoder
    FAMILIES    base class -> encoder that also speaks for subclasses (and says which one it met)
    PREDICATES  (test on the type, encoder), asked in order when no table knows the type (only in `objects`)
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar, cast

from recoup.exceptions import ConfigurationError
from recoup.hashing._canonical import ATOMS, FLAT
from recoup.hashing._forms import Encoder, Form, nameless, tag

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["handler_for", "register_digest"]

T = TypeVar("T")

_FILES: Final = {
    "builtins": ("basics", "callables"),
    "types": ("basics", "callables"),
    "_io": ("basics",),
    "collections": ("containers",),
    "datetime": ("dates",),
    "zoneinfo": ("dates",),
    "decimal": ("numerics",),
    "fractions": ("numerics",),
    "enum": ("names",),
    "pathlib": ("names",),
    "re": ("names",),
    "uuid": ("names",),
    "functools": ("callables",),
    "typing": ("callables",),
    "numpy": ("numpy",),
    "pandas": ("pandas",),
    "polars": ("polars",),
    "pyarrow": ("pyarrow",),
    "pydantic": ("pydantic",),
    "recoup": ("annotated",),
    "scipy": ("scipy",),
}
"""First name of a module -> the files in `handlers/` that know its types."""


class _HandlerFile(Protocol):
    HANDLERS: dict[type, Encoder]
    FAMILIES: dict[type, Encoder]
    PREDICATES: tuple[tuple[Callable[[type], bool], Encoder], ...]


_STANDS_FOR = tag("stands-for")
_registered: dict[type, Callable[[Any], Any]] = {}


def register_digest(kind: type[T], function: Callable[[T], Any]) -> None:
    """Hash values of `kind` and its subclasses as what `function` returns for them.

    For classes that are not yours; your own say the same with a method `__recoup_digest__`. The class stays part of
    the digest. The function should return something small and stable: a version, a path, a tuple of settings.

    >>> import threading
    >>> register_digest(threading.Event, lambda event: event.is_set())
    """
    if kind in ATOMS or kind in FLAT or kind is object:
        raise ConfigurationError(f"{kind.__name__} cannot have another digest; register a class of your own instead")
    _registered[kind] = function
    handler_for.cache_clear()


@functools.lru_cache(maxsize=4096)
def handler_for(kind: type) -> Encoder:
    """Return the encoder that speaks for values of exactly this type."""
    if hasattr(kind, "__recoup_digest__"):
        return _by_own_word
    for ancestor in kind.__mro__:
        if ancestor in _registered:
            return functools.partial(_by_registration, _registered[ancestor])
    for ancestor in kind.__mro__:
        for file in _files_of(ancestor):
            if ancestor is kind and ancestor in file.HANDLERS:
                return file.HANDLERS[ancestor]
            if ancestor in file.FAMILIES:
                return file.FAMILIES[ancestor]
    return next(encoder for test, encoder in _load("objects").PREDICATES if test(kind))


def _files_of(kind: type) -> list[_HandlerFile]:
    return [_load(name) for name in _FILES.get(str(kind.__module__).partition(".")[0], ())]


@functools.cache
def _load(name: str) -> _HandlerFile:
    return cast(_HandlerFile, importlib.import_module(f"recoup.hashing.handlers.{name}"))


def _by_own_word(value: Any) -> Form:
    return Form(_STANDS_FOR, (type(value), value.__recoup_digest__()), nameless)


def _by_registration(function: Callable[[Any], Any], value: Any) -> Form:
    return Form(_STANDS_FOR, (type(value), function(value)), nameless)
