"""Everything without a handler of its own: classes that name their fields, then objects by the reduce protocol."""

from __future__ import annotations

import copyreg
import functools
import io
import sys
from collections import OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Attributes, Form, Unhashable, nameless, tag
from recoup.project import module_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from recoup.hashing._forms import Encoder

_FIELDS, _OBJECT, _REDUCED, _GLOBAL = tag("fields"), tag("object"), tag("reduced"), tag("global")
_PROTOCOL: Final = 4

_BUILTIN_BASES: Final = (list, dict, set, frozenset, tuple, str, bytes, bytearray, int, float, complex)


# --- classes that name their fields -----------------------------------------------------------


def _fields(value: Any, names: tuple[str, ...], others: dict[str, Any]) -> Form:
    members = (type(value), names, Attributes(others), *(getattr(value, name) for name in names))
    return Form(_FIELDS, members, lambda i: f".{names[i - 3]}" if i > 2 else "")  # noqa: PLR2004 - after class, names, others


def _own_attributes(value: Any) -> dict[str, Any]:
    """Return what hangs on the instance, without what `functools.cached_property` computed from the rest."""
    kind: type = type(value)
    derived = _derived(kind)
    found = getattr(value, "__dict__", {})
    return {name: member for name, member in found.items() if name not in derived} if derived else found


@functools.lru_cache(maxsize=1024)
def _derived(kind: type) -> frozenset[str]:
    return frozenset(
        name for base in kind.__mro__ for name, member in vars(base).items() if isinstance(member, functools.cached_property)
    )


def _without(attributes: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: member for name, member in attributes.items() if name not in names}


def _namedtuple(value: Any) -> Form:
    return _fields(value, type(value)._fields, _own_attributes(value))


def _dataclass(value: Any) -> Form:
    kind: type = type(value)
    names = tuple(name for name in _dataclass_names(kind) if hasattr(value, name))
    return _fields(value, names, _without(_own_attributes(value), names))


@functools.lru_cache(maxsize=1024)
def _dataclass_names(kind: type) -> tuple[str, ...]:
    import dataclasses  # noqa: PLC0415 - 5 ms that a process without dataclasses never pays

    return tuple(field.name for field in dataclasses.fields(kind))


def _attrs(value: Any) -> Form:
    names = tuple(field.name for field in type(value).__attrs_attrs__ if hasattr(value, field.name))
    return _fields(value, names, _without(_own_attributes(value), names))


def _struct(value: Any) -> Form:
    names = tuple(name for name in type(value).__struct_fields__ if hasattr(value, name))
    return _fields(value, names, _own_attributes(value))


def _is_plain_dataclass(kind: type) -> bool:
    """Say whether the fields and the instance's dict are all there is, and the class says nothing else about its state."""
    if not hasattr(kind, "__dataclass_fields__") or issubclass(kind, _BUILTIN_BASES):
        return False
    state = getattr(kind, "__getstate__", None)
    own_state = state is not None and state is not object.__getstate__ and state.__module__ != "dataclasses"
    return not own_state and kind.__reduce__ is object.__reduce__ and kind.__reduce_ex__ is object.__reduce_ex__


# --- iterators and open files are never looked into -------------------------------------------


def _iterator(_value: Any) -> Form:
    raise Unhashable(
        "is used up by looking at it, so it was left alone", "pass something that can be read twice: a list, or a path"
    )


def _file(_value: Any) -> Form:
    raise Unhashable("is an open file, not its content", "pass the path")


# --- objects by the reduce protocol ------------------------------------------------------------


def _object(value: Any) -> Form | bytes:
    kind = type(value)
    if kind is object:
        raise Unhashable("has no content, only an identity", "use an Enum member as the sentinel")
    reduced = _reduce(value)
    if isinstance(reduced, str):
        return _global(value, reduced)
    maker, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    if maker is copyreg.__newobj__ and arguments == (kind,) and items is None and pairs is None and setter is None:  # type: ignore[attr-defined]  # typeshed hides it
        return Form(_OBJECT, (kind, _state(value, state)), nameless)
    ordered = isinstance(value, OrderedDict)
    members = (
        kind,
        maker,
        arguments,
        _state(value, state),
        None if items is None else list(items),
        None if pairs is None else list(pairs) if ordered else dict(pairs),
        setter,
    )
    return Form(_REDUCED, members, nameless)


def _reduce(value: Any) -> Any:
    kind = type(value)
    try:
        registered = copyreg.dispatch_table.get(kind)
        return registered(value) if registered is not None else value.__reduce_ex__(_PROTOCOL)
    except Exception as exc:
        raise Unhashable("has no stable content") from exc


def _state(value: Any, state: Any) -> Any:
    """Read the usual shapes of a state as named attributes."""
    if type(state) is tuple and len(state) == 2 and all(type(part) in (dict, type(None)) for part in state):  # noqa: PLR2004 - (dict, slots)
        state = {**(state[0] or {}), **(state[1] or {})}
    if type(state) is not dict:
        return state
    kind: type = type(value)
    return Attributes(_without(state, _derived(kind)))


def _global(value: Any, name: str) -> bytes:
    """Encode what pickles as a name, where that name leads to it."""
    module = getattr(value, "__module__", None) or type(value).__module__
    try:
        found = attrgetter(name)(sys.modules[module])
    except (AttributeError, KeyError):
        found = None
    if found is not value:
        raise Unhashable(f"says that it is `{module}.{name}`, and is not")
    return _GLOBAL + f"{module_path(module)}:{name}".encode()


HANDLERS: Final[dict[type, Encoder]] = {}

FAMILIES: Final[dict[type, Encoder]] = {}

PREDICATES: Final[tuple[tuple[Callable[[type], bool], Encoder], ...]] = (
    (lambda kind: issubclass(kind, io.IOBase), _file),
    (lambda kind: hasattr(kind, "__next__") or hasattr(kind, "__anext__"), _iterator),
    (lambda kind: issubclass(kind, tuple) and hasattr(kind, "_fields"), _namedtuple),
    (_is_plain_dataclass, _dataclass),
    (lambda kind: hasattr(kind, "__attrs_attrs__"), _attrs),
    (lambda kind: hasattr(kind, "__struct_fields__"), _struct),
    (lambda _kind: True, _object),
)
