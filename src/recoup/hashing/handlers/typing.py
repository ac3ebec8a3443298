"""`typing`: generic aliases, unions, type variables, and the other things that annotations are made of."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Form, Kind, Unhashable, nameless, tag
from recoup.hashing._names import public_name

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_ALIAS, _UNPACKED, _UNION = tag("alias"), tag("unpacked"), tag("union")
_CLASS, _VARIABLE, _NEW_TYPE, _FORWARD = tag("class"), tag("type-variable"), tag("new-type"), tag("forward-ref")


def _alias(value: Any) -> Form:
    if getattr(value, "__unpacked__", False):
        return Form(_UNPACKED, (value.__origin__, value.__args__), nameless)
    is_builtin = isinstance(value, types.GenericAlias)
    return Form(_ALIAS, (is_builtin, value.__origin__, value.__args__, getattr(value, "__metadata__", ())), nameless)


def _union(value: Any) -> Form:
    return Form(_UNION, list(value.__args__), nameless, Kind.SET)


def _special(value: Any) -> Form | bytes:
    if getattr(value, "__origin__", None) is typing.Union:
        return _union(value)
    if hasattr(value, "__args__"):
        return _alias(value)
    name = getattr(value, "_name", None)
    if not isinstance(name, str):
        raise Unhashable("has no name to go by")
    return _CLASS + public_name(value, name)


def _variable(value: Any) -> Form:
    """Encode a type variable by its name and what it stands for, so that two of one name in two functions differ."""
    bound = getattr(value, "__bound__", None)
    if type(value) is typing.ParamSpec and bound is type(None):  # so say Python 3.12 and later where there is none
        bound = None
    bounds = (bound, getattr(value, "__constraints__", ()))
    variance = (getattr(value, "__covariant__", False), getattr(value, "__contravariant__", False))
    return Form(_VARIABLE, (type(value), public_name(value, value.__name__), *bounds, *variance), nameless)


def _new_type(value: typing.NewType) -> Form:
    return Form(_NEW_TYPE, (public_name(value, value.__name__), value.__supertype__), nameless)


def _forward(value: typing.ForwardRef) -> Form:
    return Form(_FORWARD, (value.__forward_arg__, value.__forward_is_class__, value.__forward_module__), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    types.UnionType: _union,
    typing.NewType: _new_type,
    typing.ForwardRef: _forward,
}

_SPECIAL_FORM: Final = type(typing.ClassVar)
_TYPING_ALIAS: Final = type(typing.Literal[0]).__mro__[1]

FAMILIES: Final[dict[type, Encoder]] = {
    types.GenericAlias: _alias,
    _SPECIAL_FORM: _special,
    _TYPING_ALIAS: _special,
    typing.TypeVar: _variable,
    typing.ParamSpec: _variable,
    typing.TypeVarTuple: _variable,
}
