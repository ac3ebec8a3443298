"""Globals: data by value and type, and what never stands in the way."""

from __future__ import annotations

from recoup.testing.hashing.edits import Project
from recoup.testing.hashing.projects._writing import edits_of

__all__ = ["EDITS"]

PROJECT = Project(
    "globals",
    {
        "pyproject.toml": "",
        "mill/__init__.py": "",
        "mill/config.py": """
            import os
            from pathlib import Path

            ROOT = Path(__file__).resolve().parent.parent
            DATA = ROOT / "data"
            FILES = {"rows": str(DATA / "rows.csv")}
            ELSEWHERE = Path("/srv/data")
            DEBUG = bool(os.environ.get("MILL_DEBUG"))
            NOT_READ = 1
            """,
        "mill/app.py": """
            import collections
            import datetime
            import decimal
            import itertools
            import logging
            import queue
            import random
            import re
            import socket
            import sqlite3
            import sys
            import threading
            import types
            import weakref

            from mill import config
            from mill.config import DATA, ELSEWHERE, FILES

            log = logging.getLogger(__name__)
            adapter = logging.LoggerAdapter(log, {"a": 1})
            lock = threading.Lock()
            local = threading.local()
            queued = queue.Queue()
            connection = sqlite3.connect(":memory:")
            numbers = itertools.count(5)
            sentinel = object()
            random_state = random.Random(1)
            stream = sys.stderr

            NUMBER = 1
            TEXT = "text"
            MANY = [1, 2, (3, 4)]
            TABLE = {"a": {"b": [1.5]}}
            NAMES = frozenset({"x", "y"})
            WHEN = datetime.date(2026, 1, 1)
            PRICE = decimal.Decimal("1.0")
            PATTERN = re.compile("a+")
            SPACE = types.SimpleNamespace(rate=2)
            BOUNDS = slice(1, 5)
            ENTRIES = collections.OrderedDict(a=1, b=2)
            NOTHING = None
            BYTES = b"abc"
            __version__ = "1.0"
            ANNOTATED: int = 3

            memo = {}
            memo_by_get = {}
            count = 0
            seen = set()
            rows = collections.defaultdict(list)
            history = []
            state = types.SimpleNamespace(last=None)
            matrix = [[0, 0], [0, 0]]
            swapped = [1, 2]
            total = [0]


            class Client:
                def __init__(self):
                    self.lock = threading.Lock()
                    self.socket = socket.socket()

                def get(self, x):
                    return x + 1


            client = Client()


            class Cached:
                made = {}

                def get(self, x):
                    self.made[x] = x
                    return x + 2


            class Node:
                def __init__(self):
                    self.me = self
                    self.name = "node"


            ring = Node()
            itself = []
            itself.append(itself)


            def helper(x):
                memo_by_get.setdefault(x, x)
                alias = history
                alias.append(x)
                state.last = x
                matrix[0][1] += x
                swapped[0], swapped[1] = swapped[1], swapped[0]
                for total[0] in (1, 2):
                    pass
                return x


            def work(x):
                global count
                count += 1
                memo[x] = helper(x)
                seen.add(x)
                rows[x].append(x)
                log.info("x %s %s", x, adapter)
                with lock:
                    local.x = x
                return [
                    NUMBER, TEXT, MANY, TABLE, NAMES, WHEN, PRICE, PATTERN, SPACE, BOUNDS, ENTRIES, NOTHING, BYTES, __version__,
                    ANNOTATED, config.ROOT, DATA, FILES, ELSEWHERE, config.DEBUG, queued, connection, next(numbers), sentinel,
                    random_state.random(), stream, client.get(x), Cached().get(x), ring, itself,
                ]


            def arguments():
                return {"x": 1}
            """,
    },
    call="mill.app:work",
    arguments="mill.app:arguments",
)

APP, CONFIG = "mill/app.py", "mill/config.py"

EDITS = edits_of(
    PROJECT,
    matter={
        "a number to another": (APP, "NUMBER = 1", "NUMBER = 2"),
        "a number to an equal float": (APP, "NUMBER = 1", "NUMBER = 1.0"),
        "a number to an equal bool": (APP, "NUMBER = 1", "NUMBER = True"),
        "a text": (APP, 'TEXT = "text"', 'TEXT = "Text"'),
        "a text to equal bytes": (APP, 'TEXT = "text"', 'TEXT = b"text"'),
        "a list to an equal tuple": (APP, "(3, 4)]", "[3, 4]]"),
        "a value deep in a table": (APP, "[1.5]", "[1.25]"),
        "a set": (APP, '{"x", "y"}', '{"x", "z"}'),
        "a frozenset to an equal set": (APP, 'frozenset({"x", "y"})', '{"x", "y"}'),
        "a date": (APP, "2026, 1, 1", "2026, 1, 2"),
        "a date to a datetime": (APP, "datetime.date(", "datetime.datetime("),
        "a decimal of other precision": (APP, '"1.0")', '"1.00")'),
        "a pattern": (APP, '"a+"', '"a*"'),
        "the flags of a pattern": (APP, 're.compile("a+")', 're.compile("a+", re.I)'),
        "an attribute of a namespace": (APP, "rate=2", "rate=3"),
        "a slice": (APP, "slice(1, 5)", "slice(1, 6)"),
        "the order of an ordered dict": (APP, "OrderedDict(a=1, b=2)", "OrderedDict(b=2, a=1)"),
        "nothing to false": (APP, "NOTHING = None", "NOTHING = False"),
        "bytes": (APP, 'b"abc"', 'b"abd"'),
        "a version": (APP, '__version__ = "1.0"', '__version__ = "1.1"'),
        "an annotated constant": (APP, "ANNOTATED: int = 3", "ANNOTATED: int = 4"),
        "a path in the checkout": (CONFIG, '"rows.csv"', '"lines.csv"'),
        "a path elsewhere": (CONFIG, "/srv/data", "/srv/other"),
        "a constant read through a module": (CONFIG, 'bool(os.environ.get("MILL_DEBUG"))', "True"),
        "a method of a client": (APP, "x + 1", "x + 10"),
        "a method beside a memo table": (APP, "x + 2", "x + 20"),
        "an attribute of a ring": (APP, 'self.name = "node"', 'self.name = "knot"'),
    },
    do_not_matter={
        "the name of a logger": (APP, "getLogger(__name__)", 'getLogger("mill")'),
        "what a logger adds": (APP, '{"a": 1}', '{"a": 2}'),
        "the kind of a lock": (APP, "threading.Lock()\nlocal", "threading.RLock()\nlocal"),
        "a queue": (APP, "queue.Queue()", "queue.Queue(5)"),
        "a connection": (APP, '":memory:"', '""'),
        "an iterator": (APP, "count(5)", "count(6)"),
        "another logger": (APP, "stream = sys.stderr", "stream = sys.stdout"),
        "what a memo table begins with": (APP, "memo = {}", "memo = {0: 0}"),
        "what a memo table with defaults begins with": (APP, "memo_by_get = {}", "memo_by_get = {0: 0}"),
        "what a counter begins with": (APP, "count = 0", "count = 1"),
        "what a set of the seen begins with": (APP, "seen = set()", "seen = {0}"),
        "what a list behind an alias begins with": (APP, "history = []", "history = [0]"),
        "an attribute that the program sets": (APP, "last=None", "last=0"),
        "a matrix that the program fills": (APP, "[[0, 0], [0, 0]]", "[[1, 0], [0, 0]]"),
        "a list whose items the program swaps": (APP, "swapped = [1, 2]", "swapped = [2, 1]"),
        "a list that a loop assigns to": (APP, "total = [0]", "total = [9]"),
        "a constant that nothing reads": (CONFIG, "NOT_READ = 1", "NOT_READ = 2"),
        "the order of a dict": (APP, '{"a": {"b": [1.5]}}', "dict(a=dict(b=[1.5]))"),
        "the order of a set": (APP, '{"x", "y"}', '{"y", "x"}'),
    },
)
