"""Values that are names for something: enum members, flags, paths, patterns, UUIDs."""

from __future__ import annotations

import enum
import re
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final
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
    ),
    "Flag": (
        Differ("a flag and its number", lambda: (Access.READ, 1), "type"),
        Differ("one and both", lambda: (Access.READ, Access.BOTH), "value"),
        Agree("a combination and its name", lambda: (Access.READ | Access.WRITE, Access.BOTH)),
        Agree("combined in another order", lambda: (Access.WRITE | Access.READ, Access.READ | Access.WRITE)),
    ),
    "path": (
        Differ("a path and its text", lambda: (PurePath("a/b"), "a/b"), "type"),
        Differ("absolute and relative", lambda: (PurePosixPath("/a"), PurePosixPath("a")), "value"),
        Differ("a step back", lambda: (PurePosixPath("a/../b"), PurePosixPath("b")), "value"),
        Differ("of two systems", lambda: (PurePosixPath("a/b"), PureWindowsPath("a/b")), "type"),
        Agree("a slash at the end", lambda: (PurePosixPath("a/b/"), PurePosixPath("a", "b"))),
        Agree("a point", lambda: (PurePosixPath("./a"), PurePosixPath("a"))),
        Stable("a path", lambda: PurePosixPath("data/2026/01.csv")),
    ),
    "pattern": (
        Differ("a flag", lambda: (re.compile("a"), re.compile("a", re.IGNORECASE)), "value"),
        Differ("a pattern and its text", lambda: (re.compile("a"), "a"), "type"),
        Differ("of text and of bytes", lambda: (re.compile("a"), re.compile(b"a")), "type"),
        Agree("compiled twice", lambda: (re.compile("a+"), _compiled_anew("a+"))),
        Stable("a pattern", lambda: re.compile("[a-z]+", re.IGNORECASE)),
    ),
    "UUID": (
        Differ("a UUID and its text", lambda: (UUID(int=5), str(UUID(int=5))), "type"),
        Differ("a UUID and its number", lambda: (UUID(int=5), 5), "type"),
        Differ("a UUID and its bytes", lambda: (UUID(int=5), UUID(int=5).bytes), "type"),
        Differ("the other end first", lambda: (UUID(int=1), UUID(bytes_le=UUID(int=1 << 96).bytes)), "order"),
        Agree("of text and of number", lambda: (UUID(int=5), UUID("00000000-0000-0000-0000-000000000005"))),
    ),
}


def _compiled_anew(text: str) -> re.Pattern[str]:
    re.purge()
    return re.compile(text)
