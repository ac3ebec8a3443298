"""Values that are names for something: enum members, paths, patterns, UUIDs."""

from __future__ import annotations

import enum
import re
from pathlib import PosixPath, PurePath, PurePosixPath, PureWindowsPath, WindowsPath
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from recoup.hashing._canonical import ATOMS
from recoup.hashing._forms import Form, nameless, tag

if TYPE_CHECKING:
    from recoup.hashing._forms import Encoder

_ENUM, _FLAG, _PATH, _PATTERN, _UUID = tag("enum"), tag("flag"), tag("path"), tag("pattern"), tag("uuid")
_NATIVE: Final = {PosixPath: PurePosixPath, WindowsPath: PureWindowsPath}


def _enum(value: enum.Enum) -> Form:
    """Encode class, name, and the value too where it is plain, since an edited enum is another one."""
    plain: Any = value.value if type(value.value) in ATOMS else None
    return Form(_ENUM, (type(value), value.name, plain), nameless)


def _path(value: PurePath) -> Form:
    """Encode the text of a path: what lies there is not part of it (annotate the parameter `File` for that)."""
    return Form(_PATH, (type(value), str(value)), nameless)


HANDLERS: Final[dict[type, Encoder]] = {
    re.Pattern: lambda value: Form(_PATTERN, (value.pattern, value.flags), nameless),
    UUID: lambda value: _UUID + value.bytes,
}

FAMILIES: Final[dict[type, Encoder]] = {
    enum.Enum: _enum,
    enum.Flag: lambda value: Form(_FLAG, (type(value), value.value), nameless),
    PurePath: _path,
}
