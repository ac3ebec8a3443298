"""Built-in types that are neither atoms nor plain containers."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Mapping
from struct import Struct
from types import MappingProxyType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from recoup.hashing._attributes import attributes_of
from recoup.hashing._forms import Attributes, Form, Kind, Stream, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_RANGE, _SLICE, _BYTEARRAY = tag("range"), tag("slice"), tag("bytearray")
_MEMORYVIEW, _MAPPINGPROXY, _NAMESPACE = tag("memoryview"), tag("mappingproxy"), tag("namespace")
_KEYS, _VALUES, _ITEMS, _ORDERED_VIEW, _STRUCT = map(tag, ("keys", "values", "items", "ordered-view", "struct"))
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


_TOLD: Final = {OSError: ("filename", "filename2"), ImportError: ("name", "path")}
"""What errors know besides their arguments."""


def _exception(value: BaseException) -> Form:
    """Encode an exception without its traceback and context, which tell where it was, not what it is."""
    state = attributes_of(value)
    told = {name: getattr(value, name, None) for base, names in _TOLD.items() if isinstance(value, base) for name in names}
    state.update((name, member) for name, member in told.items() if member is not None)
    members = (type(value), value.args, state, value.__cause__)
    return Form(_ERROR, members, lambda i: ("", ".args", "", ".__cause__")[i])


def _set_subclass(value: Any) -> Form:
    members = Form(_MEMBERS, list(set.__iter__(value) if isinstance(value, set) else frozenset.__iter__(value)), None, Kind.SET)
    return Form(_SET, (type(value), members, attributes_of(value)), nameless)


def _memory_file(value: Any) -> Form:
    """Encode a file in memory without moving it: its content, its position, and what hangs on it."""
    base: Any = io.BytesIO if isinstance(value, io.BytesIO) else io.StringIO
    content, *how = base.__getstate__(value)[:-1]
    return Form(_MEMORY_FILE, (type(value), content, *how, attributes_of(value)), nameless)


def _mappingproxy(value: MappingProxyType[Any, Any]) -> Form:
    """Encode what the proxy shows: the order of an `OrderedDict` behind it counts."""
    shown = value.copy() if hasattr(value, "copy") else None
    return Form(_MAPPINGPROXY, (shown if isinstance(shown, Mapping) else dict(value),), nameless)


_ORDERED_VIEWS: Final = tuple(map(type, (OrderedDict().keys(), OrderedDict().values(), OrderedDict().items())))


def _ordered_view(value: Any) -> Form:
    return Form(_ORDERED_VIEW, (_ORDERED_VIEWS.index(type(value)), *value), lambda i: f"[{i - 1}]" if i else "")


HANDLERS: Final[dict[type, Encoder]] = {
    range: _range,
    slice: _slice,
    bytearray: lambda value: Stream(_BYTEARRAY, (value,)),
    memoryview: _memoryview,
    MappingProxyType: _mappingproxy,
    SimpleNamespace: lambda value: Form(_NAMESPACE, (Attributes(vars(value)),), nameless),
    Struct: lambda value: Form(_STRUCT, (value.format,), nameless),
    type({}.keys()): lambda value: Form(_KEYS, list(value), None, Kind.SET),
    type({}.values()): lambda value: Form(_VALUES, list(value)),
    type({}.items()): lambda value: Form(_ITEMS, dict(value), None, Kind.MAPPING),
    **dict.fromkeys(_ORDERED_VIEWS, _ordered_view),
}

FAMILIES: Final[dict[type, Encoder]] = {
    io.BytesIO: _memory_file,
    io.StringIO: _memory_file,
    BaseException: _exception,
    set: _set_subclass,
    frozenset: _set_subclass,
}
