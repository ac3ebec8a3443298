"""Serializers by name.

A record says by name what reads its value back, so names stay for ever. A name is one word (`pickle`) or a wrapper
and what it wraps (`compressed/json`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from recoup.abc import Serializer
from recoup.exceptions import ConfigurationError, NotLoadableHere

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decoder", "is_wrapper", "register_maker", "register_serializer", "register_wrapper", "resolve_serializer"]

S = TypeVar("S", bound="Serializer | type[Serializer]")

_serializers: dict[str, Serializer] = {}
_wrappers: dict[str, Callable[[str], Serializer]] = {}
_makers: dict[str, Callable[..., Serializer]] = {}


def register_serializer(serializer: S) -> S:
    """Make `serializer` known by its `type`; a class is constructed without arguments. Works as a decorator."""
    instance = serializer() if isinstance(serializer, type) else serializer
    known = _serializers.setdefault(instance.type, instance)
    if _origin(known) != _origin(instance):
        raise ConfigurationError(
            f"{_origin(instance)} cannot be registered as {instance.type!r}: that is {_origin(known)}, and records rely on it. "
            f"Give it another `type`."
        )
    _serializers[instance.type] = instance
    return serializer


def register_wrapper(name: str, open_wrapper: Callable[[str], Serializer]) -> None:
    """Make names that begin with `name/` known; `open_wrapper` is given the rest."""
    _wrappers[name] = open_wrapper


def is_wrapper(name: str) -> bool:
    """Say whether names of serializers may begin with `name/`."""
    return name in _wrappers


def register_maker(name: str, make: Callable[..., Serializer]) -> None:
    """Have `Serializer(type=name, ...)` make a serializer by calling `make` with the other options."""
    _makers[name] = make


def resolve_serializer(spec: str | Serializer | None = None) -> Serializer:
    """Return the serializer that a user means: one, its name, or `None` for the default, `auto`."""
    if isinstance(spec, Serializer):
        return spec
    found = _find("auto" if spec is None else str(spec))
    if found is None:
        raise ConfigurationError(
            f"{spec!r} is no serializer; write one of {_names()}, or a `recoup.serializers.Serializer` of your own"
        )
    return found


def decoder(name: str) -> Serializer:
    """Return what reads values that a record names `name`; raise `NotLoadableHere` if it is not known here."""
    found = _find(name)
    if found is None:
        raise NotLoadableHere(
            f"the value was written by the serializer {name!r}, which is not registered here (known are {_names()}). "
            f"Import the module that registers it first."
        )
    return found


def _find(name: str) -> Serializer | None:
    if name in _serializers:
        return _serializers[name]
    if name in Serializer.classes:
        return _made(name)
    wrapper, _, rest = name.partition("/")
    if rest and wrapper in _wrappers:
        try:
            return _wrappers[wrapper](rest)
        except ConfigurationError:
            return None
    return None


def _made(name: str) -> Serializer | None:
    try:
        made: Serializer = Serializer.classes[name]()
    except TypeError:  # it takes arguments, or something is missing: `register_serializer` is given an instance
        return None
    return made


def _names() -> str:
    return ", ".join(map(repr, [*_serializers, "compressed/pickle"]))


def _origin(serializer: Serializer) -> str:
    return f"{type(serializer).__module__}.{type(serializer).__qualname__}"


def _of_type(type: str = "", **options: Any) -> Serializer:  # noqa: A002 - it is called so
    if not type:
        raise ConfigurationError(f"Serializer() needs a type, as in Serializer(type='json'); there are {_names()}")
    make = _makers.get(type) or Serializer.classes.get(type)
    return make(**options) if options and make is not None else resolve_serializer(type)


Serializer.of_type = _of_type
