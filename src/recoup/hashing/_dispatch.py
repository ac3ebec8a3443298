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
from recoup.hashing._forms import Encoder, Form, Unhashable, nameless, tag
from recoup.types import Token

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["handler_for", "register_digest"]

T = TypeVar("T")

_FILES: Final = {
    "builtins": ("basics", "callables"),
    "types": ("basics", "callables", "typing"),
    "_io": ("basics",),
    "_struct": ("basics",),
    "array": ("array",),
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
    "typing": ("typing",),
    "PIL": ("pillow",),
    "jax": ("jax",),
    "jaxlib": ("jax",),
    "networkx": ("networkx",),
    "numpy": ("numpy",),
    "numpy.random": ("numpy_random",),
    "pandas": ("pandas",),
    "polars": ("polars",),
    "pyarrow": ("pyarrow",),
    "pydantic": ("pydantic",),
    "pydantic.v1": ("pydantic_v1",),
    "recoup": ("annotated",),
    "scipy.sparse": ("scipy_sparse",),
    "scipy.spatial": ("scipy_spatial",),
    "sklearn": ("sklearn",),
    "sklearn.neighbors": ("sklearn_neighbors",),
    "torch": ("torch",),
    "xarray": ("xarray",),
}
"""First name of a module, or its first two -> the files in `handlers/` that know its types."""


class _HandlerFile(Protocol):
    HANDLERS: dict[type, Encoder]
    FAMILIES: dict[type, Encoder]
    PREDICATES: tuple[tuple[Callable[[type], bool], Encoder], ...]


OWN_WORD: Final = "__recoup_digest__"

_STANDS_FOR = tag("stands-for")
_registered: dict[type, Callable[[Any], Any]] = {}


def register_digest(kind: type[T], function: Callable[[T], Any]) -> None:
    """Hash values of `kind` and its subclasses as what `function` returns for them.

    For classes that are not yours; your own say the same with a method `__recoup_digest__`, which subclasses inherit
    and `__recoup_digest__ = None` takes back. Of the classes that a value comes from the nearest decides, and there a
    registration goes before a method. The class itself stays part of the digest.

    The function should return something small and stable: a version, a path, a tuple of settings. Where it fails, or
    returns what cannot be hashed either, the value is refused.

    >>> import threading
    >>> register_digest(threading.Event, lambda event: event.is_set())
    """
    given: object = kind  # from a program without a type checker
    if not isinstance(given, type) or not callable(function):
        raise ConfigurationError(
            f"register_digest takes a class and a function, not {kind!r} and {function!r}; write "
            "register_digest(Connection, lambda connection: connection.url)"
        )
    if kind in ATOMS or kind in FLAT or kind is object:
        raise ConfigurationError(f"{kind.__name__} cannot have another digest; register a class of your own instead")
    _registered[kind] = function
    handler_for.cache_clear()


@functools.lru_cache(maxsize=4096)
def handler_for(kind: type) -> Encoder:
    """Return the encoder that speaks for values of exactly this type."""
    ancestors = type.__dict__["__mro__"].__get__(kind)
    for found in (_told(ancestors), _known(ancestors)):
        if found is not None:
            return found
    return _by_shape(kind)


def _told(ancestors: tuple[type, ...]) -> Encoder | None:
    """Return what the program itself says of a type: its nearest ancestor decides, and there a registration."""
    for ancestor in ancestors:
        if ancestor in _registered:
            return functools.partial(_by_registration, _registered[ancestor])
        if "__recoup_token__" in vars(ancestor):
            return _by_token
        if OWN_WORD in vars(ancestor):
            word = vars(ancestor)[OWN_WORD]
            return None if word is None else functools.partial(_by_own_word, word)
    return None


def _known(ancestors: tuple[type, ...]) -> Encoder | None:
    kind = ancestors[0]
    for ancestor in ancestors:
        for file in _files_of(ancestor):
            if ancestor is kind and ancestor in file.HANDLERS:
                return file.HANDLERS[ancestor]
            if ancestor in file.FAMILIES:
                return file.FAMILIES[ancestor]
    return None


def _by_shape(kind: type) -> Encoder:
    tests = (*_load("resources").PREDICATES, *_load("objects").PREDICATES)
    return next(encoder for test, encoder in tests if test(kind))


def _files_of(kind: type) -> list[_HandlerFile]:
    first, _, rest = str(kind.__module__).partition(".")
    names = (*_FILES.get(f"{first}.{rest.partition('.')[0]}", ()), *_FILES.get(first, ()))
    return [_load(name) for name in names]


@functools.cache
def _load(name: str) -> _HandlerFile:
    return cast(_HandlerFile, importlib.import_module(f"recoup.hashing.handlers.{name}"))


def _by_token(value: Any) -> Token:
    """Trust a reference: the value that it stands for was hashed before."""
    token = value.__recoup_token__
    if type(token) is not Token:
        raise Unhashable("has a `__recoup_token__` that is no token", "call that attribute something else")
    return token


def _by_own_word(word: Any, value: Any) -> Form:
    return _stand_in(value, word.__get__(value, type(value)), f"its `{OWN_WORD}`")


def _by_registration(function: Callable[[Any], Any], value: Any) -> Form:
    return _stand_in(value, functools.partial(function, value), "the function registered for it")


def _stand_in(value: Any, say: Callable[[], Any], source: str) -> Form:
    try:
        found = say()
    except Exception as exc:
        raise Unhashable(f"has no digest: {source} raised {type(exc).__name__}: {exc}", "mend that function") from exc
    if found is value:
        raise Unhashable(f"has no digest: {source} returns the value itself", "return what it is made of: a tuple of settings")
    return Form(_STANDS_FOR, (type(value), found), nameless)
