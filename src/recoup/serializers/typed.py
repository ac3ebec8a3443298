"""JSON that remembers types: what JSON has no form for is written with the name of its class, as Prefect does.

    {"__class__": "decimal.Decimal", "data": "1.50"}
    {"__exc_type__": "builtins.ValueError", "message": "no such day"}

Reading it imports classes by name. Records name this format apart from plain JSON (`json/typed`), so that it is never
taken for mere data.
"""

from __future__ import annotations

import enum
import importlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.abc import Encoded, Serializer
from recoup.exceptions import NotLoadableHere, SerializationError
from recoup.serializers.references import find, reference_to
from recoup.wording import said

if TYPE_CHECKING:
    from recoup.abc import Buffer

__all__ = ["TypedJSONSerializer", "class_named", "exception_of", "name_of", "to_object"]


@dataclass(frozen=True)
class TypedJSONSerializer(Serializer):
    """Values with the names of their classes. `json` chooses it for what has no plain form."""

    type = "json/typed"

    def encode(self, value: Any) -> Encoded:
        """Return the text, which is not said to be exact: containers of other types come back as lists and dicts."""
        import json  # noqa: PLC0415 - 3 ms for values that msgspec's JSON does not take as they are

        text = json.dumps(value, default=to_object, ensure_ascii=False, separators=(",", ":"))
        return Encoded(self.type, [text.encode(errors="backslashreplace")], exact=False)

    def decode(self, data: Buffer) -> Any:
        """Return the value, with instances of the classes that are named in it."""
        import json  # noqa: PLC0415 - as above

        try:
            return json.loads(bytes(data), object_hook=_from_object)
        except SerializationError:
            raise
        except (ValueError, RecursionError) as exc:
            raise SerializationError(f"the text is not JSON: {exc}") from exc


def to_object(value: Any) -> dict[str, Any]:
    """Return the plain form of a value, with the name of its class."""
    kind = type(value)
    if isinstance(value, BaseException):
        return {"__exc_type__": name_of(kind), "message": str(value)}
    return {"__class__": name_of(kind), "data": _content(value)}


def _content(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, set | frozenset):
        return list(value)
    return msgspec.to_builtins(value, enc_hook=_other)


def _other(value: Any) -> Any:
    if hasattr(type(value), "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, PurePath | complex):
        return str(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _from_object(members: dict[str, Any]) -> Any:
    if members.keys() == {"__class__", "data"}:
        return _made(class_named(members["__class__"]), members["data"])
    if members.keys() == {"__exc_type__", "message"}:
        return exception_of(members["__exc_type__"], members["message"])
    return members


def exception_of(name: str, message: Any) -> BaseException:
    """Return the exception that was stored by the name of its class and its message."""
    kind = class_named(name)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        raise SerializationError(f"{name} was stored as an exception and is none")
    return kind(message)


def _made(kind: Any, data: Any) -> Any:
    try:
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return kind(data)
        return msgspec.convert(data, kind, strict=False, dec_hook=_instance)
    except Exception as exc:
        raise SerializationError(f"an instance of {name_of(kind)} cannot be made of its stored form: {said(exc)}") from exc


def _instance(kind: Any, data: Any) -> Any:
    if hasattr(kind, "model_validate"):
        return kind.model_validate(data)
    return kind(data)


# --- names -------------------------------------------------------------------------------------


def name_of(kind: type) -> str:
    """Return `path:qualname` for classes of the project, which have one name wherever they run, else `module.qualname`."""
    reference = reference_to(kind)
    return ":".join(reference) if reference is not None else f"{kind.__module__}.{kind.__qualname__}"


def class_named(name: str) -> Any:
    """Return the class of that name. Raise `NotLoadableHere` where it is not known."""
    path, colon, qualname = str(name).partition(":")
    if colon:
        return find(path, qualname)
    module, _, attribute = path.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as exc:
        raise NotLoadableHere(f"the value needs {name}, which is not known here: {exc}") from exc
