"""JSON: values that a person or another program can read.

Plain values come back equal and of equal types: `None`, booleans, integers of 64 bit, finite floats, strings, and
lists and string-keyed dictionaries of them. Tuples become lists; dates, sets, enums, dataclasses, models and exceptions
are written with the name of their class (`recoup.serializers.typed`). Their record then says that it is not exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from recoup.abc import Buffer, Encoded, Serializer
from recoup.exceptions import ConfigurationError, NotLoadableHere, SerializationError
from recoup.serializers.base import register_serializer, register_wrapper
from recoup.serializers.failures import not_encoded
from recoup.serializers.typed import TypedJSONSerializer, class_named, name_of, to_object
from recoup.wording import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["JSONSerializer", "encode_plain"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

_DEEPEST = 64
_NOT_PLAIN = -1
_LONGEST = 1000


@dataclass(frozen=True)
class JSONSerializer(Serializer):
    """Whatever has a JSON form: plain values as they are, dataclasses, enums, dates, sets and models with their class.

    `object_encoder` and `object_decoder` name functions of one's own for what has no JSON form; `jsonlib` another module with
    `dumps` and `loads`; the `kwargs` go to them. What is needed to read is part of the `type`, so that records say it.
    """

    jsonlib: str = "json"
    object_encoder: str | None = None
    object_decoder: str | None = None
    dumps_kwargs: dict[str, Any] = field(default_factory=dict, hash=False)
    loads_kwargs: dict[str, Any] = field(default_factory=dict, hash=False)
    type = "json"

    def __post_init__(self) -> None:
        _refuse(self.dumps_kwargs, "dumps_kwargs", "default", "object_encoder")
        _refuse(self.loads_kwargs, "loads_kwargs", "object_hook", "object_decoder")
        library = [] if self.jsonlib == "json" else [f"{self.jsonlib}.dumps", f"{self.jsonlib}.loads"]
        for name in filter(None, (*library, self.object_encoder, self.object_decoder)):
            _function(name)
        reading = {name: value for name, value in self._for_reading() if value}
        if reading:
            object.__setattr__(self, "type", f"json/{_encode({'jsonlib': self.jsonlib, **reading}).decode()}")

    def _for_reading(self) -> Iterator[tuple[str, Any]]:
        """Yield what is needed to read; functions among the arguments for the library by their names."""
        functions = {name: _name_of(name, value) for name, value in self.loads_kwargs.items() if callable(value)}
        plain = {name: value for name, value in self.loads_kwargs.items() if name not in functions}
        for name, value in plain.items():
            if encode_plain(value, _LONGEST) is None:
                raise ConfigurationError(f"loads_kwargs: {name}={value!r} cannot be said in a record; give a plain value")
        yield "object_decoder", self.object_decoder
        yield "loads_kwargs", plain
        yield "loads_functions", functions

    @property
    def _own(self) -> bool:
        """Say whether any option asks for something else than Recoup's own way."""
        return self.type != "json" or self.jsonlib != "json" or self.object_encoder is not None or bool(self.dumps_kwargs)

    def encode(self, value: Any) -> Encoded:
        """Return the text; it is exact for plain values."""
        if self._own:
            return self._encode_as_asked(value)
        text = _encode_if_possible(value)
        if text is not None and _room_after(value, len(text)) >= 0:
            return Encoded(self.type, [text], exact=True)
        try:
            return _encode_lossily(value)
        except Exception as exc:
            raise not_encoded(value, self.type, exc, _encode_lossily) from exc

    def _encode_as_asked(self, value: Any) -> Encoded:
        def dump(value: Any) -> Any:
            default = to_object if self.object_encoder is None else _function(self.object_encoder)
            return _function(f"{self.jsonlib}.dumps")(value, default=default, **self.dumps_kwargs)

        try:
            text = dump(value)
        except Exception as exc:
            raise not_encoded(value, "json", exc, dump) from exc
        data = text.encode(errors="backslashreplace") if isinstance(text, str) else text
        return Encoded(TypedJSONSerializer.type if self.type == "json" else self.type, [data], exact=False)

    def decode(self, data: Buffer) -> Any:
        """Return the value in the text."""
        if self.type != "json":
            return self._decode_as_asked(data)
        try:
            return _decode(data)
        except (msgspec.DecodeError, RecursionError):  # NaN and lone surrogates are only known to the lenient decoder
            return _decode_leniently(data)

    def loads(self, blob: bytes) -> Any:
        """Return the value in what `dumps` returned, also where that names classes."""
        return TypedJSONSerializer().decode(blob) if self.type == "json" else self.decode(blob)

    def _decode_as_asked(self, data: Buffer) -> Any:
        hook = {} if self.object_decoder is None else {"object_hook": _function(self.object_decoder)}
        try:
            return _function(f"{self.jsonlib}.loads")(bytes(data), **hook, **self.loads_kwargs)
        except Exception as exc:
            raise SerializationError(f"the text cannot be read by {self.type}: {said(exc)}") from exc


def _refuse(given: dict[str, Any], option: str, name: str, instead: str) -> None:
    if name in given:
        raise ConfigurationError(f"{option} cannot have {name!r}; write {instead}='module.function' instead")


def _name_of(option: str, function: Any) -> str:
    try:
        name = name_of(function)
        found = class_named(name)
    except (NotLoadableHere, AttributeError):  # an object that can be called has no name
        name, found = "", None
    if found is not function:
        raise ConfigurationError(
            f"loads_kwargs: {option}={function!r} cannot be found by its name when a record is read; "
            "give a function or class of a module"
        )
    return name


def _function(name: str) -> Callable[..., Any]:
    try:
        found: Callable[..., Any] = class_named(name)
    except NotLoadableHere as exc:
        raise ConfigurationError(f"{name!r} is no function that JSON could be read or written with: {exc.__cause__}") from exc
    return found


def _open(options: str) -> JSONSerializer:
    """Return the serializer that a record names by what is needed to read with it."""
    try:
        told = _decode(options)
        functions = {option: _function(name) for option, name in told.pop("loads_functions", {}).items()}
        return JSONSerializer(**told | {"loads_kwargs": told.get("loads_kwargs", {}) | functions})
    except (msgspec.DecodeError, TypeError, AttributeError) as exc:
        raise ConfigurationError(f"json/{options} is no serializer: {exc}") from exc


register_serializer(JSONSerializer)
register_wrapper("json", _open)


def encode_plain(value: Any, most: int) -> bytes | None:
    """Return the text of a plain value if it has at most `most` bytes, else `None`."""
    if _room_after(value, most) < 0:
        return None
    text = _encode_if_possible(value)
    return text if text is not None and len(text) <= most else None


def _encode_if_possible(value: Any) -> bytes | None:
    try:
        return _encode(value)
    except Exception:  # noqa: BLE001 - a lone surrogate, a foreign type, a circle: other formats may do
        return None


def _room_after(value: Any, room: int, deepest: int = _DEEPEST) -> int:
    """Return what is left of `room` bytes, at least, after the text of `value`; below 0 also if it is not plain.

    The room bounds the walk, whatever the value: every step takes some of it.
    """
    kind = type(value)
    if kind is str:
        return room - len(value)
    if kind is int:
        return room - 1 if -(2**63) <= value < 2**63 else _NOT_PLAIN
    if kind is float:
        return room - 1 if isfinite(value) else _NOT_PLAIN
    if value is None or kind is bool:
        return room - 1
    if kind is list:
        members = value
    elif kind is dict and all(type(name) is str for name in value):
        members = value.values()
    else:
        return _NOT_PLAIN
    for member in members:
        if room < 0 or not deepest:
            return _NOT_PLAIN
        room = _room_after(member, room - 1, deepest - 1)
    return room


def _encode_lossily(value: Any) -> Encoded:
    """Return plain JSON where nothing in the value needs the name of a class, else JSON with such names."""
    import json  # noqa: PLC0415 - 3 ms for values that msgspec's JSON does not take as they are

    typed = False

    def to_typed(member: Any) -> Any:
        nonlocal typed
        typed = True
        return to_object(member)

    text = json.dumps(value, default=to_typed, ensure_ascii=False, separators=(",", ":"))
    data = text.encode(errors="backslashreplace")  # which for lone surrogates is JSON's own escape
    return Encoded(TypedJSONSerializer.type if typed else JSONSerializer.type, [data], exact=False)


def _decode_leniently(data: Buffer) -> Any:
    import json  # noqa: PLC0415 - as above

    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError) as exc:
        raise SerializationError(f"the text is not JSON: {exc}") from exc
