"""Values given in Python, admitted as what an annotation says where that takes no guessing.

Lax, as Prefect is: `"1"` and `1.0` are an `int`, a list is a `set`, a dict is a dataclass. What is of its type already
is passed on as the very object. An iterator is consumed only where the annotation asks for a list or the like.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import enum
import operator
import os
import re
from collections import deque
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any, Literal, NewType, TypeVar, get_args, get_origin, get_type_hints, is_typeddict
from uuid import UUID

import msgspec

from recoup.parameters.reading import ANYTHING, WORDS, bare, members_of, spelled

__all__ = ["Inadmissible", "admit"]


class Inadmissible(ValueError):
    """A value is not what an annotation says; `path` leads to the part of it that is not, `detail` says what is wrong there."""

    def __init__(self, detail: str = "", path: str = "") -> None:
        super().__init__(f"at {path}: {detail}" if path else detail)
        self.detail = detail
        self.path = path


def admit(value: Any, annotation: Any) -> Any:
    """Return `value` as `annotation` has it; raise `Inadmissible` if it is nothing of the kind."""
    kind = bare(annotation)
    if kind in ANYTHING or isinstance(kind, TypeVar | str):
        return value
    if kind is None or kind is type(None):
        if value is not None:
            raise Inadmissible
        return None
    if isinstance(kind, NewType):
        return admit(value, kind.__supertype__)
    if members := members_of(kind):
        return _admit_any(value, members)
    origin = get_origin(kind)
    if origin is Literal:
        return _admit_literal(value, get_args(kind))
    return _admit_class(value, kind) if origin is None else _admit_generic(value, origin, get_args(kind))


def _admit_any(value: Any, members: tuple[Any, ...]) -> Any:
    """Return `value` as the member that it is already, else as the first that takes it."""
    if value is None and type(None) in members:
        return None
    members = tuple(member for member in members if member is not type(None))
    if len(members) == 1:  # what it says is more than that none took it
        return admit(value, members[0])
    admitted = []
    for member in members:
        try:
            found = admit(value, member)
        except Inadmissible:
            continue
        if found is value:
            return value
        admitted.append(found)
    if not admitted:
        raise Inadmissible
    return admitted[0]


def _admit_literal(value: Any, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return value
    raise Inadmissible


# --- classes -----------------------------------------------------------------------------------


def _admit_class(value: Any, kind: Any) -> Any:
    if not isinstance(kind, type) or type(value) is kind:
        return value
    if is_typeddict(kind):
        return _admit_fields(value, kind, dict, getattr(kind, "__required_keys__", ()))
    try:
        is_one = isinstance(value, kind)
    except TypeError:  # a protocol that cannot be asked
        return value
    if is_one and not (kind is int and isinstance(value, bool)) and not (kind is date and isinstance(value, datetime)):
        return value
    if kind in _CONTAINERS:
        return _admit_generic(value, kind, ())
    converted = _convert(value, kind)
    if converted is NotImplemented:
        raise Inadmissible
    return converted


def _convert(value: Any, kind: type) -> Any:
    """Return `value` converted to a class that it is no instance of; `NotImplemented` where that would be a guess."""
    if kind in _CONVERSIONS:
        try:
            return _CONVERSIONS[kind](value)
        except (ValueError, TypeError, ArithmeticError, AttributeError) as exc:
            raise Inadmissible from exc
    if issubclass(kind, enum.Enum):
        return _to_enum(value, kind)
    if issubclass(kind, PurePath):
        return kind(value) if isinstance(value, str | os.PathLike) else NotImplemented
    if dataclasses.is_dataclass(kind):
        fields = [field for field in dataclasses.fields(kind) if field.init]
        required = {f.name for f in fields if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}
        return _admit_fields(value, kind, kind, required, {field.name for field in fields})
    if issubclass(kind, msgspec.Struct):
        try:
            return msgspec.convert(value, kind, strict=False)
        except msgspec.ValidationError as exc:
            raise Inadmissible(str(exc)) from exc
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return _to_named_tuple(value, kind)
    return NotImplemented


def _to_named_tuple(value: Any, kind: Any) -> Any:
    names = kind._fields
    if not isinstance(value, Mapping):
        items = list(_items(value))
        if len(items) > len(names):
            raise Inadmissible(f"it has {len(items)} members, not {len(names)}")
        value = dict(zip(names, items, strict=False))
    return _admit_fields(value, kind, kind, set(names) - set(kind._field_defaults), set(names))


def _admit_fields(value: Any, kind: Any, make: Any, required: Any, known: set[str] | None = None) -> Any:
    """Return a dict or object with fields, of a mapping."""
    if not isinstance(value, Mapping):
        raise Inadmissible
    try:
        hints = get_type_hints(kind, include_extras=True)
    except Exception:  # noqa: BLE001 - a hint may name what exists for type checkers only, and raise anything
        hints = {}
    for name in sorted(required):
        if name not in value:
            raise Inadmissible("it is missing", f".{name}")
    for name in value:
        if known is not None and name not in known:
            raise Inadmissible("there is no such field", f".{name}")
    fields = {name: _within(f".{name}", member, hints.get(name, Any)) for name, member in value.items()}
    if make is dict and _same(fields.values(), value.values()):
        return value
    return make(**fields)


def _to_enum(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    for member in kind:
        if (member.value == value and type(member.value) is type(value)) or str(member.value) == value:
            return member
    if isinstance(value, str) and value in kind.__members__:
        return kind[value]
    raise Inadmissible


def _checked(value: Any, holds: bool) -> Any:
    if not holds:
        raise Inadmissible
    return value


# --- scalars -----------------------------------------------------------------------------------


def _to_int(value: Any) -> int:
    if isinstance(value, str):
        number = Decimal(value.strip())
        value = int(number) if number == number.to_integral_value() else value
    if isinstance(value, float | Decimal) and value == int(value):
        return int(value)
    return operator.index(value) + 0  # a bool is a number here


def _to_float(value: Any) -> float:
    if isinstance(value, bytes | bytearray):
        raise TypeError
    return float(value)


def _to_bool(value: Any) -> bool:
    if isinstance(value, str):
        return WORDS[value.lower()] if value.lower() in WORDS else _refused()
    return bool(value) if isinstance(value, int | float) and value in (0, 1) else _refused()


def _to_str(value: Any) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else _refused()


def _to_bytes(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return bytes(value) if isinstance(value, bytearray | memoryview) else _refused()


def _to_datetime(value: Any) -> datetime:
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day is of no time zone
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    return datetime.fromisoformat(value)


def _to_date(value: Any) -> date:
    moment: datetime = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.time() != time():
        raise ValueError
    return moment.date()


def _to_timedelta(value: Any) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    clock = re.fullmatch(r"(?:(\d+) days?,? )?(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?", value)
    if clock:
        days, hours, minutes, seconds = (float(part or 0) for part in clock.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    return msgspec.convert(value, timedelta)


def _to_decimal(value: Any) -> Decimal:
    return Decimal(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else _refused()


def _to_uuid(value: Any) -> UUID:
    return UUID(bytes=value) if isinstance(value, bytes) else UUID(value) if isinstance(value, str) else _refused()


def _refused() -> Any:
    raise ValueError


_CONVERSIONS: dict[type, Any] = {
    int: _to_int,
    float: _to_float,
    bool: _to_bool,
    complex: complex,
    str: _to_str,
    bytes: _to_bytes,
    datetime: _to_datetime,
    date: _to_date,
    time: time.fromisoformat,
    timedelta: _to_timedelta,
    Decimal: _to_decimal,
    Fraction: Fraction,
    UUID: _to_uuid,
}


# --- containers --------------------------------------------------------------------------------

_CONTAINERS = (list, tuple, set, frozenset, deque, dict)
_LISTED = (list, tuple, set, frozenset, deque, range, collections.abc.KeysView, collections.abc.ValuesView)
_PLAIN = frozenset({bool, int, float, complex, str, bytes, date, datetime})


def _admit_generic(value: Any, origin: Any, arguments: tuple[Any, ...]) -> Any:
    if origin is collections.abc.Callable:
        return _checked(value, callable(value))
    if origin is type:
        wanted = bare(arguments[0]) if arguments else object
        return _checked(value, isinstance(value, type) and (not isinstance(wanted, type) or issubclass(value, wanted)))
    if not isinstance(origin, type):
        return value
    if issubclass(origin, Mapping):
        return _admit_mapping(value, origin, arguments)
    if issubclass(origin, tuple) and arguments and arguments[-1] is not ...:
        return _admit_tuple(value, arguments)
    if issubclass(origin, collections.abc.Collection) and origin not in (bytes, str) and origin.__module__ in _STANDARD:
        return _admit_collection(value, origin, arguments[0] if arguments else Any)
    return _checked(value, isinstance(value, origin))


_STANDARD = ("builtins", "collections", "collections.abc", "typing")


def _admit_collection(value: Any, origin: type, inner: Any) -> Any:
    items = _items(value)
    if isinstance(value, origin) and inner in _PLAIN and set(map(type, items)) <= {inner}:
        return value  # a million numbers cost no more than their types
    members = [_within(f"[{index}]", item, inner) for index, item in enumerate(items)]
    if isinstance(value, origin):
        return value if _same(members, items) else _like(value)(members)
    return (origin if origin in _CONTAINERS else list)(members)


def _like(value: Any) -> Any:
    return type(value) if type(value) in _CONTAINERS else list


def _admit_tuple(value: Any, kinds: tuple[Any, ...]) -> Any:
    items = tuple(_items(value))
    kinds = () if kinds == ((),) else kinds
    if len(items) != len(kinds):
        raise Inadmissible(f"it has {len(items)} members, not {len(kinds)}")
    members = tuple(_within(f"[{index}]", *pair) for index, pair in enumerate(zip(items, kinds, strict=True)))
    return value if isinstance(value, tuple) and _same(members, items) else members


def _admit_mapping(value: Any, origin: type, arguments: tuple[Any, ...]) -> Any:
    if not isinstance(value, Mapping):
        raise Inadmissible
    if not isinstance(value, origin) and origin not in (dict, collections.OrderedDict):
        raise Inadmissible
    of_keys, of_values = arguments if len(arguments) == 2 else (Any, Any)  # noqa: PLR2004 - keys and values
    keys = [_within(f"[{key!r}]", key, of_keys) for key in value]
    values = [_within(f"[{key!r}]", member, of_values) for key, member in value.items()]
    if isinstance(value, origin) and _same(keys, value.keys()) and _same(values, value.values()):
        return value
    return (origin if origin is collections.OrderedDict else dict)(zip(keys, values, strict=True))


def _items(value: Any) -> Any:
    """Return what may be listed; a text is no list of its letters."""
    if isinstance(value, collections.abc.Iterator):
        return list(value)
    if not isinstance(value, _LISTED):
        raise Inadmissible
    return value


def _within(step: str, value: Any, annotation: Any) -> Any:
    try:
        return admit(value, annotation)
    except Inadmissible as exc:
        detail = exc.detail or f"it takes {spelled(annotation)}, and is a {type(value).__name__}"
        raise Inadmissible(detail, step + exc.path) from exc


def _same(members: Any, before: Any) -> bool:
    return all(map(operator.is_, members, before))
