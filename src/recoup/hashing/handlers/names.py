"""Values that are names for something: enum members, paths, patterns, UUIDs."""

from __future__ import annotations

import copyreg
import enum
import re
from pathlib import Path, PosixPath, PurePath, WindowsPath
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from recoup.hashing._attributes import attributes_of
from recoup.hashing._canonical import atom_tokens
from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_NATIVE: Final = (PosixPath, WindowsPath)
_PATH_SLOTS: Final = frozenset(copyreg._slotnames(PurePath))  # type: ignore[attr-defined]  # noqa: SLF001 - parsed from the text, and remembered
_PLAIN_DEPTH: Final = 2

_ENUM, _FLAG, _PATH, _PATTERN, _UUID = tag("enum"), tag("flag"), tag("path"), tag("pattern"), tag("uuid")


def _enum(value: enum.Enum) -> Form:
    """Encode class, name, and the value too where it is plain data, since an edited enum is another one."""
    plain: Any = value.value if atom_tokens((value.value,), _PLAIN_DEPTH) else None
    return Form(_ENUM, (type(value), value.name, plain), nameless)


def _path(value: PurePath) -> Form:
    """Encode the text of a path: what lies there is not part of it (annotate the parameter `File` for that).

    A `Path` is one type on every system, written with forward slashes; the pure kinds keep their own.
    """
    kind = type(value)
    if kind in _NATIVE:
        return Form(_PATH, (Path, value.as_posix()), nameless)
    attributes = attributes_of(value, _PATH_SLOTS)
    return Form(_PATH, (kind, str(value), *([attributes] if attributes else ())), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    re.Pattern: lambda value: Form(_PATTERN, (value.pattern, value.flags), nameless),
    UUID: lambda value: _UUID + value.bytes,
}

FAMILIES: Final[dict[type, Encoder]] = {
    enum.Enum: _enum,
    enum.Flag: lambda value: Form(_FLAG, (type(value), value.value), nameless),
    PurePath: _path,
}
