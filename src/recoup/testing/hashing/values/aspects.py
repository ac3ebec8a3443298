"""Pairs that differ in one respect only, for each respect in which values of a built-in type can differ."""

from __future__ import annotations

import dataclasses
import enum
import functools
import io
import operator
import re
import struct
import types
import typing
from array import array
from collections import ChainMap, Counter, OrderedDict, UserDict, UserString, defaultdict, deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from ipaddress import ip_address, ip_network
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from random import Random
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from recoup.testing.hashing.case import Agree, Case, Differ, Stable
from recoup.testing.hashing.values.callables import Scaler, Shrinker, adder, double, triple
from recoup.testing.hashing.values.names import Access, Color, Shade
from recoup.testing.hashing.values.objects import Couple, Frozen, Old, Other, Pair, Plain
from recoup.testing.hashing.values.subclasses import (
    Blob,
    Celsius,
    Config,
    Counts,
    Frame,
    Groups,
    Members,
    Rows,
    Steps,
    Text,
    Triple,
    Window,
)  # fmt: skip

__all__ = ["CASES"]

T = typing.TypeVar("T")
S = typing.TypeVar("S")
P = typing.ParamSpec("P")


class Rights(typing.NamedTuple):
    """Two fields, and a method."""

    x: Any
    y: Any

    def both(self) -> bool:
        """Say whether both are there."""
        return bool(self.x and self.y)


class Queue(deque[Any]):
    """A deque with attributes."""


class Defaults(defaultdict[str, Any]):
    """A defaultdict with attributes."""


class Fallbacks(defaultdict[str, Any]):
    """Another defaultdict."""


class Tally(Counter[str]):
    """Another counter."""


class Votes(Counter[str]):
    """A counter with attributes."""


class Ranks(OrderedDict[str, Any]):
    """A dict whose order counts."""


class Count(int):
    """A number with attributes."""


class Total(int):
    """Another one."""


class Samples(array):  # type: ignore[type-arg]  # not generic before Python 3.12
    """Numbers with attributes."""


class Buffer(io.BytesIO):
    """A file in memory with attributes."""


class Corner(enum.Enum):
    """Members whose values are no plain data."""

    LEFT = (0, 0)
    RIGHT = (0, 1)


class Duty(enum.Flag):
    """Flags of another meaning."""

    READ = 1
    WRITE = 2


class Remade:
    """Says itself how it is made again."""

    def __init__(self, *recipe: Any) -> None:
        self.recipe = recipe

    def __reduce__(self) -> Any:
        return self.recipe


class Restored(Remade):
    """Says the same in another class."""


class Kinds(frozenset[Any]):
    """A frozenset with attributes."""


def _with(value: Any, **attributes: Any) -> Any:
    for name, member in attributes.items():
        setattr(value, name, member)
    return value


def _done(value: Any, method: str, *arguments: Any) -> Any:
    """Call a method and return the value itself."""
    getattr(value, method)(*arguments)
    return value


def _drawn(seed: int, times: int) -> Random:
    source = Random(seed)  # noqa: S311 - no secret is made
    for _ in range(times):
        source.random()
    return source


def _class_with(**content: Any) -> type:
    def fill(space: dict[str, Any]) -> None:
        space.update(content)

    return types.new_class("Made.<locals>.Local", (), {}, fill)


NAIVE: Final = datetime(2026, 10, 25, 2, 30)

CASES: Final[dict[str, tuple[Case, ...]]] = {
    "bytearray": (
        Differ("the end", lambda: (bytearray(b"ab"), bytearray(b"ab\0")), "length"),
        Differ("empty, and of one zero", lambda: (bytearray(), bytearray(1)), "length"),
        Differ("a bytearray and a view of it", lambda: (bytearray(b"ab"), memoryview(bytearray(b"ab"))), "type"),
        Differ("a bytearray and its numbers", lambda: (bytearray(b"ab"), [97, 98]), "type"),
        Differ("a bytearray and an array of bytes", lambda: (bytearray(b"ab"), array("B", b"ab")), "type"),
        Agree("of bytes and of numbers", lambda: (bytearray(b"ab"), bytearray([97, 98]))),
    ),
    "memoryview": (
        Differ("signed and not", lambda: (memoryview(b"\1"), memoryview(b"\1").cast("b")), "dtype"),
        Differ("bytes and what they are read as", lambda: (memoryview(bytes(8)), memoryview(bytes(8)).cast("q")), "dtype"),
        Differ("the numbers", lambda: (memoryview(array("i", [1])), memoryview(array("i", [2]))), "value"),
        Differ("the end", lambda: (memoryview(b"ab"), memoryview(b"abc")), "length"),
        Differ("flat and of one row", lambda: (memoryview(bytes(4)), memoryview(bytes(4)).cast("B", (1, 4))), "shape"),
        Agree("backwards twice", lambda: (memoryview(b"abc"), memoryview(b"abc")[::-1][::-1])),
        Agree("the middle of something longer", lambda: (memoryview(b"bc"), memoryview(b"abcd")[1:3])),
    ),
    "array": (
        Differ("a subclass and its base", lambda: (Samples("i", [1]), array("i", [1])), "type"),
        Differ("an attribute", lambda: (_with(Samples("i", [1]), rate=1), _with(Samples("i", [1]), rate=2)), "attribute"),
        Differ("signed and not", lambda: (array("i", [1]), array("I", [1])), "dtype"),
        Differ("the order", lambda: (array("i", [1, 2]), array("i", [2, 1])), "order"),
        Differ("the end", lambda: (array("i", [1]), array("i", [1, 0])), "length"),
        Differ("an array and its bytes", lambda: (array("B", b"ab"), b"ab"), "type"),
        Differ("numbers of the same bytes", lambda: (array("i", [1]), array("f", struct.pack("i", 1))), "dtype"),
        Differ("the sign of zero", lambda: (array("d", [0.0]), array("d", [-0.0])), "sign"),
        Differ("empty ones", lambda: (array("i"), array("d")), "dtype"),
        Agree("of a list and of bytes", lambda: (array("h", [1, 2]), array("h", struct.pack("hh", 1, 2)))),
        Stable("an array", lambda: array("d", [1.5, -0.0])),
    ),
    "tuple": (
        Differ("the end", lambda: ((1, 2), (1, 2, 2)), "length"),
        Differ("of none and of None", lambda: ((), (None,)), "length"),
    ),
    "list": (
        Differ("texts that look like another list", lambda: (["a", "b"], ["a", "b'] + ['"]), "length"),
        Differ("a text that looks like two", lambda: (["a", "bs\x01c"], ["as\x01b", "c"]), "length"),
        Differ("bytes that look like two", lambda: ([b"a", b"bbytes\x01c"], [b"abytes\x01b", b"c"]), "length"),
        Differ("of which member it holds itself", lambda: (_holding_itself(0), _holding_itself(1)), "order"),
        Differ("two rings of other length", lambda: (_ring_of(2), _ring_of(3)), "length"),
    ),
    "set": (
        Differ("empty set and frozenset", lambda: (set(), frozenset()), "type"),
        Differ("of tuples and of their members", lambda: ({(1, 2)}, {1, 2}), "nesting"),
        Differ("a text and its letters", lambda: ({"ab"}, {"a", "b"}), "nesting"),
        Differ("a set and the dict of its members", lambda: ({"a"}, {"a": None}), "type"),
    ),
    "frozenset": (
        Differ("a member and the set of it", lambda: (frozenset({"a"}), frozenset({frozenset({"a"})})), "nesting"),
        Differ("who is together", lambda: (_sets("ab", "c"), _sets("a", "bc")), "nesting"),
        Agree("of a list and of a set", lambda: (frozenset([1, 2, 2]), frozenset({2, 1}))),
        Agree("sets of sets in another order", lambda: (_sets("ab", "cd", "ef"), _sets("fe", "dc", "ba"))),
    ),
    "range": (
        Differ("the start alone", lambda: (range(1), range(1, 2)), "value"),
        Differ("the start of two", lambda: (range(0, 4, 2), range(1, 5, 2)), "value"),
        Differ("the step alone", lambda: (range(0, 4, 2), range(0, 6, 3)), "value"),
        Differ("how many", lambda: (range(3), range(4)), "length"),
        Differ("empty, and one", lambda: (range(0), range(1)), "length"),
        Agree("one member, whatever the step", lambda: (range(3, 4), range(3, 100, 99))),
        Stable("beyond 64 bits", lambda: range(10**30, 10**30 + 5)),
    ),
    "slice": (
        Differ("the start alone", lambda: (slice(1, 9), slice(2, 9)), "value"),
        Differ("the stop alone", lambda: (slice(1, 9), slice(1, 8)), "value"),
        Differ("none and zero", lambda: (slice(None, 5), slice(0, 5)), "type"),
        Differ("texts and numbers", lambda: (slice("1", "2"), slice(1, 2)), "type"),
        Agree("spelled out", lambda: (slice(5), slice(None, 5, None))),
        Agree("of equal lists", lambda: (slice([1], [2]), slice([1], [2]))),
        Stable("a slice", lambda: slice("a", None, 2)),
    ),
    "deque": (
        Differ("the end", lambda: (deque([1]), deque([1, 1])), "length"),
        Differ("a length that looks like a member", lambda: (deque([1], 2), deque([2, 1])), "order"),
        Differ("a subclass and its base", lambda: (Queue([1]), deque([1])), "type"),
        Differ("an attribute", lambda: (_with(Queue([1]), name="a"), _with(Queue([1]), name="b")), "attribute"),
        Agree("filled from both ends", lambda: (deque([1, 2]), _done(deque([2]), "appendleft", 1))),
        Agree("what fell out", lambda: (deque([2, 3], 2), deque([1, 2, 3], 2))),
    ),
    "OrderedDict": (
        Differ("an OrderedDict and its items", lambda: (OrderedDict(a=1), [("a", 1)]), "type"),
        Differ("one item more", lambda: (OrderedDict(a=1), OrderedDict(a=1, b=1)), "length"),
        Differ("keys and values exchanged", lambda: (OrderedDict(a="b"), OrderedDict(b="a")), "order"),
        Differ("an attribute", lambda: (_with(OrderedDict(a=1), unit="m"), OrderedDict(a=1)), "attribute"),
        Agree("of items and of names", lambda: (OrderedDict([("a", 1), ("b", 2)]), OrderedDict(a=1, b=2))),
    ),
    "defaultdict": (
        Differ("two subclasses", lambda: (Defaults(int), Fallbacks(int)), "type"),
        Differ("without a factory", lambda: (defaultdict(None, a=1), defaultdict(int, a=1)), "value"),
        Differ("a subclass and its base", lambda: (Defaults(int), defaultdict(int)), "type"),
        Differ("an attribute", lambda: (_with(Defaults(int), name="a"), _with(Defaults(int), name="b")), "attribute"),
        Differ("what the factory encloses", lambda: (defaultdict(lambda: 1), defaultdict(lambda: 2)), "value"),
    ),
    "Counter": (
        Differ("two subclasses", lambda: (Votes("a"), Tally("a")), "type"),
        Differ("the counts of a subclass", lambda: (Votes("a"), Votes("aa")), "value"),
        Differ("what is counted", lambda: (Counter("a"), Counter("b")), "name"),
        Differ("the type of a count", lambda: (Counter(a=1), Counter({"a": True})), "type"),
        Differ("a negative count", lambda: (Counter(a=1), Counter(a=-1)), "sign"),
        Differ("a subclass and its base", lambda: (Votes("a"), Counter("a")), "type"),
        Differ("an attribute", lambda: (_with(Votes("a"), year=1), _with(Votes("a"), year=2)), "attribute"),
        Agree("counted and given", lambda: (Counter("aab"), Counter(b=1, a=2))),
    ),
    "mappingproxy": (
        Differ("one item more", lambda: (types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 1, "b": 1})), "length"),
        Differ("the order behind it, where it counts", lambda: (_shown(a=1, b=2), _shown(b=2, a=1)), "order"),
        Differ("ordered and not", lambda: (_shown(a=1), types.MappingProxyType({"a": 1})), "type"),
        Differ("a proxy and its items", lambda: (types.MappingProxyType({"a": 1}), (("a", 1),)), "type"),
    ),
    "collections": (
        Differ("one map, and two that look the same", lambda: (ChainMap({"a": 1}), ChainMap({"a": 1}, {"a": 2})), "length"),
        Differ("a UserString and a str", lambda: (UserString("a"), "a"), "type"),
        Differ("the content of a UserString", lambda: (UserString("a"), UserString("b")), "value"),
        Differ("keys and values of a dict", lambda: ({1: 1}.keys(), {1: 1}.values()), "type"),
        Differ("the order of values", lambda: ({"a": 1, "b": 2}.values(), {"a": 2, "b": 1}.values()), "order"),
        Agree("the order of keys", lambda: ({"a": 1, "b": 2}.keys(), {"b": 2, "a": 1}.keys())),
        Agree("a UserDict in another order", lambda: (UserDict(a=1, b=2), UserDict(b=2, a=1))),
    ),
    "subclass of int": (
        Differ("a subclass and its base", lambda: (Count(1), 1), "type"),
        Differ("a subclass and bool", lambda: (Count(1), True), "type"),
        Differ("two subclasses", lambda: (Count(1), Total(1)), "type"),
        Differ("the value", lambda: (Count(1), Count(2)), "value"),
        Differ("an attribute, and none", lambda: (_with(Count(1), unit=None), Count(1)), "length"),
        Agree("of a number and of text", lambda: (Count(12), Count("12"))),
        Agree("of a sum", lambda: (Count(10**20), Count(10**20 - 1 + 1))),
    ),
    "subclass of float": (
        Differ("the value", lambda: (Celsius(1.5), Celsius(2.5)), "value"),
        Differ("the sign of zero", lambda: (Celsius(0.0), Celsius(-0.0)), "sign"),
        Differ("an attribute", lambda: (_with(Celsius(1), place="a"), _with(Celsius(1), place="b")), "attribute"),
        Differ("NaN and infinity", lambda: (Celsius("nan"), Celsius("inf")), "value"),
        Agree("NaN", lambda: (Celsius("nan"), Celsius("-nan"))),
    ),
    "subclass of str": (
        Differ("the value", lambda: (Text("a"), Text("b")), "value"),
        Differ("an attribute, and none", lambda: (_with(Text("a"), lang=None), Text("a")), "length"),
        Differ("the name of an attribute", lambda: (_with(Text("a"), x=1), _with(Text("a"), y=1)), "name"),
        Differ("composed and decomposed", lambda: (Text("é"), Text("e\u0301")), "value"),
        Agree("an attribute set later", lambda: (_with(Text("a"), x=1, y=2), _with(Text("a"), y=2, x=1))),
        Agree("joined", lambda: (Text("ab"), Text("".join(["a", "b"])))),
    ),
    "subclass of list": (
        Differ("the end", lambda: (Rows([1]), Rows([1, 1])), "length"),
        Differ("a subclass and a tuple", lambda: (Rows([1]), (1,)), "type"),
        Agree("appended", lambda: (Rows([1, 2]), _done(Rows([1]), "append", 2))),
        Agree("attributes in another order", lambda: (_with(Rows([1]), x=1, y=2), _with(Rows([1]), y=2, x=1))),
    ),
    "subclass of dict": (
        Differ("a key", lambda: (Config(a=1), Config(b=1)), "name"),
        Differ("an item that looks like an attribute", lambda: (Config(path="x"), _with(Config(), path="x")), "type"),
        Differ("the type of a key", lambda: (_done(Config(), "__setitem__", 1, "a"), _done(Config(), "__setitem__", "1", "a")), "type"),
        Agree("items and names", lambda: (Config([("a", 1)]), Config(a=1))),
    ),
    "subclass of set": (
        Differ("mutable and not", lambda: (Members({1}), Kinds({1})), "type"),
        Differ("a frozen subclass and its base", lambda: (Kinds({1}), frozenset({1})), "type"),
        Agree("grown", lambda: (Members({1, 2}), _done(Members({1}), "add", 2))),
    ),
    "subclass of OrderedDict": (
        Differ("a value", lambda: (Steps(a=1), Steps(a=2)), "value"),
        Differ("an attribute", lambda: (_with(Steps(a=1), name="a"), _with(Steps(a=1), name="b")), "attribute"),
        Differ("two subclasses", lambda: (Steps(a=1), Ranks(a=1)), "type"),
        Differ("a subclass and a dict", lambda: (Steps(a=1), {"a": 1}), "type"),
        Differ("one item more", lambda: (Steps(a=1), Steps(a=1, b=1)), "length"),
        Agree("moved to the end", lambda: (Steps(a=1, b=2), _done(Steps(b=2, a=1), "move_to_end", "b"))),
    ),
    "subclass of bytes": (
        Differ("the value of bytes", lambda: (Blob(b"a"), Blob(b"b")), "value"),
        Differ("the end of bytes", lambda: (Blob(b"a"), Blob(b"a\0")), "length"),
        Differ("bytes and a bytearray, both of a class", lambda: (Blob(b"a"), Frame(b"a")), "type"),
        Differ("the value of a bytearray", lambda: (Frame(b"a"), Frame(b"b")), "value"),
        Agree("of numbers and of bytes", lambda: (Blob([97]), Blob(b"a"))),
    ),
    "subclass of tuple": (
        Differ("the end of a tuple", lambda: (Triple((1,)), Triple((1, 1))), "length"),
        Differ("an attribute of a tuple", lambda: (_with(Triple((1,)), unit="m"), _with(Triple((1,)), unit="s")), "attribute"),
        Differ("a tuple of a class, and a list of one", lambda: (Triple((1, 2)), Rows([1, 2])), "type"),
        Differ("brackets elsewhere in a tuple", lambda: (Triple(((1, 2), 3)), Triple((1, (2, 3)))), "nesting"),
        Agree("of a list and of a tuple", lambda: (Triple([1, 2]), Triple((1, 2)))),
        Agree("of a range", lambda: (Triple(range(2)), Triple((0, 1)))),
    ),
    "subclass of deque": (
        Differ("the order of a deque", lambda: (Window([1, 2]), Window([2, 1])), "order"),
        Differ("the end of a deque", lambda: (Window([1]), Window([1, 1])), "length"),
        Differ("two subclasses of a deque", lambda: (Window([1]), Queue([1])), "type"),
        Differ("a name beside the members", lambda: (_with(Window([1]), name="a"), _with(Window([1]), name="b")), "attribute"),
        Agree("turned there and back", lambda: (Window([1, 2]), _done(Window([2, 1]), "rotate"))),
        Agree("what fell out of a deque", lambda: (Window([2], 1), Window([1, 2], 1))),
    ),
    "subclass of Counter": (
        Differ("what a subclass counts", lambda: (Counts("a"), Counts("b")), "name"),
        Differ("none counted, and zero of one", lambda: (Counts(), Counts(a=0)), "length"),
        Agree("counted in another order", lambda: (Counts("ab"), Counts("ba"))),
        Agree("counted up", lambda: (Counts("aa"), _done(Counts("a"), "update", "a"))),
    ),
    "subclass of defaultdict": (
        Differ("the factory of a subclass", lambda: (Groups(list), Groups(set)), "value"),
        Differ("a value of a subclass", lambda: (Groups(list, a=1), Groups(list, a=2)), "value"),
        Differ("a key of a subclass", lambda: (Groups(list, a=1), Groups(list, b=1)), "name"),
        Agree("the order in a subclass", lambda: (Groups(list, a=1, b=2), Groups(list, b=2, a=1))),
        Agree("asked for, and given", lambda: (_done(Groups(list), "__getitem__", "a"), Groups(list, a=[]))),
    ),
    "date": (
        Differ("a date and its parts", lambda: (date(2026, 1, 2), (2026, 1, 2)), "type"),
        Differ("first and last", lambda: (date.min, date.max), "value"),
        Agree("of a number", lambda: (date(2026, 1, 2), date.fromordinal(date(2026, 1, 2).toordinal()))),
        Agree("the day after", lambda: (date(2026, 3, 1), date(2026, 2, 28) + timedelta(days=1))),
    ),
    "datetime": (
        Differ("the fold of a naive one", lambda: (NAIVE, NAIVE.replace(fold=1)), "fold"),
        Differ("a moment and its text", lambda: (NAIVE, NAIVE.isoformat()), "type"),
        Differ("two offsets with one clock", lambda: (_offset(1), _offset(2)), "zone"),
        Differ("an offset and a zone that has it", lambda: (NAIVE.replace(tzinfo=ZoneInfo("Europe/Berlin")), _offset(2)), "zone"),
        Differ("the name of an offset", lambda: (_offset(1), _offset(1, "CET")), "name"),
        Differ("the clock in a zone", lambda: (_offset(1), _offset(1).replace(minute=31)), "value"),
        Agree("of a timestamp", lambda: (datetime(2026, 1, 1, tzinfo=UTC), datetime.fromtimestamp(1767225600, UTC))),
        Agree("there and back", lambda: (_offset(0), _offset(0).astimezone(ZoneInfo("Asia/Tokyo")).astimezone(timezone(timedelta(0))))),
    ),
    "time": (
        Differ("a time and the time that passed", lambda: (time(1), timedelta(hours=1)), "type"),
        Differ("two zones", lambda: (time(1, tzinfo=ZoneInfo("UTC")), time(1, tzinfo=ZoneInfo("Asia/Tokyo"))), "zone"),
        Agree("of a moment", lambda: (time(2, 30), NAIVE.time())),
    ),
    "timedelta": (
        Differ("a second", lambda: (timedelta(seconds=1), timedelta(seconds=2)), "value"),
        Differ("a microsecond", lambda: (timedelta(1), timedelta(1, microseconds=1)), "value"),
        Differ("days alone", lambda: (timedelta(days=1), timedelta(days=2)), "value"),
        Differ("seconds and microseconds", lambda: (timedelta(0, 1, 0), timedelta(0, 0, 1)), "order"),
        Differ("none and zero", lambda: (timedelta(0), 0), "type"),
        Agree("weeks and days", lambda: (timedelta(weeks=1), timedelta(days=7))),
        Agree("a difference of moments", lambda: (timedelta(hours=1), NAIVE.replace(hour=3) - NAIVE)),
    ),
    "zone": (
        Differ("an offset and its difference", lambda: (timezone(timedelta(hours=1)), timedelta(hours=1)), "type"),
        Differ("offsets of one name", lambda: (timezone(timedelta(hours=1), "X"), timezone(timedelta(hours=2), "X")), "value"),
        Differ("an offset and its negative", lambda: (timezone(timedelta(hours=1)), timezone(-timedelta(hours=1))), "sign"),
        Agree("minutes and hours", lambda: (timezone(timedelta(hours=1)), timezone(timedelta(minutes=60)))),
    ),
    "Flag": (
        Differ("members of two flags", lambda: (Access.READ, Duty.READ), "type"),
        Differ("none of them and one", lambda: (Access(0), Access.READ), "value"),
        Differ("none of them and zero", lambda: (Access(0), 0), "type"),
        Differ("two members", lambda: (Access.READ, Access.WRITE), "value"),
        Differ("a flag of regular expressions and its number", lambda: (re.IGNORECASE, int(re.IGNORECASE)), "type"),
        Differ("a member of a flag and one of an enum", lambda: (Access.READ, Color.RED), "type"),
        Agree("taken away again", lambda: (Access.READ, Access.BOTH & ~Access.WRITE)),
        Agree("of a number", lambda: (Access.BOTH, Access(3))),
    ),
    "Enum": (
        Differ("members whose values are no plain data", lambda: (Corner.LEFT, Corner.RIGHT), "name"),
        Differ("a value that was edited", lambda: (_edited_enum(1), _edited_enum(2)), "value"),
        Differ("a class and another of the same members", lambda: (Color, Shade), "name"),
        Differ("a key that is a member", lambda: ({Color.RED: 1}, {1: 1}), "type"),
    ),
    "path": (
        Differ("two folders and one", lambda: (PurePosixPath("a/b"), PurePosixPath("ab")), "value"),
        Differ("upper and lower case", lambda: (PurePosixPath("A"), PurePosixPath("a")), "value"),
        Differ("a drive", lambda: (PureWindowsPath("c:/a"), PureWindowsPath("/a")), "value"),
        Differ("a hidden file", lambda: (PurePosixPath(".a"), PurePosixPath("a")), "value"),
        Differ("home, and a folder of that name", lambda: (PurePosixPath("~"), PurePosixPath("/~")), "value"),
        Agree("joined", lambda: (PurePath("a/b"), PurePath("a") / "b")),
        Agree("two slashes between", lambda: (PurePosixPath("a//b"), PurePosixPath("a/b"))),
    ),
    "pattern": (
        Differ("two flags", lambda: (re.compile("a", re.MULTILINE), re.compile("a", re.DOTALL)), "value"),
        Differ("the flag within and the flag beside", lambda: (re.compile("(?i)a"), re.compile("a", re.IGNORECASE)), "value"),
        Differ("what is escaped", lambda: (re.compile("a.c"), re.compile(r"a\.c")), "value"),
        Agree("flags in another order", lambda: (re.compile("a", re.MULTILINE | re.DOTALL), re.compile("a", re.DOTALL | re.MULTILINE))),
        Agree("what is the default", lambda: (re.compile("a"), re.compile("a", re.UNICODE))),
    ),
    "UUID": (
        Differ("one bit", lambda: (UUID(int=0), UUID(int=1)), "value"),
        Differ("a UUID and its digits", lambda: (UUID(int=7), UUID(int=7).hex), "type"),
        Agree("with and without strokes", lambda: (UUID("0" * 32), UUID("{00000000-0000-0000-0000-000000000000}"))),
        Agree("upper and lower case", lambda: (UUID("a" * 32), UUID("A" * 32))),
        Agree("of fields", lambda: (UUID(int=5), UUID(fields=UUID(int=5).fields))),
    ),
    "named tuple": (
        Differ("a field", lambda: (Pair(1, 2), Pair(1, 3)), "value"),
        Differ("the type of a field", lambda: (Pair(1, 2), Pair(1, 2.0)), "type"),
        Differ("a named tuple and its dict", lambda: (Pair(1, 2), {"x": 1, "y": 2}), "type"),
        Differ("with and without a method", lambda: (Pair(1, 2), Rights(1, 2)), "type"),
        Differ("nested", lambda: (Couple((1, 2), 3), Couple(1, (2, 3))), "nesting"),
        Agree("replaced", lambda: (Pair(1, 2), Pair(1, 1)._replace(y=2))),
        Agree("made of a list", lambda: (Old(1, 2), Old._make([1, 2]))),
    ),
    "dataclass": (
        Differ("which field has no value", lambda: (_partly("x", 1), _partly("seen", 1)), "name"),
        Differ("a field that was given another name", lambda: (_edited_dataclass("x"), _edited_dataclass("y")), "name"),
    ),
    "object": (
        Differ("two classes that say the same of themselves", lambda: (Remade(double, (1,)), Restored(double, (1,))), "type"),
        Differ("what makes it again", lambda: (Remade(double, (1,)), Remade(triple, (1,))), "name"),
        Differ("what it is made of", lambda: (Remade(double, (1,)), Remade(double, (2,))), "value"),
        Differ("what is set then", lambda: (Remade(dict, (), {"a": 1}), Remade(dict, (), {"a": 2})), "value"),
        Differ("what is appended then", lambda: (Remade(list, (), None, iter([1])), Remade(list, (), None, iter([2]))), "value"),
        Differ("who sets it", lambda: (_remade_by(double), _remade_by(triple)), "name"),
    ),
    "type variable": (
        Differ("two bounds", lambda: (typing.TypeVar("T", bound=int), typing.TypeVar("T", bound=str)), "value"),
        Differ("covariant and not", lambda: (T, typing.TypeVar("T", covariant=True)), "value"),
        Differ("contravariant and not", lambda: (T, typing.TypeVar("T", contravariant=True)), "value"),
        Differ("of types and of parameters", lambda: (P, typing.TypeVar("P")), "type"),
        Differ("a variable and its name", lambda: (T, "T"), "type"),
    ),
    "namespace": (
        Differ("the type of a value", lambda: (types.SimpleNamespace(a=1), types.SimpleNamespace(a=True)), "type"),
        Differ("exchanged", lambda: (types.SimpleNamespace(a=1, b=2), types.SimpleNamespace(a=2, b=1)), "order"),
        Agree("set later", lambda: (types.SimpleNamespace(a=1, b=2), _with(types.SimpleNamespace(a=1), b=2))),
    ),
    "function": (
        Differ("what a nested function encloses", lambda: (functools.partial(adder(1)), functools.partial(adder(2))), "value"),
        Differ("a function and its code", lambda: (double, "def double(x):\n    return x * 2"), "type"),
        Differ("methods of one name", lambda: (str.upper, bytes.upper), "type"),
        Agree("an operator and its method", lambda: (operator.itemgetter(1), operator.itemgetter(1))),
        Differ("what an operator takes", lambda: (operator.itemgetter(1), operator.itemgetter(2)), "value"),
        Differ("item and attribute", lambda: (operator.itemgetter("a"), operator.attrgetter("a")), "type"),
    ),
    "lambda": (
        Differ("the order of operands", lambda: (lambda x: x - 1, lambda x: 1 - x), "order"),
        Differ("a default", lambda: tuple((lambda x, by=by: x + by) for by in (1, 2)), "value"),
        Differ("what it encloses", lambda: tuple(_enclosing(number) for number in (1, 2)), "value"),
        Differ("how many parameters", lambda: (lambda x: x, lambda x, _y: x), "length"),
        Agree("lines and spaces", lambda: (lambda x: x + 1, lambda x: (x + 1))),
    ),
    "partial": (
        Differ("a keyword's value", lambda: (functools.partial(dict, a=1), functools.partial(dict, a=2)), "value"),
        Differ("how many arguments", lambda: (functools.partial(max, 1), functools.partial(max, 1, 1)), "length"),
        Differ("of an object's method", lambda: (functools.partial(Scaler(1).scale), functools.partial(Scaler(2).scale)), "value"),
    ),
    "bound method": (
        Differ("of two objects of a subclass", lambda: (Shrinker(1).scale, Shrinker(2).scale), "value"),
        Differ("built-in methods", lambda: ("a".upper, "a".lower), "name"),
        Differ("of a text and of bytes", lambda: ("a".upper, b"a".upper), "type"),
        Agree("of equal texts", lambda: ("ab".upper, "".join(["a", "b"]).upper)),
    ),
    "module": (
        Differ("a module and its dict", lambda: (operator, vars(operator)["__name__"]), "type"),
        Differ("a package and what is in it", lambda: (io, functools), "name"),
        Differ("of one beginning", lambda: (re, struct), "name"),
        Differ("in a list and alone", lambda: ([re], re), "nesting"),
        Agree("by two names", lambda: (re, _imported("re"))),
        Agree("a submodule by two ways", lambda: (_imported("os.path"), _imported("posixpath"))),
    ),
    "type": (
        Differ("methods of local classes", lambda: (_class_with(go=double), _class_with(go=triple)), "value"),
        Differ("members of local enums", lambda: (_local_enum((0, 1)), _local_enum((0, 2))), "value"),
        Differ("a member of local enums, no plain data", lambda: (_local_enum((0, 1)).A, _local_enum((0, 2)).A), "value"),  # type: ignore[attr-defined]  # it has one
        Differ("the default of a local dataclass", lambda: (_local_dataclass(1), _local_dataclass(2)), "value"),
        Differ("ordered and not", lambda: (_local_dataclass(1), _local_dataclass(1, order=True)), "value"),
        Differ("the names of local dataclasses", lambda: tuple(dataclasses.make_dataclass(name, ["x"]) for name in "AB"), "name"),
        Differ("the bases of local dataclasses", lambda: tuple(_made_dataclass(base) for base in (Plain, Other)), "name"),
        Differ("the default of a local named tuple", lambda: (_local_namedtuple(1), _local_namedtuple(2)), "value"),
        Agree("local dataclasses", lambda: (_local_dataclass(1), _local_dataclass(1))),
        Agree("local named tuples", lambda: (_local_namedtuple(1), _local_namedtuple(1))),
        Agree("local enums", lambda: (_local_enum(1), _local_enum(1))),
    ),
    "generic alias": (
        Differ("old and new spelling", lambda: (typing.List[int], list[int]), "type"),  # noqa: UP006 - the older spelling is the case
        Differ("type variables", lambda: (list[T], list[S]), "name"),  # type: ignore[valid-type]  # a variable without a scope is the case
        Differ("of a literal's order", lambda: (typing.Literal["a", "b"], typing.Literal["b", "a"]), "order"),
        Differ("a tuple of one and of many", lambda: (tuple[int], tuple[int, ...]), "length"),
    ),
    "random source": (
        Differ("what was drawn already", lambda: (_drawn(1, 0), _drawn(1, 1)), "value"),
        Differ("a source and its state", lambda: (_drawn(1, 0), _drawn(1, 0).getstate()), "type"),
        Agree("the same draws", lambda: (_drawn(1, 5), _drawn(1, 5))),
        Stable("a source", lambda: _drawn(3, 7)),
    ),
    "file in memory": (
        Differ("a subclass and its base", lambda: (Buffer(b"a"), io.BytesIO(b"a")), "type"),
        Differ("an attribute", lambda: (_with(Buffer(b"a"), name="x"), _with(Buffer(b"a"), name="y")), "attribute"),
        Differ("what ends a line", lambda: (io.StringIO("a", newline=""), io.StringIO("a", newline="\r\n")), "value"),
        Differ("text and bytes", lambda: (io.StringIO("a"), io.BytesIO(b"a")), "type"),
        Agree("given and written", lambda: (io.BytesIO(b"ab"), _done(_done(io.BytesIO(), "write", b"ab"), "seek", 0))),
        Stable("a file", lambda: io.StringIO("ab")),
    ),
    "address": (
        Differ("a network and its first address", lambda: (ip_network("10.0.0.0/32"), ip_address("10.0.0.0")), "type"),
        Differ("the size of a network", lambda: (ip_network("10.0.0.0/8"), ip_network("10.0.0.0/16")), "value"),
        Agree("short and long", lambda: (ip_address("::1"), ip_address("0:0:0:0:0:0:0:1"))),
    ),
}  # fmt: skip


def _sets(*texts: str) -> frozenset[frozenset[str]]:
    return frozenset(map(frozenset, texts))


def _local_enum(value: Any) -> type[enum.Enum]:
    class Local(enum.Enum):
        A = value

        def go(self) -> Any:
            return self.value

    return Local


def _local_dataclass(default: int, *, order: bool = False) -> type:
    class Local:
        x: int = default
        y: list[int] = dataclasses.field(default_factory=list)

        def go(self) -> int:
            return self.x

    return dataclasses.dataclass(order=order)(Local)


def _local_namedtuple(default: int) -> type:
    class Local(typing.NamedTuple):
        x: int = default

        def go(self) -> int:
            return self.x

    return Local


def _edited_enum(value: int) -> Any:
    edited: Any = enum.Enum("edited", {"RED": value}, module=__name__)
    return edited.RED


def _made_dataclass(base: type) -> type:
    return dataclasses.make_dataclass("Local", ["x"], bases=(base,))


def _edited_dataclass(field: str) -> Any:
    return dataclasses.make_dataclass("Made", [field], namespace={"__module__": __name__})(1)


def _partly(field: str, value: Any) -> Frozen:
    made = object.__new__(Frozen)
    object.__setattr__(made, field, value)
    return made


def _remade_by(setter: Any) -> Remade:
    return Remade(dict, (), {"a": 1}, None, None, setter)


def _shown(**items: Any) -> types.MappingProxyType[str, Any]:
    return types.MappingProxyType(OrderedDict(items))


def _offset(hours: int, name: str = "") -> datetime:
    return datetime(2026, 1, 1, 12, 30, tzinfo=timezone(timedelta(hours=hours), *filter(None, [name])))


def _enclosing(number: int) -> Any:
    return lambda x: (x, number)


def _imported(name: str) -> types.ModuleType:
    import importlib  # noqa: PLC0415 - a module found in another way is the case

    return importlib.import_module(name)


def _made(base: type, name: str = "Local") -> type:
    return type(f"_made.<locals>.{name}", (base,), {})


def _holding_itself(place: int) -> list[Any]:
    members: list[Any] = [[1], [1]]
    members[place].append(members)
    return members


def _ring_of(length: int) -> list[Any]:
    """Return the first of so many lists, each holding the next."""
    lists: list[list[Any]] = [[] for _ in range(length)]
    for number, each in enumerate(lists):
        each += [number == 0, lists[(number + 1) % length]]
    return lists[0]
