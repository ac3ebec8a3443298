"""Values without stable content, and values that are used up by looking at them."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import csv
import http.client
import itertools
import logging
import mmap
import queue
import random
import socket
import sqlite3
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Final

from recoup.testing.hashing.case import Case, Refuse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import IO

__all__ = ["CASES"]


def _counting() -> Iterator[int]:
    yield from (1, 2, 3)


def _file() -> IO[str]:
    return open(__file__, encoding="utf-8")  # noqa: PTH123 - an open file is the case


class Subject:
    """Something to refer to."""


async def _counting_later() -> AsyncIterator[int]:
    for number in (1, 2, 3):
        yield number


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
        Refuse("a lock of a loop", asyncio.Lock),
        Refuse("a queue of a loop", asyncio.Queue),
        Refuse("a queue of threads", queue.Queue),
        Refuse("an executor", lambda: concurrent.futures.ThreadPoolExecutor(1)),
        Refuse("a result to come", concurrent.futures.Future),
        Refuse("a connection that is not open yet", lambda: http.client.HTTPConnection("localhost")),
        Refuse("a context of variables", contextvars.copy_context),
        Refuse("a context variable", lambda: contextvars.ContextVar("v")),
        Refuse("a weak reference", lambda: weakref.ref(Subject)),
        Refuse("a set of weak references", weakref.WeakSet),
        Refuse("a handler of logs", logging.NullHandler),
        Refuse("memory that is mapped", lambda: mmap.mmap(-1, 10)),
        Refuse("random numbers of the system", random.SystemRandom),
        Refuse("a frame", sys._getframe),  # noqa: SLF001 - there is no other way to one
        Refuse("a module's code", lambda: _counting.__code__),
    ),
    "iterator": (
        Refuse("a generator", _counting),
        Refuse("an iterator of a list", lambda: iter([1, 2])),
        Refuse("a map", lambda: map(str, [1, 2])),
        Refuse("a generator deep inside", lambda: {"a": [_counting()]}),
        Refuse("a zip", lambda: zip([1], [2], strict=True)),
        Refuse("an enumeration", lambda: enumerate([1])),
        Refuse("backwards", lambda: reversed([1, 2])),
        Refuse("a reader of lines", lambda: csv.reader(["a,b"])),
        Refuse("an endless count", itertools.count),
        Refuse("a generator of a loop", _counting_later),
    ),
}
