"""Values without stable content, and values that are used up by looking at them."""

from __future__ import annotations

import socket
import sqlite3
import sys
import threading
from typing import TYPE_CHECKING, Final

from recoup.testing.hashing.case import Case, Refuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

__all__ = ["CASES"]


def _counting() -> Iterator[int]:
    yield from (1, 2, 3)


def _file() -> IO[str]:
    return open(__file__, encoding="utf-8")  # noqa: PTH123 - an open file is the case


CASES: Final[dict[str, tuple[Case, ...]]] = {
    "resource": (
        Refuse("a lock", threading.Lock),
        Refuse("a lock that may be taken twice", threading.RLock),
        Refuse("an event", threading.Event),
        Refuse("a thread", threading.Thread),
        Refuse("a connection to a database", lambda: sqlite3.connect(":memory:")),
        Refuse("a socket", socket.socket),
        Refuse("an open file", _file),
        Refuse("standard output", lambda: sys.__stdout__),
        Refuse("a lock deep inside", lambda: {"a": [1, {"lock": threading.Lock()}]}),
        Refuse("a sentinel", object),
    ),
    "iterator": (
        Refuse("a generator", _counting),
        Refuse("an iterator of a list", lambda: iter([1, 2])),
        Refuse("a map", lambda: map(str, [1, 2])),
        Refuse("a generator deep inside", lambda: {"a": [_counting()]}),
    ),
}
