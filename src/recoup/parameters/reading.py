"""Reading one value from text or JSON as an annotation says, naming the annotation, and showing an example of it."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import os
import types
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from recoup.annotations import Place

__all__ = ["ANYTHING", "WORDS", "Unreadable", "bare", "example", "members_of", "read_data", "read_text", "sample", "spelled"]

ANYTHING = (inspect.Parameter.empty, Any, object)
_A_PATH: Any = str | Place | os.PathLike
_NULLS = ("null", "none")
WORDS = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}
_EXAMPLES: dict[Any, str] = {
    int: "3",
    float: "0.5",
    bool: "true",
    str: "text",
    datetime: "2026-01-31T12:00:00",
    date: "2026-01-31",
    time: "12:00:00",
    timedelta: "P1DT12H",
    Decimal: "0.10",
    Fraction: "1/3",
    complex: "1+2j",
    UUID: "123e4567-e89b-12d3-a456-426614174000",
    bytes: "aGVsbG8=",
    type(None): "null",
}


class Unreadable(TypeError):
    """The annotation is of a kind that no text can stand for."""


# --- reading -----------------------------------------------------------------------------------


def read_text(text: str, annotation: Any) -> Any:
    """Return what `text`, typed by a person, is for `annotation`. Raise `ValueError` or `TypeError` if it is nothing."""
    kind = bare(annotation)
    if kind in ANYTHING or isinstance(kind, TypeVar):
        return _json_or_text(text)
    members = members_of(kind)
    if members:
        return _read_any(text, members, read_text)
    if kind is type(None):
        return _read_none(text)
    if _is_scalar(kind):
        return read_data(text, kind)
    if get_origin(kind) is Literal:
        return _read_literal(text, get_args(kind))
    return read_data(_json_or_text(text), kind)


def read_data(value: Any, annotation: Any) -> Any:
    """Return what `value`, as JSON has it, is for `annotation`. Raise `ValueError` or `TypeError` if it is nothing."""
    kind = bare(annotation)
    if kind in ANYTHING or isinstance(kind, TypeVar):
        return value
    members = members_of(kind)
    if members:
        return _read_any(value, members, read_data)
    own = _read_own(kind, value) if isinstance(kind, type) else NotImplemented
    if own is not NotImplemented:
        return own
    try:
        return msgspec.convert(value, kind, strict=False, dec_hook=_read_inner)
    except msgspec.ValidationError as exc:
        raise ValueError(_detail(str(exc))) from exc
    except (NotImplementedError, TypeError) as exc:
        if isinstance(kind, type) and isinstance(value, kind):
            return value
        raise Unreadable(f"no text stands for a {spelled(kind)}") from exc


def _read_own(kind: type, value: Any) -> Any:
    """Return what msgspec would not, or not as a person writes it; `NotImplemented` for the rest."""
    if issubclass(kind, enum.Enum):
        return _read_enum(kind, value)
    if kind is bool and isinstance(value, str):
        if value.lower() not in WORDS:
            raise ValueError
        return WORDS[value.lower()]
    if kind is str and isinstance(value, str):
        return value
    if kind is datetime and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind in (Fraction, complex) and isinstance(value, str | int | float):
        return kind(value)
    return _read_class(kind, value)


def _read_class(kind: type, value: Any) -> Any:
    if issubclass(kind, PurePath) and isinstance(value, str):
        return kind(value)
    if hasattr(kind, "get_secret_value") and isinstance(value, str):  # pydantic's, which are made of what they hide
        return kind(value.encode() if "Bytes" in kind.__name__ else value)
    if hasattr(kind, "model_validate"):  # pydantic; its errors are ValueErrors that say where
        return kind.model_validate(value)
    return NotImplemented


def _read_inner(kind: type, value: Any) -> Any:
    """Read what msgspec meets inside a container and does not know."""
    found = _read_own(kind, value)
    if found is NotImplemented:
        raise NotImplementedError(kind)
    return found


def _read_any(value: Any, members: tuple[Any, ...], read: Any) -> Any:
    """Return `value` as the first member that takes it; those that take any text come last."""
    if str(value).lower() not in _NULLS:  # what the only other member says is more than that none took it
        members = tuple(member for member in members if member is not type(None)) or members
    if len(members) == 1:
        return read(value, members[0])
    for member in sorted(members, key=_takes_any_text):
        try:
            return read(value, member)
        except (ValueError, TypeError):
            continue
    raise ValueError


def _takes_any_text(kind: Any) -> bool:
    kind = bare(kind)
    return kind in (*ANYTHING, str) or (isinstance(kind, type) and issubclass(kind, PurePath))


def _read_enum(kind: type[enum.Enum], value: Any) -> enum.Enum:
    if isinstance(value, str) and value in kind.__members__:
        return kind[value]
    for member in kind:
        if member.value == value or str(member.value) == value:
            return member
    raise ValueError


def _read_literal(text: str, choices: tuple[Any, ...]) -> Any:
    for choice in choices:
        if text == (choice if isinstance(choice, str) else json.dumps(choice)) or text == str(choice):
            return choice
    raise ValueError


def _read_none(text: str) -> None:
    if text.lower() not in _NULLS:
        raise ValueError


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _detail(message: str) -> str:
    """Return what msgspec says of the place inside a container, and nothing where there is only one place."""
    return message.replace("`$", "`").replace("``", "the top") if " - at `$" in message or "missing required" in message else ""


# --- looking at annotations ----------------------------------------------------------------------


def bare(annotation: Any) -> Any:
    """Return an annotation without what `Annotated` adds to it; that of a file or folder is one of paths."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return _A_PATH if isinstance(annotation, type) and issubclass(annotation, Place) else annotation


def members_of(kind: Any) -> tuple[Any, ...]:
    """Return the members of a union, none for anything else."""
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else ()


def _is_scalar(kind: Any) -> bool:
    return kind in _EXAMPLES or (isinstance(kind, type) and issubclass(kind, enum.Enum | PurePath | str | int | float))


def spelled(annotation: Any) -> str:
    """Return what a person calls a type: `int`, `list[str]`, `'a' or 'b'`."""
    kind = bare(annotation)
    members = members_of(kind)
    if members:
        return " or ".join("null" if member is type(None) else spelled(member) for member in members)
    if get_origin(kind) is Literal:
        return " or ".join(map(repr, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return f"{kind.__name__} ({', '.join(kind.__members__)})"
    if get_origin(kind) is not None:
        name = getattr(get_origin(kind), "__name__", str(kind))
        return f"{name}[{', '.join('...' if inner is ... else spelled(inner) for inner in get_args(kind))}]"
    return getattr(kind, "__name__", str(kind))


def example(annotation: Any) -> str:
    """Return a text that `read_text` takes for `annotation`."""
    kind = bare(annotation)
    if kind in _EXAMPLES:
        return _EXAMPLES[kind]
    if isinstance(kind, type) and issubclass(kind, PurePath):
        return "data/input.csv"
    shown = sample(kind)
    return shown if isinstance(shown, str) else json.dumps(shown)


def sample(annotation: Any) -> Any:
    """Return an example of the type as JSON has it, which is what a caller may give too."""
    return _sample(annotation, depth=0)


def _sample(annotation: Any, depth: int) -> Any:
    """Return an example of the type as JSON has it."""
    kind, deeper = bare(annotation), depth + 1
    if kind in _EXAMPLES:
        text = _EXAMPLES[kind]
        return json.loads(text) if kind in (int, float, bool, type(None)) else text
    members = [member for member in members_of(kind) if member is not type(None)]
    if members:
        return _sample(members[0], deeper)
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind.__members__), "")
    if depth < _DEEPEST:
        return _sample_container(kind, deeper)
    return "…"


_DEEPEST = 4


def _sample_container(kind: Any, depth: int) -> Any:
    origin, arguments = get_origin(kind) or kind, get_args(kind)
    fields = _fields(kind)
    if fields is not None:
        return {name: _sample(annotation, depth) for name, annotation in fields.items()}
    if not isinstance(origin, type):
        return "value"
    if issubclass(origin, dict) or origin.__name__.endswith("Mapping"):
        return {str(_sample(arguments[0], depth)): _sample(arguments[1], depth)} if arguments else {"name": 1}
    if issubclass(origin, tuple) and arguments and ... not in arguments:
        return [_sample(argument, depth) for argument in arguments]
    if issubclass(origin, list | tuple | set | frozenset) or origin.__name__ in ("Sequence", "Iterable", "Collection", "Set"):
        return [_sample(arguments[0], depth) if arguments else 1]
    return "data/input.csv" if issubclass(origin, PurePath) else "value"


def _fields(kind: Any) -> dict[str, Any] | None:
    """Return the annotations of the required fields of a class that JSON objects stand for, if it is one."""
    if not isinstance(kind, type):
        return None
    if dataclasses.is_dataclass(kind):
        wanted = [
            field.name
            for field in dataclasses.fields(kind)
            if field.init and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ] or [field.name for field in dataclasses.fields(kind) if field.init][:2]
    elif hasattr(kind, "model_fields") or hasattr(kind, "__struct_fields__") or hasattr(kind, "__total__"):
        wanted = list(get_type_hints(kind))
    else:
        return None
    hints = get_type_hints(kind)
    return {name: hints.get(name, Any) for name in wanted}
