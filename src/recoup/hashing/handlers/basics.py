"""Built-in types that are neither atoms nor plain containers."""

from __future__ import annotations

import io
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._forms import Attributes, Form, Kind, Stream, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_RANGE, _SLICE, _BYTEARRAY = tag("range"), tag("slice"), tag("bytearray")
_MEMORYVIEW, _MAPPINGPROXY, _NAMESPACE = tag("memoryview"), tag("mappingproxy"), tag("namespace")
_SET, _MEMBERS, _ERROR, _MEMORY_FILE = tag("set-of"), tag("members"), tag("exception"), tag("memory-file")


def _range(value: range) -> Form:
    """Encode what two equal ranges share: how many, from where, in which steps."""
    count = len(value)
    return Form(_RANGE, (count, value.start if count else 0, value.step if count > 1 else 1), nameless)


def _slice(value: slice) -> Form:
    return Form(_SLICE, (value.start, value.stop, value.step), lambda i: (".start", ".stop", ".step")[i])


def _memoryview(value: memoryview) -> Form:
    shape = tuple(value.shape or ())
    content = value if value.c_contiguous else value.tobytes()
    return Form(_MEMORYVIEW, (value.format, shape, Stream(_BYTEARRAY, (content,))), nameless)


def _exception(value: BaseException) -> Form:
    """Encode an exception without its traceback, which tells where it was, not what it is."""
    state = Attributes(vars(value))
    members = (type(value), value.args, state, value.__cause__)
    return Form(_ERROR, members, lambda i: ("", ".args", "", ".__cause__")[i])


def _set_subclass(value: Any) -> Form:
    members = Form(_MEMBERS, list(set.__iter__(value) if isinstance(value, set) else frozenset.__iter__(value)), None, Kind.SET)
    return Form(_SET, (type(value), members, Attributes(getattr(value, "__dict__", {}))), nameless)


def _memory_file(value: Any) -> Form:
    """Encode a file in memory without moving it: its content and its position."""
    return Form(_MEMORY_FILE, (type(value), value.getvalue(), value.tell()), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    range: _range,
    slice: _slice,
    bytearray: lambda value: Stream(_BYTEARRAY, (value,)),
    memoryview: _memoryview,
    MappingProxyType: lambda value: Form(_MAPPINGPROXY, (dict(value),), nameless),
    SimpleNamespace: lambda value: Form(_NAMESPACE, (Attributes(vars(value)),), nameless),
    io.BytesIO: _memory_file,
    io.StringIO: _memory_file,
}

FAMILIES: Final[dict[type, Encoder]] = {
    BaseException: _exception,
    set: _set_subclass,
    frozenset: _set_subclass,
}
