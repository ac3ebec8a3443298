"""Everything without a handler of its own: classes that name their fields, then objects by the reduce protocol."""

from __future__ import annotations

import copyreg
import functools
import io
import sys
from collections import OrderedDict
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._attributes import attributes_of, derived_names, without
from recoup.hashing._forms import Attributes, Form, Unhashable, nameless, tag
from recoup.project import module_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from recoup.hashing._forms import Encoder

_FIELDS, _OBJECT, _REDUCED, _GLOBAL = tag("fields"), tag("object"), tag("reduced"), tag("global")
_PROTOCOL: Final = 4

_BUILTIN_BASES: Final = (list, dict, set, frozenset, tuple, str, bytes, bytearray, int, float, complex)


# --- classes that name their fields -----------------------------------------------------------


def _fields(value: Any, names: tuple[str, ...], others: Attributes, content: Iterable[Any] | None = None) -> Form:
    content = (getattr(value, name) for name in names) if content is None else content
    members = (type(value), names, others, *content)
    return Form(_FIELDS, members, lambda i: f".{names[i - 3]}" if i > 2 else "")  # noqa: PLR2004 - after class, names, others


def _namedtuple(value: Any) -> Form | bytes:
    names: tuple[str, ...] = type(value)._fields
    if len(names) != tuple.__len__(value):
        return _object(value)
    return _fields(value, names, attributes_of(value), tuple.__iter__(value))


def _dataclass(value: Any) -> Form:
    kind: type = type(value)
    names = tuple(name for name in _dataclass_names(kind) if hasattr(value, name))
    return _fields(value, names, attributes_of(value, names))


@functools.lru_cache(maxsize=1024)
def _dataclass_names(kind: type) -> tuple[str, ...]:
    import dataclasses  # noqa: PLC0415 - 5 ms that a process without dataclasses never pays

    return tuple(field.name for field in dataclasses.fields(kind))


def _attrs(value: Any) -> Form:
    """Encode the fields, and what hangs on the instance otherwise but for the hash that it may remember."""
    names = tuple(field.name for field in type(value).__attrs_attrs__ if hasattr(value, field.name))
    return _fields(value, names, _own_dict(value, (*names, "_attrs_cached_hash")))


def _struct(value: Any) -> Form:
    names = tuple(name for name in type(value).__struct_fields__ if hasattr(value, name))
    return _fields(value, names, _own_dict(value, names))


def _own_dict(value: Any, names: tuple[str, ...]) -> Attributes:
    """Return what hangs on the instance besides its fields; slots are fields here, or caches of the library."""
    kind: type = type(value)
    return without(getattr(value, "__dict__", {}), (*names, *derived_names(kind)))


def _defines(kind: type, *names: str) -> bool:
    """Say whether a class of `kind`'s line has one of `names`, without asking a metaclass that answers to any name."""
    return any(name in vars(ancestor) for ancestor in kind.__mro__ for name in names)


def _is_plain_dataclass(kind: type) -> bool:
    """Say whether the fields and the instance's dict are all there is, and the class says nothing else about its state."""
    if not _defines(kind, "__dataclass_fields__") or issubclass(kind, _BUILTIN_BASES):
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
    kind: type = type(value)
    if kind is object:
        raise Unhashable("has no content, only an identity", "use an Enum member as the sentinel")
    reduced = _reduce(value)
    if isinstance(reduced, str):
        return _global(value, reduced)
    maker, arguments, state, items, pairs, setter = (*reduced, None, None, None, None)[:6]
    if maker is copyreg.__newobj__ and arguments == (kind,) and items is None and pairs is None and setter is None:  # type: ignore[attr-defined]  # typeshed hides it
        return Form(_OBJECT, (kind, _state(value, state)), nameless)
    own = maker is copyreg.__newobj__  # type: ignore[attr-defined]  # as above
    members = (kind, maker, arguments, _state(value, state), _items(value, items, own=own), _pairs(value, pairs, own=own), setter)
    forgotten = attributes_of(value) if state is None and _is_reduced_by_python(kind) else None
    return Form(_REDUCED, (*members, forgotten) if forgotten else members, nameless)


@functools.lru_cache(maxsize=1024)
def _is_reduced_by_python(kind: type) -> bool:
    """Say whether a class leaves it to a base of the standard library to be pickled, which knows nothing of its attributes."""
    definer = next(base for base in kind.__mro__ if not {"__reduce__", "__reduce_ex__"}.isdisjoint(vars(base)))
    return definer is not object and _is_of_python(definer) and not _is_of_python(kind)


def _is_of_python(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in sys.stdlib_module_names - {"__main__"}


def _items(value: Any, items: Iterable[Any] | None, *, own: bool) -> list[Any] | None:
    """Return the members of a list: those that it holds, whatever its own `__iter__` says."""
    if items is None:
        return None
    return list(list.__iter__(value) if own and issubclass(type(value), list) else items)


def _pairs(value: Any, pairs: Iterable[Any] | None, *, own: bool) -> Any:
    """Return the pairs of a dict: those that it holds; their order counts in an `OrderedDict` only."""
    if pairs is None:
        return None
    if issubclass(type(value), OrderedDict):
        return list(pairs)
    return dict(dict.items(value) if own and issubclass(type(value), dict) else pairs)


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
    own = without(state, derived_names(kind))
    return own if own or not state else None  # as for an instance on which nothing was set


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
    (lambda kind: _defines(kind, "__next__", "__anext__"), _iterator),
    (lambda kind: issubclass(kind, tuple) and _defines(kind, "_fields"), _namedtuple),
    (_is_plain_dataclass, _dataclass),
    (lambda kind: _defines(kind, "__attrs_attrs__"), _attrs),
    (lambda kind: isinstance(getattr(kind, "__struct_fields__", None), tuple), _struct),
    (lambda _kind: True, _object),
)
