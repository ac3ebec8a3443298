"""JSON: values that a person or another program can read.

Plain values come back equal and of equal types: `None`, booleans, integers of 64 bit, finite floats, strings, and
lists and string-keyed dictionaries of them. Others lose something (a tuple becomes a list, a date a string), which
their record then says.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import msgspec

from recoup.abc import Buffer, Encoded, Serializer
from recoup.exceptions import SerializationError
from recoup.serializers.base import register_serializer
from recoup.serializers.failures import not_encoded

__all__ = ["JSONSerializer", "encode_plain"]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode

_DEEPEST = 64
_NOT_PLAIN = -1


@register_serializer
@dataclass(frozen=True)
class JSONSerializer(Serializer):
    """Whatever has a JSON form: plain values as they are, dataclasses, enums, dates, sets and models by content."""

    type = "json"

    def encode(self, value: Any) -> Encoded:
        """Return the text; it is exact for plain values."""
        text = _encode_if_possible(value)
        if text is not None and _room_after(value, len(text)) >= 0:
            return Encoded(self.type, [text], exact=True)
        try:
            return Encoded(self.type, [_encode_content(value)], exact=False)
        except Exception as exc:
            raise not_encoded(value, self.type, exc, _encode_content) from exc

    def decode(self, data: Buffer) -> Any:
        """Return the value in the text."""
        try:
            return _decode(data)
        except (msgspec.DecodeError, RecursionError):  # NaN and lone surrogates are only known to the lenient decoder
            return _decode_leniently(data)


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


def _encode_content(value: Any) -> bytes:
    import json  # noqa: PLC0415 - 3 ms for values that msgspec's JSON does not take as they are

    text = json.dumps(value, default=_content, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")  # which for lone surrogates is JSON's own escape


def _content(value: Any) -> Any:
    return msgspec.to_builtins(value, enc_hook=_model)


def _model(value: Any) -> Any:
    if hasattr(type(value), "model_dump"):
        return value.model_dump(mode="json")
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _decode_leniently(data: Buffer) -> Any:
    import json  # noqa: PLC0415 - as above

    try:
        return json.loads(bytes(data))
    except (ValueError, RecursionError) as exc:
        raise SerializationError(f"the text is not JSON: {exc}") from exc
