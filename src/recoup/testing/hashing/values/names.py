"""Values that are names for something: enum members, flags, paths, patterns, UUIDs."""

from __future__ import annotations

import enum
import re
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Final
from uuid import UUID

from recoup.testing.hashing.case import Agree, Case, Differ, Stable

__all__ = ["CASES"]


class Color(enum.Enum):
    """Two values, and a second name for one."""

    RED = 1
    GREEN = 2
    CRIMSON = 1


class Shade(enum.Enum):
    """The same names and values."""

    RED = 1
    GREEN = 2


class Level(enum.IntEnum):
    """Members that are numbers."""

    LOW = 1


class Mode(enum.StrEnum):
    """Members that are texts."""

    FAST = "fast"


class Access(enum.Flag):
    """Members that are combined."""

    READ = 1
    WRITE = 2
    BOTH = 3


class Rights(enum.Flag):
    """The same name and bit."""

    READ = 1


class _Kind:
    """Something that says nothing of itself but its class."""


class Tool(enum.Enum):
    """Members whose values are objects."""

    SAW = _Kind()
    DRILL = _Kind()


class MarkedPath(PurePosixPath):
    """A path with attributes."""

    unit: str


def _made_enum(value: Any) -> Any:
    """Return a member of a class that is made anew, as after an edit."""
    return enum.Enum("Made", {"ONE": value}, module=__name__).ONE  # type: ignore[attr-defined]  # made here


def _marked_path(unit: str) -> MarkedPath:
    path = MarkedPath("a")
    path.unit = unit
    return path


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "Enum": (
        Differ("a member and its value", lambda: (Color.RED, 1), "type"),
        Differ("a member and its name", lambda: (Color.RED, "RED"), "type"),
        Differ("two members", lambda: (Color.RED, Color.GREEN), "value"),
        Differ("members of two enums", lambda: (Color.RED, Shade.RED), "type"),
        Differ("a number that is a member", lambda: (Level.LOW, 1), "type"),
        Differ("a text that is a member", lambda: (Mode.FAST, "fast"), "type"),
        Differ("a member and its class", lambda: (Color.RED, Color), "type"),
        Agree("two names of a member", lambda: (Color.RED, Color.CRIMSON)),
        Agree("by name and by value", lambda: (Color["RED"], Color(1))),
        Stable("a member", lambda: Color.GREEN),
        Stable("a set of members", lambda: {Color.RED, Color.GREEN}),
        Differ("members whose values have no plain content", lambda: (Tool.SAW, Tool.DRILL), "name"),
        Differ("another value under one name", lambda: (_made_enum(1), _made_enum(2)), "value"),
        Differ("another tuple under one name", lambda: (_made_enum((1, 2)), _made_enum((1, 3))), "value"),
        Differ("a member and its parts", lambda: (Color.RED, (Color, "RED", 1)), "type"),
    ),
    "Flag": (
        Differ("a flag and its number", lambda: (Access.READ, 1), "type"),
        Differ("one and both", lambda: (Access.READ, Access.BOTH), "value"),
        Agree("a combination and its name", lambda: (Access.READ | Access.WRITE, Access.BOTH)),
        Agree("combined in another order", lambda: (Access.WRITE | Access.READ, Access.READ | Access.WRITE)),
        Differ("a flag and its parts", lambda: (Access.READ, (Access, 1)), "type"),
        Differ("flags of two classes", lambda: (Access.READ, Rights.READ), "type"),
        Differ("none and no flag", lambda: (Access(0), None), "type"),
        Differ("two flags and the set of them", lambda: (Access.BOTH, {Access.READ, Access.WRITE}), "type"),
        Stable("a combination", lambda: Access.READ | Access.WRITE),
    ),
    "path": (
        Differ("a path and its text", lambda: (PurePath("a/b"), "a/b"), "type"),
        Differ("absolute and relative", lambda: (PurePosixPath("/a"), PurePosixPath("a")), "value"),
        Differ("a step back", lambda: (PurePosixPath("a/../b"), PurePosixPath("b")), "value"),
        Differ("of two systems", lambda: (PurePosixPath("a/b"), PureWindowsPath("a/b")), "type"),
        Agree("a slash at the end", lambda: (PurePosixPath("a/b/"), PurePosixPath("a", "b"))),
        Agree("a point", lambda: (PurePosixPath("./a"), PurePosixPath("a"))),
        Stable("a path", lambda: PurePosixPath("data/2026/01.csv")),
        Differ("one name on two systems", lambda: (PurePosixPath("a"), PureWindowsPath("a")), "type"),
        Differ("a path and its parts", lambda: (PurePosixPath("a/b"), (PurePosixPath, "a/b")), "type"),
        Differ("a path of this system and a pure one", lambda: (Path("a"), PurePath("a")), "type"),
        Differ("an attribute of a subclass", lambda: (_marked_path("m"), _marked_path("s")), "attribute"),
        Stable("a path of this system", lambda: Path("data") / "a.csv"),
    ),
    "pattern": (
        Differ("a flag", lambda: (re.compile("a"), re.compile("a", re.IGNORECASE)), "value"),
        Differ("a pattern and its text", lambda: (re.compile("a"), "a"), "type"),
        Differ("of text and of bytes", lambda: (re.compile("a"), re.compile(b"a")), "type"),
        Agree("compiled twice", lambda: (re.compile("a+"), _compiled_anew("a+"))),
        Stable("a pattern", lambda: re.compile("[a-z]+", re.IGNORECASE)),
        Differ("the text", lambda: (re.compile("a"), re.compile("b")), "value"),
        Differ("a pattern and its parts", lambda: (re.compile("a"), ("a", re.compile("a").flags)), "type"),
        Differ("a flag inside", lambda: (re.compile("(?i)a"), re.compile("a", re.IGNORECASE)), "value"),
    ),
    "UUID": (
        Differ("a UUID and its text", lambda: (UUID(int=5), str(UUID(int=5))), "type"),
        Differ("a UUID and its number", lambda: (UUID(int=5), 5), "type"),
        Differ("a UUID and its bytes", lambda: (UUID(int=5), UUID(int=5).bytes), "type"),
        Differ("the other end first", lambda: (UUID(int=1), UUID(bytes_le=UUID(int=1 << 96).bytes)), "order"),
        Agree("of text and of number", lambda: (UUID(int=5), UUID("00000000-0000-0000-0000-000000000005"))),
        Differ("the last bit", lambda: (UUID(int=4), UUID(int=5)), "value"),
        Differ("a UUID and the list of it", lambda: (UUID(int=5), [UUID(int=5)]), "nesting"),
        Agree("with and without hyphens", lambda: (UUID(int=5), UUID("0" * 31 + "5"))),
        Stable("a UUID", lambda: UUID(int=2**127 + 5)),
    ),
}


def _compiled_anew(text: str) -> re.Pattern[str]:
    re.purge()
    return re.compile(text)
